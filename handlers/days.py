"""The day a person names in passing: 昨天, 上周五, 11月3日, 2026-11-03. Pure; only days that have come."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

_FULL: Final = re.compile(r"(?P<y>20\d\d)\s*[-年./]\s*(?P<m>\d{1,2})\s*[-月./]\s*(?P<d>\d{1,2})\s*[日号]?(?!\d)")
_MONTH_DAY: Final = re.compile(
    r"(?P<year>去年|今年)?\s*(?<!\d)(?P<m>\d{1,2})\s*(?:月|[./-](?=\d{1,2}(?:\D|$)))\s*(?P<d>\d{1,2})\s*[日号]?(?!\d)"
)
_DAY: Final = re.compile(r"(?P<month>上个?月|这个?月|本月)?(?<!\d)(?P<d>\d{1,2})\s*[日号](?!\d)")
_AGO: Final = re.compile(r"(?P<n>\d{1,3})\s*(?P<unit>天|日|周|个?星期|个?礼拜)(?:以)?前")
_WEEKDAY: Final = re.compile(r"(?P<week>上上个?|上个?|这个?|本)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])")
_WORDS: Final = {
    "大前天": 3,
    "前天": 2,
    "前日": 2,
    "昨天": 1,
    "昨日": 1,
    "昨晚": 1,
    "今天": 0,
    "今日": 0,
    "刚刚": 0,
    "刚才": 0,
    "今早": 0,
}
_DIGITS: Final = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_NUMERAL: Final = re.compile(r"[〇零一二两三四五六七八九十]+(?=\s*(?:[年月日号天周]|个?星期|个?礼拜))")
_WIDE: Final = str.maketrans("０１２３４５６７８９－．／", "0123456789-./")


def read_day(text: str, today: date) -> date | None:
    """The one day the text names, not after ``today``; None where it names none, or one that has not come.

    A day without a year is the latest one that has come; 上周五 is the Friday of the week before this one, a bare
    周五 the latest that has come.
    """
    plain = _NUMERAL.sub(lambda found: _arabic(found.group()), text.translate(_WIDE))
    for reader in (_full, _month_day, _word, _ago, _weekday, _day_of_month):
        try:
            found = reader(plain, today)
        except ValueError:
            return None
        if found is not None:
            return found if found <= today else None
    return None


def _full(text: str, today: date) -> date | None:  # noqa: ARG001 - all readers look alike
    found = _FULL.search(text)
    return date(int(found["y"]), int(found["m"]), int(found["d"])) if found else None


def _month_day(text: str, today: date) -> date | None:
    found = _MONTH_DAY.search(text)
    if found is None:
        return None
    year = today.year - 1 if found["year"] == "去年" else today.year
    day = date(year, int(found["m"]), int(found["d"]))
    if day > today and not found["year"]:
        return day.replace(year=year - 1)
    return day


def _word(text: str, today: date) -> date | None:
    for word, back in _WORDS.items():
        if word in text:
            return today - timedelta(days=back)
    return None


def _ago(text: str, today: date) -> date | None:
    found = _AGO.search(text)
    if found is None:
        return None
    length = 1 if found["unit"] in {"天", "日"} else 7
    return today - timedelta(days=int(found["n"]) * length)


def _weekday(text: str, today: date) -> date | None:
    found = _WEEKDAY.search(text)
    if found is None:
        return None
    wanted = "一二三四五六日".find(found["day"].replace("天", "日"))
    monday = today - timedelta(days=today.weekday())
    week = found["week"] or ""
    if week.startswith("上"):
        return monday + timedelta(days=wanted - 7 * week.count("上"))
    day = monday + timedelta(days=wanted)
    return day - timedelta(days=7) if day > today and not week else day


def _day_of_month(text: str, today: date) -> date | None:
    found = _DAY.search(text)
    if found is None:
        return None
    day = int(found["d"])
    month = (found["month"] or "").replace("个", "")
    first = today.replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    if month == "上月" or (not month and day > today.day):
        return before.replace(day=day)
    return first.replace(day=day)


def _arabic(numeral: str) -> str:
    """一..九十九 or digit by digit (二〇二六) as digits."""
    if "十" not in numeral:
        return "".join(str(_DIGITS[char]) for char in numeral)
    tens, _, ones = numeral.partition("十")
    return str(_DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0))
