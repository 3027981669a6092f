"""Normalising brings the same question, written differently, into one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text import MAX_CHARS, bigrams, dice, han_share, normalise, numbers


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("勞動合同沒簽，怎麼辦？", "劳动合同没签怎么办"),
        ("ＡＢＣ１２３", "abc123"),
        ("  试用期 多久 ?? ", "试用期多久"),
        ("open  source 许可", "open source许可"),
        ("罚款 1,000 元", "罚款1000元"),
        ("税率3.5%吗", "税率3.5%吗"),
        ("😀👍🏻", ""),
        ("？！……", ""),
        ("", ""),
        ("工\u200b资", "工资"),
        ("①年", "1年"),
    ],
)
def test_one_form_for_one_question(raw: str, plain: str) -> None:
    assert normalise(raw) == plain


@given(st.text(max_size=200))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


def test_at_most_four_thousand_characters_are_read() -> None:
    assert len(normalise("工" * (MAX_CHARS + 500))) == MAX_CHARS


def test_a_single_character_is_its_own_pair() -> None:
    assert bigrams("税") == ["税"]
    assert bigrams("") == []


def test_dice_of_equal_texts_is_one_and_of_empty_ones_zero() -> None:
    assert dice("试用期", "试用期") == 1.0
    assert dice("", "") == 0.0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("三个月", {3}),
        ("十五天", {15}),
        ("二十万", {200_000}),
        ("20万", {200_000}),
        ("一百八十八条", {188}),
        ("二〇二五年", {2025}),
        ("两倍", {2}),
        ("一样", set()),
        ("3.5倍", {3.5}),
    ],
)
def test_numbers_read_the_same_in_digits_and_numerals(text: str, found: set[float]) -> None:
    assert numbers(text) == found


def test_han_share_tells_chinese_from_other_languages() -> None:
    assert han_share("hello") == 0.0
    assert han_share("Привет") == 0.0
    assert han_share("12345 ！") == 0.0
    assert han_share("工资") == 1.0
    assert 0 < han_share("NDA怎么签") < 1
