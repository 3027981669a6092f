"""What Telegram refuses, as (code, description), after the Bot API's own error texts."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_DATA_BYTES = 64
_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "tg-spoiler", "blockquote"}


class Refused(Exception):
    """A method call that Telegram would answer with ``ok: false``."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


def check_text(text: str, parse_mode: str = "", *, limit: int = MAX_TEXT) -> None:
    """Raises Refused for an empty or too long text (UTF-16 units, as Telegram counts) and for bad markup."""
    if not text.strip():
        raise Refused(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > limit:
        raise Refused(
            400, "Bad Request: message is too long" if limit == MAX_TEXT else "Bad Request: caption is too long"
        )
    if parse_mode.upper() == "HTML":
        _check_html(text)
    elif parse_mode and re.search(r"(?<!\\)[_*\[`]", text) and text.count("*") % 2 + text.count("_") % 2:
        raise Refused(400, "Bad Request: can't parse entities: can't find end of the entity")


def check_markup(raw: object) -> None:
    """Raises Refused for button data above 64 bytes, buttons without action, and addresses Telegram will not open."""
    if not raw:
        return
    markup = json.loads(raw) if isinstance(raw, str) else raw
    for row in markup.get("inline_keyboard", []):
        for button in row:
            if not str(button.get("text", "")).strip():
                raise Refused(400, "Bad Request: text buttons are unallowed in the inline keyboard")
            data, url = button.get("callback_data"), button.get("url")
            if data is not None and not 1 <= len(data.encode()) <= MAX_DATA_BYTES:
                raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
            if url is not None and not _opens(url):
                raise Refused(400, f"Bad Request: inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
            if data is None and url is None:
                raise Refused(400, "Bad Request: BUTTON_TYPE_INVALID")


def _opens(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme in {"http", "https", "tg"} and ("." in host) and host != "localhost"


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in _TAGS:
            raise Refused(400, f'Bad Request: can\'t parse entities: unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Refused(400, "Bad Request: can't parse entities: unexpected end tag")


def _check_html(text: str) -> None:
    parser = _Html()
    parser.feed(text)
    parser.close()
    if parser.open:
        raise Refused(400, "Bad Request: can't parse entities: can't find end tag")
