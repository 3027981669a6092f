"""From a Reply to the parts Telegram is sent: texts within the limit, buttons, links, files. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import structlog
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.telegram_text import LIMIT, as_text, opens, split
from handlers import actions
from handlers.messages import FileRef, Link, Reply
from handlers.texts import say

_ROOM_FOR_MARK: Final = 16
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One call of the Bot API: a text (with buttons under the last), or a file."""

    text: str = ""
    keyboard: InlineKeyboardMarkup | None = None
    file: FileRef | None = None


def parts(reply: Reply, *, sealed: bool) -> tuple[Part, ...]:
    """What is sent, in order; the same reply always gives the same parts. ``sealed``: the public text, without files.

    Buttons stay when sealed: they carry ids only, and what they lead to is sealed again.
    """
    text = (reply.public or say("telegram.see_web")) if sealed else reply.text
    files = () if sealed else reply.files
    opened = tuple(link for link in reply.links if opens(link.url))
    told = [as_text(link.label, link.url) for link in reply.links if link not in opened]
    text = "\n".join([text, *told]) if told else text
    keyboard = _keyboard(reply, opened)
    if not text.strip() and (files or keyboard is not None):
        text = say("telegram.files") if files else say("menu.text")
    texts = split(text, LIMIT - _ROOM_FOR_MARK)
    shown = [Part(text=one) for one in texts[:-1]]
    shown += [Part(text=one, keyboard=keyboard) for one in texts[-1:]]
    return (*shown, *(Part(file=file) for file in files))


def marked(text: str) -> str:
    """A text that may have arrived before."""
    return f"{say('telegram.repeat')}{text}"


def _keyboard(reply: Reply, links: tuple[Link, ...]) -> InlineKeyboardMarkup | None:
    rows: list[list[InlineKeyboardButton]] = []
    for row in reply.buttons:
        made = []
        for button in row:
            try:
                made.append(InlineKeyboardButton(button.label, callback_data=actions.encode(button.action)))
            except ValueError:
                log.warning("telegram.button_too_long", action=type(button.action).__name__)
        if made:
            rows.append(made)
    rows += [[InlineKeyboardButton(link.label, url=link.url)] for link in links]
    return InlineKeyboardMarkup(rows) if rows else None
