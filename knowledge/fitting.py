"""The arithmetic of training: fitting the ranking weights and the calibrating trees. Needs scipy; serving does not.

Nothing is random: the same examples in the same order give the same numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.shortlist import ROW_FEATURES, ROW_SIGNS, Shortlist
from knowledge.standing import STANDING_FEATURES, Scored, rank, standing_row
from knowledge.trees import Growth, Trees, grow

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One labelled question with its shortlist; ``answer`` is the entry's position, -1 for "nothing in the base".

    ``weight`` counts it more or less than others; ``group`` is what must not be split between folds. Where ``ranks`` is
    false the example teaches the calibrator only.
    """

    shortlist: Shortlist
    answer: int
    group: int
    weight: float = 1.0
    ranks: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How strongly weights are held near zero, how often a differing word must occur to get one, how trees grow.

    ``signed`` lets a likeness only speak for a phrase and a difference only against it: what makes few examples hold
    elsewhere. ``standings`` (name → sign) calibrates by a line through those standings instead of by trees.
    """

    l2_rows: float = 1.0
    l2_differences: float = 1.2
    least_questions: int = 2
    iterations: int = 120
    growth: Growth = Growth(trees=120, depth=3, rate=0.08, l2=20.0)  # noqa: RUF009 - frozen
    signed: bool = False
    standings: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ranker:
    """The fitted ranking part of a ``Model``."""

    mean: Numbers
    scale: Numbers
    weights: Numbers
    bias: float
    differences: dict[str, float]


def fit_ranker(examples: Sequence[Example], recipe: Recipe) -> Ranker:
    """Softmax regression over each question's rows and "nothing" (which scores 0); an entry's rows share its mass.

    Negative phrases are scored later, but do not compete here: their likeness is no fault of likeness.
    """
    import scipy.optimize

    used = [example for example in examples if example.ranks and not example.shortlist.negative.all()]
    race = _race(used)
    names = _vocabulary(used, recipe.least_questions)
    sparse = _sparse(used, names)
    turned = sparse.T.tocsr()
    mean, scale = race.rows.mean(axis=0), race.rows.std(axis=0) + 1e-6
    plain = (race.rows - mean) / scale
    width = plain.shape[1]

    def loss(point: Numbers) -> tuple[float, Numbers]:
        bias, dense, words = point[0], point[1 : 1 + width], point[1 + width :]
        value, slope = race.slope(plain @ dense + sparse @ words + bias)
        value += recipe.l2_rows * float(dense @ dense) + recipe.l2_differences * float(words @ words)
        step = [[slope.sum()], plain.T @ slope + 2 * recipe.l2_rows * dense]
        return value, np.concatenate([*step, turned @ slope + 2 * recipe.l2_differences * words])

    start = np.zeros(1 + width + len(names))
    bounds = None
    if recipe.signed:
        bounds = [(None, None), *(_BOUNDS[ROW_SIGNS[name]] for name in ROW_FEATURES), *[(None, 0.0)] * len(names)]
    options = {"maxiter": recipe.iterations}
    found = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    words = {name: float(found[1 + width + n]) for name, n in names.items()}
    return Ranker(
        mean=mean,
        scale=scale,
        weights=found[1 : 1 + width],
        bias=float(found[0]),
        differences={name: weight for name, weight in words.items() if abs(weight) >= _WORTH_KEEPING},
    )


_WORTH_KEEPING = 5e-4
_BOUNDS: dict[int, tuple[float | None, float | None]] = {1: (0.0, None), -1: (None, 0.0), 0: (0.0, 0.0)}


@dataclass(frozen=True, slots=True)
class Race:
    """Rows that compete within their question: ``right`` marks those of the answering entry."""

    rows: Numbers
    question: NDArray[np.int64]
    right: Numbers
    weight: Numbers

    def slope(self, score: Numbers) -> tuple[float, Numbers]:
        """Negative log-likelihood of row scores and its derivative by row."""
        count = len(self.weight)
        peak = np.zeros(count)
        np.maximum.at(peak, self.question, score)
        raised = np.exp(score - peak[self.question])
        nothing = np.exp(-peak)
        total = np.bincount(self.question, raised, minlength=count) + nothing
        mine = np.bincount(self.question, raised * self.right, minlength=count)
        known = mine > 0
        share = np.where(known, mine, nothing) / total
        held = raised * self.right / np.where(known, mine, 1.0)[self.question]
        chance = raised / total[self.question]
        value = -float((self.weight * np.log(np.maximum(share, 1e-300))).sum())
        return value, (chance - held) * self.weight[self.question]


@dataclass(frozen=True, slots=True)
class Calibrator:
    """The fitted second step of a ``Model``: trees, or weights of a few standings, and the base log-odds."""

    trees: Trees
    standing: dict[str, float]
    base: float


def fit_calibrator(standings: Numbers, right: NDArray[np.bool_], weight: Numbers, recipe: Recipe) -> Calibrator:
    """Logistic model of "the best entry is right" on rows of ``STANDING_FEATURES``: boosted trees or a signed line."""
    target = right.astype(np.float64)
    if recipe.standings:
        return _fit_line(standings, target, weight, recipe.standings)
    share = float(np.clip((target * weight).sum() / max(weight.sum(), 1e-9), 1e-3, 1 - 1e-3))
    base = float(np.log(share / (1 - share)))

    def gradient(sums: Numbers) -> tuple[Numbers, Numbers]:
        chance = 1 / (1 + np.exp(-np.clip(sums + base, -30, 30)))
        return (chance - target) * weight, np.maximum(chance * (1 - chance), 1e-6) * weight

    return Calibrator(grow(standings, gradient, recipe.growth), {}, base)


def _fit_line(standings: Numbers, target: Numbers, weight: Numbers, names: dict[str, int]) -> Calibrator:
    import scipy.optimize

    rows = standings[:, [STANDING_FEATURES.index(name) for name in names]]
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    plain = (rows - mean) / scale

    def loss(point: Numbers) -> tuple[float, Numbers]:
        odds = plain @ point[1:] + point[0]
        value = float((weight * (np.logaddexp(0, odds) - target * odds)).sum())
        slope = (1 / (1 + np.exp(-np.clip(odds, -30, 30))) - target) * weight
        step = plain.T @ slope + 2 * _L2_LINE * point[1:]
        return value + _L2_LINE * float(point[1:] @ point[1:]), np.concatenate([[slope.sum()], step])

    bounds = [(None, None), *(_BOUNDS[sign] for sign in names.values())]
    start = np.zeros(1 + len(names))
    found = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    weights = found[1:] / scale
    return Calibrator(Trees.none(), dict(zip(names, weights.tolist(), strict=True)), float(found[0] - weights @ mean))


_L2_LINE = 5.0


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


def _race(examples: Sequence[Example]) -> Race:
    kept = [~example.shortlist.negative for example in examples]
    return Race(
        rows=np.concatenate([e.shortlist.rows[keep] for e, keep in zip(examples, kept, strict=True)]).astype(
            np.float64
        ),
        question=np.repeat(np.arange(len(examples)), [int(keep.sum()) for keep in kept]),
        right=np.concatenate(
            [e.shortlist.entries[keep] == e.answer for e, keep in zip(examples, kept, strict=True)]
        ).astype(np.float64),
        weight=np.array([example.weight for example in examples]),
    )


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
        for missing, negative in zip(example.shortlist.missing, example.shortlist.negative, strict=True):
            if negative:
                continue
            found = [names[name] for name in missing if name in names]
            columns.extend(found)
            rows.extend([row] * len(found))
            row += 1
    return scipy.sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(row, len(names)))
