"""Boosted oblivious trees: every level of a tree asks one question of all rows, so a tree is a small table.

Prediction needs numpy only. Fitting follows gradient boosting with second-order steps (Friedman 2001; the oblivious
form is that of CatBoost); it is deterministic: no sampling, ties go to the first feature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trees:
    """``features`` and ``cuts`` (trees, depth), ``leaves`` (trees, 2**depth); a row goes right where x > cut."""

    features: NDArray[np.int64]
    cuts: Matrix
    leaves: Matrix

    @classmethod
    def none(cls) -> Trees:
        """No tree: the sum is zero everywhere."""
        return cls(np.zeros((0, 1), dtype=np.int64), np.zeros((0, 1)), np.zeros((0, 2)))

    def sum(self, rows: Matrix) -> Vector:
        """The sum over all trees for each row: shape (len(rows),)."""
        if not len(self.features) or not len(rows):
            return np.zeros(len(rows))
        steps = 1 << np.arange(self.features.shape[1])
        leaf = ((rows[:, self.features] > self.cuts) * steps).sum(axis=2)
        total: Vector = self.leaves[np.arange(len(self.features)), leaf].sum(axis=1)
        return total


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How to grow: number of trees, levels of each, step size, L2 on leaves, least rows a leaf, cuts a feature."""

    trees: int = 120
    depth: int = 3
    rate: float = 0.08
    l2: float = 5.0
    bins: int = 24


Gradient = Callable[[Vector], tuple[Vector, Vector]]
"""Takes the current sums, returns first and second derivative of the loss for each row."""


def grow(rows: Matrix, gradient: Gradient, growth: Growth) -> Trees:
    """Fit trees that lower the loss whose derivatives ``gradient`` gives."""
    edges = [_edges(rows[:, column], growth.bins) for column in range(rows.shape[1])]
    binned = np.stack([np.searchsorted(edges[c], rows[:, c], side="left") for c in range(rows.shape[1])], axis=1)
    sums = np.zeros(len(rows))
    found: list[tuple[list[int], list[float], Vector]] = []
    for _ in range(growth.trees):
        first, second = gradient(sums)
        features, cuts, leaf = _grow_one(binned, edges, first, second, growth)
        if not features:
            break
        size = 1 << growth.depth
        top, bottom = np.bincount(leaf, first, minlength=size), np.bincount(leaf, second, minlength=size)
        values = -growth.rate * top / (bottom + growth.l2)
        sums = sums + values[leaf]
        found.append((features, cuts, values))
    if not found:
        return Trees.none()
    return Trees(
        np.array([features for features, _, _ in found], dtype=np.int64),
        np.array([cuts for _, cuts, _ in found]),
        np.stack([values for _, _, values in found]),
    )


def _edges(column: Vector, bins: int) -> Vector:
    return np.unique(np.quantile(column, np.linspace(0, 1, bins + 1)[1:-1], method="lower"))


def _grow_one(
    binned: NDArray[np.int64], edges: list[Vector], first: Vector, second: Vector, growth: Growth
) -> tuple[list[int], list[float], NDArray[np.int64]]:
    """One tree, level by level, each level the cut with the greatest gain over all leaves together."""
    leaf = np.zeros(len(binned), dtype=np.int64)
    features: list[int] = []
    cuts: list[float] = []
    for level in range(growth.depth):
        best_gain, best_feature, best_bin = 1e-9, -1, -1
        width = 1 << level
        for column, cut_points in enumerate(edges):
            if not len(cut_points):
                continue
            span = len(cut_points) + 1
            key = leaf * span + binned[:, column]
            top = np.bincount(key, first, minlength=width * span).reshape(width, span)
            bottom = np.bincount(key, second, minlength=width * span).reshape(width, span)
            left_top, left_bottom = top.cumsum(1)[:, :-1], bottom.cumsum(1)[:, :-1]
            all_top, all_bottom = top.sum(1, keepdims=True), bottom.sum(1, keepdims=True)
            gain = left_top**2 / (left_bottom + growth.l2)
            gain += (all_top - left_top) ** 2 / (all_bottom - left_bottom + growth.l2)
            gain -= all_top**2 / (all_bottom + growth.l2)
            total = gain.sum(0)
            place = int(total.argmax())
            if total[place] > best_gain:
                best_gain, best_feature, best_bin = float(total[place]), column, place
        if best_feature < 0:
            if not features:
                return [], [], leaf
            best_feature, best_bin = features[-1], -1
            cut = np.inf
        else:
            cut = float(edges[best_feature][best_bin])
        features.append(best_feature)
        cuts.append(cut)
        if np.isfinite(cut):
            leaf = leaf + (binned[:, best_feature] > best_bin).astype(np.int64) * width
    return features, cuts, leaf
