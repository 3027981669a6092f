"""Bringing a question into one written form: script, width, case, spaces, punctuation, digits. No word cutting here."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

MAX_CHARS = 4_000
"""Longer questions are cut here before anything else looks at them."""

_INVISIBLE = re.compile("[\u0001\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_DECIMAL = re.compile(r"(?<=\d)[.](?=\d)")
_NOISE = re.compile(r"[^0-9a-z\u3400-\u9fff\U00020000-\U0003ffff%\u0001]+")
_GAP = re.compile(r"(?<![0-9a-z]) | (?![0-9a-z])")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_LATIN = re.compile("[a-z]")
_FOREIGN = re.compile("[\u0400-\u04ff\u0600-\u06ff\u0e00-\u0e7f\u3040-\u30ff\uac00-\ud7af]")

_NUMERALS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1_000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_NUMBER = re.compile(r"\d+(?:\.\d+)?[万亿]?|[零〇一二两三四五六七八九十百千万亿]+")


@cache
def _to_simplified() -> Any:  # noqa: ANN401 - opencc ships no types
    import opencc

    return opencc.OpenCC("t2s")


def normalise(text: str) -> str:
    """Return ``text`` in simplified, half-width, lower-case characters without punctuation or emoji.

    A single space stays only between two Latin words or numbers; a decimal point stays inside a number. The result of
    a text without any letter, digit or Han character is the empty string. At most ``MAX_CHARS`` characters are read.
    """
    plain = unicodedata.normalize("NFKC", text[:MAX_CHARS])
    plain = _INVISIBLE.sub("", plain).lower()
    if not plain.isascii():
        plain = str(_to_simplified().convert(plain))
    plain = _THOUSANDS.sub("", plain)
    plain = _DECIMAL.sub("\u0001", plain)
    plain = _NOISE.sub(" ", plain).strip()
    return _GAP.sub("", plain).replace("\u0001", ".")


def bigrams(text: str) -> list[str]:
    """Overlapping pairs of characters of an already normalised text; a single character is its own pair."""
    return [text[i : i + 2] for i in range(len(text) - 1)] if len(text) > 1 else ([text] if text else [])


def dice(left: str, right: str) -> float:
    """Dice coefficient 0..1 of the sets of character bigrams of two normalised texts; 0.0 where both are empty."""
    first, second = set(bigrams(left)), set(bigrams(right))
    total = len(first) + len(second)
    return 2 * len(first & second) / total if total else 0.0


def han_share(text: str) -> float:
    """Share 0..1 of Han characters among the letters and Han characters of a text; 0.0 where there are none."""
    han = len(_HAN.findall(text))
    other = len(_LATIN.findall(text.lower())) + len(_FOREIGN.findall(text))
    return han / (han + other) if han + other else 0.0


def numbers(text: str) -> frozenset[float]:
    """Every number a normalised text names, in digits or Chinese numerals; 一 alone is too common to count."""
    found = set()
    for raw in _NUMBER.findall(text):
        if raw in {"一", "万", "千", "百", "亿"}:
            continue
        value = _digits(raw) if raw[0].isdigit() else _numeral(raw)
        found.add(value)
    return frozenset(found)


def _digits(raw: str) -> float:
    scale = _MYRIADS.get(raw[-1], 1)
    return float(raw.rstrip("万亿")) * scale


def _numeral(raw: str) -> float:
    if not any(char in _UNITS or char in _MYRIADS for char in raw):  # 二〇二五: read digit by digit
        return float("".join(str(_NUMERALS[char]) for char in raw))
    total, section, digit = 0, 0, 0
    for char in raw:
        if char in _NUMERALS:
            digit = _NUMERALS[char]
        elif char in _UNITS:
            section += (digit or 1) * _UNITS[char]
            digit = 0
        else:
            total += (section + digit or 1) * _MYRIADS[char]
            section, digit = 0, 0
    return float(total + section + digit)
