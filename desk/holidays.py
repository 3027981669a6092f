"""Which days are working days in China: published holidays and make-up days, or our own reckoning (暂定)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import chinese_calendar
from lunardate import LunarDate

SOLAR: Final = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
"""Statutory dates of the solar calendar (全国年节及纪念日放假办法, as revised from 2025): (month, day)."""
LUNAR: Final = ((1, 1), (1, 2), (1, 3), (5, 5), (8, 15))
"""Statutory dates of the lunar calendar; 除夕 is the day before the first of them."""
LUNAR_YEARS: Final = range(1900, 2100)
"""The years for which the lunar calendar is computed; outside them only the solar dates are known."""
_QINGMING: Final = {19: 5.59, 20: 4.81}
_YEAR_SHARE: Final = 0.2422


@lru_cache(maxsize=8192)
def published(day: date) -> bool | None:
    """Whether it is a working day by the published arrangement, 调休 included; None: nothing is published."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # how the library says that a year is not in it
        return None


@lru_cache(maxsize=64)
def statutory(year: int) -> frozenset[date]:
    """The dates that are free by law in a year without a published arrangement (no bridge or make-up days)."""
    days = {date(year, month, day) for month, day in SOLAR}
    if year in LUNAR_YEARS:
        days.update(LunarDate(year, month, day).to_solar_date() for month, day in LUNAR)
        days.add(LunarDate(year, 1, 1).to_solar_date() - timedelta(days=1))
        days.add(qingming(year))
    return frozenset(days)


def qingming(year: int) -> date:
    """清明 by the usual formula of the solar terms (days of April), for 1900 to 2099."""
    short = year % 100
    return date(year, 4, int(short * _YEAR_SHARE + _QINGMING[year // 100]) - short // 4)
