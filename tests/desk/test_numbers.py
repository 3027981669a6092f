"""Case numbers catch slips; pick-up codes keep secrets."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.numbers import (
    CODE_ALPHABET,
    case_number,
    day_of,
    new_pickup_code,
    parse_case_number,
    pickup_code_fits,
    pickup_digest,
)

NUMBERS = st.builds(
    lambda day, running: case_number(day.strftime("%Y%m%d"), running),
    st.dates(date(2026, 1, 1), date(2099, 12, 31)),
    st.integers(1, 99_999),
)


def test_the_number_carries_the_chinese_day_the_running_number_and_a_check_digit() -> None:
    assert day_of(datetime(2026, 11, 21, 16, 30, tzinfo=UTC)) == "20261122"
    assert case_number("20261122", 42) == "FT20261122-0042-7"


@pytest.mark.parametrize(
    "typed",
    [
        "FT20261122-0042-7",
        "ft202611220042 7",
        " ＦＴ２０２６１１２２－００４２－７ ",
        "FT20261122—0042—7",
        "Ft 20261122_0042_7",
        "FT2026112200427",
    ],
)
def test_a_number_is_read_however_it_was_typed(typed: str) -> None:
    assert parse_case_number(typed) == "FT20261122-0042-7"


@pytest.mark.parametrize("typed", ["", "FT", "FT20261122-0042", "20261122-0042-7", "FT20261322-0042-7", "FT一二三"])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert parse_case_number(typed) is None


@given(NUMBERS)
def test_every_number_is_read_back(number: str) -> None:
    assert parse_case_number(number) == number


@given(NUMBERS, st.data())
def test_one_wrong_digit_is_always_caught(number: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([i for i, letter in enumerate(number) if letter.isdigit()]))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    assert parse_case_number(number[:place] + wrong + number[place + 1 :]) is None


@given(NUMBERS, st.data())
def test_two_neighbours_swapped_are_always_caught(number: str, data: st.DataObject) -> None:
    digits = number.replace("-", "")
    place = data.draw(st.integers(2, len(digits) - 2))
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert (parse_case_number(swapped) is None) is (swapped != digits)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert parse_case_number(text) is None
    assert not pickup_code_fits(text, text)


def test_a_code_has_sixty_bits_and_no_letters_that_look_alike() -> None:
    codes = {new_pickup_code() for _ in range(200)}
    assert len(codes) == 200
    assert len(CODE_ALPHABET) ** 12 >= 2**60
    assert not set("".join(codes)) & set("ILOU")


def test_a_code_fits_its_digest_however_it_was_typed() -> None:
    code = "7K2M-Q9ZD-XH01"
    digest = pickup_digest(code)
    assert pickup_digest(code) != digest
    assert code.replace("-", "") not in digest
    for typed in (code, "7k2mq9zdxhol", " ７Ｋ２Ｍ Ｑ９ＺＤ ＸＨ０１"):
        assert pickup_code_fits(typed, digest)
    for wrong in ("7K2M-Q9ZD-XH02", "", "7K2M"):
        assert not pickup_code_fits(wrong, digest)


@pytest.mark.parametrize("digest", ["", "scrypt$11$zz$zz", "scrypt$x$00$00", "plain$7K2M", "scrypt$0$00$00"])
def test_a_damaged_digest_opens_nothing(digest: str) -> None:
    assert not pickup_code_fits("7K2M-Q9ZD-XH01", digest)
