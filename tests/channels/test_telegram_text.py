"""Texts as Telegram counts and takes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram_text import LIMIT, as_text, opens, split, units
from tests.botapi.rules import check_text


def test_length_is_counted_in_utf16_units() -> None:
    assert units("法a") == 2
    assert units("😀") == 2


@given(st.text(st.characters(codec="utf-8"), max_size=300), st.integers(20, 80))
def test_every_part_fits_and_nothing_but_white_space_is_lost(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_text_is_split_after_a_sentence() -> None:
    sentence = "用人单位应当按照劳动合同约定和国家规定，向劳动者及时足额支付劳动报酬。"
    parts = split(sentence * 300)
    assert len(parts) > 1
    assert all(part.endswith("。") for part in parts)


def test_a_paragraph_is_the_better_place_to_split() -> None:
    text = "第一段。\n" * 10 + "第二句。" * 3
    assert split(text, 50)[0].endswith("第一段。")


def test_ten_thousand_characters_are_accepted_part_by_part() -> None:
    for part in split("字😀，" * 4000):
        check_text(part, limit=LIMIT)


@pytest.mark.parametrize("url", ["https://tijian.example.cn/?case=1", "http://8.8.8.8/x"])
def test_public_addresses_become_buttons(url: str) -> None:
    assert opens(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/",
        "http://localhost/",
        "tel:110",
        "http://10.0.0.3/",
        "http://desk.local/",
        "ftp://a.cn/",
        "http://[::1]/",
        "http://[/",
    ],
)
def test_other_addresses_go_into_the_text(url: str) -> None:
    assert not opens(url)
    assert as_text("打开", "tel:110") == "打开：110"
