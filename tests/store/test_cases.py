"""Cases in the store: version lock, history, lists, timers, numbers, load."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.store import SqlStore
from desk.case import (
    Case,
    CaseFacts,
    CaseId,
    CaseMessage,
    Clock,
    ConsentKind,
    FileId,
    Handover,
    InternalNote,
    Move,
    Rating,
    Satisfaction,
    Status,
    Timers,
    Wrote,
)  # fmt: skip
from desk.errors import StaleCase
from desk.events import Event
from desk.people import Absence, EnterpriseId, Level, Person, PersonId, Role

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OWNER, JUDGE, LAWYER = PersonId("owner"), PersonId("judge"), PersonId("lawyer")


def case(name: str = "c1", **changes: object) -> Case:
    made = Case(
        id=CaseId(name), number=f"FT20261123-{name}", owner=OWNER, role=Role.LAWYER, opened_at=AT, version=1,
        region="浙江省/湖州市/德清县",
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def event(of: Case, move: Move = Move.OPEN, actor: PersonId | None = OWNER) -> Event:
    return Event(
        case=of.id, seq=of.version, at=AT + of.version * HOUR, move=move, actor=actor, before=None, after=of.status
    )


async def add(store: SqlStore, *cases: Case) -> None:
    async with store.work() as work:
        for each in cases:
            await work.cases.add(each, CaseFacts(case=each.id, question=f"问题{each.id}"), [event(each)])
        await work.commit()


async def test_a_case_comes_back_exactly_as_it_was_stored(store: SqlStore) -> None:
    full = case(
        status=Status.SIGNED, lawyer_only=True, topic="labour", level=Level.CITY, assignee=LAWYER, responsible=JUDGE,
        enterprise=EnterpriseId("e1"),
        handover=Handover(kind=Move.TRANSFER, by=JUDGE, to=LAWYER, role=Role.LAWYER, reason="skill", since=AT,
                          until=AT + HOUR),
        experts=(JUDGE, LAWYER), refused_by=frozenset({PersonId("x"), PersonId("y")}),
        timers=Timers(sign_due=AT + HOUR, warned=frozenset({Clock.SIGN}), provisional=True),
        rating=Rating(value=Satisfaction.DISSATISFIED, reason="late", first_at=AT, at=AT),
        consents=frozenset({ConsentKind.TO_OFFICIAL}),
    )  # fmt: skip
    facts = CaseFacts(case=full.id, question="问", phone="138", candidates=(("a.b", "短语", 0.5),))
    async with store.work() as work:
        await work.cases.add(full, facts, [event(full)])
        await work.commit()
    async with store.reading() as work:
        assert await work.cases.get(full.id) == full
        assert await work.cases.by_number(full.number) == full
        assert await work.cases.facts(full.id) == facts
        assert await work.cases.events(full.id) == [event(full)]
        assert await work.cases.get(CaseId("none")) is None


async def test_who_comes_second_learns_who_was_first(store: SqlStore) -> None:
    await add(store, case())
    signed = case(version=2, status=Status.SIGNED, responsible=JUDGE)
    async with store.work() as work:
        await work.cases.save(signed, [event(signed, Move.SIGN, JUDGE)])
        await work.commit()
    late = case(version=2, status=Status.SIGNED, responsible=LAWYER)
    async with store.work() as work:
        with pytest.raises(StaleCase) as stale:
            await work.cases.save(late, [event(late, Move.SIGN, LAWYER)])
    assert stale.value.by == JUDGE
    async with store.reading() as work:
        assert [each.actor for each in await work.cases.events(signed.id)] == [OWNER, JUDGE]


async def test_messages_and_notes_keep_their_order_within_one_moment(store: SqlStore) -> None:
    await add(store, case())
    async with store.work() as work:
        for name in ("b", "a", "c"):
            await work.cases.say(
                CaseMessage(id=name, case=CaseId("c1"), kind=Wrote.FOLLOW_UP, author=OWNER, role=None, body=name, at=AT,
                            files=(FileId("f"),))
            )  # fmt: skip
            await work.cases.note(InternalNote(id=name, case=CaseId("c1"), author=JUDGE, body=name, at=AT))
        await work.commit()
    async with store.reading() as work:
        assert [message.body for message in await work.cases.messages(CaseId("c1"))] == ["b", "a", "c"]
        assert [note.body for note in await work.cases.notes(CaseId("c1"))] == ["b", "a", "c"]


async def test_numbers_of_a_day_grow_and_a_rolled_back_one_is_not_lost(store: SqlStore) -> None:
    async with store.work() as work:
        assert [await work.cases.next_number("20261123") for _ in range(2)] == [1, 2]
        await work.commit()
    async with store.work() as work:
        assert await work.cases.next_number("20261123") == 3
        assert await work.cases.next_number("20261124") == 1
    async with store.work() as work:
        assert await work.cases.next_number("20261123") == 3


async def test_an_expert_sees_what_is_asked_signed_or_offered_the_soonest_due_first(store: SqlStore) -> None:
    offered = Handover(
        kind=Move.TRANSFER, by=JUDGE, to=LAWYER, role=Role.LAWYER, reason="x", since=AT, until=AT + 9 * HOUR
    )
    await add(
        store,
        case("c1", assignee=LAWYER, timers=Timers(sign_due=AT + 3 * HOUR)),
        case("c2", responsible=LAWYER, status=Status.SIGNED, timers=Timers(close_due=AT + HOUR)),
        case("c3", handover=offered, status=Status.SIGNED),
        case("c4", responsible=LAWYER, status=Status.CLOSED),
        case("c5", assignee=JUDGE),
    )
    async with store.reading() as work:
        assert [each.id for each in await work.cases.of_expert(LAWYER)] == ["c2", "c1", "c3"]
        assert [each.id for each in await work.cases.of_expert(LAWYER, open_only=False)] == ["c2", "c1", "c3", "c4"]


async def test_an_owner_sees_the_newest_first(store: SqlStore) -> None:
    await add(store, case("c1"), case("c2", opened_at=AT + HOUR, status=Status.CLOSED), case("c3", owner=JUDGE))
    async with store.reading() as work:
        assert [each.id for each in await work.cases.of_owner(OWNER)] == ["c2", "c1"]
        assert [each.id for each in await work.cases.of_owner(OWNER, open_only=True)] == ["c1"]


async def test_a_region_is_a_path_not_a_beginning_of_letters(store: SqlStore) -> None:
    await add(
        store,
        case("c1", region="浙江省/湖州市"),
        case("c2", region="浙江省/湖州市/德清县", timers=Timers(sign_due=AT)),
        case("c3", region="浙江省/湖州市区"),
        case("c4", region="浙江省/湖州市/%", assignee=LAWYER, timers=Timers(sign_due=AT, paused_at=AT)),
    )
    async with store.reading() as work:
        assert {each.id for each in await work.cases.unassigned(region="浙江省/湖州市")} == {"c1", "c2"}
        assert {each.id for each in await work.cases.unassigned()} == {"c1", "c2", "c3"}
        assert {each.id for each in await work.cases.of_unit("浙江省/湖州市")} == {"c1", "c2", "c4"}
        overdue = await work.cases.of_unit("浙江省/湖州市", overdue_at=AT + HOUR)
        assert [each.id for each in overdue] == ["c2"]


async def test_due_cases_come_with_the_oldest_timer_first(store: SqlStore) -> None:
    await add(
        store,
        case("c1", timers=Timers(sign_due=AT + 2 * HOUR)),
        case("c2", timers=Timers(sign_warn=AT + HOUR, sign_due=AT + 9 * HOUR)),
        case("c3", timers=Timers(sign_due=AT + 3 * HOUR)),
        case("c4", status=Status.CLOSED, timers=Timers(sign_due=AT)),
    )
    async with store.reading() as work:
        assert await work.cases.due(AT + 2 * HOUR) == ["c2", "c1"]


async def test_routing_sees_load_liaison_rota_and_last_assignment(store: SqlStore) -> None:
    async with store.work() as work:
        for who, region, active in (("a", "浙江省", True), ("b", "浙江省/湖州市", True), ("c", "江苏省", False)):
            away = (Absence(start=AT, end=AT + HOUR),)
            await work.people.add(
                Person(id=PersonId(who), roles=frozenset({Role.LAWYER}), region=region, active=active, absences=away)
            )
        await work.duties.liaison(PersonId("a"), EnterpriseId("e1"), serves=True)
        await work.duties.liaison(PersonId("b"), EnterpriseId("e1"), serves=True)
        await work.duties.liaison(PersonId("b"), EnterpriseId("e1"), serves=False)
        await work.duties.put_on_rota(PersonId("b"), AT - HOUR, AT + HOUR)
        await work.commit()
    await add(
        store,
        case("c1", assignee=PersonId("a")),
        case("c2", assignee=PersonId("a"), responsible=PersonId("a"), status=Status.SIGNED),
        case("c3", assignee=PersonId("b"), status=Status.CLOSED),
    )
    async with store.reading() as work:
        a, b = await work.roster.members(Role.LAWYER, AT)
        assert (a.person.id, a.open_cases, a.liaison_for, a.on_rota) == (
            PersonId("a"),
            2,
            frozenset({EnterpriseId("e1")}),
            False,
        )
        assert (b.person.id, b.open_cases, b.liaison_for, b.on_rota) == (PersonId("b"), 0, frozenset(), True)
        assert a.last_assigned == AT + HOUR
        assert a.person.absent(AT)
        near = await work.roster.with_role(Role.LAWYER, region="浙江省/湖州市/德清县")
        assert [person.id for person in near] == ["a", "b"]
        assert await work.roster.with_role(Role.LAWYER, region="上海市") == []


async def test_a_phone_task_is_made_once_and_done_once(store: SqlStore) -> None:
    await add(store, case("c1", region="浙江省/湖州市"))
    async with store.work() as work:
        for _ in range(2):
            await work.tasks.add(CaseId("c1"), "undeliverable", at=AT, key="k")
        [(task, of, why, since)] = await work.tasks.open(region="浙江省")
        assert (of, why, since) == ("c1", "undeliverable", AT)
        assert await work.tasks.open(region="江苏省") == []
        assert await work.tasks.done(task, JUDGE, AT)
        assert not await work.tasks.done(task, JUDGE, AT)
        assert await work.tasks.open() == []
        await work.commit()
