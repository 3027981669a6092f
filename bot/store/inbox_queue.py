"""Working off the inbox: rows of one lane one after the other, lanes beside each other.

Which lanes are being worked on is kept in memory: one process a database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, case, delete, func, literal_column, or_, select, update

from bot.store.inbox import DONE, FAILED, NEW, Incoming
from bot.store.tables import inbox
from bot.store.transaction import AnyRow
from bot.store.work import Doors, SqlWork
from handlers.messages import InboxId

KEEP_PAYLOAD: Final = timedelta(hours=24)
KEEP_ROW: Final = timedelta(days=7)
"""Ids are kept longer than any sender repeats an update (Telegram: 24 h)."""
ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One row to work off; ``attempts`` counts earlier failures."""

    id: InboxId
    source: str
    external_id: str
    lane: str
    payload: str
    at: datetime
    attempts: int


# Spelled out, not bound: only so does SQLite know that the partial index of waiting rows fits.
_WAITING: Final = inbox.c.state == literal_column(f"'{NEW}'")
_HEADS: Final = select(func.min(inbox.c.id).label("id")).where(_WAITING).group_by(inbox.c.lane).subquery()
_CLAIM: Final = (
    select(inbox)
    .join(_HEADS, _HEADS.c.id == inbox.c.id)
    .where(inbox.c.next_at <= bindparam("moment"))
    .order_by(inbox.c.id)
    .limit(bindparam("most"))
)
_DONE: Final = (
    update(inbox)
    .where(inbox.c.id == bindparam("row"))
    .values(state=DONE, payload=None, words=case((inbox.c.kept, inbox.c.words), else_=None))
)
_FAILED: Final = (
    update(inbox)
    .where(inbox.c.id == bindparam("row"))
    .values(
        attempts=inbox.c.attempts + 1,
        next_at=bindparam("again"),
        why=bindparam("reason"),
        state=case((inbox.c.attempts + 1 >= ATTEMPTS, FAILED), else_=NEW),
    )
    .returning(inbox.c.state)
)
_LAST: Final = select(func.max(inbox.c.position)).where(inbox.c.source == bindparam("source"))
_BLANK: Final = (
    update(inbox)
    .where(inbox.c.at < bindparam("before"), or_(inbox.c.payload.is_not(None), inbox.c.words.is_not(None)))
    .values(payload=None, words=None, state=case((inbox.c.state == NEW, FAILED), else_=inbox.c.state), why="too-old")
)
_PURGE: Final = delete(inbox).where(inbox.c.at < bindparam("before"), inbox.c.state != NEW)


class Inbox:
    """See the module. Every method but ``done`` is a transaction of its own."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._claiming = asyncio.Lock()
        self._busy: dict[InboxId, str] = {}

    async def add_many(self, rows: Sequence[Incoming]) -> list[InboxId | None]:
        """Stores them in one transaction, durable on return; None in place of an id: it was there already."""
        if not rows:
            return []
        async with self._doors.work() as work:
            ids = await work.inbox.add_many(rows)
            await work.commit()
        return ids

    async def claim(self, limit: int, at: datetime) -> Sequence[InboxRow]:
        """The oldest row of each lane on which nobody works, oldest first; theirs until done, failed or released."""
        async with self._claiming:
            busy = set(self._busy.values())
            async with self._doors.reading() as work:
                rows = await work.tx.rows(_CLAIM, {"most": limit + len(busy), "moment": at})
            free = [_row(row) for row in rows if row.lane not in busy][:limit]
            self._busy.update((row.id, row.lane) for row in free)
        return free

    def done(self, work: SqlWork, row: InboxId) -> None:
        """Worked off, together with what ``work`` decides: the payload goes, the lane is free after the commit."""
        work.tx.write_later(_DONE, {"row": row})
        work.tx.after_commit(lambda: self.release([row]))

    async def failed(self, row: InboxId, why: str, at: datetime) -> bool:
        """Again later (1, 2, 4, 8 s); True when it was given up after the fifth failure. ``why`` is a code."""
        async with self._doors.work() as work:
            attempts = await work.tx.run(
                lambda connection: connection.execute(select(inbox.c.attempts).where(inbox.c.id == row)).scalar()
            )
            again = at + timedelta(seconds=2 ** (attempts or 0))
            state = await work.tx.run(
                lambda connection: connection.execute(_FAILED, {"row": row, "again": again, "reason": why}).scalar()
            )
            work.tx.touch("inbox")
            await work.commit()
        self.release([row])
        return state == FAILED

    def release(self, rows: Sequence[InboxId]) -> None:
        """Gives rows back untouched (a batch that was rolled back)."""
        for row in rows:
            self._busy.pop(row, None)

    async def last_offset(self, source: str) -> int | None:
        """The greatest position stored of a source."""
        async with self._doors.reading() as work:
            row = await work.tx.row(_LAST, {"source": source})
        return None if row is None or row[0] is None else int(row[0])

    async def tidy(self, at: datetime) -> int:
        """Blanks payloads older than 24 h (consent was never given), drops old rows; how many were blanked."""
        async with self._doors.work() as work:
            blanked = await work.tx.write(_BLANK, {"before": at - KEEP_PAYLOAD})
            await work.tx.write(_PURGE, {"before": at - KEEP_ROW})
            await work.commit()
        return blanked


def _row(row: AnyRow) -> InboxRow:
    return InboxRow(
        id=InboxId(row.id), source=row.source, external_id=row.external_id, lane=row.lane, payload=row.payload or "",
        at=row.at, attempts=row.attempts,
    )  # fmt: skip
