"""The transcript of the web chat: numbered lines a person, what they wrote and what they were told.

``seq`` grows in commit order for each person, so that a page that reconnects
asks for what comes after the last number it saw.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.store.codec import to_text
from bot.store.put import put_new
from bot.store.replies_json import files_json, read_files, read_reply, reply_json
from bot.store.tables import chat_heads, chat_lines
from bot.store.transaction import AnyRow, Transaction
from desk.case import CaseId
from desk.people import PersonId
from handlers.messages import FileRef, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLine:
    """One line: ``mine`` what the person wrote (``text``, ``files``), else what they were told (``reply``).

    ``key`` is the one it was added with.
    """

    seq: int
    at: datetime
    mine: bool
    key: str = ""
    text: str = ""
    files: tuple[FileRef, ...] = ()
    case: CaseId | None = None
    reply: Reply | None = None


_FIRST: Final = insert(chat_heads)
_HEAD: Final = _FIRST.on_conflict_do_update(index_elements=["person"], set_={"seq": chat_heads.c.seq + 1}).returning(
    chat_heads.c.seq
)
_ADD: Final = put_new(chat_lines)
_AFTER: Final = (
    select(chat_lines)
    .where(chat_lines.c.person == bindparam("person"), chat_lines.c.seq > bindparam("after"))
    .order_by(chat_lines.c.seq)
    .limit(bindparam("most"))
)
_LAST: Final = (
    select(chat_lines)
    .where(chat_lines.c.person == bindparam("person"), chat_lines.c.seq < bindparam("before"))
    .order_by(chat_lines.c.seq.desc())
    .limit(bindparam("most"))
)
_KNOWN: Final = select(literal(1)).where(chat_lines.c.key == bindparam("key"))
_BEYOND: Final = 2**31 - 1


class SqlChat:
    """Lines inside one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def told(self, reply: Reply, *, at: datetime, key: str) -> None:
        """Adds what a person is told; a second one of the same ``key`` has no effect."""
        body = to_text({"reply": reply_json(reply)})
        self._add(reply.to, mine=False, case=reply.case, body=body, at=at, key=key)

    def said(
        self, person: PersonId, text: str, *, at: datetime, key: str, case: CaseId | None = None,
        files: tuple[FileRef, ...] = (),
    ) -> None:  # fmt: skip
        """Adds what a person wrote; a second one of the same ``key`` (the browser's message id) has no effect."""
        self._add(
            person, mine=True, case=case, body=to_text({"text": text, "files": files_json(files)}), at=at, key=key
        )

    def _add(self, person: PersonId, *, mine: bool, case: CaseId | None, body: str, at: datetime, key: str) -> None:
        values: dict[str, Any] = {"person": person, "at": at, "mine": mine, "case": case, "body": body, "key": key}

        def act(connection: Connection) -> None:
            if connection.execute(_KNOWN, {"key": key}).first() is not None:
                return
            seq = connection.execute(_HEAD, {"person": person, "seq": 1}).scalar_one()
            connection.execute(_ADD, {**values, "seq": seq})

        self._tx.later(act)
        self._tx.touch(f"replies:{person}")

    async def said_before(self, person: PersonId, key: str, text: str) -> None:
        """Fills in the words of an own line that was kept without them (consent came later)."""
        here = (chat_lines.c.person == person) & (chat_lines.c.key == key) & chat_lines.c.mine
        row = await self._tx.row(select(chat_lines.c.body).where(here))
        if row is not None and not (body := json.loads(row.body))["text"]:
            self._tx.write_later(update(chat_lines).where(here), {"body": to_text({**body, "text": text})})
            self._tx.touch(f"replies:{person}")

    async def after(self, person: PersonId, seq: int, *, limit: int = 200) -> Sequence[ChatLine]:
        """Lines with a greater number, oldest first."""
        return [_line(row) for row in await self._tx.rows(_AFTER, {"person": person, "after": seq, "most": limit})]

    async def latest(self, person: PersonId, *, before: int = _BEYOND, limit: int = 100) -> Sequence[ChatLine]:
        """The last lines (those before a number), oldest first."""
        rows = await self._tx.rows(_LAST, {"person": person, "before": before, "most": limit})
        return [_line(row) for row in reversed(rows)]

    async def unbutton(self, person: PersonId, seq: int) -> None:
        """Takes the buttons off a line once one was pressed."""
        here = (chat_lines.c.person == person) & (chat_lines.c.seq == seq)
        row = await self._tx.row(select(chat_lines.c.body).where(here))
        if row is not None and "reply" in (body := json.loads(row.body)):
            body["reply"]["buttons"] = []
            self._tx.write_later(update(chat_lines).where(here), {"body": to_text(body)})


def _line(row: AnyRow) -> ChatLine:
    body = json.loads(row.body)
    case = None if row.case is None else CaseId(row.case)
    if "reply" in body:
        return ChatLine(seq=row.seq, at=row.at, mine=False, key=row.key, case=case, reply=read_reply(body["reply"]))
    files = read_files(body["files"])
    return ChatLine(seq=row.seq, at=row.at, mine=True, key=row.key, case=case, text=body["text"], files=files)
