"""Making a model from labelled questions, and held-out decisions by folds. The arithmetic is in ``fitting``.

Questions belong to fold ``sha256(question) mod folds``, so a question is in the same fold on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.confidence import Model
from knowledge.decision import Decision
from knowledge.entry import Entry, EntryId
from knowledge.fitting import Calibrator, Example, Ranker, Recipe, fit_calibrator, fit_ranker, stand
from knowledge.matcher import Matcher
from knowledge.shortlist import Base
from knowledge.sketch import Cutter
from knowledge.standing import Scored
from knowledge.tokens import Tokenizer
from knowledge.trees import Trees
from knowledge.words import Synonyms

FOLDS = 5
INNER_FOLDS = 4
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledQuestion:
    """A question and the entry that answers it; ``None``: nothing in the base does."""

    question: str
    answer: EntryId | None


def fold_of(question: str, folds: int = FOLDS) -> int:
    """The fold of a question: sha256 of its UTF-8 bytes modulo ``folds``."""
    return int(hashlib.sha256(question.encode()).hexdigest(), 16) % folds


def train(
    entries: Sequence[Entry],
    questions: Sequence[LabelledQuestion],
    *,
    tokenizer: Tokenizer,
    folds: int = INNER_FOLDS,
    seed: int = 0,
    recipe: Recipe = Recipe(),  # noqa: B008 - frozen
    progress: Progress | None = None,
) -> Model:
    """Fit a model on labelled questions over a base; ``progress`` hears (done, total) in steps of one question or fit.

    ``seed`` changes how questions are dealt to the inner folds, nothing else; the same arguments give the same model.
    """
    base = Base(list(entries), Cutter(tokenizer, Synonyms.load()), None)
    total = len(questions) + folds + 2
    examples = _examine(base, questions, folds=folds, seed=seed, progress=progress, total=total)
    model = fit(examples, folds=folds, recipe=recipe, progress=progress, done=len(questions), total=total)
    return choose_thresholds(model[0], model[1], model[2])


def cross_validate(
    entries: Sequence[Entry],
    questions: Sequence[LabelledQuestion],
    *,
    tokenizer: Tokenizer,
    folds: int = FOLDS,
    seed: int = 0,
    recipe: Recipe = Recipe(),  # noqa: B008 - frozen
    progress: Progress | None = None,
) -> list[Decision]:
    """Decisions for all questions in their order, each made by a model that never saw the question's fold."""
    base = Base(list(entries), Cutter(tokenizer, Synonyms.load()), None)
    total = len(questions) + folds * (INNER_FOLDS + 2)
    examples = _examine(base, questions, folds=INNER_FOLDS, seed=seed, progress=progress, total=total)
    outer = np.array([fold_of(item.question, folds) for item in questions])
    decisions: dict[int, Decision] = {}
    for fold in range(folds):
        seen = [examples[n] for n in np.flatnonzero(outer != fold).tolist()]
        done = len(questions) + fold * (INNER_FOLDS + 2)
        model, held, right = fit(seen, folds=INNER_FOLDS, recipe=recipe, progress=progress, done=done, total=total)
        matcher = Matcher(base, choose_thresholds(model, held, right))
        for n in np.flatnonzero(outer == fold).tolist():
            decisions[n] = matcher.decide(questions[n].question)
    return [decisions[n] for n in range(len(questions))]


def fit(
    examples: Sequence[Example],
    *,
    folds: int,
    recipe: Recipe,
    progress: Progress | None = None,
    done: int = 0,
    total: int = 0,
) -> tuple[Model, NDArray[np.float64], NDArray[np.bool_]]:
    """Fit both steps; returns the model with held-out confidences and whether each held-out best entry was right.

    The trees see only standings scored by a ranker that had not seen the question, or they would trust it too much.
    """
    group = np.array([example.group % folds for example in examples])
    scored: dict[int, Scored] = {}
    for fold in range(folds):
        ranker = fit_ranker([examples[n] for n in np.flatnonzero(group != fold).tolist()], recipe)
        model = _model(ranker, _NO_CALIBRATOR)
        for n in np.flatnonzero(group == fold).tolist():
            scored[n] = model.score(examples[n].shortlist)
        if progress is not None:
            progress(done + fold + 1, total)
    standings, right = stand(examples, [scored[n] for n in range(len(examples))])
    weight = np.array([example.weight for example in examples])
    held = np.zeros(len(examples))
    for fold in range(folds):
        out = group == fold
        calibrator = fit_calibrator(standings[~out], right[~out], weight[~out], recipe)
        held[out] = _model(_NO_RANKER, calibrator).confidences(standings[out])
    calibrator = fit_calibrator(standings, right, weight, recipe)
    ranker = fit_ranker(examples, recipe)
    if progress is not None:
        progress(done + folds + 2, total)
    notes = {"questions": str(len(examples)), "answerable": str(sum(example.answer >= 0 for example in examples))}
    return _model(ranker, calibrator, notes), held, right


def choose_thresholds(
    model: Model, held: NDArray[np.float64], right: NDArray[np.bool_], *, precision: float = 0.95, clarify: float = 0.3
) -> Model:
    """Answer from the lowest held-out confidence whose prefix is ``precision`` right; clarify from a fixed chance."""
    order = np.argsort(-held, kind="stable")
    reached = np.flatnonzero(np.cumsum(right[order]) / np.arange(1, len(order) + 1) >= precision)
    answer = float(held[order][reached[-1]]) if len(reached) else 0.99
    answer = min(max(answer, 0.5), 0.99)
    return model.with_thresholds(answer=answer, clarify=min(clarify, answer))


def _examine(
    base: Base,
    questions: Sequence[LabelledQuestion],
    *,
    folds: int,
    seed: int,
    progress: Progress | None,
    total: int,
) -> list[Example]:
    place = {entry.id: n for n, entry in enumerate(base.entries)}
    examples = []
    for done, item in enumerate(questions):
        shortlist = base.examine(base.sketch(base.cutter.cut(item.question)))
        answer = -1 if item.answer is None else place[item.answer]
        examples.append(Example(shortlist=shortlist, answer=answer, group=fold_of(f"{seed} {item.question}", folds)))
        if progress is not None and done % 50 == 0:
            progress(done, total)
    return examples


def _model(ranker: Ranker, calibrator: Calibrator, notes: dict[str, str] | None = None) -> Model:
    return Model(
        mean=ranker.mean,
        scale=ranker.scale,
        weights=ranker.weights,
        bias=ranker.bias,
        differences=ranker.differences,
        trees=calibrator.trees,
        standing=calibrator.standing,
        base=calibrator.base,
        notes=notes or {},
    )


_NO_CALIBRATOR = Calibrator(Trees.none(), {}, 0.0)
_NO_RANKER = Ranker(np.zeros(0), np.ones(0), np.zeros(0), 0.0, {})
