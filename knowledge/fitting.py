"""The arithmetic of training: fitting the ranking weights and the calibrating trees. Needs scipy; serving does not.

Nothing is random: the same examples in the same order give the same numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.shortlist import ROW_FEATURES, Shortlist
from knowledge.standing import STANDING_FEATURES, Scored, rank, standing_row
from knowledge.trees import Growth, Trees, grow

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One labelled question with its shortlist; ``answer`` is the entry's position, -1 for "nothing in the base".

    ``weight`` counts it more or less than others; ``group`` is what must not be split between folds.
    """

    shortlist: Shortlist
    answer: int
    group: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How strongly weights are held near zero, how often a differing word must occur to get one, how trees grow."""

    l2_rows: float = 1.0
    l2_differences: float = 1.2
    least_questions: int = 2
    iterations: int = 120
    growth: Growth = Growth(trees=120, depth=3, rate=0.08, l2=20.0)  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class Ranker:
    """The fitted linear part of a ``Model``."""

    mean: Numbers
    scale: Numbers
    weights: Numbers
    bias: float
    differences: dict[str, float]


def fit_ranker(examples: Sequence[Example], recipe: Recipe) -> Ranker:
    """Softmax regression over each question's rows and "nothing" (which scores 0); an entry's rows share its mass."""
    import scipy.optimize

    used = [example for example in examples if len(example.shortlist.rows)]
    rows, question, right, weight = _stack(used)
    names = _vocabulary(used, recipe.least_questions)
    sparse = _sparse(used, names)
    turned = sparse.T.tocsr()
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    plain = (rows - mean) / scale
    width, count = plain.shape[1], len(used)
    known = np.bincount(question, right, minlength=count) > 0

    def loss(point: Numbers) -> tuple[float, Numbers]:
        bias, dense, words = point[0], point[1 : 1 + width], point[1 + width :]
        score = plain @ dense + sparse @ words + bias
        peak = np.zeros(count)
        np.maximum.at(peak, question, score)
        raised = np.exp(score - peak[question])
        total = np.bincount(question, raised, minlength=count) + np.exp(-peak)
        mine = np.bincount(question, raised * right, minlength=count)
        share = np.where(known, mine, np.exp(-peak)) / total
        held = np.where(known[question], raised * right / np.maximum(mine, 1e-300)[question], 0.0)
        slope = (raised / total[question] - held) * weight[question]
        value = -float((weight * np.log(share + 1e-300)).sum())
        value += recipe.l2_rows * float(dense @ dense) + recipe.l2_differences * float(words @ words)
        step = [[slope.sum()], plain.T @ slope + 2 * recipe.l2_rows * dense]
        return value, np.concatenate([*step, turned @ slope + 2 * recipe.l2_differences * words])

    start = np.zeros(1 + width + len(names))
    found = scipy.optimize.minimize(
        loss, start, jac=True, method="L-BFGS-B", options={"maxiter": recipe.iterations}
    ).x
    return Ranker(
        mean=mean,
        scale=scale,
        weights=found[1 : 1 + width],
        bias=float(found[0]),
        differences={
            name: float(found[1 + width + n]) for name, n in names.items() if abs(found[1 + width + n]) >= 5e-4
        },
    )


def fit_calibrator(
    standings: Numbers, right: NDArray[np.bool_], weight: Numbers, growth: Growth
) -> tuple[Trees, float]:
    """Boosted logistic regression of "the best entry is right" on rows of ``STANDING_FEATURES``; trees and base."""
    target = right.astype(np.float64)
    share = float(np.clip((target * weight).sum() / max(weight.sum(), 1e-9), 1e-3, 1 - 1e-3))
    base = float(np.log(share / (1 - share)))

    def gradient(sums: Numbers) -> tuple[Numbers, Numbers]:
        chance = 1 / (1 + np.exp(-np.clip(sums + base, -30, 30)))
        return (chance - target) * weight, np.maximum(chance * (1 - chance), 1e-6) * weight

    return grow(standings, gradient, growth), base


def stand(examples: Sequence[Example], scored: Sequence[Scored]) -> tuple[Numbers, NDArray[np.bool_]]:
    """Standing rows (n, features) of scored examples and whether the best entry is the right one."""
    rows = np.zeros((len(examples), len(STANDING_FEATURES)))
    right = np.zeros(len(examples), dtype=np.bool_)
    for place, (example, score) in enumerate(zip(examples, scored, strict=True)):
        ranking = rank(example.shortlist, score)
        rows[place] = standing_row(example.shortlist, score, ranking)
        if len(ranking.rows):
            right[place] = int(example.shortlist.entries[ranking.rows[0]]) == example.answer
    return rows, right


def _stack(examples: Sequence[Example]) -> tuple[Numbers, NDArray[np.int64], Numbers, Numbers]:
    lists = [example.shortlist for example in examples]
    rows = np.concatenate([item.rows for item in lists]).astype(np.float64)
    if rows.shape[1] != len(ROW_FEATURES):
        raise ValueError(rows.shape)
    question = np.repeat(np.arange(len(lists)), [len(item.rows) for item in lists])
    right = np.concatenate(
        [(e.shortlist.entries == e.answer) & ~e.shortlist.negative for e in examples]
    ).astype(np.float64)
    return rows, question, right, np.array([example.weight for example in examples])


def _vocabulary(examples: Sequence[Example], least: int) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for example in examples:
        counts.update({name for names in example.shortlist.missing[:8] for name in names})
    return {name: n for n, name in enumerate(sorted(name for name, count in counts.items() if count >= least))}


def _sparse(examples: Sequence[Example], names: dict[str, int]) -> Any:  # noqa: ANN401 - scipy ships no types
    import scipy.sparse

    rows: list[int] = []
    columns: list[int] = []
    row = 0
    for example in examples:
        for missing in example.shortlist.missing:
            found = [names[name] for name in missing if name in names]
            columns.extend(found)
            rows.extend([row] * len(found))
            row += 1
    return scipy.sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(row, len(names)))
