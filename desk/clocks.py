"""The promises of a case in working time: how the clocks start, pause, resume and stop, and which timer is next.

Pure: nothing here moves a case. What happens when a timer is reached is in ``timers``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ruamel.yaml import YAML

from desk.calendar import Calendar, Due, load_calendar
from desk.case import Case, Clock, Status, Timers, Urgency
from desk.people import Level

Promises = Mapping[tuple[Clock, Urgency, Level], timedelta]


class Effect(StrEnum):
    """What a move does to the clocks of its case."""

    NONE = "none"
    START = "start"  # all three clocks anew
    START_SIGN = "start_sign"  # the sign clock anew, the others go on
    SIGNED = "signed"  # the sign clock has done its work
    ANSWERED = "answered"  # so has the answer clock; the owner's silence begins to count
    REFERRED = "referred"  # the answer clock has done its work; nothing lapses
    PAUSE = "pause"  # all stand still, the owner's silence begins to count
    RESUME = "resume"  # all go on with the working time they had left; nothing lapses
    STOP = "stop"  # the case is closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """The next moment at which something happens by itself. ``clock`` is set for warnings and breaches."""

    at: datetime
    kind: TimerKind
    clock: Clock | None = None


class TimerKind(StrEnum):
    """What a timer does when it is reached; the order is that of equal moments."""

    WARNING = "warning"
    BREACH = "breach"
    HANDOVER = "handover"
    LAPSE = "lapse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """The rules of the clocks. All periods are working time, except ``rating_window`` (by the clock on the wall)."""

    calendar: Calendar
    promises: Promises
    warn_at: float = 0.75
    handover: timedelta
    waiting: timedelta
    silent: timedelta
    max_waits: int = 2
    rating_window: timedelta = timedelta(hours=24)

    def promise(self, case: Case, clock: Clock) -> timedelta:
        """How much working time the desk allows itself."""
        return self.promises[clock, case.urgency, case.level]

    def effect(self, effect: Effect, case: Case, at: datetime) -> Timers:
        """The timers of ``case`` (already moved, timers still old) after the effect."""
        timers = case.timers
        if effect is Effect.NONE:
            return timers
        if effect is Effect.START:
            return self._start(case, at, Timers(), tuple(Clock))
        if effect is Effect.PAUSE:
            return self._silence(replace(timers, paused_at=at), at, self.waiting)
        if effect is Effect.STOP:
            return replace(_stopped(timers, *Clock), paused_at=None, lapses_at=None)
        return self._go_on(effect, case, self._resume(timers, at), at)

    def _go_on(self, effect: Effect, case: Case, running: Timers, at: datetime) -> Timers:
        if effect is Effect.START_SIGN:
            return self._start(case, at, running, (Clock.SIGN,))
        if effect is Effect.SIGNED:
            return _stopped(running, Clock.SIGN)
        if effect is Effect.REFERRED:
            return _stopped(running, Clock.SIGN, Clock.ANSWER)
        if effect is Effect.ANSWERED:
            return self._silence(_stopped(running, Clock.SIGN, Clock.ANSWER), at, self.silent)
        return running

    def until(self, at: datetime) -> datetime:
        """By when a hand-over that is offered at ``at`` must be accepted."""
        return self.calendar.add_working_time(at, self.handover).at

    def may_change_rating(self, case: Case, at: datetime) -> bool:
        """Whether the last rating may still be changed."""
        return case.rating is not None and at < case.rating.first_at + self.rating_window

    def _start(self, case: Case, at: datetime, timers: Timers, which: tuple[Clock, ...]) -> Timers:
        timers = replace(timers, warned=timers.warned - {*which}, breached=timers.breached - {*which})
        for clock in which:
            period = self.promise(case, clock)
            due = self.calendar.add_working_time(at, period)
            warn = self.calendar.add_working_time(at, period * self.warn_at)
            timers = _set(timers, clock, due, warn.at)
        return timers

    def _silence(self, timers: Timers, at: datetime, period: timedelta) -> Timers:
        due = self.calendar.add_working_time(at, period)
        return replace(timers, lapses_at=due.at, provisional=timers.provisional or due.provisional)

    def _resume(self, timers: Timers, at: datetime) -> Timers:
        since = timers.paused_at
        if since is None:
            return replace(timers, lapses_at=None)
        moved = replace(timers, paused_at=None, lapses_at=None)
        for clock in Clock:
            due, warn = due_of(timers, clock), warn_of(timers, clock)
            # A clock that had run out before the pause keeps its moment: a pause heals no breach.
            if due is not None and due > since:
                moved = _set(moved, clock, self._shifted(due, since, at), self._shifted(warn or due, since, at).at)
        return moved

    def _shifted(self, moment: datetime, since: datetime, at: datetime) -> Due:
        if moment <= since:
            return Due(at=moment, provisional=False)
        return self.calendar.add_working_time(at, self.calendar.working_time_between(since, moment))


def due_of(timers: Timers, clock: Clock) -> datetime | None:
    """The due moment of one clock."""
    return {Clock.SIGN: timers.sign_due, Clock.ANSWER: timers.answer_due, Clock.CLOSE: timers.close_due}[clock]


def warn_of(timers: Timers, clock: Clock) -> datetime | None:
    """The warning moment of one clock."""
    return {Clock.SIGN: timers.sign_warn, Clock.ANSWER: timers.answer_warn, Clock.CLOSE: timers.close_warn}[clock]


def next_timer(case: Case) -> datetime | None:
    """The earliest moment at which something is to happen by itself; None: nothing will."""
    timer = earliest(case)
    return timer.at if timer is not None else None


def earliest(case: Case) -> Timer | None:
    """The next timer with what it does. A closed case has none; a paused one only those of silence and hand-over."""
    if case.status is Status.CLOSED:
        return None
    timers, found = case.timers, list[Timer]()
    if timers.paused_at is None:
        for clock in Clock:
            warn, due = warn_of(timers, clock), due_of(timers, clock)
            if warn is not None and clock not in timers.warned | timers.breached:
                found.append(Timer(at=warn, kind=TimerKind.WARNING, clock=clock))
            if due is not None and clock not in timers.breached:
                found.append(Timer(at=due, kind=TimerKind.BREACH, clock=clock))
    if case.handover is not None:
        found.append(Timer(at=case.handover.until, kind=TimerKind.HANDOVER))
    if timers.lapses_at is not None:
        found.append(Timer(at=timers.lapses_at, kind=TimerKind.LAPSE))
    order = list(TimerKind)
    return min(found, key=lambda timer: (timer.at, order.index(timer.kind)), default=None)


def overdue(case: Case, at: datetime) -> frozenset[Clock]:
    """The clocks that have run out at that moment (none while the case waits for the owner or is closed)."""
    if case.status is Status.CLOSED or case.timers.paused_at is not None:
        return frozenset()
    dues = ((clock, due_of(case.timers, clock)) for clock in Clock)
    return frozenset(clock for clock, due in dues if due is not None and due <= at)


def _set(timers: Timers, clock: Clock, due: Due, warn: datetime) -> Timers:
    provisional = timers.provisional or due.provisional
    match clock:
        case Clock.SIGN:
            return replace(timers, sign_due=due.at, sign_warn=warn, provisional=provisional)
        case Clock.ANSWER:
            return replace(timers, answer_due=due.at, answer_warn=warn, provisional=provisional)
        case Clock.CLOSE:
            return replace(timers, close_due=due.at, close_warn=warn, provisional=provisional)


def _stopped(timers: Timers, *which: Clock) -> Timers:
    for clock in which:
        match clock:
            case Clock.SIGN:
                timers = replace(timers, sign_due=None, sign_warn=None)
            case Clock.ANSWER:
                timers = replace(timers, answer_due=None, answer_warn=None)
            case Clock.CLOSE:
                timers = replace(timers, close_due=None, close_warn=None)
    return timers


_PERIOD: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([mhd])")


def load_clocks(path: Path | None = None, calendar: Calendar | None = None) -> Clocks:
    """The clocks of a YAML file (the shipped ``clocks.yaml`` without one). Raises ValueError naming the key."""
    source = path or Path(__file__).with_name("clocks.yaml")
    days = calendar or load_calendar()
    data: dict[str, Any] = YAML(typ="safe").load(source.read_text(encoding="utf-8")) or {}

    def period(raw: object) -> timedelta:
        found = _PERIOD.fullmatch(str(raw).strip())
        if found is None:
            raise ValueError(f"not a period (30m, 4h, 2d): {raw!r}")
        unit = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": days.day_length}[found[2]]
        return float(found[1]) * unit

    try:
        promises = {
            (clock, urgency, level): period(data["promises"][clock][urgency][level.name.lower()])
            for clock in Clock
            for urgency in Urgency
            for level in Level
        }
        return Clocks(
            calendar=days,
            promises=MappingProxyType(promises),
            warn_at=float(data["warn_at"]),
            handover=period(data["handover"]),
            waiting=period(data["waiting"]),
            silent=period(data["silent"]),
            max_waits=int(data["max_waits"]),
            rating_window=timedelta(hours=float(data["rating_hours"])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{source.name}: {error}") from error
