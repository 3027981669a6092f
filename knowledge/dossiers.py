"""Entries as whole documents: all their questions and their answer in one bag. Single phrases are ``shortlist``'s.

An owner's wording often shares more with the answer than with any question somebody wrote down for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.entry import Entry
from knowledge.index import Bm25, Floats, Index, best
from knowledge.sketch import Cut, Sketch
from knowledge.text import bigrams

DOSSIER_FEATURES: tuple[str, ...] = (
    "dossier_words",
    "dossier_pairs",
    "dossier_to_best",
    "dossier_lead",
    "dossier_rank",
    "answer_words",
    "answer_pairs",
    "answer_to_best",
    "answer_lead",
    "answer_rank",
    "dossier_missing",
    "topic_share",
)
_NEIGHBOURS = 10
_SMALL = 1e-6


@dataclass(frozen=True, slots=True)
class DossierScores:
    """BM25 of every entry (float32, one an entry): questions and answer together, the answer alone."""

    words: Floats
    pairs: Floats
    answer_words: Floats
    answer_pairs: Floats

    @property
    def whole(self) -> Floats:
        """Words and pairs together."""
        return self.words + self.pairs

    @property
    def answer(self) -> Floats:
        """Words and pairs of the answer alone."""
        return self.answer_words + self.answer_pairs


class Dossiers:
    """Indexes over the entries; ``owned`` gives the positions of each entry's own phrases in ``cuts``."""

    def __init__(
        self, entries: Sequence[Entry], answers: Sequence[Cut], cuts: Sequence[Cut], owned: Sequence[Sequence[int]]
    ) -> None:
        self._answers = answers
        self._cuts = cuts
        self._owned = owned
        self._topics = np.unique([entry.topic for entry in entries], return_inverse=True)[1]
        every = range(len(entries))
        self.words = Index.build([self._terms(n, _words) for n in every], bm25=_WHOLE)
        self.pairs = Index.build([self._terms(n, _pairs) for n in every], bm25=_WHOLE)
        self.answer_words = Index.build([_words(cut) for cut in answers], bm25=_WHOLE)
        self.answer_pairs = Index.build([_pairs(cut) for cut in answers], bm25=_WHOLE)

    def scores(self, question: Sketch, *, owner: int | None, hidden: Sequence[int], absent: bool) -> DossierScores:
        """Score all entries; for training, ``hidden`` phrases of ``owner`` are out, with ``absent`` its answer too."""
        words, pairs = _words(question.cut), list(question.pairs.terms)
        scores = DossierScores(
            words=self.words.scores(words),
            pairs=self.pairs.scores(pairs),
            answer_words=self.answer_words.scores(words),
            answer_pairs=self.answer_pairs.scores(pairs),
        )
        if owner is not None and absent:
            for field in (scores.words, scores.pairs, scores.answer_words, scores.answer_pairs):
                field[owner] = 0.0
        elif owner is not None and hidden:
            out = frozenset(hidden)
            scores.words[owner] = self.words.score_of(self._terms(owner, _words, out), words)
            scores.pairs[owner] = self.pairs.score_of(self._terms(owner, _pairs, out), pairs)
        return scores

    def columns(self, question: Sketch, scores: DossierScores, owners: Sequence[int]) -> Floats:
        """Float32 (len(owners), len(DOSSIER_FEATURES)) for some entries."""
        words = _words(question.cut)
        mass_words = max(sum(self.words.idf_of(word) for word in dict.fromkeys(words)), _SMALL)
        mass_pairs = max(sum(self.pairs.idf_of(pair) for pair in question.pairs.terms), _SMALL)
        whole, answer = scores.whole, scores.answer
        topics = np.zeros(int(self._topics.max(initial=0)) + 1)
        near = best(whole, _NEIGHBOURS)
        np.add.at(topics, self._topics[near], whole[near])
        total = max(float(topics.sum()), _SMALL)
        found = np.zeros((len(owners), len(DOSSIER_FEATURES)), dtype=np.float32)
        whole_lead, answer_lead = _leads(whole), _leads(answer)
        for row, owner in enumerate(owners):
            found[row] = (
                scores.words[owner] / mass_words,
                scores.pairs[owner] / mass_pairs,
                *whole_lead(owner),
                scores.answer_words[owner] / mass_words,
                scores.answer_pairs[owner] / mass_pairs,
                *answer_lead(owner),
                np.log1p(max(mass_words - float(scores.words[owner]) / (_WHOLE.k1 + 1), 0.0)),
                topics[self._topics[owner]] / total,
            )
        return found

    def _terms(self, owner: int, cut_of: Callable[[Cut], list[str]], out: frozenset[int] = frozenset()) -> list[str]:
        asked = [term for n in self._owned[owner] if n not in out for term in cut_of(self._cuts[n])]
        return asked + cut_of(self._answers[owner])


_WHOLE = Bm25(k1=1.2, b=0.5)


def _words(cut: Cut) -> list[str]:
    return [*cut.words, *cut.parts]


def _pairs(cut: Cut) -> list[str]:
    return bigrams(cut.text)


def _leads(scores: Floats) -> Callable[[int], tuple[float, float, float]]:
    """For an entry: its score against the best, its lead over the best other (share of the best), 1 / (1 + rank)."""
    top = np.sort(scores)[::-1][:2]
    first = max(float(top[0]), _SMALL) if len(top) else 1.0
    second = float(top[1]) if len(top) > 1 else 0.0

    def of(owner: int) -> tuple[float, float, float]:
        mine = float(scores[owner])
        other = second if mine >= first else first
        return mine / first, (mine - other) / first, 1 / (1 + float((scores > mine).sum()))

    return of


def background(entry: Entry) -> str:
    """What an entry says beside its questions: the answer, the quotes, the names of the laws."""
    quotes = " ".join(f"{item.law} {item.quote}" for item in entry.basis)
    return f"{entry.answer} {quotes}" if entry.answer or quotes else ""
