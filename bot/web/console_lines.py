"""How a case reads in a list: its next due moment in words, and what stands in its line. No rights, no SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from desk.case import Case, CaseId, Clock, Status, Urgency
from desk.clocks import due_of
from desk.people import PersonId
from handlers.access import Relation
from handlers.casework import Card
from handlers.notices import Notices
from handlers.regions import shown_region

SOON: Final = timedelta(hours=4)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The next due moment: ``words`` such as 还剩 2 小时; ``state`` is late, soon, fine, waiting or none."""

    state: str
    words: str
    clock: str = ""
    at: datetime | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a list: metadata only. ``marks`` are codes of what the viewer must do (sign, offered, pool)."""

    id: CaseId
    number: str
    topic: str
    region: str
    status: str
    role: str
    level: int
    urgent: bool
    due: Due
    opened_at: datetime
    marks: tuple[str, ...] = ()
    assignee: str = ""
    lawyer_only: bool = False
    topic_code: str = ""


def due_of_case(case: Case, at: datetime) -> Due:
    """What is due next on a case, in words for a person who reads quickly."""
    timers = case.timers
    if case.status is Status.CLOSED:
        return Due(state="none", words="已办结")
    if case.status is Status.WAITING or timers.paused_at is not None:
        left = "" if timers.lapses_at is None else f"，{_left(timers.lapses_at, at)}"
        return Due(state="waiting", words=f"等对方补充{left}", at=timers.lapses_at, provisional=timers.provisional)
    running = [(due, clock) for clock in Clock if (due := due_of(timers, clock)) is not None]
    if not running:
        return Due(state="none", words="没有计时")
    due, clock = min(running)
    state = "late" if due <= at else "soon" if due - at <= SOON else "fine"
    return Due(state=state, words=_left(due, at), clock=clock.value, at=due, provisional=timers.provisional)


def _left(due: datetime, at: datetime) -> str:
    if due > at:
        return f"还剩 {span(due - at)}"
    return f"超期 {span(at - due)}"


def span(delta: timedelta) -> str:
    """A length of time in one unit: minutes below two hours, hours below two days, then days."""
    if delta < 2 * _HOUR:
        return f"{max(1, round(delta.total_seconds() / 60))} 分钟"
    if delta < 2 * _DAY:
        return f"{int(delta / _HOUR)} 小时"
    return f"{delta.days} 天"


def line_of(card: Card, at: datetime, notices: Notices, names: Mapping[PersonId, str]) -> Line:
    """The line of a card; ``names`` gives shown names of experts by id."""
    case = card.case
    who = case.responsible or case.assignee
    return Line(
        id=case.id,
        number=case.number,
        topic=notices.topic(case),
        region=shown_region(case.region),
        status=case.status.value,
        role=case.role.value,
        level=int(case.level),
        urgent=case.urgency is Urgency.URGENT,
        due=due_of_case(case, at),
        opened_at=case.opened_at,
        marks=_marks(card),
        assignee=names.get(who, "") if who is not None else "",
        lawyer_only=case.lawyer_only,
        topic_code="" if case.lawyer_only else case.topic,
    )


def _marks(card: Card) -> tuple[str, ...]:
    case, held = card.case, card.held
    found = []
    if Relation.OFFERED in held:
        found.append("offered")
    if case.status is Status.NEW and held & {Relation.ASSIGNEE, Relation.CLEARED}:
        found.append("sign")
    if Relation.POOL in held:
        found.append("pool")
    if case.awaiting_sign_off and case.status is Status.CLOSED and Relation.SUPERVISOR in held:
        found.append("sign_off")
    return tuple(found)


def sort_lines(lines: Iterable[Line]) -> Sequence[Line]:
    """Urgent ones that nobody signed first, then oldest due first; what has no due moment last."""
    return sorted(
        lines,
        key=lambda line: (
            not (line.urgent and line.status == Status.NEW),
            line.due.at is None or line.due.state == "waiting",
            line.due.at or line.opened_at,
            line.number,
        ),
    )


def chosen(
    lines: Iterable[Line], *, words: str = "", status: str = "", topic: str = "", urgent: bool = False
) -> Sequence[Line]:
    """The lines that a filter leaves; ``words`` is looked for in number, topic, region and assignee."""
    wanted = words.strip().casefold()
    return [
        line
        for line in lines
        if (not status or line.status == status)
        and (not topic or line.topic_code == topic)
        and (not urgent or line.urgent)
        and (not wanted or wanted in f"{line.number} {line.topic} {line.region} {line.assignee}".casefold())
    ]
