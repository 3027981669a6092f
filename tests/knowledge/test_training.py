"""Training is deterministic, keeps folds apart, and the shipped recipe needs nothing but the base."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from knowledge.confidence import Model
from knowledge.decision import Verdict
from knowledge.entry import Entry, EntryId
from knowledge.fitting import Recipe
from knowledge.shipped import of_another_field, outside_questions, simulate, train_shipped
from knowledge.shortlist import Base
from knowledge.sketch import Cutter
from knowledge.training import LabelledQuestion, cross_validate, fold_of, train
from knowledge.trees import Growth
from knowledge.words import Synonyms
from tests.knowledge.matching import ENTRIES, tokenizer

THINGS = ("货款", "工资", "商标", "发票", "合同", "押金", "快递", "社保", "股权", "罚款")
FRAMES = ("{}被拖欠了怎么办", "怎么处理{}的纠纷", "{}丢了去哪里补", "{}要交多少钱")
QUICK = Recipe(iterations=20, growth=Growth(trees=10, depth=2, rate=0.2, l2=5.0))


def bare_base() -> list[Entry]:
    texts = [frame.format(thing) for thing in THINGS for frame in FRAMES]
    return [Entry(id=EntryId(f"q{n}"), question=text) for n, text in enumerate(texts)]


def labelled() -> list[LabelledQuestion]:
    known = [LabelledQuestion(question=f"请问{entry.question}呢", answer=entry.id) for entry in bare_base()]
    return known + [LabelledQuestion(question=f"{thing}的颜色好看吗", answer=None) for thing in THINGS]


def test_the_fold_is_sha256_of_the_question_modulo_five() -> None:
    question = "试用期多久"
    assert fold_of(question) == int(hashlib.sha256(question.encode()).hexdigest(), 16) % 5


def test_the_same_questions_make_the_same_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        train(bare_base(), labelled(), tokenizer=tokenizer(), recipe=QUICK).save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert Model.load(tmp_path / "a").notes == {"questions": "50", "answerable": "40"}


def test_held_out_decisions_keep_the_order_and_find_the_entries() -> None:
    items = labelled()
    decisions = cross_validate(bare_base(), items, tokenizer=tokenizer(), recipe=QUICK)
    assert [decision.question for decision in decisions] == [item.question for item in items]
    right = sum(d.candidates[0].entry == i.answer for d, i in zip(decisions, items, strict=True) if i.answer)
    assert right >= 38


def test_progress_never_runs_backwards_and_reaches_the_whole() -> None:
    heard: list[tuple[int, int]] = []
    train(
        bare_base(),
        labelled(),
        tokenizer=tokenizer(),
        recipe=QUICK,
        progress=lambda done, total: heard.append((done, total)),
    )
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    assert heard[-1][0] == heard[-1][1]


def test_a_label_that_is_not_in_the_base_is_refused() -> None:
    with pytest.raises(KeyError):
        train(bare_base(), [LabelledQuestion(question="甲", answer=EntryId("nowhere"))], tokenizer=tokenizer())


def test_a_simulated_question_never_meets_its_own_phrase() -> None:
    base = Base(ENTRIES, Cutter(tokenizer(), Synonyms.load()), None)
    for example in simulate(base, ()):
        texts = [base.cuts[position].text for position in example.shortlist.phrases.tolist()]
        assert example.shortlist.question.text not in texts
        if example.answer == -1:
            assert example.group not in example.shortlist.entries[~example.shortlist.negative].tolist()


def test_the_shipped_recipe_escalates_other_fields() -> None:
    from knowledge.matcher import Matcher

    model = train_shipped(ENTRIES, ("离婚了孩子归谁",), tokenizer=tokenizer(), folds=3)
    matcher = Matcher(Base(ENTRIES, Cutter(tokenizer(), Synonyms.load()), None), model)
    verdicts = [matcher.decide(question).verdict for question in outside_questions()]
    assert verdicts.count(Verdict.ANSWER) <= 0.02 * len(verdicts)


def test_measured_questions_are_left_out_of_training() -> None:
    asked = ["离婚孩子归谁？", "遗产怎么分", "公司怎么注销"]
    assert of_another_field(asked, but_not=["离婚孩子归谁"]) == ("遗产怎么分",)


def test_outside_questions_are_many_and_distinct() -> None:
    found = outside_questions()
    assert len(found) >= 150
    assert len(set(found)) == len(found)
