"""The promises of a case: what starts, pauses, resumes and stops them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.calendar import SHANGHAI
from desk.case import Case, CaseId, Clock, Status, Urgency
from desk.clocks import Effect, TimerKind, due_of, earliest, load_clocks, next_timer, overdue
from desk.people import Level, Role
from tests.desk.house import DESK, MONDAY, OWNER, REGION, when

CLOCKS = DESK.clocks
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(SHANGHAI))  # noqa: DTZ001
SPANS = st.timedeltas(timedelta(0), timedelta(days=20))


def case(at: datetime = MONDAY, status: Status = Status.NEW, **more: object) -> Case:
    """A case whose clocks started at that moment."""
    born = Case(
        id=CaseId("case"), number="FT", owner=OWNER.id, role=Role.LAWYER, opened_at=at, status=status, region=REGION
    )
    born = replace(born, **more)  # type: ignore[arg-type]
    return replace(born, timers=CLOCKS.effect(Effect.START, born, at))


def after(effect: Effect, old: Case, at: datetime) -> Case:
    return replace(old, timers=CLOCKS.effect(effect, old, at))


def test_the_three_promises_start_together_and_count_working_time() -> None:
    timers = case().timers
    assert timers.sign_due == when("2026-11-23 15:30")
    assert timers.sign_warn == when("2026-11-23 14:30")
    assert timers.answer_due == when("2026-11-25 10:00")
    assert timers.close_due == when("2026-12-14 10:00")
    assert not timers.provisional


def test_an_urgent_case_is_signed_within_half_an_hour() -> None:
    assert case(urgency=Urgency.URGENT).timers.sign_due == when("2026-11-23 10:30")


def test_a_promise_into_a_year_without_holidays_is_provisional() -> None:
    assert case(when("2026-12-28 10:00")).timers.provisional


def test_signing_stops_the_sign_clock_and_answering_the_answer_clock() -> None:
    signed = after(Effect.SIGNED, case(), MONDAY)
    assert (signed.timers.sign_due, signed.timers.sign_warn) == (None, None)
    answered = after(Effect.ANSWERED, signed, MONDAY)
    assert answered.timers.answer_due is None
    assert answered.timers.close_due == signed.timers.close_due
    assert answered.timers.lapses_at == when("2026-11-30 10:00")


def test_nothing_is_late_while_the_owner_is_asked() -> None:
    waiting = after(Effect.PAUSE, case(status=Status.WAITING), MONDAY)
    assert overdue(waiting, when("2027-05-01 10:00")) == frozenset()
    timer = earliest(waiting)
    assert timer is not None
    assert (timer.kind, timer.at) == (TimerKind.LAPSE, when("2026-11-30 10:00"))


def test_a_pause_over_a_weekend_costs_neither_side_anything() -> None:
    friday, monday = when("2026-11-20 16:30"), when("2026-11-23 09:00")
    waiting = after(Effect.PAUSE, case(friday), friday)
    assert after(Effect.RESUME, waiting, monday).timers.answer_due == case(monday).timers.answer_due


@given(MOMENTS, SPANS, SPANS)
@settings(max_examples=100, deadline=None)
def test_a_pause_keeps_the_working_time_that_was_left(start: datetime, before: timedelta, away: timedelta) -> None:
    first = case(start)
    asked, supplied = start + before, start + before + away
    resumed = after(Effect.RESUME, after(Effect.PAUSE, first, asked), supplied)
    for clock in Clock:
        due, moved = due_of(first.timers, clock), due_of(resumed.timers, clock)
        assert due is not None
        assert moved is not None
        if due <= asked:
            assert moved == due
        else:
            left = CLOCKS.calendar.working_time_between(asked, due)
            assert CLOCKS.calendar.working_time_between(supplied, moved) == left
    assert resumed.timers.paused_at is None
    assert resumed.timers.lapses_at is None


@given(MOMENTS, st.sampled_from(Urgency), st.sampled_from(Level))
@settings(max_examples=60, deadline=None)
def test_a_warning_comes_before_its_breach_and_both_in_working_time(
    start: datetime, urgency: Urgency, level: Level
) -> None:
    timers = case(start, urgency=urgency, level=level).timers
    pairs = (
        (timers.sign_warn, timers.sign_due),
        (timers.answer_warn, timers.answer_due),
        (timers.close_warn, timers.close_due),
    )
    for warn, due in pairs:
        assert warn is not None
        assert due is not None
        assert start < warn < due
        assert CLOCKS.calendar.working_time_between(start, warn) > timedelta(0)


def test_a_fresh_start_forgets_what_was_warned_of_and_a_resumed_clock_does_not() -> None:
    old = case()
    old = replace(old, timers=replace(old.timers, warned=frozenset(Clock), breached=frozenset({Clock.SIGN})))
    assert after(Effect.START, old, MONDAY).timers.warned == frozenset()
    resumed = after(Effect.RESUME, after(Effect.PAUSE, old, MONDAY), MONDAY)
    assert resumed.timers.warned == frozenset(Clock)
    again = after(Effect.START_SIGN, old, MONDAY).timers
    assert (again.warned, again.breached) == (frozenset({Clock.ANSWER, Clock.CLOSE}), frozenset())


def test_a_closed_case_has_no_timer() -> None:
    assert next_timer(after(Effect.STOP, case(), MONDAY)) is None
    assert next_timer(replace(case(), status=Status.CLOSED)) is None


@pytest.mark.parametrize(("old", "new"), [("handover: 4h", "handover: soon"), ("warn_at: 0.75", "")])
def test_a_wrong_clocks_file_is_named(tmp_path: Path, old: str, new: str) -> None:
    shipped = (Path(__file__).parents[2] / "desk" / "clocks.yaml").read_text(encoding="utf-8")
    file = tmp_path / "clocks.yaml"
    file.write_text(shipped.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=r"clocks\.yaml"):
        load_clocks(file)
