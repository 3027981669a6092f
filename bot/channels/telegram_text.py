"""Texts as Telegram takes them: counted in UTF-16 units, split at sentences, addresses it opens."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

LIMIT: Final = 4096
"""UTF-16 units of one message."""
CAPTION_LIMIT: Final = 1024
_PARAGRAPH: Final = "\n"
_SENTENCE: Final = "。！？!?；;"
_CLAUSE: Final = "，,、 "
_PRIVATE_ENDINGS: Final = (".local", ".localhost", ".internal", ".lan", ".home.arpa")


def units(text: str) -> int:
    """Length in UTF-16 units, as Telegram counts (most emoji are two)."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)  # noqa: PLR2004 - the last of the basic plane


def split(text: str, limit: int = LIMIT) -> tuple[str, ...]:
    """Parts of at most ``limit`` units, cut after a paragraph, else a sentence, else a clause, else anywhere.

    A part is never blank. Only white space at the cuts is lost.
    """
    parts = []
    rest = text.strip()
    while units(rest) > limit:
        head = rest[: _cut(rest, limit)]
        parts.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    if rest:
        parts.append(rest)
    return tuple(part for part in parts if part)


def _cut(text: str, limit: int) -> int:
    """The index after which to cut: the text before it has at most ``limit`` units."""
    end = limit
    while units(text[:end]) > limit:
        end -= max(1, (units(text[:end]) - limit) // 2)
    for ends, least in ((_PARAGRAPH, end // 2), (_SENTENCE, end // 3), (_CLAUSE, end // 3)):
        found = max(text.rfind(mark, 0, end) for mark in ends)
        if found >= least:
            return found + 1
    return end


def opens(url: str) -> bool:
    """Whether Telegram takes the address for a button: http(s) with a public host name or address."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or "." not in host or host.endswith(_PRIVATE_ENDINGS):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True


def as_text(label: str, url: str) -> str:
    """A link that cannot be a button, as a line of the text: a telephone number or the address."""
    return f"{label}：{url.removeprefix('tel:')}"
