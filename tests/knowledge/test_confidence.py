"""The model is one readable file, the same bytes for the same model, and refuses what it does not know."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from knowledge.confidence import BrokenModel, Model, load_shipped
from knowledge.shortlist import ROW_FEATURES
from knowledge.standing import STANDING_FEATURES
from knowledge.trees import Growth, Trees, grow


def sample() -> Model:
    trees = Trees(np.array([[0, 3]]), np.array([[0.25, np.inf]]), np.array([[0.5, -0.5, 0.0, 1.0]]))
    size = len(ROW_FEATURES)
    return Model(
        mean=np.zeros(size),
        scale=np.ones(size),
        weights=np.linspace(-1, 1, size),
        bias=-0.5,
        differences={"q 吗": 0.25, "工资|薪水": -1.5},
        trees=trees,
        standing={"score": 0.5},
        base=0.125,
        answer=0.75,
        clarify=0.2,
        notes={"questions": "3"},
    )


def test_a_saved_model_loads_as_it_was(tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    sample().save(first)
    Model.load(first).save(second)
    assert first.read_bytes() == second.read_bytes()
    rows = np.random.default_rng(0).normal(size=(5, len(STANDING_FEATURES)))
    assert Model.load(first).confidences(rows) == pytest.approx(sample().confidences(rows), abs=1e-5)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file"),
        ("not json", "not JSON"),
        ("[]", "not a model"),
        ('{"format": 99}', "not a model of format"),
        ('{"format": 1}', "other features"),
    ],
)
def test_a_broken_model_is_named_with_its_reason(tmp_path: Path, content: str | None, why: str) -> None:
    path = tmp_path / "model.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(BrokenModel) as caught:
        Model.load(path)
    assert why in str(caught.value)


def test_a_feature_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    sample().save(path)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["standing"] = {"unheard_of": 1.0}
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(BrokenModel):
        Model.load(path)


def test_the_shipped_model_is_small_and_has_ordered_thresholds() -> None:
    model = load_shipped()
    assert 0 < model.clarify <= model.answer < 1
    assert model.differences == {}


def test_the_shipped_model_lets_likeness_speak_for_and_difference_against() -> None:
    weights = dict(zip(ROW_FEATURES, load_shipped().weights.tolist(), strict=True))
    assert weights["dossier_words"] >= 0
    assert weights["words_missing_in_phrase"] <= 0
    assert weights["length_question"] == 0


@pytest.mark.parametrize("standing", [np.zeros, lambda n: np.full(n, 1e9), lambda n: np.full(n, -1e9)])
def test_confidence_is_a_probability_at_the_extremes(standing: object) -> None:
    row = standing(len(STANDING_FEATURES))  # type: ignore[operator]
    for model in (sample(), load_shipped()):
        assert 0 <= model.confidence(row) <= 1


def test_trees_learn_a_step_and_repeat_exactly() -> None:
    rows = np.random.default_rng(1).normal(size=(400, 3))
    target = (rows[:, 1] > 0.3).astype(float)

    def gradient(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        chance = 1 / (1 + np.exp(-sums))
        return chance - target, chance * (1 - chance)

    first = grow(rows, gradient, Growth(trees=30, depth=2, rate=0.3, l2=1.0))
    assert ((first.sum(rows) > 0) == (target > 0)).mean() > 0.95
    second = grow(rows, gradient, Growth(trees=30, depth=2, rate=0.3, l2=1.0))
    assert (first.leaves == second.leaves).all()


def test_no_trees_sum_to_zero() -> None:
    assert Trees.none().sum(np.ones((3, 2))).tolist() == [0.0, 0.0, 0.0]
