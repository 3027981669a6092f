"""Working off the inbox: order, apologies, and nothing lost when the database fails."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.inbound import FetchFailed
from bot.store import SqlStore
from bot.store.errors import DiskFull
from bot.store.inbox import Incoming
from bot.store.inbox_queue import InboxRow
from bot.store.tables import inbox, outbox
from bot.store.work import SqlWork
from bot.worker import Worker
from handlers.messages import Channel, Message, Reply
from tests.channels.conftest import OWNER
from tests.channels.running import until


def now() -> datetime:
    return datetime.now(UTC)


class Letter:
    """A parcel of a JSON payload: {"text", "fetch": how often fetching fails}."""

    failures: Mapping[str, int] = {}

    def __init__(self, row: InboxRow) -> None:
        self.row = row
        self._said: dict[str, Any] = json.loads(row.payload)

    @property
    def slow(self) -> bool:
        return "fetch" in self._said

    async def fetch(self, *, last: bool) -> None:
        if self.row.attempts < self._said["fetch"] and not last:
            raise FetchFailed("busy")

    async def message(self, work: SqlWork) -> Message | None:
        del work
        return Message(
            inbox=self.row.id, person=OWNER, channel=Channel.TELEGRAM, at=self.row.at, text=self._said["text"]
        )


class Letters:
    def open(self, row: InboxRow) -> Letter:
        return Letter(row)


class Echo:
    """A conversation that repeats; 「坏」 breaks it, 「满」 is a full disk as long as ``full``."""

    def __init__(self) -> None:
        self.full = 0

    async def handle(self, work: SqlWork, message: Message) -> None:
        await work.replies.put(
            Reply(to=OWNER, text=message.text, channel=Channel.TELEGRAM), at=message.at, key=f"in:{message.inbox}:0"
        )
        if "坏" in message.text:
            raise RuntimeError("broken on purpose")
        if "满" in message.text and self.full > 0:
            self.full -= 1
            raise DiskFull("disk full on purpose")

    async def apologise(self, work: SqlWork, message: Message, number: str) -> None:
        await work.replies.put(
            Reply(to=OWNER, text=f"出错了 {number}", channel=Channel.TELEGRAM),
            at=message.at,
            key=f"in:{message.inbox}:sorry",
        )


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def worker(store: SqlStore, echo: Echo) -> Worker:
    return Worker(store=store, dispatcher=echo, readers={"post": Letters()}, clock=now)  # type: ignore[arg-type]


@asynccontextmanager
async def running(worker: Worker) -> AsyncIterator[None]:
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def letter(number: int, text: str, lane: str = "a", **more: object) -> Incoming:
    payload = json.dumps({"text": text, **more})
    return Incoming(source="post", external_id=str(number), lane=lane, payload=payload, at=now())


async def waiting(store: SqlStore) -> int:
    async with store.reading() as work:
        rows = await work.tx.rows(select(inbox.c.id).where(inbox.c.state == "new"))
    return len(rows)


async def replies(store: SqlStore) -> list[str]:
    async with store.reading() as work:
        rows = await work.tx.rows(select(outbox.c.payload).order_by(outbox.c.id))
    return [json.loads(row.payload)["text"] for row in rows]


async def worked_off(store: SqlStore) -> None:
    async def nothing_waits() -> bool:
        return not await waiting(store)

    await until(nothing_waits)


async def test_messages_of_one_person_are_handled_in_order(store: SqlStore, worker: Worker) -> None:
    await store.inbox.add_many([letter(number, str(number)) for number in range(40)])
    async with running(worker):
        await worked_off(store)
    assert await replies(store) == [str(number) for number in range(40)]


async def test_a_message_that_fails_is_apologised_for_alone(store: SqlStore, worker: Worker) -> None:
    await store.inbox.add_many([letter(1, "一", "a"), letter(2, "坏", "b"), letter(3, "三", "c")])
    async with running(worker):
        await worked_off(store)
    said = await replies(store)
    assert "坏" not in said
    assert {"一", "三"} < set(said)
    assert sum(text.startswith("出错了 ") for text in said) == 1


async def test_a_full_disk_delays_and_loses_nothing(store: SqlStore, worker: Worker, echo: Echo) -> None:
    echo.full = 2
    await store.inbox.add_many([letter(1, "一", "a"), letter(2, "满", "b"), letter(3, "三", "c")])
    async with running(worker):
        await worked_off(store)
    assert sorted(await replies(store)) == sorted(["一", "满", "三"])


async def test_a_slow_message_does_not_hold_up_other_people(store: SqlStore, worker: Worker) -> None:
    await store.inbox.add_many([letter(1, "慢", "a", fetch=1), letter(2, "后", "a"), letter(3, "快", "b")])
    async with running(worker):
        await worked_off(store)
    said = await replies(store)
    assert said.index("快") < said.index("慢") < said.index("后")


async def test_what_no_reader_understands_ends_as_failed(store: SqlStore, worker: Worker) -> None:
    strange = Incoming(source="elsewhere", external_id="1", lane="z", payload="{}", at=now())
    broken = Incoming(source="post", external_id="2", lane="y", payload="{", at=now())
    await store.inbox.add_many([strange, broken, letter(3, "三")])

    async def answered() -> bool:
        return await replies(store) == ["三"]

    async with running(worker):
        await until(answered)
    assert await waiting(store) == 2


async def test_the_same_row_never_takes_effect_twice(store: SqlStore, worker: Worker) -> None:
    async with running(worker):
        await store.inbox.add_many([letter(1, "一")])
        await worked_off(store)
        assert await store.inbox.add_many([letter(1, "一")]) == [None]
        await store.inbox.add_many([letter(2, "二")])
        await worked_off(store)
    assert await replies(store) == ["一", "二"]
