"""Which characters may stand in content: line ends, outer spaces, control characters, dates. No matching here."""

from __future__ import annotations

import re
from datetime import date

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")


def clean(text: str) -> str:
    """Text with Unix line ends, without control characters, without spaces at its ends or before a line end."""
    plain = _CONTROL.sub("", _BREAKS.sub("\n", text).replace("\t", " "))
    return "\n".join(line.rstrip() for line in plain.strip().split("\n"))


def clean_line(text: str) -> str:
    """The same on one line: line ends become one space."""
    return " ".join(part.strip() for part in clean(text).split("\n") if part.strip())


def has_control(text: str) -> bool:
    """Whether the text holds characters that ``clean`` drops."""
    return _CONTROL.search(text.strip("\ufeff")) is not None


def parse_date(text: str) -> date | None:
    """A day written as 2026-11-22, 2026/11/22, 2026.11.22, 2026年11月22日 or 20261122; None where it is no day."""
    found = _DATE.fullmatch(text.strip()) or _COMPACT.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return date(*(int(group) for group in found.groups()))
    except ValueError:
        return None
