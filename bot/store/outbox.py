"""The outbox: what must travel, in order for each chat, with its delivery state.

A row is ``queued``, is marked ``sending`` just before the network is used, and then ``sent``. One that a killed process
left in ``sending`` may have arrived: it is handed out again with ``maybe_repeat``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, literal_column, or_, select, update

from bot.store.bundle import Bundle
from bot.store.put import put_new
from bot.store.replies import QUEUED, SENDING, SENT, UNDELIVERABLE
from bot.store.tables import outbox, telegram_messages
from bot.store.transaction import AnyRow, Transaction
from bot.store.work import Doors
from desk.case import CaseId
from desk.people import PersonId

KEEP_SENT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One message to send: ``channel`` telegram, email or webhook; ``address`` chat id, e-mail address or person.

    ``parts`` are the ids that the channel gave to parts already sent; ``attempts`` counts failures.
    """

    id: int
    channel: str
    person: PersonId
    address: str
    case: CaseId | None
    payload: str
    attempts: int
    queued_at: datetime
    parts: tuple[int, ...]
    maybe_repeat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One row that arrived, with the ids the channel gave to its parts."""

    id: int
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How far a message to a person got."""

    id: int
    channel: str
    state: str
    attempts: int
    why: str
    sent_at: datetime | None


# Spelled out, not bound: only so does SQLite know that the partial index of waiting rows fits.
_OPEN: Final = outbox.c.state.in_([literal_column(f"'{QUEUED}'"), literal_column(f"'{SENDING}'")])
_HEADS: Final = (
    select(func.min(outbox.c.id).label("id")).where(_OPEN).group_by(outbox.c.channel, outbox.c.address).subquery()
)
_CLAIM: Final = (
    select(outbox)
    .join(_HEADS, _HEADS.c.id == outbox.c.id)
    .where(outbox.c.next_at <= bindparam("moment"))
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
)
_NEXT: Final = select(func.min(outbox.c.next_at)).where(_OPEN)
_HERE: Final = outbox.c.id == bindparam("row")
_MARK: Final = update(outbox).where(_HERE).values(state=SENDING, maybe_repeat=bindparam("repeat"))
_SENT: Final = (
    update(outbox).where(_HERE).values(state=SENT, payload=None, sent_at=bindparam("moment"), parts=bindparam("ids"))
)
_RETRY: Final = (
    update(outbox)
    .where(_HERE)
    .values(
        state=QUEUED, attempts=outbox.c.attempts + bindparam("count"), next_at=bindparam("moment"),
        why=bindparam("reason"), parts=bindparam("ids"), maybe_repeat=or_(outbox.c.maybe_repeat, bindparam("repeat")),
    )
)  # fmt: skip
_GIVE_UP: Final = (
    update(outbox).where(_HERE).values(state=UNDELIVERABLE, attempts=outbox.c.attempts + 1, why=bindparam("reason"))
)
_PLACE: Final = select(outbox.c.id, outbox.c.channel, outbox.c.address, outbox.c.case).where(
    outbox.c.id.in_(bindparam("rows", expanding=True)), outbox.c.case.is_not(None)
)
_MAP: Final = put_new(telegram_messages)
_CASE: Final = select(telegram_messages.c.case).where(
    telegram_messages.c.chat == bindparam("chat"), telegram_messages.c.message == bindparam("message")
)
_OF_CASE: Final = select(outbox).where(outbox.c.case == bindparam("case")).order_by(outbox.c.id.desc()).limit(100)
_UNSENDABLE: Final = (
    select(outbox)
    .where(
        outbox.c.id > bindparam("after"), outbox.c.state == UNDELIVERABLE, outbox.c.attempts == 0,
        outbox.c.case.is_not(None),
    )
    .order_by(outbox.c.id)
    .limit(200)
)  # fmt: skip
_DEPTH: Final = select(outbox.c.channel, outbox.c.state, func.count()).group_by(outbox.c.channel, outbox.c.state)
_PURGE: Final = delete(outbox).where(
    outbox.c.queued_at < bindparam("before"), outbox.c.state.in_([SENT, UNDELIVERABLE])
)


