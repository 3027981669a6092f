"""Replies, nudges and file references as JSON texts for the rows that wait to be shown or sent."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from bot.store import codec
from handlers.messages import FileRef, Nudge, Reply, StaffReply


def reply_text(reply: Reply) -> str:
    """The JSON text of a reply, staff replies marked as such."""
    return codec.to_text(reply_json(reply))


def reply_json(reply: Reply) -> dict[str, Any]:
    """Plain JSON values of a reply; buttons are spelled out, not in their 64 byte form."""
    kind = "staff" if isinstance(reply, StaffReply) else "reply"
    made: dict[str, Any] = codec.to_json(reply)
    return {"kind": kind, **made}


def read_reply(data: codec.Json) -> Reply:
    """A reply of a text's values; buttons of an action that no longer exists are left out."""
    kind = StaffReply if data.get("kind") == "staff" else Reply
    try:
        made: Reply = codec.from_json(kind, data)
    except (KeyError, TypeError, ValueError):
        made = codec.from_json(kind, {**data, "buttons": [], "links": data.get("links", [])})
    return made


def read_reply_text(text: str) -> Reply:
    """The same from the text."""
    return read_reply(json.loads(text))


def nudge_text(nudge: Nudge) -> str:
    """The JSON text of a nudge."""
    return codec.to_text(codec.to_json(nudge))


def read_nudge_text(text: str) -> Nudge:
    """The nudge of a text."""
    made: Nudge = codec.from_json(Nudge, json.loads(text))
    return made


def files_json(files: tuple[FileRef, ...]) -> list[Any]:
    """Plain JSON values of file references."""
    return [dataclasses.asdict(item) for item in files]


def read_files(data: codec.Json) -> tuple[FileRef, ...]:
    """File references of plain JSON values."""
    return tuple(FileRef(**item) for item in data)
