"""Rows of the inbox and the outbox: none is lost to an error, none holds up the others for days."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.channels.channel import Arrived, Outbound, Result, TryAgain
from bot.log import mask
from bot.patrol import MOST_FAULTS, Patrol
from bot.store import SqlStore, open_store
from bot.store.errors import DiskFull
from bot.store.inbox import Incoming
from bot.store.outbox import OutboxRow
from bot.store.tables import outbox
from bot.store.work import SqlWork
from bot.web.incoming import WebReader
from bot.worker import Worker
from desk.calendar import SHANGHAI
from desk.case import Case, CaseFacts, CaseId
from desk.desk import load_desk
from desk.people import Person, PersonId, Role
from handlers.casework import CaseWork
from handlers.messages import Channel, Message, Nudge, Reply
from handlers.notices import Notices
from handlers.records import Contact
from tests.channels.running import until

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CASE = CaseId("case-of-the-owner")
OWNER, OTHER = PersonId("owner-1"), PersonId("owner-2")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    async with open_store(f"sqlite+aiosqlite:///{tmp_path / 'tijian.db'}", tmp_path / "state") as opened:
        async with opened.work() as work:
            for number, person in enumerate((OWNER, OTHER)):
                await work.people.add(Person(id=person))
                await work.people.save_contact(Contact(person=person, telegram_chat=7 + number))
            case = Case(id=CASE, number="FT20261123-0001-0", owner=OWNER, role=Role.LAWYER, opened_at=AT)
            await work.cases.add(case, CaseFacts(case=CASE, question="问"), [])
            await work.commit()
        yield opened


class Echo:
    """Stands for the dispatcher: answers every message with its own words."""

    async def handle(self, work: SqlWork, message: Message) -> None:
        reply = Reply(to=message.person, text=message.text, channel=Channel.TELEGRAM)
        await work.replies.put(reply, at=message.at, key=f"in:{message.inbox}")

    async def apologise(self, work: SqlWork, message: Message, number: str) -> None:
        raise NotImplementedError(number)


@asynccontextmanager
async def at_work(job: Worker | Patrol) -> AsyncIterator[None]:
    task = asyncio.create_task(job.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def written(number: int, person: PersonId, payload: str) -> Incoming:
    return Incoming(
        source="web", external_id=str(number), lane=f"web:{person}", payload=payload, at=AT, words=f"第{number}句"
    )


async def test_a_full_disk_at_an_unreadable_row_leaves_no_row_claimed_for_ever(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = json.dumps({"person": OTHER, "action": "", "files": [], "case": ""})
    await store.inbox.add_many([written(1, OWNER, "no json"), written(2, OTHER, good)])
    failed, errors = store.inbox.failed, [DiskFull("full"), DiskFull("full")]

    async def full_at_first(row: object, why: str, at: datetime) -> bool:
        if errors:
            raise errors.pop()
        return await failed(row, why, at)  # type: ignore[arg-type]

    monkeypatch.setattr(store.inbox, "failed", full_at_first)
    readers = {"web": WebReader()}
    worker = Worker(store=store, dispatcher=Echo(), readers=readers, clock=lambda: AT)  # type: ignore[arg-type]
    async with at_work(worker):
        await until(lambda: worker.handled == 1, within_s=5)
        await until(lambda: not errors, within_s=5)


class Wire:
    """A way out on which the program itself fails for the words in ``bad``."""

    def __init__(self, *, bad: str) -> None:
        self.bad = bad
        self.sent: list[str] = []

    async def deliver(self, row: OutboxRow) -> Result:
        if self.bad in row.payload:
            raise ZeroDivisionError
        self.sent.append(row.payload)
        return Arrived()


class Gateway:
    """Refuses one person's messages as if it were ill."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def deliver(self, row: OutboxRow) -> Result:
        if row.person == OWNER:
            return TryAgain(why="500")
        self.sent.append(row.person)
        return Arrived()


def patrol_of(store: SqlStore, clock: dict[str, datetime], **channels: Outbound) -> Patrol:
    casework = CaseWork(desk=load_desk(), notices=Notices(address="https://tijian.example", zone=SHANGHAI))
    return Patrol(store=store, channels=channels, casework=casework, clock=lambda: clock["now"])


async def test_a_message_on_which_the_program_fails_is_given_up_and_the_clerk_told(store: SqlStore) -> None:
    async with store.work() as work:
        for text in ("坏的", "好的"):
            reply = Reply(to=OWNER, text=text, channel=Channel.TELEGRAM, case=CASE)
            await work.replies.put(reply, at=AT, key=text)
        await work.commit()
    wire, clock = Wire(bad="坏的"), {"now": AT}

    async def forward() -> bool:
        clock["now"] += timedelta(minutes=5)
        return bool(wire.sent)

    patrol = patrol_of(store, clock, telegram=wire)
    async with at_work(patrol):
        await until(forward)
    assert clock["now"] - AT < timedelta(hours=47), "before it is too old anyhow"
    async with store.reading() as work:
        row = await work.tx.row(select(outbox).order_by(outbox.c.id))
        tasks = await work.tasks.open()
    assert row is not None
    assert (row.state, row.why, row.attempts) == ("undeliverable", "fault", MOST_FAULTS)
    assert [(case, why) for _, case, why, _ in tasks] == [(CASE, "fault")]


async def test_a_person_the_gateway_refuses_holds_up_nobody_else(store: SqlStore) -> None:
    async with store.work() as work:
        for person in (OWNER, OTHER):
            nudge = Nudge(
                to=person, case=CASE, way="webhook", subject="案件", text="有新答复", link="https://x.example"
            )
            await work.replies.nudge(nudge, at=AT, key=person)
        await work.commit()
    gateway = Gateway()
    async with at_work(patrol_of(store, {"now": AT}, webhook=gateway)):
        await until(lambda: gateway.sent == [OTHER], within_s=5)


async def test_an_error_of_the_database_tells_the_log_no_words(store: SqlStore) -> None:
    words = "张三欠我五十万不还"
    async with store.work() as work:
        await work.people.add(Person(id=OWNER, name=words))
        with pytest.raises(IntegrityError) as caught:
            await work.commit()
    assert words not in mask(str(caught.value))
