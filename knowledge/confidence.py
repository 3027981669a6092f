"""The learned part of matching, as numbers in one JSON file: how alike, how sure, from when on an answer is given.

Two steps: a linear score ranks the phrases (each feature and each differing word adds its weight), boosted trees turn
the standing of the best entry into a calibrated probability. Fitting lives in ``training``; nothing here is random.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import KnowledgeError
from knowledge.shortlist import ROW_FEATURES, Shortlist
from knowledge.standing import STANDING_FEATURES, Scored
from knowledge.trees import Trees

FORMAT = 1
SHIPPED = Path(__file__).with_name("model.json")

_PLACE = {name: n for n, name in enumerate(STANDING_FEATURES)}

Numbers = NDArray[np.float64]


class BrokenModel(KnowledgeError):
    """A model file that is missing, is not a model, or was made for other features; ``why`` says which."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Weights and thresholds. ``mean``, ``scale`` and ``weights`` have one number for each of ``ROW_FEATURES``.

    ``differences`` maps names made by ``features.differences`` to log-odds.
    The log-odds that the best entry is right are ``base`` plus ``trees`` plus ``standing``, a weight for some of
    ``STANDING_FEATURES``. ``answer`` and ``clarify`` are probabilities. ``notes`` tell what it was fitted on.
    """

    mean: Numbers
    scale: Numbers
    weights: Numbers
    bias: float
    differences: dict[str, float]
    trees: Trees
    standing: dict[str, float] = field(default_factory=dict)
    base: float = 0.0
    answer: float = 0.9
    clarify: float = 0.35
    notes: dict[str, str] = field(default_factory=dict)

    def score(self, shortlist: Shortlist) -> Scored:
        """Log-odds of every row of a shortlist against "nothing in the base"."""
        rows = shortlist.rows.astype(np.float64)
        plain = (rows - self.mean) / self.scale @ self.weights + self.bias
        size = len(shortlist.missing)
        extra, unlearned = np.zeros(size), np.zeros(size)
        get = self.differences.get
        for row, names in enumerate(shortlist.missing):
            found = [weight for weight in map(get, names) if weight is not None]
            extra[row] = sum(found)
            unlearned[row] = 1 - len(found) / len(names) if names else 0.0
        return Scored(total=plain + extra, by_difference=extra, unlearned=unlearned)

    def confidence(self, standing: Numbers) -> float:
        """Probability 0..1 that the best entry is the right one, from one row of ``STANDING_FEATURES``."""
        plain = sum(weight * float(standing[_PLACE[name]]) for name, weight in self.standing.items())
        odds = float(self.trees.sum(standing[None, :])[0]) + plain + self.base
        return float(1 / (1 + np.exp(-np.clip(odds, -30, 30))))

    def confidences(self, standings: Numbers) -> Numbers:
        """``confidence`` of many rows: shape (n,)."""
        return np.array([self.confidence(row) for row in standings])

    def with_thresholds(self, *, answer: float, clarify: float) -> Model:
        """The same model with other thresholds."""
        return replace(self, answer=answer, clarify=clarify)

    def save(self, path: Path) -> None:
        """Write the model as JSON, the same bytes for the same model."""
        content = {
            "format": FORMAT,
            "notes": self.notes,
            "answer": round(self.answer, 4),
            "clarify": round(self.clarify, 4),
            "bias": round(self.bias, 6),
            "rows": {
                name: [_short(self.mean[n]), _short(self.scale[n]), _short(self.weights[n])]
                for n, name in enumerate(ROW_FEATURES)
            },
            "base": round(self.base, 6),
            "standing": {name: _short(weight) for name, weight in self.standing.items()},
            "trees": _written(self.trees, STANDING_FEATURES),
            "differences": {name: round(self.differences[name], 3) for name in sorted(self.differences)},
        }
        path.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Model:
        """Read a saved model.

        :raises BrokenModel: the file is missing, is not JSON, or names features that this version does not have.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise BrokenModel(str(path), error.strerror or "cannot be read") from error
        except ValueError as error:
            raise BrokenModel(str(path), "not JSON") from error
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise BrokenModel(str(path), f"not a model of format {FORMAT}")
        try:
            return cls._read(content)
        except (KeyError, TypeError, ValueError) as error:
            raise BrokenModel(str(path), f"made for other features ({error})") from error

    @classmethod
    def _read(cls, content: dict[str, Any]) -> Model:
        rows = np.array([content["rows"][name] for name in ROW_FEATURES], dtype=np.float64)
        return cls(
            mean=rows[:, 0],
            scale=rows[:, 1],
            weights=rows[:, 2],
            bias=float(content["bias"]),
            differences={str(name): float(weight) for name, weight in content["differences"].items()},
            trees=_read_trees(content["trees"], STANDING_FEATURES),
            standing={name: float(content["standing"][name]) for name in content["standing"] if _PLACE[name] >= 0},
            base=float(content["base"]),
            answer=float(content["answer"]),
            clarify=float(content["clarify"]),
            notes={str(key): str(value) for key, value in content["notes"].items()},
        )


@cache
def load_shipped() -> Model:
    """The model that comes with the project, trained on its own FAQ base."""
    return Model.load(SHIPPED)


def _written(trees: Trees, names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {
            "ask": [
                [names[int(feature)], None if np.isinf(cut) else float(cut)]
                for feature, cut in zip(features, cuts, strict=True)
            ],
            "leaves": [round(float(leaf), 5) for leaf in leaves],
        }
        for features, cuts, leaves in zip(trees.features, trees.cuts, trees.leaves, strict=True)
    ]


def _read_trees(trees: list[dict[str, Any]], names: tuple[str, ...]) -> Trees:
    if not trees:
        return Trees.none()
    place = {name: n for n, name in enumerate(names)}
    return Trees(
        np.array([[place[name] for name, _ in tree["ask"]] for tree in trees], dtype=np.int64),
        np.array([[np.inf if cut is None else cut for _, cut in tree["ask"]] for tree in trees], dtype=np.float64),
        np.array([tree["leaves"] for tree in trees], dtype=np.float64),
    )


def _short(number: float) -> float:
    return float(f"{number:.6g}")
