"""From a question to a decision: answer, clarify or escalate, with candidates and reasons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np

from knowledge.confidence import Model
from knowledge.decision import Candidate, Decision, Reason, Verdict
from knowledge.entry import Audience, Entry
from knowledge.shortlist import Base, Shortlist
from knowledge.sketch import Cutter
from knowledge.standing import Ranking, rank, shares, standing_row
from knowledge.text import han_share
from knowledge.tokens import Tokenizer
from knowledge.words import Synonyms, other_fields, stopwords

CANDIDATES = 5
LONG_QUESTION = 200
"""Normalised characters above which a question is a story: it is never answered outright."""
_CLOSE = 0.8
_SURE_OF_SAME = 0.99
_ANOTHER_FIELD = 0.4
_FEW_WORDS = 2
_FEW_CHARS = 6
_SURE_OF_FEW = 0.8
_KNOWN_TO_ASK_BACK = 0.15
_KNOWN_WANTED = ((0.65, 0.55), (0.8, 0.4))
"""Below a confidence, the share of a question's weight that must stand in the entry, its answer included."""


class Matcher:
    """An indexed base with a model. ``build`` it once; ``decide`` is pure and safe to call from many threads."""

    def __init__(self, base: Base, model: Model) -> None:
        self.base = base
        self.model = model
        self._stopwords = stopwords()
        self._other_fields = sorted(other_fields())
        self._same: dict[str, set[int]] = {}
        for cut, owner, negative in zip(base.cuts, base.owner.tolist(), base.is_negative.tolist(), strict=True):
            if not negative and cut.text:
                self._same.setdefault(cut.text, set()).add(owner)

    @classmethod
    def build(
        cls,
        entries: Sequence[Entry],
        *,
        tokenizer: Tokenizer,
        model: Model,
        on: date,
        serving: bool = True,
        progress: Callable[[int, int], None] | None = None,
    ) -> Matcher:
        """Index the entries.

        ``serving`` keeps only what is ``answerable(on)``; without it bare entries (id and question) take part, for
        measuring. ``progress`` hears (done, total) in steps of one phrase cut or indexed.
        """
        chosen = [entry for entry in entries if entry.answerable(on)] if serving else list(entries)
        return cls(Base(chosen, Cutter(tokenizer, Synonyms.load()), progress), model)

    def decide(self, question: str, *, audience: Audience | None = None, region: str | None = None) -> Decision:
        """Decide on one question. ``audience`` is the asker's side, ``region`` a place name; ``None`` is not known."""
        sketch = self.base.sketch(self.base.cutter.cut(question))
        if han_share(question) == 0 and sketch.text not in self._same:
            return Decision(
                question=question, verdict=Verdict.ESCALATE, reasons=(_without_chinese(question, sketch.text),)
            )
        content = [word for word in sketch.words.terms if word not in self._stopwords]
        shortlist = self.base.examine(sketch)
        scored = self.model.score(shortlist)
        barred = self._barred(shortlist, audience, region)
        same = sorted(self._same.get(sketch.text, set()) - barred)
        ranking = rank(shortlist, scored, barred, frozenset(same), blocking=len(content) > 1)
        if not len(ranking.rows):
            reasons = _set_aside(ranking) or (Reason.NOTHING_ALIKE,)
            return Decision(question=question, verdict=Verdict.ESCALATE, reasons=reasons)
        confidence = self.model.confidence(standing_row(shortlist, scored, ranking))
        if len(same) == 1:
            confidence = max(confidence, self.model.answer, _SURE_OF_SAME)
        elif not self._shares_a_subject(shortlist, ranking):
            confidence = min(confidence, self.model.clarify / 2)
        elif self._of_another_field(shortlist, ranking):
            confidence *= _ANOTHER_FIELD
        candidates = self._candidates(shortlist, ranking, confidence)
        verdict, reasons = self._judge(shortlist, ranking, confidence, same, content)
        return Decision(
            question=question,
            verdict=verdict,
            entry=candidates[0].entry if verdict is Verdict.ANSWER else None,
            confidence=confidence,
            matched=candidates[0].phrase,
            candidates=candidates,
            reasons=reasons,
        )

    def _barred(self, shortlist: Shortlist, audience: Audience | None, region: str | None) -> frozenset[int]:
        """Positions of shortlisted entries that are for another side or another region than the asker's."""
        owners = {int(owner) for owner in shortlist.entries}
        return frozenset(owner for owner in owners if not _fits(self.base.entries[owner], audience, region))

    def _candidates(self, shortlist: Shortlist, ranking: Ranking, confidence: float) -> tuple[Candidate, ...]:
        """The best entries; what the first leaves of certainty is shared among the others as the ranker sees it."""
        share, nothing = shares(ranking.scores)
        rest = max(float(share[1:].sum()) + nothing, 1e-9)
        found = []
        for place, row in enumerate(ranking.rows[:CANDIDATES].tolist()):
            sure = confidence if place == 0 else min(confidence, (1 - confidence) * float(share[place]) / rest)
            entry = self.base.entries[int(shortlist.entries[row])]
            phrase = self.base.raw[int(shortlist.phrases[row])]
            found.append(Candidate(entry=entry.id, phrase=phrase, confidence=round(sure, 6)))
        return tuple(found)

    def _judge(
        self, shortlist: Shortlist, ranking: Ranking, confidence: float, same: list[int], content: list[str]
    ) -> tuple[Verdict, tuple[Reason, ...]]:
        aside = _set_aside(ranking) if ranking.over_top >= ranking.scores[0] else ()
        if same:
            return (Verdict.ANSWER, (Reason.EXACT,)) if len(same) == 1 else (Verdict.CLARIFY, (Reason.CLOSE_RIVALS,))
        if not self._shares_a_subject(shortlist, ranking):
            return Verdict.ESCALATE, (Reason.NOTHING_ALIKE, *aside)
        if len(content) <= 1:
            known = any(word in self.base.words.vocabulary for word in content)
            return (Verdict.CLARIFY if known else Verdict.ESCALATE), (Reason.TOO_SHORT, *aside)
        few = len(content) <= _FEW_WORDS or len(shortlist.question.text) <= _FEW_CHARS
        enough = max(self.model.answer, _SURE_OF_FEW) if few else self.model.answer
        sure = confidence >= enough and len(shortlist.question.text) <= LONG_QUESTION
        stands = self._known(shortlist, ranking, content)
        if sure and stands >= _wanted(confidence):
            return Verdict.ANSWER, (Reason.SURE, *aside)
        if (
            confidence >= self.model.clarify
            and stands >= _KNOWN_TO_ASK_BACK
            and self._names(shortlist, ranking, content)
        ):
            close = len(ranking.scores) > 1 and ranking.scores[0] - ranking.scores[1] < _CLOSE
            why = Reason.CLOSE_RIVALS if close else Reason.TOO_SHORT if few else Reason.UNSURE
            return Verdict.CLARIFY, (why, *aside)
        return Verdict.ESCALATE, (Reason.UNSURE, *aside)

    def _shares_a_subject(self, shortlist: Shortlist, ranking: Ranking) -> bool:
        """Whether the best entry has any word, or pair of characters, of the question that is more than a stop word."""
        owner, mine = int(shortlist.entries[ranking.rows[0]]), shortlist.question
        theirs = self.base.words_of(owner)
        words = (word for word in mine.words.terms if word not in self._stopwords)
        pairs = (pair for pair in mine.pairs.terms if pair not in self._stopwords)
        return any(word in theirs for word in words) or any(self.base.mentions(owner, pair) for pair in pairs)

    def _known(self, shortlist: Shortlist, ranking: Ranking, content: list[str]) -> float:
        """The share (by idf, 0..1) of the question's content words that the best entry mentions."""
        owner, weights = int(shortlist.entries[ranking.rows[0]]), shortlist.question.words.terms
        mentioned = sum(weights[word] for word in content if self.base.mentions(owner, word))
        return mentioned / max(sum(weights[word] for word in content), 1e-9)

    def _names(self, shortlist: Shortlist, ranking: Ranking, content: list[str]) -> bool:
        """Whether the best entry mentions a content word of two characters or more; one like 做 is no subject."""
        owner = int(shortlist.entries[ranking.rows[0]])
        return any(len(word) > 1 and self.base.mentions(owner, word) for word in content)

    def _of_another_field(self, shortlist: Shortlist, ranking: Ranking) -> bool:
        """Whether the question names a thing of another field that the best entry nowhere mentions."""
        text = shortlist.question.text
        named = [word for word in self._other_fields if word in text]
        return bool(named) and not all(self.base.mentions(int(shortlist.entries[ranking.rows[0]]), w) for w in named)


def _wanted(confidence: float) -> float:
    return next((known for below, known in _KNOWN_WANTED if confidence < below), 0.0)


def _without_chinese(question: str, text: str) -> Reason:
    if any(char.isalpha() for char in question):
        return Reason.OTHER_LANGUAGE
    return Reason.NOTHING_ALIKE if text else Reason.EMPTY


def _set_aside(ranking: Ranking) -> tuple[Reason, ...]:
    negative = (Reason.NEGATIVE_QUESTION,) if ranking.blocked else ()
    return (*negative, Reason.AUDIENCE) if ranking.excluded else negative


def _fits(entry: Entry, audience: Audience | None, region: str | None) -> bool:
    if audience not in {None, Audience.BOTH} and entry.audience not in {Audience.BOTH, audience}:
        return False
    if region is None or "全国" in entry.regions:
        return True
    return any(place.rstrip("省市县区") in region for place in entry.regions)


def finite(decision: Decision) -> bool:
    """Whether every confidence of a decision is a number within 0..1."""
    values = [decision.confidence, *(candidate.confidence for candidate in decision.candidates)]
    return bool(np.isfinite(values).all()) and all(0 <= value <= 1 for value in values)
