"""Chat lines and cases as the JSON that the chat page draws: plain texts, never markup, never an internal note."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bot.store.chat import ChatLine
from bot.web.site import Site
from desk.case import Case, Status
from handlers.actions import encode
from handlers.messages import FileRef, Reply
from handlers.texts import say

PREVIEWED: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
_SCHEMES: Final = ("https://", "http://", "tel:")


def line_json(line: ChatLine) -> dict[str, Any]:
    """One line. ``kept`` False: an own line whose words were not stored; the page may still have them."""
    kind, _, key = line.key.partition(":")
    made: dict[str, Any] = {"seq": line.seq, "at": line.at.isoformat(), "case": line.case or ""}
    if line.reply is None:
        pressed = kind == "press"
        return made | {
            "mine": True, "id": key.rpartition(":")[2], "pressed": pressed, "text": line.text,
            "kept": bool(line.text or line.files), "files": [file_json(file) for file in line.files],
        }  # fmt: skip
    return made | {"mine": False, **reply_json(line.reply)}


def reply_json(reply: Reply) -> dict[str, Any]:
    """What a person is told."""
    return {
        "text": reply.text,
        "tone": reply.tone.value,
        "form": reply.form,
        "buttons": [[{"label": each.label, "action": encode(each.action)} for each in row] for row in reply.buttons],
        "links": [{"label": link.label, "url": link.url} for link in reply.links if link.url.startswith(_SCHEMES)],
        "files": [file_json(file) for file in reply.files],
    }


def file_json(file: FileRef) -> dict[str, Any]:
    """``size`` in bytes; ``image``: there is a preview."""
    return {"id": file.id, "name": file.name, "size": file.size, "image": file.media_type in PREVIEWED}


def case_json(case: Case, site: Site, *, here: bool) -> dict[str, Any]:
    """A line of 我的案件. ``here`` False: opened on this device by its 取件码. ``open``: a text can be sent to it."""
    return {
        "id": case.id,
        "number": case.number,
        "topic": site.notices.topic(case),
        "status": say(f"case.status.{case.status.value}"),
        "state": case.status.value,
        "open": case.status is not Status.CLOSED,
        "since": site.notices.moment(case.opened_at),
        "due": _due(case, site),
        "here": here,
        "version": case.version,
    }


def _due(case: Case, site: Site) -> str:
    timers = case.timers
    moments: Mapping[Status, tuple[str, datetime | None]] = {
        Status.NEW: ("sign_by", timers.sign_due),
        Status.SIGNED: ("answer_by", timers.answer_due),
        Status.WAITING: ("supply_by", timers.lapses_at),
    }
    key, when = moments.get(case.status, ("", None))
    return say(f"case_owner.{key}", when=site.notices.moment(when)) if when is not None else ""
