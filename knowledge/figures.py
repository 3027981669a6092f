"""Numbers with their units in legal text (六十日, 百分之三, 3万元): found and brought to one form for comparison."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from knowledge.numerals import arabic

_N = r"(?:\d[\d,]*(?:\.\d+)?|[零〇一二两三四五六七八九十百千万]+)"
_UNITS = r"亿元|万元|元|个?工作日|日|天|年|月|周|小时|分钟|倍|%|‰|名|人以上|平方米|立方米|公斤|吨"
_FIGURE = re.compile(
    rf"(?P<part>百分|千分|万分)之(?P<share>{_N})|(?P<half>半)(?P<of>年|个月|天)"
    rf"|(?P<number>{_N})(?P<myriad>[万亿]?)(?:个)?(?P<unit>{_UNITS})"
)
_DATE = re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})日)?)?")
_LIST_MARK = re.compile(r"(?m)^\s*\d+[.、]|(?<!\d)\d[.、](?!\d)")
_SENTENCE_END = re.compile(r"[。；！？\n]")
OWN_RECKONING = ("推算", "折算", "举例")
"""A sentence with one of these words is our own reckoning and needs no quote."""

_LONGEST_PERIOD = 1_000  # years
_SAME_UNIT = {"天": "日", "工作日": "日", "个工作日": "日", "万元": "元", "亿元": "元"}
_SCALE = {"万": 10_000, "亿": 100_000_000, "": 1}


class Figure(NamedTuple):
    """An amount: ``value`` in ``unit`` (日, 月, 年, 元, 百分, …); ``text`` as written."""

    value: float
    unit: str
    text: str

    @property
    def key(self) -> tuple[float, str]:
        """What two writings of one amount share."""
        return (round(self.value, 6), self.unit)


def figures(text: str) -> tuple[Figure, ...]:
    """Every number with a unit, in order; calendar dates (2026年1月1日, 2025年) are not amounts and are left out."""
    plain = _DATE.sub(" ", unicodedata.normalize("NFKC", text))
    found = []
    for match in _FIGURE.finditer(plain):
        figure = _figure(match)
        if figure is not None:
            found.append(figure)
    return tuple(found)


def calendar_dates(text: str) -> tuple[str, ...]:
    """Every date with at least year and month, as ``2026-1`` or ``2026-1-31``."""
    plain = unicodedata.normalize("NFKC", text)
    matches = _DATE.finditer(plain)
    return tuple("-".join(str(int(part)) for part in match.groups() if part) for match in matches if match[2])


def unquoted(answer: str, quotes: list[str]) -> tuple[Figure, ...]:
    """The figures of an answer that no quote holds; sentences of our own reckoning and list marks are left out."""
    known = {figure.key for quote in quotes for figure in figures(quote)}
    missing = []
    for sentence in _SENTENCE_END.split(_LIST_MARK.sub(" ", answer)):
        if not any(word in sentence for word in OWN_RECKONING):
            missing += [figure for figure in figures(sentence) if figure.key not in known]
    return tuple(missing)


def _figure(match: re.Match[str]) -> Figure | None:
    try:
        if match["share"]:
            return Figure(_value(match["share"]), f"{match['part']}之", match[0])
        if match["half"]:
            return _half(match["of"], match[0])
        value = _value(match["number"]) * _SCALE[match["myriad"]]
    except ValueError:
        return None
    unit = match["unit"]
    if unit == "年" and value > _LONGEST_PERIOD:  # 二〇二五年
        return None
    if unit in {"万元", "亿元"}:
        value *= _SCALE[unit[0]]
    if unit in {"%", "‰"}:
        return Figure(value, "百分之" if unit == "%" else "千分之", match[0])
    return Figure(value, _SAME_UNIT.get(unit, unit), match[0])


def _half(unit: str, text: str) -> Figure:
    if unit == "年":
        return Figure(6, "月", text)
    return Figure(0.5, "月" if unit == "个月" else "日", text)


def _value(number: str) -> float:
    return float(number.replace(",", "")) if number[0].isdigit() else float(arabic(number))
