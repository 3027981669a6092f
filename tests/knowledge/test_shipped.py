"""The shipped base with the shipped model: mirrored questions, other fields' questions, look-alikes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.settings import SHIPPED_FAQ
from knowledge.confidence import load_shipped
from knowledge.decision import Verdict
from knowledge.entry import Entry
from knowledge.files import load_folder
from knowledge.matcher import Matcher
from knowledge.mirrors import Mirror, load_mirrors
from knowledge.tokens import Tokenizer
from tests.serving import ROOT

QUESTIONS = ROOT / "tests" / "knowledge" / "questions"
KNOWN_MISSES = QUESTIONS / "_known_misses.yaml"
PRIVATE = ROOT.parent / "shared" / "eval" / "private_dev.jsonl"


@pytest.fixture(scope="module")
def entries() -> tuple[Entry, ...]:
    return load_folder(SHIPPED_FAQ)


@pytest.fixture(scope="module")
def matcher(entries: tuple[Entry, ...], tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    tokenizer = Tokenizer(tmp_path_factory.mktemp("cache"))
    return Matcher.build(entries, tokenizer=tokenizer, model=load_shipped(), on=date(2026, 11, 23))


@pytest.fixture(scope="module")
def mirrors() -> tuple[Mirror, ...]:
    return load_mirrors(QUESTIONS)


def test_of_mirrored_questions_most_are_answered_right_at_once(matcher: Matcher, mirrors: tuple[Mirror, ...]) -> None:
    right = sum(matcher.decide(mirror.ask).entry == mirror.entry for mirror in mirrors)
    assert right >= 0.6 * len(mirrors)


def test_wrong_confident_answers_are_known_and_only_shrink(matcher: Matcher, mirrors: tuple[Mirror, ...]) -> None:
    with KNOWN_MISSES.open(encoding="utf-8") as stream:
        known = set(YAML(typ="safe").load(stream)["answered_wrong"])
    wrong = {
        mirror.ask
        for mirror in mirrors
        if (decision := matcher.decide(mirror.ask)).verdict is Verdict.ANSWER and decision.entry != mirror.entry
    }
    assert wrong - known == set(), "a new wrong confident answer"
    assert known - wrong == set(), "no longer wrong: take it off the list"
    assert len(wrong) <= 0.02 * len(mirrors)


def test_questions_of_private_life_are_hardly_ever_answered(matcher: Matcher) -> None:
    if not PRIVATE.exists():
        pytest.skip(f"no evaluation data at {Path('..') / 'shared'}")
    questions = [json.loads(line)["question"] for line in PRIVATE.read_text(encoding="utf-8").splitlines()]
    answered = sum(matcher.decide(question).verdict is Verdict.ANSWER for question in questions)
    assert answered <= 0.02 * len(questions)


def test_a_look_alike_never_gets_the_answer_it_is_kept_from(matcher: Matcher, entries: tuple[Entry, ...]) -> None:
    taken = [
        (entry.id, look_alike)
        for entry in entries
        for look_alike in entry.not_asks
        if matcher.decide(look_alike).entry == entry.id
    ]
    assert taken == []


@pytest.mark.parametrize(
    "question", ["怎么做红烧肉", "今天天气怎么样", "怎么考驾照", "😀😀", "hello", "？？？", "啊", "离婚财产怎么分"]
)
def test_what_is_like_nothing_in_the_base_is_not_answered(matcher: Matcher, question: str) -> None:
    assert matcher.decide(question).verdict is not Verdict.ANSWER
