"""An inverted index with BM25 weights in numpy arrays: terms in, one score a document out. Knows no entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Bm25:
    """``k1`` bends term frequency, ``b`` weighs document length (Robertson & Zaragoza 2009)."""

    k1: float = 1.2
    b: float = 0.75


class Index:
    """Postings in compressed rows: term ``t`` occurs in ``documents[starts[t]:starts[t + 1]]`` with ``weights``.

    Weights hold idf times the saturated term frequency, so a query only adds them up. ``idf`` is the probabilistic one
    with 1 added inside the logarithm, never negative.
    """

    def __init__(
        self, vocabulary: dict[str, int], starts: Ints, documents: Ints, weights: Floats, lengths: Floats, *, bm25: Bm25
    ) -> None:
        self.vocabulary = vocabulary
        self.starts = starts
        self.documents = documents
        self.weights = weights
        self.size = size = len(lengths)
        frequency = np.diff(starts)
        self.idf: Floats = np.log1p((size - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        self.unseen_idf = float(np.log1p((size + 0.5) / 0.5))
        self.bm25 = bm25
        self.mean_length = _mean(lengths)

    @classmethod
    def build(
        cls,
        texts: Sequence[Sequence[str]],
        *,
        bm25: Bm25 = Bm25(),
        progress: Callable[[int], None] | None = None,
    ) -> Index:
        """Build from the terms of each document; ``progress`` hears how many documents are done."""
        vocabulary: dict[str, int] = {}
        term_ids: list[int] = []
        counts: list[int] = []
        widths = np.empty(len(texts), dtype=np.int32)
        lengths = np.empty(len(texts), dtype=np.float32)
        for position, terms in enumerate(texts):
            seen = Counter(terms)
            term_ids.extend([vocabulary.setdefault(term, len(vocabulary)) for term in seen])
            counts.extend(seen.values())
            widths[position] = len(seen)
            lengths[position] = len(terms)
            if progress is not None and position % 1_000 == 0:
                progress(position)
        keys = np.array(term_ids, dtype=np.int32)
        order = np.argsort(keys, kind="stable")
        documents = np.repeat(np.arange(len(widths), dtype=np.int32), widths)[order]
        frequency = np.bincount(keys, minlength=len(vocabulary))
        starts = np.concatenate([[0], np.cumsum(frequency)]).astype(np.int32)
        tf = np.array(counts, dtype=np.float32)[order]
        norm = bm25.k1 * (1 - bm25.b + bm25.b * lengths[documents] / _mean(lengths))
        idf = np.log1p((len(texts) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        weights = (idf[keys[order]] * tf * (bm25.k1 + 1) / (tf + norm)).astype(np.float32)
        return cls(vocabulary, starts, documents, weights, lengths, bm25=bm25)

    def scores(self, terms: Iterable[str]) -> Floats:
        """BM25 of every document for the distinct ``terms``: float32 of shape (size,)."""
        total = np.zeros(self.size, dtype=np.float32)
        for term in dict.fromkeys(terms):
            key = self.vocabulary.get(term)
            if key is not None:
                low, high = self.starts[key], self.starts[key + 1]
                total[self.documents[low:high]] += self.weights[low:high]
        return total

    def score_of(self, document: Sequence[str], terms: Iterable[str]) -> float:
        """BM25 of a document that is not in the index, with the index's idf and mean length."""
        counts = Counter(document)
        norm = self.bm25.k1 * (1 - self.bm25.b + self.bm25.b * len(document) / self.mean_length)
        return sum(
            self.idf_of(term) * counts[term] * (self.bm25.k1 + 1) / (counts[term] + norm)
            for term in sorted(set(terms))
            if term in counts
        )

    def frequency(self, term: str) -> int:
        """In how many documents a term occurs."""
        key = self.vocabulary.get(term)
        return 0 if key is None else int(self.starts[key + 1] - self.starts[key])

    def idf_of(self, term: str) -> float:
        """Inverse document frequency of a term, that of a term never seen where it is unknown."""
        key = self.vocabulary.get(term)
        return self.unseen_idf if key is None else float(self.idf[key])


def _mean(lengths: Floats) -> float:
    return float(lengths.mean()) if lengths.any() else 1.0


def best(scores: Floats, count: int) -> Ints:
    """Positions of the ``count`` highest positive scores, best first, ties by position so that runs repeat."""
    chosen = np.flatnonzero(scores > 0)
    if len(chosen) > count:
        # Partitioning a hundred thousand scores costs more than all the rest: look at the high ones first.
        peak = scores.max()
        for share in (0.6, 0.4, 0.2):
            high = np.flatnonzero(scores > share * peak)
            if len(high) >= count:
                chosen = high
                break
        chosen = chosen[np.argsort(-scores[chosen], kind="stable")[:count]]
    return chosen[np.lexsort((chosen, -scores[chosen]))].astype(np.int32)
