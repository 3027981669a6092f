"""What the chat page posts, as a row of the inbox, and the message the worker makes of it again."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.store.inbox import Incoming, lane_of
from bot.store.inbox_queue import InboxRow
from bot.store.work import SqlWork
from desk.case import CaseId
from desk.people import PersonId
from handlers.actions import Action, decode, encode
from handlers.messages import Channel, FileRef, Message

SOURCE: Final = "web"
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class BadMessageId(ValueError):
    """The browser's id of a message is no UUID."""


def key_of(kind: str, person: PersonId, uuid: str) -> str:
    """The key of an own chat line: ``said`` what was written, ``press`` what was pressed. Raises BadMessageId."""
    if not _ID.fullmatch(uuid):
        raise BadMessageId(uuid)
    return f"{kind}:{person}:{uuid}"


def incoming(
    person: PersonId, uuid: str, at: datetime, *, text: str = "", action: Action | None = None,
    files: Sequence[FileRef] = (), case: CaseId | None = None,
) -> Incoming:  # fmt: skip
    """The row. A second one with the browser's ``uuid`` is known to the inbox and has no effect."""
    payload = {
        "person": person,
        "action": encode(action) if action is not None else "",
        "files": [dataclasses.asdict(file) for file in files],
        "case": case or "",
    }
    return Incoming(
        source=SOURCE,
        external_id=f"{person}:{uuid}",
        lane=lane_of(Channel.WEB, person),
        payload=json.dumps(payload, ensure_ascii=False),
        at=at,
        words=text,
    )


@dataclass(frozen=True, slots=True)
class WebParcel:
    """A row of the chat page: nothing slow belongs to it, its files lie here already."""

    row: InboxRow

    @property
    def slow(self) -> bool:
        """Never."""
        return False

    async def fetch(self, *, last: bool) -> None:
        """Nothing."""

    async def message(self, work: SqlWork) -> Message | None:
        """The message; its words are read in the transaction, as they may have been blanked since."""
        return read_message(self.row, await work.inbox.text(self.row.id))


class WebReader:
    """Reads the rows whose source is ``web``."""

    def open(self, row: InboxRow) -> WebParcel:
        """The row made ready. Raises ValueError for a payload that is none."""
        read_message(row, "")
        return WebParcel(row)


def read_message(row: InboxRow, words: str) -> Message:
    """The message of a row whose source is ``web``; ``words`` are the row's own."""
    payload = json.loads(row.payload)
    return Message(
        inbox=row.id,
        person=PersonId(payload["person"]),
        channel=Channel.WEB,
        at=row.at,
        text=words,
        action=decode(payload["action"]) if payload["action"] else None,
        files=tuple(FileRef(**item) for item in payload["files"]),
        case=CaseId(payload["case"]) if payload["case"] else None,
    )
