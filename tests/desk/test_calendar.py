"""Working time: holidays and make-up days, lunch, unpublished years, and arithmetic that holds for any moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.calendar import SHANGHAI, Calendar, load_calendar
from desk.holidays import qingming, statutory
from tests.desk.house import when

HOUSE = load_calendar()
MOMENTS = st.datetimes(datetime(2025, 6, 1), datetime(2028, 3, 1), timezones=st.just(SHANGHAI))  # noqa: DTZ001
AMOUNTS = st.timedeltas(timedelta(0), timedelta(hours=120))


def test_a_full_day_is_seven_hours() -> None:
    assert HOUSE.day_length == timedelta(hours=7)


def test_a_make_up_saturday_counts_as_a_working_day() -> None:
    assert HOUSE.is_working_day(date(2026, 2, 14))
    assert HOUSE.is_working_day(date(2026, 10, 10))
    assert not HOUSE.is_working_day(date(2026, 10, 17))


def test_a_published_holiday_on_a_weekday_is_none() -> None:
    assert not HOUSE.is_working_day(date(2026, 10, 7))
    assert HOUSE.next_opening(when("2026-09-30 17:30")) == when("2026-10-08 09:00")


def test_lunch_does_not_count() -> None:
    assert HOUSE.is_open(when("2026-11-23 11:59"))
    assert not HOUSE.is_open(when("2026-11-23 12:00"))
    assert HOUSE.next_opening(when("2026-11-23 12:10")) == when("2026-11-23 13:30")
    assert HOUSE.add_working_time(when("2026-11-23 11:30"), timedelta(hours=1)).at == when("2026-11-23 14:00")


def test_ten_at_night_on_friday_begins_on_monday() -> None:
    due = HOUSE.add_working_time(when("2026-11-20 22:00"), timedelta(hours=4))
    assert (due.at, due.provisional) == (when("2026-11-23 14:30"), False)


def test_over_spring_festival_with_a_make_up_saturday() -> None:
    due = HOUSE.add_working_time(when("2026-02-13 16:30"), timedelta(hours=9))
    assert due.at == when("2026-02-24 10:00")  # 1 h on Friday, 7 h on Saturday the 14th, 1 h after the holidays


def test_time_used_up_at_closing_is_due_at_closing_and_not_next_morning() -> None:
    assert HOUSE.add_working_time(when("2026-11-23 09:00"), timedelta(hours=7)).at == when("2026-11-23 17:30")


def test_a_year_without_published_holidays_is_provisional_and_keeps_the_statutory_dates() -> None:
    assert HOUSE.is_provisional(date(2027, 1, 4))
    assert not HOUSE.is_provisional(date(2026, 12, 31))
    spring = [date(2027, 2, day) for day in (5, 6, 7, 8)]
    assert set(spring) <= statutory(2027)
    assert not HOUSE.is_working_day(date(2027, 2, 8))
    assert HOUSE.is_working_day(date(2027, 2, 9))
    due = HOUSE.add_working_time(when("2026-12-31 17:00"), timedelta(hours=1))
    assert (due.at, due.provisional) == (when("2027-01-04 09:30"), True)


@pytest.mark.parametrize(
    ("year", "day"), [(2023, 5), (2024, 4), (2025, 4), (2026, 5), (2027, 5), (2028, 4), (1999, 5), (2044, 4)]
)
def test_qingming_falls_on_the_day_the_almanac_says(year: int, day: int) -> None:
    assert qingming(year) == date(year, 4, day)


def test_the_reckoning_agrees_with_every_statutory_date_that_was_published() -> None:
    for year in (2025, 2026):
        assert not any(HOUSE.is_working_day(day) for day in statutory(year))
        assert len(statutory(year)) == 13


def test_the_file_overrides_reckoning_and_published_days(tmp_path: Path) -> None:
    file = tmp_path / "calendar.yaml"
    file.write_text(
        'hours: [["08:30", "12:00"]]\nworking_days: [2027-02-20]\nholidays: [2027-02-09, 2026-11-23]\n'
        "published_years: [2027]\n",
        encoding="utf-8",
    )
    local = load_calendar(file)
    assert local.is_working_day(date(2027, 2, 20))
    assert not local.is_working_day(date(2027, 2, 9))
    assert not local.is_working_day(date(2026, 11, 23))
    assert not local.is_provisional(date(2027, 5, 5))
    assert local.is_provisional(date(2028, 5, 5))
    assert local.day_length == timedelta(hours=3, minutes=30)


@pytest.mark.parametrize(
    "bad",
    ["weekdays: [1]", 'hours: [["12:00", "09:00"]]', 'hours: [["9", "x"]]', "hours: []", "timezone: Nowhere/Here"],
)
def test_a_wrong_file_is_named(tmp_path: Path, bad: str) -> None:
    file = tmp_path / "calendar.yaml"
    file.write_text(bad, encoding="utf-8")
    with pytest.raises((ValueError, KeyError), match=r"calendar\.yaml"):
        load_calendar(file)


@given(st.dates())
def test_no_date_is_too_far_for_an_answer(day: date) -> None:
    assert HOUSE.is_working_day(day) in {True, False}
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    assert HOUSE.next_opening(noon) >= noon or day.year in {1, 9999}
    assert HOUSE.add_working_time(noon, timedelta(hours=10)).at is not None


def test_the_last_moment_there_is_still_gets_an_answer() -> None:
    end = datetime.max.replace(tzinfo=UTC)
    assert HOUSE.add_working_time(end, timedelta(hours=10)).provisional
    assert HOUSE.next_opening(end).year == 9999


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        HOUSE.is_open(datetime(2026, 11, 23, 10))  # noqa: DTZ001 - the point


@given(MOMENTS, AMOUNTS)
@settings(max_examples=150, deadline=None)
def test_working_time_until_a_due_moment_is_what_was_promised(start: datetime, amount: timedelta) -> None:
    assert HOUSE.working_time_between(start, HOUSE.add_working_time(start, amount).at) == amount


@given(MOMENTS, AMOUNTS, AMOUNTS)
@settings(max_examples=100, deadline=None)
def test_two_amounts_after_one_another_are_their_sum(start: datetime, first: timedelta, second: timedelta) -> None:
    in_two = HOUSE.add_working_time(HOUSE.add_working_time(start, first).at, second)
    assert HOUSE.working_time_between(in_two.at, HOUSE.add_working_time(start, first + second).at) == timedelta(0)


@given(MOMENTS, MOMENTS, MOMENTS)
@settings(max_examples=60, deadline=None)
def test_working_time_adds_up_over_any_moment_between(a: datetime, b: datetime, c: datetime) -> None:
    first, middle, last = sorted((a, b, c))
    parts = HOUSE.working_time_between(first, middle) + HOUSE.working_time_between(middle, last)
    assert parts == HOUSE.working_time_between(first, last)
    assert HOUSE.working_time_between(last, first) == timedelta(0)


@given(MOMENTS)
@settings(max_examples=100, deadline=None)
def test_the_next_opening_is_open_and_nothing_before_it_is(at: datetime) -> None:
    opening = HOUSE.next_opening(at)
    assert opening >= at
    assert HOUSE.is_open(opening)
    assert HOUSE.working_time_between(at, opening) == timedelta(0)


def test_a_moment_of_another_zone_is_read_in_chinese_time() -> None:
    house = Calendar()
    assert house.is_open(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
    assert house.next_opening(datetime(2026, 11, 23, 10, 0, tzinfo=UTC)) == when("2026-11-24 09:00")
