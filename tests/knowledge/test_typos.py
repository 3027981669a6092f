"""A word of the field typed with a homophone is restored; words that are words stay."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.sketch import Cutter
from knowledge.sounds import sound
from knowledge.text import normalise
from knowledge.words import Synonyms
from tests.knowledge.matching import tokenizer


@cache
def cutter() -> Cutter:
    return Cutter(tokenizer(), Synonyms.load())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("试用其定长了", "试用期定长了"),
        ("转让签了协义", "转让签了协议"),
        ("约了违约经", "约了违约金"),
        ("老板拖欠工姿", "老板拖欠工资"),
        ("被客户投速了", "被客户投诉了"),
    ],
)
def test_a_homophone_is_restored(typed: str, meant: str) -> None:
    assert cutter().cut(typed).text == meant


@pytest.mark.parametrize(
    "text",
    [
        "我是公司员工",
        "投资公司跑了",
        "不是用其他的",
        "不负责任",
        "服务企业",
        "独资公司",
        "要签订竞业限制吗",
        "起什么名字好",
        "单位和法人",
    ],
)
def test_words_that_are_words_stay(text: str) -> None:
    assert cutter().cut(text).text == text


@settings(deadline=None)
@given(st.text(alphabet="试用期其协议义合同公司资子工违约金经的了我", max_size=30))
def test_correcting_keeps_the_length(text: str) -> None:
    assert len(cutter().cut(text).text) == len(normalise(text))


def test_southern_mergers_sound_alike() -> None:
    assert sound("诊") == sound("怎")
    assert sound("工") != sound("公司"[1])
    assert sound("a") == "a"
