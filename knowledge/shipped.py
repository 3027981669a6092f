"""Training the model that ships, from nothing but the FAQ base: its own phrases asked as if nobody had written them.

A phrase is asked with itself and its nearest siblings taken out of the base (other people's wording), with its whole
entry taken out (a question of the field that the base lacks), and questions of other fields are asked as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.confidence import Model
from knowledge.entry import Entry
from knowledge.fitting import Example, Recipe
from knowledge.shortlist import Base
from knowledge.sketch import Cutter
from knowledge.text import dice, normalise
from knowledge.tokens import LEXICON, Tokenizer
from knowledge.training import fit, fold_of
from knowledge.words import Synonyms

OUTSIDE = LEXICON / "outside.txt"
ALIKE = 0.5
"""Siblings from this Dice of character bigrams on would give the answer away."""

RECIPE = Recipe(
    l2_rows=5_000.0,
    least_questions=1_000_000,
    signed=True,
    standings={
        "score": 1,
        "lead_over_second": 1,
        "lead_over_third": 1,
        "share": 1,
        "share_without_null": 1,
        "entropy": -1,
        "unknown_words": -1,
    },
)
"""Few examples, and other people's wording to meet: weights near zero, signs fixed, no single words, no trees.

A freer model is better on the base's own phrases and much worse on questions by other writers.
"""
WRONG = 0.05
"""Share of the simulated questions that may be answered wrong: this sets the threshold for an answer.

A phrase robbed of its siblings is much harder than a real question: of questions by other writers (the mirrored ones
under tests) about a sixth of this share is answered wrong. This number was set once by those questions as a whole;
no weight is fitted on them.
"""
_CLARIFY_WRONG = 0.35
_PRIVATE = re.compile(
    r"离婚|结婚|夫妻|婚姻|配偶|抚养|赡养|子女|继承|遗嘱|遗产|收养|监护|未成年|儿童|老人|宅基地|承包地|土地承包|村民|"
    r"物业|业主|邻居|小区|医院|医疗|患者|学校|学生|驾驶|交通事故|酒驾|机动车|车辆|故意伤害|抢劫|盗窃|强奸|吸毒|毒品|"
    r"缓刑|取保|减刑|服刑|居住权|房屋买卖|买房|彩礼|家暴|亲子|户口|身份证|动物|饲养|宠物|器官|捐赠|肖像|名誉|隐私权"
)


def outside_questions(path: Path = OUTSIDE) -> tuple[str, ...]:
    """The project's own questions of other fields: one a line, ``#`` starts a remark."""
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line)


def of_another_field(questions: Iterable[str], *, but_not: Iterable[str] = ()) -> tuple[str, ...]:
    """Those questions that plainly belong to private life, without the ones that are used for measuring."""
    measured = {normalise(question) for question in but_not}
    return tuple(q for q in questions if _PRIVATE.search(q) and normalise(q) not in measured)


def simulate(base: Base, outside: Sequence[str]) -> list[Example]:
    """Examples as described above; all examples of an entry share a group, so folds never split an entry."""
    examples: list[Example] = []
    phrases = np.flatnonzero(~base.is_negative)
    for position in phrases.tolist():
        owner = int(base.owner[position])
        own = phrases[base.owner[phrases] == owner]
        text = base.cuts[position].text
        near = sorted(((dice(text, base.cuts[n].text), n) for n in own.tolist() if n != position), reverse=True)
        question = base.sketch(base.cuts[position])
        mild = [position, *(n for likeness, n in near if likeness >= ALIKE)]
        hard = [position, *(n for _, n in near[:2])]
        for hidden, weight in ((mild, 1.0), (hard, 0.5)):
            if len(hidden) < len(own):
                shortlist = base.examine(question, owner=owner, hidden=hidden)
                examples.append(
                    Example(shortlist=shortlist, answer=owner, group=owner, weight=weight, ranks=weight == 1)
                )
        shortlist = base.examine(question, owner=owner, hidden=own.tolist(), absent=True)
        examples.append(Example(shortlist=shortlist, answer=-1, group=owner, weight=0.3, ranks=False))
    for raw in outside:
        shortlist = base.examine(base.sketch(base.cutter.cut(raw)))
        examples.append(Example(shortlist=shortlist, answer=-1, group=fold_of(raw, 1_000_003)))
    return examples


def train_shipped(
    entries: Sequence[Entry],
    extra_null_questions: Sequence[str] = (),
    *,
    tokenizer: Tokenizer,
    folds: int = 5,
    recipe: Recipe = RECIPE,
    progress: Callable[[int, int], None] | None = None,
) -> Model:
    """The model for a base of entries, from its own phrases, ``outside_questions`` and further unanswerable ones."""
    base = Base(list(entries), Cutter(tokenizer, Synonyms.load()), None)
    examples = simulate(base, (*outside_questions(), *extra_null_questions))
    model, held, right = fit(examples, folds=folds, recipe=recipe, progress=progress, total=folds + 2)
    asked = np.array([example.answer >= 0 and example.ranks for example in examples])
    answer = lowest(held[asked], right[asked], WRONG)
    return model.with_thresholds(answer=answer, clarify=min(answer, lowest(held[asked], right[asked], _CLARIFY_WRONG)))


def lowest(confidence: NDArray[np.float64], right: NDArray[np.bool_], wrong: float) -> float:
    """The lowest confidence from which at most the share ``wrong`` of all questions gets a wrong answer."""
    order = np.argsort(-confidence, kind="stable")
    within = np.flatnonzero(np.cumsum(~right[order]) <= wrong * len(order))
    return float(confidence[order][within[-1]]) if len(within) else 1.0