class Outbox:
    """See the module. Marks that come at the same time are written in one transaction."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._claiming = asyncio.Lock()
        self._busy: dict[int, OutboxRow] = {}
        self._marks: Bundle[OutboxRow] = Bundle(doors, self._mark)
        self._arrived: Bundle[tuple[Sent, datetime]] = Bundle(doors, self._note)

    async def claim(self, limit: int, at: datetime, *, channel: str | None = None) -> Sequence[OutboxRow]:
        """The oldest row of each chat with nothing in flight, oldest first; theirs until its end is reported."""
        async with self._claiming:
            busy = {(row.channel, row.address) for row in self._busy.values()}
            heads = _CLAIM if channel is None else _CLAIM.where(outbox.c.channel == channel)
            async with self._doors.reading() as work:
                rows = await work.tx.rows(heads, {"most": limit + len(busy), "moment": at})
            free = [_row(row) for row in rows if (row.channel, row.address) not in busy][:limit]
            self._busy.update((row.id, row) for row in free)
        return free

    async def next_at(self) -> datetime | None:
        """When the next row wants to go, or None."""
        async with self._doors.reading() as work:
            row = await work.tx.row(_NEXT)
        return None if row is None else row[0]

    async def sending(self, rows: Sequence[OutboxRow]) -> None:
        """Durable before the network is used."""
        await self._marks.add(rows)

    async def sent_many(self, sent: Sequence[Sent], at: datetime) -> None:
        """They arrived: text gone, ids kept, chats free for the next; shown messages lead to their case."""
        await self._arrived.add([(each, at) for each in sent])
        self.release([each.id for each in sent])

    async def retry(
        self, row: int, next_at: datetime, *, why: str = "", parts: Sequence[int] = (), maybe_repeat: bool = False,
        counts: bool = True,
    ) -> None:  # fmt: skip
        """Again at ``next_at``, after ``parts``; the chat waits with it. ``counts`` False: not its own fault (429)."""
        values: dict[str, Any] = {"row": row, "count": int(counts), "moment": next_at, "reason": why}
        values |= {"ids": json.dumps(list(parts)), "repeat": maybe_repeat}
        async with self._doors.work() as work:
            work.tx.write_later(_RETRY, values)
            work.tx.touch("outbox")
            await work.commit()
        self.release([row])

    async def undeliverable(self, row: int, why: str) -> None:
        """Given up: ``why`` is a code (blocked, bounced, refused, too-old)."""
        async with self._doors.work() as work:
            work.tx.write_later(_GIVE_UP, {"row": row, "reason": why})
            work.tx.touch("undeliverable")
            await work.commit()
        self.release([row])

    def release(self, rows: Sequence[int]) -> None:
        """Gives rows back (a sender that stops before the network was used)."""
        for row in rows:
            self._busy.pop(row, None)

    async def case_of(self, chat: int, message: int) -> CaseId | None:
        """The case to which a shown Telegram message belongs."""
        async with self._doors.reading() as work:
            row = await work.tx.row(_CASE, {"chat": chat, "message": message})
        return None if row is None else CaseId(row[0])

    async def of_case(self, case: CaseId) -> Sequence[Delivery]:
        """The last hundred messages about a case, newest first."""
        async with self._doors.reading() as work:
            rows = await work.tx.rows(_OF_CASE, {"case": case})
        return [
            Delivery(id=row.id, channel=row.channel, state=row.state, attempts=row.attempts, why=row.why,
                     sent_at=row.sent_at)
            for row in rows
        ]  # fmt: skip

    async def unsendable(self, after: int) -> Sequence[tuple[OutboxRow, str]]:
        """Messages about cases that had no working address from the start, with the reason, by growing id."""
        async with self._doors.reading() as work:
            return [(_row(row), row.why) for row in await work.tx.rows(_UNSENDABLE, {"after": after})]

    async def depth(self) -> dict[tuple[str, str], int]:
        """How many rows for each (channel, state)."""
        async with self._doors.reading() as work:
            return {(row[0], row[1]): row[2] for row in await work.tx.rows(_DEPTH)}

    async def tidy(self, at: datetime) -> int:
        """Drops rows that ended more than 30 days ago."""
        async with self._doors.work() as work:
            gone = await work.tx.write(_PURGE, {"before": at - KEEP_SENT})
            await work.commit()
        return gone

    @staticmethod
    async def _mark(tx: Transaction, rows: Sequence[OutboxRow]) -> None:
        tx.write_later(_MARK, [{"row": row.id, "repeat": row.maybe_repeat} for row in rows])

    @staticmethod
    async def _note(tx: Transaction, sent: Sequence[tuple[Sent, datetime]]) -> None:
        values = [{"row": each.id, "moment": at, "ids": json.dumps(list(each.parts))} for each, at in sent]
        tx.write_later(_SENT, values)
        parts = {each.id: each.parts for each, _ in sent}
        shown = [
            {"chat": int(row.address), "message": part, "case": row.case}
            for row in await tx.rows(_PLACE, {"rows": list(parts)})
            if row.channel == "telegram"
            for part in parts[row.id]
        ]
        tx.write_later(_MAP, shown)


def _row(row: AnyRow) -> OutboxRow:
    return OutboxRow(
        id=row.id, channel=row.channel, person=PersonId(row.person), address=row.address,
        case=None if row.case is None else CaseId(row.case), payload=row.payload or "", attempts=row.attempts,
        queued_at=row.queued_at, parts=tuple(json.loads(row.parts)),
        maybe_repeat=row.maybe_repeat or row.state == SENDING,
    )  # fmt: skip
