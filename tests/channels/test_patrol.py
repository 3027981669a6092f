"""Delivery: order in a chat, many chats at once, and what becomes of what cannot be delivered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.channel import Arrived, GivenUp, Outbound, Result, TryAgain
from bot.patrol import MOST_AT_ONCE, TOO_OLD, Job, Patrol
from bot.store import SqlStore
from bot.store.outbox import OutboxRow
from bot.store.replies_json import read_reply_text
from desk.calendar import SHANGHAI
from desk.case import Case, CaseFacts, CaseId
from desk.desk import load_desk
from desk.people import Person, PersonId, Role
from handlers.casework import CaseWork
from handlers.messages import Channel, Nudge, Reply
from handlers.notices import Notices
from handlers.records import Contact
from tests.channels.conftest import CHAT, OWNER
from tests.channels.running import until


class Wire:
    """A way out that notes what goes through it; ``answer`` says what becomes of a row."""

    def __init__(self, answer: Callable[[OutboxRow], Result] | None = None) -> None:
        self.sent: list[tuple[str, str, bool]] = []
        self.now = 0
        self.most = 0
        self._answer = answer or (lambda row: Arrived(parts=(row.id,)))

    async def deliver(self, row: OutboxRow) -> Result:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.01)
        self.now -= 1
        self.sent.append(
            (
                row.address,
                read_reply_text(row.payload).text if row.channel == "telegram" else row.payload,
                row.maybe_repeat,
            )
        )
        return self._answer(row)


def real_now() -> datetime:
    return datetime.now(UTC)


def made(
    store: SqlStore, *, jobs: tuple[Job, ...] = (), clock: Callable[[], datetime] = real_now, **channels: Outbound
) -> Patrol:
    casework = CaseWork(desk=load_desk(), notices=Notices(address="https://tijian.example", zone=SHANGHAI))
    return Patrol(store=store, channels=channels, casework=casework, clock=clock, jobs=jobs)


@asynccontextmanager
async def running(patrol: Patrol) -> AsyncIterator[None]:
    task = asyncio.create_task(patrol.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def put(
    store: SqlStore, *texts: str, to: PersonId = OWNER, case: CaseId | None = None, at: datetime | None = None
) -> None:
    async with store.work() as work:
        for text in texts:
            reply = Reply(to=to, text=text, channel=Channel.TELEGRAM, case=case)
            await work.replies.put(reply, at=at or real_now(), key=f"{to}:{text}")
        await work.commit()


async def states(store: SqlStore) -> dict[tuple[str, str], int]:
    return await store.outbox.depth()


@pytest.fixture
async def case(store: SqlStore) -> Case:
    found = Case(id=CaseId("c1"), number="FT20261123-0001-1", owner=OWNER, role=Role.LAWYER, opened_at=real_now())
    async with store.work() as work:
        await work.cases.add(found, CaseFacts(case=found.id, question="?"), ())
        await work.commit()
    return found


async def test_one_chat_gets_its_messages_in_order(store: SqlStore) -> None:
    wire = Wire()
    await put(store, *"一二三四五六七八九十")
    async with running(made(store, telegram=wire)):
        await until(lambda: len(wire.sent) == 10)
    assert [text for _, text, _ in wire.sent] == list("一二三四五六七八九十")
    assert wire.most == 1


async def test_many_chats_are_served_at_once_but_not_more_than_the_limit(store: SqlStore) -> None:
    wire = Wire()
    async with store.work() as work:
        for number in range(60):
            person = Person(id=PersonId(f"p{number}"))
            await work.people.add(person)
            await work.people.save_contact(Contact(person=person.id, telegram_chat=1000 + number))
        await work.commit()
    for number in range(60):
        await put(store, "您好", to=PersonId(f"p{number}"))
    async with running(made(store, telegram=wire)):
        await until(lambda: len(wire.sent) == 60)
    assert 4 < wire.most <= MOST_AT_ONCE


async def test_what_is_put_while_it_runs_goes_out_without_delay(store: SqlStore) -> None:
    wire = Wire()
    async with running(made(store, telegram=wire)):
        await asyncio.sleep(0.1)
        began = asyncio.get_running_loop().time()
        await put(store, "新")
        await until(lambda: wire.sent)
        assert asyncio.get_running_loop().time() - began < 0.8


async def test_a_message_that_was_on_its_way_at_a_kill_is_marked(store: SqlStore) -> None:
    await put(store, "一", "二")
    rows = await store.outbox.claim(5, real_now())
    await store.outbox.sending(rows)
    store.outbox.release([row.id for row in rows])
    wire = Wire()
    async with running(made(store, telegram=wire)):
        await until(lambda: len(wire.sent) == 2)
    assert [(text, repeat) for _, text, repeat in wire.sent] == [("一", True), ("二", False)]


async def test_a_failed_try_is_repeated_after_the_time_it_names(store: SqlStore) -> None:
    wire = Wire(lambda _: TryAgain(why="429", after_s=0.05, counts=False) if not wire.sent[1:] else Arrived())
    await put(store, "一")
    async with running(made(store, telegram=wire)):
        await until(lambda: len(wire.sent) == 2)
        await until(lambda: _sent(store, 1))


async def _sent(store: SqlStore, count: int) -> bool:
    return (await states(store)).get(("telegram", "sent"), 0) == count


async def test_who_blocked_the_bot_is_marked_and_the_clerk_phones_about_the_case(store: SqlStore, case: Case) -> None:
    wire = Wire(lambda _: GivenUp(why="blocked", unreachable=True))
    await put(store, "答复来了", case=case.id)
    async with running(made(store, telegram=wire)):
        await until(lambda: _undeliverable(store))
    async with store.reading() as work:
        assert (await work.people.contact(OWNER)).telegram_blocked
        tasks = await work.tasks.open()
    assert [(task[1], task[2]) for task in tasks] == [(case.id, "blocked")]


async def _undeliverable(store: SqlStore) -> bool:
    return ("telegram", "undeliverable") in await states(store)


async def test_a_message_to_staff_is_no_task_of_the_clerk(store: SqlStore, case: Case) -> None:
    lawyer = Person(id=PersonId("lawyer"), roles=frozenset({Role.LAWYER}))
    async with store.work() as work:
        await work.people.add(lawyer)
        await work.people.save_contact(Contact(person=lawyer.id, telegram_chat=99))
        await work.commit()
    await put(store, "请签收", to=lawyer.id, case=case.id)
    async with running(made(store, telegram=Wire(lambda _: GivenUp(why="blocked", unreachable=True)))):
        await until(lambda: _undeliverable(store))
    async with store.reading() as work:
        assert await work.tasks.open() == []


async def test_what_has_no_way_out_is_undeliverable_and_a_task(store: SqlStore, case: Case) -> None:
    nudge = Nudge(to=OWNER, case=case.id, way="email", subject="s", text="t", link="https://a.example/")
    async with store.work() as work:
        await work.replies.nudge(nudge, at=real_now(), key="n")
        await work.commit()
    async with running(made(store)):
        await until(lambda: _tasks(store))
    async with store.reading() as work:
        assert [task[2] for task in await work.tasks.open()] == ["not-configured"]
        assert not (await work.people.contact(OWNER)).email_bad


async def _tasks(store: SqlStore) -> bool:
    async with store.reading() as work:
        return bool(await work.tasks.open())


async def test_who_left_no_address_is_phoned(store: SqlStore, case: Case) -> None:
    async with store.work() as work:
        await work.people.save_contact(Contact(person=OWNER, telegram_chat=CHAT))
        await work.replies.nudge(
            Nudge(to=OWNER, case=case.id, way="email", subject="s", text="t", link=""), at=real_now(), key="n"
        )
        await work.commit()
    async with running(made(store)):
        await until(lambda: _tasks(store))
    async with store.reading() as work:
        assert [task[2] for task in await work.tasks.open()] == ["no-address"]


async def test_after_two_days_a_message_is_given_up(store: SqlStore) -> None:
    wire = Wire()
    await put(store, "旧", at=real_now() - TOO_OLD - timedelta(minutes=1))
    async with running(made(store, telegram=wire)):
        await until(lambda: _undeliverable(store))
    assert wire.sent == []


async def test_a_fault_in_a_channel_is_tried_again_and_stops_nothing(store: SqlStore) -> None:
    def answer(row: OutboxRow) -> Result:
        if row.attempts == 0 and not row.maybe_repeat:
            raise RuntimeError("broken on purpose")
        return Arrived()

    wire = Wire(answer)
    await put(store, "一")
    async with running(made(store, telegram=wire)):
        await until(lambda: _sent(store, 1))
    assert [repeat for _, _, repeat in wire.sent] == [False, True]


async def test_jobs_run_by_the_programs_clock_and_one_that_fails_stops_no_other(store: SqlStore) -> None:
    offset = [timedelta(0)]
    ran: list[str] = []

    async def breaks(at: datetime) -> None:
        del at
        ran.append("breaks")
        raise RuntimeError("broken on purpose")

    async def works(at: datetime) -> None:
        del at
        ran.append("works")

    jobs = (
        Job(name="breaks", every=timedelta(days=1), run=breaks),
        Job(name="works", every=timedelta(days=1), run=works),
    )
    async with running(made(store, jobs=jobs, clock=lambda: real_now() + offset[0])):
        await until(lambda: len(ran) == 2)
        offset[0] = timedelta(days=1, seconds=1)
        await until(lambda: len(ran) == 4)
    assert ran == ["breaks", "works"] * 2
