"""How the best entry stands among its rivals: phrases pooled by entry, and one row of numbers for the calibrator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.index import Floats, Ints
from knowledge.shortlist import ROW_FEATURES, Shortlist

TEN = 10
NEAR = 0.5
"""How like the question (ratio of equal characters in order) a negative phrase must be to be taken for a match."""
_RATIO = ROW_FEATURES.index("ratio")
_FAR = -12.0

STANDING_FEATURES: tuple[str, ...] = (
    "score",
    "lead_over_second",
    "lead_over_third",
    "mean_of_next_four",
    "share",
    "share_without_null",
    "entropy",
    "rivals_within_one",
    "rivals_within_two",
    "entries",
    "unknown_words",
    "difference_weight",
    "difference_unlearned",
    "against_own_negative",
    "against_any_negative",
    "against_excluded",
    "missing_word_found_elsewhere",
    *(f"top_{name}" for name in ROW_FEATURES),
    *(f"lead_{name}" for name in ROW_FEATURES),
    *(f"best_elsewhere_{name}" for name in ROW_FEATURES),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Row scores of a shortlist: ``total`` float64 (n,) in log-odds against "nothing in the base".

    ``by_difference`` is the part the differing words add, ``unlearned`` the share of those words without a weight.
    """

    total: NDArray[np.float64]
    by_difference: NDArray[np.float64]
    unlearned: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Entries best first: ``rows`` (m,) is each one's best row in the shortlist, ``scores`` (m,) its log-odds.

    ``blocked`` are entries of which a negative phrase matches better than their own, ``excluded`` those that the asker
    may not be given; neither stands among ``rows``. ``over_top`` is the best score among them, ``_FAR`` without any.
    """

    rows: Ints
    scores: NDArray[np.float64]
    blocked: tuple[int, ...]
    excluded: tuple[int, ...]
    over_top: float


def rank(
    shortlist: Shortlist,
    scored: Scored,
    excluded: frozenset[int] = frozenset(),
    verbatim: frozenset[int] = frozenset(),
    *,
    blocking: bool = True,
) -> Ranking:
    """Pool the rows by entry (the best counts) and put aside what may not answer.

    Entries in ``verbatim`` have the very question among their phrases: they come first and are never blocked. Without
    ``blocking`` negative phrases put nothing aside: a single word says too little to be "nearer" to one of them.
    """
    best: dict[int, int] = {}
    against: dict[int, float] = {}
    for row in np.argsort(-scored.total, kind="stable").tolist():
        owner = int(shortlist.entries[row])
        if shortlist.negative[row]:
            if shortlist.rows[row, _RATIO] < NEAR:
                continue
            against.setdefault(owner, float(scored.total[row]))
        else:
            best.setdefault(owner, row)
    blocked = tuple(
        owner
        for owner, row in best.items()
        if blocking and owner not in verbatim and against.get(owner, -np.inf) >= scored.total[row]
    )
    barred = tuple(owner for owner in best if owner in excluded)
    aside = {*blocked, *barred}
    first = [row for owner, row in best.items() if owner not in aside and owner in verbatim]
    rows = first + [row for owner, row in best.items() if owner not in aside and owner not in verbatim]
    over = [float(scored.total[best[owner]]) for owner in aside]
    return Ranking(
        rows=np.array(rows, dtype=np.int32),
        scores=scored.total[rows] if rows else np.zeros(0),
        blocked=blocked,
        excluded=barred,
        over_top=max(over, default=_FAR),
    )


def shares(scores: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Probability of each entry and of "nothing in the base" when that scores zero; sums to one."""
    peak = max(0.0, float(scores.max())) if len(scores) else 0.0
    raised = np.exp(scores - peak)
    nothing = float(np.exp(-peak))
    total = float(raised.sum()) + nothing
    return raised / total, nothing / total


def standing_row(shortlist: Shortlist, scored: Scored, ranking: Ranking) -> NDArray[np.float64]:
    """One number for each of ``STANDING_FEATURES``; zeros where nothing is ranked."""
    if not len(ranking.rows):
        return np.zeros(len(STANDING_FEATURES))
    scores = ranking.scores[:TEN]
    rows: Floats = shortlist.rows[ranking.rows[:TEN]]
    padded = np.full(TEN, float(scores.min()) - 1)
    padded[: len(scores)] = scores
    share, nothing = shares(ranking.scores)
    alone = share / max(1 - nothing, 1e-12)
    top = int(ranking.rows[0])
    own = [s for s, n, e in zip(scored.total, shortlist.negative, shortlist.entries, strict=True)
           if n and e == shortlist.entries[top]]  # fmt: skip
    anyone = scored.total[shortlist.negative]
    head = [
        padded[0],
        padded[0] - padded[1],
        padded[0] - padded[2],
        padded[1:5].mean(),
        share[0],
        alone[0],
        -float((alone * np.log(alone + 1e-12)).sum()),
        float((scores > scores[0] - 1).sum()),
        float((scores > scores[0] - 2).sum()),
        float(len(scores)),
        shortlist.unknown,
        scored.by_difference[top],
        scored.unlearned[top],
        padded[0] - max(own, default=_FAR),
        padded[0] - float(anyone.max()) if len(anyone) else -_FAR,
        padded[0] - ranking.over_top,
        _found_elsewhere(shortlist, ranking),
    ]
    rest = rows[1:] if len(rows) > 1 else np.zeros_like(rows)
    return np.concatenate([head, rows[0], rows[0] - rest[0], rest.max(axis=0) - rows[0]]).astype(np.float64)


def _found_elsewhere(shortlist: Shortlist, ranking: Ranking) -> float:
    """Share of rivals that hold the weightiest word of the question that the best phrase lacks; -1 if none lacks."""
    terms = shortlist.question.words.terms
    lacking = [name[2:] for name in shortlist.missing[int(ranking.rows[0])] if name.startswith("q ")]
    if not lacking:
        return -1.0
    worst = "q " + max(lacking, key=lambda word: (terms.get(word, 0.0), word))
    rivals = ranking.rows[1:TEN]
    return sum(worst not in shortlist.missing[int(row)] for row in rivals) / max(len(rivals), 1)
