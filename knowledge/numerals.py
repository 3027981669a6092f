"""Chinese numerals as article numbers and amounts use them (十九, 一百零八, 百分之三): to numbers and back."""

from __future__ import annotations

import re

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1_000}
_NAMES = "零一二三四五六七八九"
MAX_NUMERAL = 9_999
"""The greatest number ``chinese`` writes: no law has more articles."""

_ARTICLE = re.compile(
    r"第?\s*(?P<number>[0-9]{1,4}|[零〇一二两三四五六七八九十百千]+)\s*条?\s*(?:之\s*(?P<sub>[0-9]{1,2}|[一二三四五六七八九十]+))?"
)


def arabic(numeral: str) -> int:
    """The value of a whole Chinese numeral (``一百零八`` → 108, ``二〇二五`` → 2025).

    Raises ``ValueError`` for anything else, the empty string included.
    """
    if not numeral or any(char not in _DIGITS and char not in _UNITS and char not in "万亿" for char in numeral):
        raise ValueError(numeral)
    if all(char in _DIGITS for char in numeral):
        return int("".join(str(_DIGITS[char]) for char in numeral))
    total, section, digit = 0, 0, 0
    for char in numeral:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _UNITS:
            section += (digit or 1) * _UNITS[char]
            digit = 0
        else:
            total = (total + section + digit) * (10_000 if char == "万" else 100_000_000)
            section, digit = 0, 0
    return total + section + digit


def chinese(number: int) -> str:
    """The numeral as statutes print it (19 → ``十九``, 108 → ``一百零八``, 1110 → ``一千一百一十``)."""
    if not 0 <= number <= MAX_NUMERAL:
        raise ValueError(number)
    if number == 0:
        return "零"
    written, gap = "", False
    for unit, name in ((1_000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit == 0:
            gap = bool(written)
            continue
        written += ("零" if gap else "") + _NAMES[digit] + name
        gap = False
    return written.removeprefix("一") if written.startswith("一十") else written


def article_name(text: str) -> str | None:
    """The bare article number as ``Basis.article`` keeps it (``第19条`` → ``十九``, ``第十五条之一`` → ``十五之一``).

    None where the text is no article number.
    """
    found = _ARTICLE.fullmatch(text.strip())
    if found is None:
        return None
    try:
        number = _plain(found["number"])
        sub = _plain(found["sub"]) if found["sub"] else ""
    except ValueError:
        return None
    return f"{number}之{sub}" if sub else number


def article_label(article: str) -> str:
    """The article as people print it: ``十九`` → ``第十九条``, ``十五之一`` → ``第十五条之一``."""
    number, of, sub = article.partition("之")
    return f"第{number}条{of}{sub}"


def _plain(numeral: str) -> str:
    return chinese(int(numeral)) if numeral.isascii() else chinese(arabic(numeral))
