"""A Telegram update as JSON: what of it matters, and the inbox row it becomes. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.store.inbox import Incoming, lane_of
from handlers.messages import Channel

SOURCE: Final = "telegram"
_UNREADABLE: Final = (
    "voice", "audio", "video", "video_note", "sticker", "animation", "location", "venue", "contact", "poll", "dice",
    "story", "game", "paid_media", "checklist",
)  # fmt: skip
_SAME: Final = {"venue": "location"}


class NoUpdate(ValueError):
    """The JSON is no update: no number, or not even an object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that Telegram keeps for us; ``size`` in bytes, 0 where it does not say."""

    file_id: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What an update says. ``chat`` is 0 where there is none; ``user`` 0 where nobody is to be answered.

    ``pressed`` is a button's value ("" for a press whose value is missing), None where nothing was pressed.
    ``blocked`` tells that the person blocked (True) or unblocked (False) the bot.
    """

    chat: int
    user: int
    private: bool
    text: str = ""
    pressed: str | None = None
    query: str = ""
    edited: bool = False
    reply_to: int | None = None
    attachment: Attachment | None = None
    unsupported: str = ""
    blocked: bool | None = None


def incoming(update: Mapping[str, Any], *, bot: int, at: datetime) -> Incoming:
    """The inbox row. Of a group nothing is kept but its number. Raises NoUpdate.

    The source names the bot too: another bot numbers its updates anew.
    """
    number = update.get("update_id")
    if not isinstance(number, int):
        raise NoUpdate("no update_id")
    seen = look(update)
    kept = dict(update) if seen.private else {"update_id": number, "group": seen.chat}
    return Incoming(
        source=f"{SOURCE}:{bot}",
        external_id=str(number),
        position=number,
        lane=lane_of(Channel.TELEGRAM, seen.chat),
        payload=json.dumps(kept, ensure_ascii=False, separators=(",", ":")),
        words=seen.text if seen.private else "",
        at=at,
    )


def look(update: Mapping[str, Any]) -> Seen:
    """What the update says. Raises NoUpdate where its parts are not what they should be."""
    try:
        return _look(update)
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        raise NoUpdate(type(error).__name__) from error


def _look(update: Mapping[str, Any]) -> Seen:
    if "group" in update:
        return Seen(chat=int(update["group"]), user=0, private=False)
    if "callback_query" in update:
        query = update["callback_query"]
        chat = query.get("message", {}).get("chat", {"id": query["from"]["id"], "type": "private"})
        return Seen(
            chat=int(chat["id"]), user=int(query["from"]["id"]), private=chat["type"] == "private",
            pressed=str(query.get("data") or ""), query=str(query["id"]),
        )  # fmt: skip
    if "my_chat_member" in update:
        change = update["my_chat_member"]
        return Seen(
            chat=int(change["chat"]["id"]), user=int(change["from"]["id"]),
            private=change["chat"]["type"] == "private",
            blocked=change["new_chat_member"]["status"] in {"kicked", "left"},
        )  # fmt: skip
    for kind in ("message", "edited_message"):
        if kind in update:
            return _message(update[kind], edited=kind == "edited_message")
    return Seen(chat=0, user=0, private=False)


def _message(message: Mapping[str, Any], *, edited: bool) -> Seen:
    chat, sender = message["chat"], message.get("from", {})
    attachment = _attachment(message)
    text = str(message.get("text") or message.get("caption") or "")
    unsupported = "" if attachment is not None else next((kind for kind in _UNREADABLE if kind in message), "")
    if not text and not unsupported and attachment is None:
        unsupported = "other"
    answered = message.get("reply_to_message")
    return Seen(
        chat=int(chat["id"]), user=0 if sender.get("is_bot") else int(sender.get("id", 0)),
        private=chat["type"] == "private", text=text, edited=edited,
        reply_to=None if answered is None else int(answered["message_id"]), attachment=attachment,
        unsupported=_SAME.get(unsupported, unsupported),
    )  # fmt: skip


def _attachment(message: Mapping[str, Any]) -> Attachment | None:
    if message.get("photo"):
        best = max(message["photo"], key=lambda one: int(one.get("width", 0)) * int(one.get("height", 0)))
        return Attachment(
            file_id=str(best["file_id"]), name="photo.jpg", media_type="image/jpeg", size=int(best.get("file_size", 0))
        )
    document = message.get("document")
    if not document or "animation" in message:
        return None
    return Attachment(
        file_id=str(document["file_id"]), name=_plain_name(str(document.get("file_name") or "file")),
        media_type=str(document.get("mime_type") or "application/octet-stream")[:100],
        size=int(document.get("file_size", 0)),
    )  # fmt: skip


def _plain_name(name: str) -> str:
    """A file name without folders and control characters, at most 200 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in last if char.isprintable())[-200:] or "file"
