"""The desk as handlers use it: open, sign, answer, close, and who is told."""

from __future__ import annotations

import pytest

from desk.case import Move, Satisfaction, Status, Wrote
from desk.errors import NoSuchCase, NotAllowedNow, StaleCase
from desk.events import Step, Tell
from desk.people import Level, PersonId, Role
from tests.desk.house import CITY_LAWYER, CLERK, LAWYER, MONDAY, OWNER, STRANGER, house, when


def told(step: Step) -> set[tuple[Tell, PersonId | Role | None]]:
    return {(notice.tell, notice.to or notice.role) for notice in step.notices}


async def test_a_new_case_goes_to_the_county_lawyer_who_sees_a_card() -> None:
    opened = await house().open()
    case = opened.step.case
    assert (case.status, case.assignee, case.version) == (Status.NEW, LAWYER.id, 2)
    assert case.number == "FT20261123-0001-0"
    assert [event.move for event in opened.step.events] == [Move.OPEN, Move.ASSIGN]
    assert told(opened.step) == {(Tell.OPENED, OWNER.id), (Tell.CASE_FOR_YOU, LAWYER.id)}
    assert opened.promise.at == when("2026-11-23 15:30")
    assert not opened.nobody


async def test_a_case_is_signed_answered_closed_and_rated() -> None:
    home = house()
    case = await home.closed()
    assert (case.status, case.experts, case.closed_at) == (Status.CLOSED, (LAWYER.id,), MONDAY)
    rated = await home.move(case, Move.RATE, OWNER, MONDAY, rating=Satisfaction.SATISFIED)
    assert rated.case.status is Status.CLOSED
    assert [message.kind for message in await home.shelf.messages(case.id)] == [Wrote.QUESTION, Wrote.ANSWER]


async def test_dissatisfied_reopens_with_another_lawyer_one_level_up() -> None:
    home = house()
    case = await home.closed()
    step = await home.move(case, Move.RATE, OWNER, MONDAY, rating=Satisfaction.DISSATISFIED, reason="unclear")
    assert [event.move for event in step.events] == [Move.RATE, Move.RAISE, Move.ASSIGN]
    assert (step.case.assignee, step.case.level, step.case.round) == (CITY_LAWYER.id, Level.CITY, 2)
    assert step.case.awaiting_sign_off
    assert {(Tell.DISSATISFIED, Role.SUPERVISOR), (Tell.RAISED, OWNER.id), (Tell.CASE_FOR_YOU, CITY_LAWYER.id)} <= told(
        step
    )


async def test_a_stranger_finds_no_case() -> None:
    home = house()
    case = (await home.open()).step.case
    for actor, move in ((STRANGER, Move.FOLLOW_UP), (OWNER, Move.SIGN), (CITY_LAWYER, Move.SIGN), (CLERK, Move.NOTE)):
        with pytest.raises(NoSuchCase):
            await home.move(case, move, actor, MONDAY)


async def test_signing_needs_the_conflict_check_first() -> None:
    home = house()
    case = (await home.open()).step.case
    with pytest.raises(NotAllowedNow, match="conflict_first"):
        await home.move(case, Move.SIGN, LAWYER, MONDAY)


async def test_an_old_button_is_told_who_was_first() -> None:
    home = house()
    case = (await home.open()).step.case
    await home.move(case, Move.CLEAR_CONFLICT, LAWYER, MONDAY, version=case.version)
    with pytest.raises(StaleCase) as stale:
        await home.move(case, Move.SIGN, LAWYER, MONDAY, version=case.version)
    assert stale.value.by == LAWYER.id


async def test_the_pickup_code_opens_the_case_and_nothing_else_does() -> None:
    home = house()
    opened = await home.open()
    case, code = opened.step.case, opened.pickup_code
    assert (await home.desk.by_pickup(home.shelf, case.number.lower(), f" {code.lower()} ")).id == case.id
    for number, secret in ((case.number, "0000-0000-0000"), ("FT20261123-0009-1", code), ("", code)):
        with pytest.raises(NoSuchCase):
            await home.desk.by_pickup(home.shelf, number, secret)
    assert code not in repr(await home.shelf.facts(case.id))
