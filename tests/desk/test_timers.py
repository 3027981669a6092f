"""What happens by itself, in time or late: warnings, breaches, 提级, silence; each once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.case import Closing, Move, Status
from desk.clocks import next_timer
from desk.errors import NotAllowedNow
from desk.events import Step, Tell
from desk.people import Level, Role
from desk.timers import fire
from tests.desk.house import (
    CITY_LAWYER,
    DESK,
    LAWYER,
    LAWYER_B,
    MONDAY,
    OWNER,
    PROVINCE_LAWYER,
    House,
    house,
    when,
)

YEARS_LATER = when("2027-06-01 10:00")


async def tick(home: House, at: datetime) -> list[Step]:
    """What the patrol does: fire everything that is due, once."""
    found = [await home.desk.fire(home.shelf, home.staff, case, at=at) for case in await home.shelf.due(at)]
    return [step for step in found if step is not None]


def moves(steps: list[Step]) -> list[Move]:
    return [event.move for step in steps for event in step.events]


async def test_warning_then_breach_then_the_next_level_each_once() -> None:
    home = house()
    case = (await home.open()).step.case
    assert await tick(home, when("2026-11-23 14:29")) == []
    (warned,) = await tick(home, when("2026-11-23 14:30"))
    assert [(n.tell, n.to) for n in warned.notices] == [(Tell.CLOCK_WARNING, LAWYER.id)]
    assert await tick(home, when("2026-11-23 15:00")) == []
    (breached,) = await tick(home, when("2026-11-23 15:30"))
    assert moves([breached]) == [Move.BREACH, Move.RAISE, Move.ASSIGN]
    assert (breached.case.level, breached.case.assignee) == (Level.CITY, CITY_LAWYER.id)
    assert (Tell.CLOCK_BREACHED, None, Role.SUPERVISOR) in {(n.tell, n.to, n.role) for n in breached.notices}
    assert breached.case.timers.sign_due == when("2026-11-24 11:00")
    assert await tick(home, when("2026-11-23 15:31")) == []
    stored = await home.shelf.get(case.id)
    assert stored == breached.case


async def test_late_timers_after_a_long_stop_fire_once_and_in_order() -> None:
    home = house()
    await home.open()
    assert moves(await tick(home, YEARS_LATER)) == [Move.WARN, Move.BREACH, Move.RAISE, Move.ASSIGN]
    assert await tick(home, YEARS_LATER) == []


async def test_a_case_nobody_touches_climbs_to_the_top_and_stays_there() -> None:
    home = house()
    case = (await home.open()).step.case
    for day in range(40):
        await tick(home, MONDAY + timedelta(days=day))
    top = await home.shelf.get(case.id)
    assert top is not None
    assert (top.level, top.status, top.assignee) == (Level.PROVINCE, Status.NEW, PROVINCE_LAWYER.id)
    history = [event.move for event in await home.shelf.events(case.id)]
    assert history.count(Move.RAISE) == 2
    assert history.count(Move.WARN) == history.count(Move.BREACH) == 5  # sign, sign, then all three at the top
    assert next_timer(top) is None


async def test_at_the_top_level_the_owner_is_told_that_there_is_none_above() -> None:
    home = house(PROVINCE_LAWYER)
    await home.open(level=Level.PROVINCE)
    (step,) = await tick(home, when("2026-11-23 15:30"))
    assert (Tell.TOP_LEVEL, OWNER.id) in {(notice.tell, notice.to) for notice in step.notices}


async def test_who_signed_stays_responsible_after_a_breach_and_may_still_answer() -> None:
    home = house()
    case = await home.signed()
    (late,) = await tick(home, when("2026-11-25 10:00"))
    assert (late.case.status, late.case.responsible, late.case.assignee) == (Status.NEW, LAWYER.id, CITY_LAWYER.id)
    step = await home.move(case, Move.ANSWER, LAWYER, when("2026-11-25 10:05"), words="可以起诉。")
    assert (step.case.status, step.case.assignee) == (Status.ANSWERED, LAWYER.id)
    assert {(n.tell, n.to) for n in step.notices} == {(Tell.ANSWERED, OWNER.id), (Tell.ANSWERED, CITY_LAWYER.id)}


async def test_five_silent_working_days_after_an_answer_close_the_case_with_notice() -> None:
    home = house()
    await home.answered()
    assert await tick(home, when("2026-11-30 09:59")) == []
    (step,) = await tick(home, when("2026-11-30 10:00"))
    assert (step.case.status, step.case.closing) == (Status.CLOSED, Closing.SILENT)
    assert {(n.tell, n.to) for n in step.notices} == {(Tell.LAPSED, OWNER.id), (Tell.LAPSED, LAWYER.id)}


async def test_a_word_of_the_owner_keeps_the_case_open() -> None:
    home = house()
    case = await home.answered()
    step = await home.move(case, Move.FOLLOW_UP, OWNER, when("2026-11-27 10:00"), words="还有一个问题")
    assert step.case.status is Status.SIGNED
    assert await tick(home, when("2026-11-30 10:00")) == []


async def test_waiting_pauses_the_clocks_and_ends_after_five_working_days() -> None:
    home = house()
    case = await home.signed()
    await home.move(case, Move.ASK_BACK, LAWYER, when("2026-11-23 14:00"), words="请补充合同")
    assert await tick(home, when("2026-11-27 10:00")) == []
    (step,) = await tick(home, when("2026-11-30 14:00"))
    assert (step.case.status, step.case.closing) == (Status.CLOSED, Closing.SILENT)


async def test_what_was_supplied_resumes_the_clock_with_the_time_that_was_left() -> None:
    home = house()
    case = await home.signed()
    await home.move(case, Move.ASK_BACK, LAWYER, when("2026-11-24 10:00"))
    step = await home.move(case, Move.SUPPLY, OWNER, when("2026-11-26 10:00"))
    assert step.case.timers.answer_due == when("2026-11-27 10:00")


async def test_a_transfer_not_accepted_in_time_comes_back() -> None:
    home = house(LAWYER, LAWYER_B)
    case = await home.signed()
    await home.move(case, Move.TRANSFER, LAWYER, MONDAY, reason="workload", to=LAWYER_B.id)
    assert await tick(home, when("2026-11-23 15:29")) == []
    (back,) = await tick(home, when("2026-11-23 15:30"))
    assert (back.case.handover, back.case.responsible, back.case.status) == (None, LAWYER.id, Status.SIGNED)
    assert (Tell.HANDOVER_CAME_BACK, LAWYER.id) in {(notice.tell, notice.to) for notice in back.notices}


@given(st.lists(st.timedeltas(timedelta(minutes=1), timedelta(days=9)), min_size=1, max_size=12))
@settings(max_examples=30, deadline=None)
async def test_however_seldom_the_patrol_comes_no_clock_fires_twice(gaps: list[timedelta]) -> None:
    home = house()
    case = (await home.open()).step.case
    at = MONDAY
    for gap in gaps:
        at += gap
        await tick(home, at)
        stored = await home.shelf.get(case.id)
        assert stored is not None
        assert fire(stored, clocks=DESK.clocks, at=at) == ()
        moment = next_timer(stored)
        assert moment is None or moment > at
    told = [(event.move, event.data.get("clock"), event.data["round"]) for event in await home.shelf.events(case.id)]
    late = [item for item in told if item[0] in {Move.WARN, Move.BREACH}]
    assert len(late) == len(set(late))


async def test_a_warning_before_its_time_is_refused() -> None:
    home = house()
    case = (await home.open()).step.case
    assert fire(case, clocks=DESK.clocks, at=MONDAY) == ()
    with pytest.raises(NotAllowedNow):
        await home.move(case, Move.LAPSE, OWNER, MONDAY)
