"""Nobody on duty, 提级 and 销号, 重办, 代录: the longer ways through a case's life."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desk.case import Closing, ConsentKind, Move, Notify, Origin, Satisfaction, Status, Urgency
from desk.errors import NoSuchCase, NotAllowedNow
from desk.events import Tell
from desk.people import Absence, Level, Role
from tests.desk.house import (
    CITY_LAWYER,
    CLERK,
    LAWYER,
    LAWYER_B,
    MONDAY,
    OWNER,
    PROVINCE_LAWYER,
    SUPERVISOR,
    house,
    member,
    when,
)

NIGHT = when("2026-11-20 22:00")


async def test_at_night_nobody_is_on_duty_and_the_owner_hears_when() -> None:
    opened = await house().open(NIGHT)
    assert opened.nobody
    assert opened.nobody_until == when("2026-11-23 09:00")
    assert [event.move for event in opened.step.events] == [Move.OPEN, Move.NOBODY]
    told = {(n.tell, n.to or n.role, n.data.get("earliest")) for n in opened.step.notices}
    monday = "2026-11-23T09:00:00+08:00"
    assert (Tell.NOBODY_ON_DUTY, OWNER.id, monday) in told
    assert (Tell.NOBODY_ON_DUTY, Role.SUPERVISOR, monday) in told


async def test_over_a_holiday_the_make_up_saturday_is_the_earliest_day() -> None:
    opened = await house().open(when("2026-02-13 20:00"))
    assert opened.nobody_until == when("2026-02-14 09:00")
    assert opened.promise.at == when("2026-02-14 14:30")


async def test_what_waited_is_assigned_oldest_first_when_somebody_comes_on_duty() -> None:
    home = house(LAWYER, LAWYER_B)
    first = (await home.open(NIGHT)).step.case
    second = (await home.open(when("2026-11-20 23:00"))).step.case
    assert await home.desk.assign_waiting(home.shelf, home.staff, at=when("2026-11-21 10:00")) == []
    steps = await home.desk.assign_waiting(home.shelf, home.staff, at=when("2026-11-23 09:00"))
    assert [step.case.id for step in steps] == [first.id, second.id]
    assert {step.case.assignee for step in steps} == {LAWYER.id, LAWYER_B.id}
    assert await home.desk.assign_waiting(home.shelf, home.staff, at=when("2026-11-23 09:00")) == []


async def test_without_any_expert_the_supervisor_is_told_and_no_time_is_promised() -> None:
    opened = await house(SUPERVISOR).open()
    assert (opened.nobody, opened.nobody_until) == (True, None)


async def test_no_time_is_promised_before_somebody_is_back() -> None:
    away = (Absence(start=MONDAY, end=when("2026-11-26 00:00")),)
    opened = await house(replace(LAWYER, absences=away)).open()
    assert opened.nobody_until == when("2026-11-26 09:00")
    assert opened.promise.at == when("2026-11-26 09:00")


async def test_an_expert_may_take_what_lies_unassigned() -> None:
    home = house()
    case = (await home.open(NIGHT)).step.case
    with pytest.raises(NotAllowedNow, match="only_yourself"):
        await home.move(case, Move.ASSIGN, LAWYER, NIGHT, to=CITY_LAWYER.id)
    assert (await home.move(case, Move.ASSIGN, LAWYER, NIGHT, to=LAWYER.id)).case.assignee == LAWYER.id


async def test_an_urgent_case_alarms_the_supervisor() -> None:
    opened = await house().open(urgency=Urgency.URGENT)
    assert (Tell.OPENED, Role.SUPERVISOR) in {(n.tell, n.role) for n in opened.step.notices}


async def test_a_raised_case_is_closed_again_and_signed_off_by_the_supervisor() -> None:
    home = house()
    case = await home.closed()
    step = await home.move(case, Move.RATE, OWNER, MONDAY, rating=Satisfaction.DISSATISFIED, reason="wrong")
    assert step.case.responsible == LAWYER.id  # until another has signed
    with pytest.raises(NotAllowedNow, match="raised"):
        await home.move(case, Move.ANSWER, LAWYER, MONDAY)
    for move in (Move.CLEAR_CONFLICT, Move.SIGN, Move.ANSWER, Move.CLOSE):
        step = await home.move(case, move, CITY_LAWYER, MONDAY)
    assert (step.case.status, step.case.awaiting_sign_off) == (Status.CLOSED, True)
    assert step.case.experts == (LAWYER.id, CITY_LAWYER.id)
    step = await home.move(case, Move.SIGN_OFF, SUPERVISOR, MONDAY)
    assert not step.case.awaiting_sign_off
    assert [(n.tell, n.to) for n in step.notices] == [(Tell.SIGNED_OFF, OWNER.id)]
    with pytest.raises(NotAllowedNow, match="nothing_to_sign"):
        await home.move(case, Move.SIGN_OFF, SUPERVISOR, MONDAY)


async def test_with_nobody_one_level_up_the_supervisor_assigns_by_metadata() -> None:
    home = house(LAWYER, LAWYER_B, SUPERVISOR)
    case = await home.closed()
    step = await home.move(case, Move.RATE, OWNER, MONDAY, rating=Satisfaction.DISSATISFIED, reason="wrong")
    assert [event.move for event in step.events] == [Move.RATE, Move.RAISE, Move.NOBODY]
    assert step.case.assignee is None
    with pytest.raises(NotAllowedNow, match="level"):
        await home.move(case, Move.ASSIGN, SUPERVISOR, MONDAY, to=LAWYER_B.id)
    home.staff.put(member(CITY_LAWYER))
    step = await home.move(case, Move.ASSIGN, SUPERVISOR, MONDAY, to=CITY_LAWYER.id)
    assert step.case.assignee == CITY_LAWYER.id


async def test_dissatisfied_at_the_top_level_the_owner_is_told_so() -> None:
    home = house(PROVINCE_LAWYER)
    case = await home.closed(level=Level.PROVINCE)
    step = await home.move(case, Move.RATE, OWNER, MONDAY, rating=Satisfaction.DISSATISFIED, reason="wrong")
    assert (step.case.status, step.case.awaiting_sign_off) == (Status.CLOSED, True)
    assert {(n.tell, n.to or n.role) for n in step.notices} == {
        (Tell.DISSATISFIED, Role.SUPERVISOR),
        (Tell.TOP_LEVEL, OWNER.id),
    }


async def test_a_rating_is_still_changed_after_it_reopened_the_case_and_raises_no_second_time() -> None:
    home = house()
    case = await home.closed()
    await home.move(case, Move.RATE, OWNER, MONDAY, rating=Satisfaction.DISSATISFIED, reason="wrong")
    at = when("2026-11-24 09:00")
    step = await home.move(case, Move.RATE, OWNER, at, rating=Satisfaction.NEUTRAL)
    assert (step.case.status, step.case.level, len(step.events)) == (Status.NEW, Level.CITY, 1)
    with pytest.raises(NotAllowedNow, match="too_late"):
        await home.move(case, Move.RATE, OWNER, when("2026-11-24 10:00"), rating=Satisfaction.NEUTRAL)


async def test_every_closing_can_be_rated_anew() -> None:
    home = house()
    case = await home.closed()
    await home.move(case, Move.RATE, OWNER, MONDAY, rating=Satisfaction.SATISFIED)
    later = when("2026-12-01 10:00")
    await home.move(case, Move.REOPEN, OWNER, later, words="又来了")
    for move in (Move.CLEAR_CONFLICT, Move.SIGN, Move.ANSWER, Move.CLOSE):
        await home.move(case, move, LAWYER, later)
    step = await home.move(case, Move.RATE, OWNER, later, rating=Satisfaction.VERY_SATISFIED)
    assert step.case.rating is not None
    assert step.case.rating.first_at == later


async def test_a_case_reopened_by_the_owner_returns_to_who_knows_it_with_new_clocks() -> None:
    home = house(LAWYER, LAWYER_B)
    case = await home.closed()
    later = when("2026-12-01 10:00")
    step = await home.move(case, Move.REOPEN, OWNER, later, words="对方又没付款")
    assert (step.case.status, step.case.assignee, step.case.round) == (Status.NEW, LAWYER.id, 2)
    assert step.case.timers.sign_due == when("2026-12-01 15:30")
    assert (step.case.closing, step.case.closed_at) == (None, None)


async def test_a_withdrawn_case_leaves_nobody_at_work() -> None:
    home = house()
    case = await home.signed()
    step = await home.move(case, Move.WITHDRAW, OWNER, MONDAY)
    assert (step.case.closing, step.case.status) == (Closing.WITHDRAWN, Status.CLOSED)
    assert [(n.tell, n.to) for n in step.notices] == [(Tell.WITHDRAWN, LAWYER.id)]


async def test_both_answers_are_seen_only_with_a_consent_that_can_be_revoked() -> None:
    home = house()
    case = await home.closed()
    both = ConsentKind.BOTH_ANSWERS
    assert (await home.move(case, Move.CONSENT, OWNER, MONDAY, consent=both)).case.consents == {both}
    assert (await home.move(case, Move.REVOKE_CONSENT, OWNER, MONDAY, consent=both)).case.consents == frozenset()
    with pytest.raises(NoSuchCase):
        await home.move(case, Move.CONSENT, LAWYER, MONDAY, consent=both)


async def test_a_case_recorded_by_a_clerk_waits_for_the_owners_confirmation_and_is_phoned_back() -> None:
    home = house()
    opened = await home.open(actor=CLERK, notify=Notify.PHONE)
    case = opened.step.case
    assert (case.recorded_by, case.confirmed_by_owner, case.origin) == (CLERK.id, False, Origin.CLERK)
    assert (await home.shelf.messages(case.id))[0].role is Role.CLERK
    assert (await home.move(case, Move.CONFIRM, OWNER, MONDAY)).case.confirmed_by_owner
    for move in (Move.CLEAR_CONFLICT, Move.SIGN):
        await home.move(case, move, LAWYER, MONDAY)
    step = await home.move(case, Move.ANSWER, LAWYER, MONDAY, words="可以起诉。")
    assert (Tell.CALL_OWNER, CLERK.id) in {(n.tell, n.to) for n in step.notices}


async def test_referred_out_is_tracked_and_closed_as_such() -> None:
    home = house()
    case = await home.signed()
    with pytest.raises(NotAllowedNow, match="where_to"):
        await home.move(case, Move.REFER_OUT, LAWYER, MONDAY, reason="mediation")
    step = await home.move(case, Move.REFER_OUT, LAWYER, MONDAY, reason="mediation", referred_to="商会调解")
    assert (step.case.status, step.case.referred_to) == (Status.REFERRED, "商会调解")
    assert step.case.timers.answer_due is None
    assert (await home.move(case, Move.CLOSE, OWNER, MONDAY)).case.closing is Closing.REFERRED


async def test_history_is_numbered_without_gaps_and_holds_no_words() -> None:
    home = house()
    case = await home.closed()
    await home.move(case, Move.RATE, OWNER, MONDAY, rating=Satisfaction.DISSATISFIED, reason="wrong")
    events = await home.shelf.events(case.id)
    stored = await home.shelf.get(case.id)
    assert stored is not None
    assert [event.seq for event in events] == list(range(1, stored.version + 1))
    assert "货款" not in repr(events)
    assert "起诉" not in repr(events)


async def test_someone_no_longer_active_may_do_nothing() -> None:
    home = house()
    case = await home.signed()
    with pytest.raises(NoSuchCase):
        await home.move(case, Move.ANSWER, replace(LAWYER, active=False), MONDAY)
