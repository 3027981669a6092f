"""The phrases nearest to one question with their rows of numbers. Choosing them is here; judging them is not.

``Base`` holds the indexed phrases of all entries; ``Base.examine`` returns a ``Shortlist``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.entry import Entry
from knowledge.features import PAIR_FEATURES, differences, pair_row
from knowledge.index import Bm25, Floats, Index, Ints, best
from knowledge.sketch import Cut, Cutter, Sketch, sketch
from knowledge.text import bigrams

MAX_ENTRIES = 16
PHRASES_AN_ENTRY = 3
_NEAREST = 48
_NEGATIVES = 6
_BY_ANSWER = 3

PLACE_FEATURES: tuple[str, ...] = (
    "score_words",
    "score_chars",
    "score_pairs",
    "score_blend",
    "score_to_best",
    "rank",
    "entry_phrases",
    "entry_covers",
    "answer_covers",
    "answer_to_best",
    "answer_missing",
)
ROW_FEATURES = PAIR_FEATURES + PLACE_FEATURES


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortlist:
    """Rows of one question. ``rows`` float32 (n, len(ROW_FEATURES)); ``entries`` and ``phrases`` int32 (n,) positions.

    ``negative`` marks rows of not_asks phrases. ``missing`` holds for each row the names of ``differences``.
    ``unknown`` is the share 0..1 of the question's idf mass in words that no phrase of the base has.
    """

    question: Sketch
    rows: Floats
    entries: Ints
    phrases: Ints
    negative: NDArray[np.bool_]
    missing: tuple[tuple[str, ...], ...]
    unknown: float


class Base:
    """All phrases of the entries, cut and indexed in three fields (words, characters, pairs), answers in a fourth."""

    def __init__(self, entries: Sequence[Entry], cutter: Cutter, progress: Callable[[int, int], None] | None) -> None:
        self.entries = tuple(entries)
        self.cutter = cutter
        raw = [(n, phrase, False) for n, entry in enumerate(self.entries) for phrase in entry.phrases]
        raw += [(n, phrase, True) for n, entry in enumerate(self.entries) for phrase in entry.not_asks]
        self.raw = tuple(phrase for _, phrase, _ in raw)
        self.owner: Ints = np.array([n for n, _, _ in raw], dtype=np.int32)
        self.is_negative: NDArray[np.bool_] = np.array([negative for _, _, negative in raw], dtype=np.bool_)
        total = len(raw) * 2
        self.cuts: list[Cut] = []
        for position, phrase in enumerate(self.raw):
            self.cuts.append(cutter.cut(phrase))
            if progress is not None and position % 1_000 == 0:
                progress(position, total)
        bm25 = Bm25(k1=0.6, b=0.75)
        self.words = Index.build([cut.words for cut in self.cuts], bm25=bm25)
        self.chars = Index.build([cut.text for cut in self.cuts], bm25=bm25)
        if progress is not None:
            progress(len(raw) * 3 // 2, total)
        self.pairs = Index.build([bigrams(cut.text) for cut in self.cuts], bm25=bm25)
        answers = [cutter.cut(_background(entry)).words for entry in self.entries]
        self.told = tuple(frozenset(words) for words in answers)
        self.answers = Index.build(answers, bm25=Bm25(1.2, 0.5))
        self._sketch = lru_cache(maxsize=50_000)(self._sketch_of)
        if progress is not None:
            progress(total, total)

    def sketch(self, cut: Cut) -> Sketch:
        """Weigh a question's cut text as the base's phrases are weighed."""
        return sketch(cut, words=self.words, chars=self.chars, pairs=self.pairs)

    def _sketch_of(self, position: int) -> Sketch:
        return self.sketch(self.cuts[position])

    def examine(self, question: Sketch, *, hidden: Sequence[int] = ()) -> Shortlist:
        """The nearest phrases of at most ``MAX_ENTRIES`` entries, best first; ``hidden`` phrases do not exist."""
        by_words = self.words.scores(question.words.terms)
        by_chars = self.chars.scores(question.chars.terms)
        by_pairs = self.pairs.scores(question.pairs.terms)
        blend = by_chars + np.float32(0.5) * (by_words + by_pairs)
        by_answer = self.answers.scores(question.words.terms)
        if len(hidden):
            blend[list(hidden)] = 0.0
        chosen = self._choose(blend, by_answer)
        rows = np.zeros((len(chosen), len(ROW_FEATURES)), dtype=np.float32)
        missing = []
        width = len(PAIR_FEATURES)
        for place, position in enumerate(chosen):
            phrase = self._sketch(int(position))
            rows[place, :width] = pair_row(question, phrase)
            missing.append(tuple(differences(question, phrase)))
        masses = [max(mass, 1e-6) for mass in (question.words.mass, question.chars.mass, question.pairs.mass)]
        top = max(float(blend[chosen].max()), 1e-6) if len(chosen) else 1.0
        rows[:, width] = by_words[chosen] / masses[0]
        rows[:, width + 1] = by_chars[chosen] / masses[1]
        rows[:, width + 2] = by_pairs[chosen] / masses[2]
        rows[:, width + 3] = blend[chosen] / (masses[1] + 0.5 * (masses[0] + masses[2]))
        rows[:, width + 4] = blend[chosen] / top
        rows[:, width + 5] = 1 / (1 + np.arange(len(chosen)))
        self._entry_columns(question, chosen, by_answer, rows[:, width + 6 :])
        known = sum(weight for word, weight in question.words.terms.items() if word in self.words.vocabulary)
        return Shortlist(
            question=question,
            rows=rows,
            entries=self.owner[chosen],
            phrases=chosen,
            negative=self.is_negative[chosen],
            missing=tuple(missing),
            unknown=1 - known / question.words.mass if question.words.mass else 1.0,
        )

    def _choose(self, blend: Floats, by_answer: Floats) -> Ints:
        """Positions of phrases: up to three an entry, entries by their best phrase, then those the answers suggest."""
        taken: dict[int, int] = {}
        negatives = 0
        chosen: list[int] = []
        for position in best(blend, _NEAREST):
            owner = int(self.owner[position])
            if self.is_negative[position]:
                if negatives < _NEGATIVES:
                    negatives += 1
                    chosen.append(int(position))
            elif taken.get(owner, 0) < PHRASES_AN_ENTRY and (owner in taken or len(taken) < MAX_ENTRIES):
                taken[owner] = taken.get(owner, 0) + 1
                chosen.append(int(position))
        for owner in best(by_answer, _BY_ANSWER):
            if int(owner) not in taken:
                own = np.flatnonzero((self.owner == owner) & ~self.is_negative & (blend > 0))
                if len(own):
                    chosen.append(int(own[np.argmax(blend[own])]))
        return np.array(chosen, dtype=np.int32)

    def _entry_columns(self, question: Sketch, chosen: Ints, by_answer: Floats, out: Floats) -> None:
        """Fill the columns that are the same for all rows of an entry."""
        terms, mass = question.words.terms, max(question.words.mass, 1e-6)
        top = max(float(by_answer.max()), 1e-6) if len(by_answer) else 1.0
        owners = self.owner[chosen]
        for owner in dict.fromkeys(owners.tolist()):
            mine = (owners == owner) & ~self.is_negative[chosen]
            seen: set[str] = set()
            for position in chosen[mine]:
                seen.update(self.cuts[int(position)].words)
            answer = self.told[owner]
            covers = sum(weight for term, weight in terms.items() if term in seen)
            told = sum(weight for term, weight in terms.items() if term in answer)
            either = sum(weight for term, weight in terms.items() if term in seen or term in answer)
            out[owners == owner] = (
                np.log1p(mine.sum()),
                covers / mass,
                told / mass,
                by_answer[owner] / top,
                np.log1p(max(mass - either, 0.0)),
            )


def _background(entry: Entry) -> str:
    """What an entry says beside its questions: the answer, the quotes, the names of the laws."""
    quotes = " ".join(f"{item.law} {item.quote}" for item in entry.basis)
    return f"{entry.answer} {quotes}" if entry.answer or quotes else ""
