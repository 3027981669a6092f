"""The phrases nearest to one question with their rows of numbers. Choosing them is here; judging them is not.

``Base`` holds the indexed phrases of all entries; ``Base.examine`` returns a ``Shortlist``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.cuts import cut_all
from knowledge.dossiers import DOSSIER_FEATURES, Dossiers, DossierScores, background
from knowledge.entry import Entry
from knowledge.features import PAIR_FEATURES, differences, pair_row
from knowledge.index import Bm25, Floats, Index, Ints, best
from knowledge.sketch import Cut, Cutter, Sketch, sketch
from knowledge.text import bigrams

MAX_ENTRIES = 16
PHRASES_AN_ENTRY = 2
_BY_DOSSIER = 10
_NEAREST = 48
_NEGATIVES = 6
_PHRASES = Bm25(k1=0.6, b=0.75)
_SMALL = 1e-6

PLACE_FEATURES: tuple[str, ...] = (
    "score_words",
    "score_chars",
    "score_pairs",
    "score_blend",
    "score_to_best",
    "rank",
    "entry_phrases",
    "entry_covers",
)
ROW_FEATURES = PAIR_FEATURES + PLACE_FEATURES + DOSSIER_FEATURES
_NEITHER = {
    "length_question",
    "length_phrase",
    "length_gap",
    "subject_swap",
    "sound_gain",
    "as_written",
    "rank",
    "entry_phrases",
}
ROW_SIGNS: dict[str, int] = {
    name: 0 if name in _NEITHER else -1 if any(part in name for part in ("missing", "conflict", "one_sided")) else 1
    for name in ROW_FEATURES
}
"""What a feature may say of a phrase where few examples teach it: 1 likeness, -1 difference, 0 nothing."""


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
    """All phrases of the entries, cut and indexed in three fields (words, characters, pairs), and the dossiers.

    ``progress`` hears (done, total) while phrases are cut and indexed. A base of bare single questions has no dossiers:
    they would only repeat the phrases.
    """

    def __init__(self, entries: Sequence[Entry], cutter: Cutter, progress: Callable[[int, int], None] | None) -> None:
        self.entries = tuple(entries)
        self.cutter = cutter
        raw = [(n, phrase, False) for n, entry in enumerate(self.entries) for phrase in entry.phrases]
        raw += [(n, phrase, True) for n, entry in enumerate(self.entries) for phrase in entry.not_asks]
        self.raw = tuple(phrase for _, phrase, _ in raw)
        self.owner: Ints = np.array([n for n, _, _ in raw], dtype=np.int32)
        self.is_negative: NDArray[np.bool_] = np.array([negative for _, _, negative in raw], dtype=np.bool_)
        tell = progress or (lambda _done, _total: None)
        total = len(raw) * 4
        texts = [background(entry) for entry in self.entries]
        rich = any(texts) or any(entry.asks for entry in self.entries)
        cuts = cut_all(cutter, [*self.raw, *(texts if rich else ())], lambda done: tell(min(done, len(raw)), total))
        self.cuts = cuts[: len(raw)]
        fields = []
        for done, terms_of in enumerate((_words_of, _chars_of, bigrams_of), start=1):
            tell(len(raw) * done, total)
            fields.append(Index.build([terms_of(cut) for cut in self.cuts], bm25=_PHRASES))
        self.words, self.chars, self.pairs = fields
        self._told = [cut.text for cut in cuts[len(raw) :]] if rich else [""] * len(self.entries)
        self.dossiers = self._dossiers(cuts[len(raw) :]) if rich else None
        self._sketch = lru_cache(maxsize=50_000)(self._sketch_of)
        tell(total, total)

    def _dossiers(self, answers: Sequence[Cut]) -> Dossiers:
        owned: list[list[int]] = [[] for _ in self.entries]
        for position in np.flatnonzero(~self.is_negative).tolist():
            owned[int(self.owner[position])].append(position)
        return Dossiers(self.entries, answers, self.cuts, owned)

    def words_of(self, owner: int) -> frozenset[str]:
        """The words of an entry's own questions."""
        own = np.flatnonzero((self.owner == owner) & ~self.is_negative)
        return frozenset(word for n in own.tolist() for word in self.cuts[n].words)

    def mentions(self, owner: int, word: str) -> bool:
        """Whether the questions or the answer of an entry hold a word."""
        own = np.flatnonzero((self.owner == owner) & ~self.is_negative)
        return any(word in self.cuts[n].text for n in own.tolist()) or word in self._told[owner]

    def sketch(self, cut: Cut) -> Sketch:
        """Weigh a question's cut text as the base's phrases are weighed."""
        return sketch(cut, words=self.words, chars=self.chars, pairs=self.pairs)

    def _sketch_of(self, position: int) -> Sketch:
        return self.sketch(self.cuts[position])

    def examine(
        self, question: Sketch, *, owner: int | None = None, hidden: Sequence[int] = (), absent: bool = False
    ) -> Shortlist:
        """The nearest phrases of the most likely entries, best first.

        For training, ``hidden`` phrases of the entry ``owner`` are taken as absent, with ``absent`` its answer too.
        """
        by_words = self.words.scores(question.words.terms)
        by_chars = self.chars.scores(question.chars.terms)
        by_pairs = self.pairs.scores(question.pairs.terms)
        blend = by_chars + np.float32(0.5) * (by_words + by_pairs)
        if len(hidden):
            blend[list(hidden)] = 0.0
        whole = None
        if self.dossiers is not None:
            whole = self.dossiers.scores(question, owner=owner, hidden=hidden, absent=absent)
        chosen = self._choose(blend, whole)
        rows = np.zeros((len(chosen), len(ROW_FEATURES)), dtype=np.float32)
        missing = []
        width = len(PAIR_FEATURES)
        for place, position in enumerate(chosen):
            phrase = self._sketch(int(position))
            rows[place, :width] = pair_row(question, phrase)
            missing.append(tuple(differences(question, phrase)))
        masses = [max(bag.mass, _SMALL) for bag in (question.words, question.chars, question.pairs)]
        top = max(float(blend[chosen].max()), _SMALL) if len(chosen) else 1.0
        rows[:, width] = by_words[chosen] / masses[0]
        rows[:, width + 1] = by_chars[chosen] / masses[1]
        rows[:, width + 2] = by_pairs[chosen] / masses[2]
        rows[:, width + 3] = blend[chosen] / (masses[1] + 0.5 * (masses[0] + masses[2]))
        rows[:, width + 4] = blend[chosen] / top
        rows[:, width + 5] = 1 / (1 + np.arange(len(chosen)))
        self._entry_columns(question, chosen, whole, rows[:, width + 6 :])
        return Shortlist(
            question=question,
            rows=rows,
            entries=self.owner[chosen],
            phrases=chosen,
            negative=self.is_negative[chosen],
            missing=tuple(missing),
            unknown=self._unknown(question, hidden),
        )

    def _unknown(self, question: Sketch, hidden: Sequence[int]) -> float:
        gone = Counter(word for position in hidden for word in set(self.cuts[position].words))
        known = sum(weight for word, weight in question.words.terms.items() if self.words.frequency(word) > gone[word])
        return 1 - known / question.words.mass if question.words.mass else 1.0

    def _choose(self, blend: Floats, whole: DossierScores | None) -> Ints:
        """Positions of phrases, best first: of the entries with the nearest phrases and of those the dossiers name."""
        taken: dict[int, int] = {}
        negatives = 0
        chosen: list[int] = []
        for position in best(blend, _NEAREST).tolist():
            owner = int(self.owner[position])
            if self.is_negative[position]:
                negatives += 1
                if negatives <= _NEGATIVES:
                    chosen.append(position)
            elif taken.get(owner, 0) < PHRASES_AN_ENTRY and (owner in taken or len(taken) < MAX_ENTRIES):
                taken[owner] = taken.get(owner, 0) + 1
                chosen.append(position)
        if whole is not None:
            for owner in best(whole.whole, _BY_DOSSIER).tolist():
                if owner not in taken:
                    own = np.flatnonzero((self.owner == owner) & ~self.is_negative & (blend > 0))
                    own = own[np.argsort(-blend[own], kind="stable")][:PHRASES_AN_ENTRY]
                    chosen.extend(own.tolist())
            chosen.sort(key=lambda position: (-float(blend[position]), position))
        return np.array(chosen, dtype=np.int32)

    def _entry_columns(self, question: Sketch, chosen: Ints, whole: DossierScores | None, out: Floats) -> None:
        """Fill the columns that are the same for all rows of an entry."""
        terms, mass = question.words.terms, max(question.words.mass, _SMALL)
        owners = self.owner[chosen]
        distinct = list(dict.fromkeys(owners.tolist()))
        positive = ~self.is_negative[chosen]
        for owner in distinct:
            mine = (owners == owner) & positive
            seen = {word for position in chosen[mine].tolist() for word in self.cuts[position].words}
            covers = sum(weight for term, weight in terms.items() if term in seen)
            out[owners == owner, :2] = (np.log1p(mine.sum()), covers / mass)
        if whole is not None and self.dossiers is not None:
            columns = self.dossiers.columns(question, whole, distinct)
            place = {owner: n for n, owner in enumerate(distinct)}
            out[:, 2:] = columns[[place[owner] for owner in owners.tolist()]]


def _words_of(cut: Cut) -> Sequence[str]:
    return cut.words


def _chars_of(cut: Cut) -> Sequence[str]:
    return cut.text


def bigrams_of(cut: Cut) -> Sequence[str]:
    """The character pairs of a cut text."""
    return bigrams(cut.text)
