"""Whom a move concerns: notices without words. The sentences stand in ``handlers``, delivery in ``bot``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from desk.case import Case, Move, Notify, Satisfaction, Status, Urgency
from desk.clocks import due_of
from desk.events import Notice, Tell
from desk.moves import MoveRequest
from desk.people import Level, Person, PersonId, Role

CALLED: Final = frozenset({Tell.SIGNED, Tell.ANSWERED, Tell.ASKED_BACK, Tell.REFERRED_OUT, Tell.CLOSED, Tell.LAPSED})
"""What the clerk phones about where the owner chose the phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    """One move, before and after. ``before`` is None at birth."""

    before: Case | None
    case: Case
    request: MoveRequest
    actor: Person | None

    def tell(self, tell: Tell, to: PersonId | None, **data: str) -> Notice:
        """A notice to one person; ``data`` without empty values."""
        return Notice(tell=tell, case=self.case.id, to=to, data={key: item for key, item in data.items() if item})

    def owner(self, tell: Tell, **data: str) -> Iterator[Notice]:
        """The owner is told; by the clerk's phone where chosen."""
        yield self.tell(tell, self.case.owner, **data)
        if self.case.notify is Notify.PHONE and tell in CALLED:
            by = self.case.recorded_by
            role = None if by else Role.CLERK
            yield Notice(tell=Tell.CALL_OWNER, case=self.case.id, to=by, role=role, data={"about": tell.value})

    def experts(self, tell: Tell, **data: str) -> Iterator[Notice]:
        """Who is asked to sign and who has signed, each once, but never the actor."""
        earlier = self.before or self.case
        people = (self.case.assignee or earlier.assignee, self.case.responsible or earlier.responsible)
        for person in dict.fromkeys(one for one in people if one is not None):
            if self.actor is None or person != self.actor.id:
                yield self.tell(tell, person, **data)

    def supervisor(self, tell: Tell, **data: str) -> Iterator[Notice]:
        """The supervisors of the case's region."""
        told = {key: item for key, item in data.items() if item}
        yield Notice(tell=tell, case=self.case.id, role=Role.SUPERVISOR, data=told)

    def withdrawn_offer(self) -> Iterator[Notice]:
        """Who was asked to take over learns that the offer is gone."""
        offer = self.before.handover if self.before else None
        if offer is None or offer.to is None or self.case.handover is not None:
            return
        if self.actor is None or self.actor.id != offer.to:
            yield self.tell(Tell.HANDOVER_CAME_BACK, offer.to)


def notices_of(before: Case | None, case: Case, request: MoveRequest, actor: Person | None) -> tuple[Notice, ...]:
    """Everybody whom the move concerns, in the order of importance."""
    moved = _Moved(before=before, case=case, request=request, actor=actor)
    told = tuple(_NOTICES[request.move](moved)) if request.move in _NOTICES else ()
    return told if request.move is Move.ACCEPT else (*told, *moved.withdrawn_offer())


def _opened(moved: _Moved) -> Iterator[Notice]:
    case, due = moved.case, moved.case.timers.sign_due
    data = {"number": case.number, "sign_due": due.isoformat() if due else ""}
    yield from moved.owner(Tell.OPENED, **data, provisional="1" if case.timers.provisional else "")
    if case.urgency is Urgency.URGENT:
        yield from moved.supervisor(Tell.OPENED, urgency=case.urgency.value)


def _assigned(moved: _Moved) -> Iterator[Notice]:
    offer = moved.case.handover
    if moved.case.status is not Status.NEW and offer is not None:
        yield moved.tell(Tell.HANDOVER_OFFERED, offer.to, reason=offer.reason)
        return
    displaced = moved.before.assignee if moved.before else None
    if moved.actor is None or moved.actor.id != moved.case.assignee:
        yield moved.tell(Tell.CASE_FOR_YOU, moved.case.assignee)
    if displaced is not None and displaced != moved.case.assignee:
        yield moved.tell(Tell.HANDOVER_CAME_BACK, displaced)


def _nobody(moved: _Moved) -> Iterator[Notice]:
    earliest = moved.request.earliest.isoformat() if moved.request.earliest else ""
    yield from moved.owner(Tell.NOBODY_ON_DUTY, earliest=earliest)
    yield from moved.supervisor(Tell.NOBODY_ON_DUTY, earliest=earliest, why=moved.request.reason)


def _conflict(moved: _Moved) -> Iterator[Notice]:
    if moved.before is not None and moved.before.status is not Status.NEW:
        yield from moved.supervisor(Tell.REOPENED, reason="conflict")


def _answered(moved: _Moved) -> Iterator[Notice]:
    yield from moved.owner(Tell.ANSWERED)
    displaced = moved.before.assignee if moved.before and moved.before.status is Status.NEW else None
    if displaced is not None and displaced != moved.case.assignee:
        yield moved.tell(Tell.ANSWERED, displaced)


def _offered(moved: _Moved) -> Iterator[Notice]:
    offer = moved.case.handover
    if offer is not None and offer.to is not None:
        yield moved.tell(Tell.HANDOVER_OFFERED, offer.to, reason=offer.reason)


def _accepted(moved: _Moved) -> Iterator[Notice]:
    before = moved.before
    people = (before.handover.by if before and before.handover else None, before.responsible if before else None)
    for person in dict.fromkeys(one for one in people if one is not None):
        yield moved.tell(Tell.HANDOVER_ACCEPTED, person, profession=moved.case.role.value)
    yield from moved.owner(Tell.HANDOVER_ACCEPTED, profession=moved.case.role.value)


def _declined(moved: _Moved) -> Iterator[Notice]:
    offer = moved.before.handover if moved.before else None
    if offer is None:
        return
    tell = Tell.HANDOVER_CAME_BACK if moved.actor is None else Tell.HANDOVER_DECLINED
    for person in dict.fromkeys(one for one in (offer.by, moved.case.responsible) if one is not None):
        if moved.actor is None or moved.actor.id != person:
            yield moved.tell(tell, person, reason=moved.request.reason)


def _raised(moved: _Moved) -> Iterator[Notice]:
    level = str(int(moved.case.level))
    yield from moved.owner(Tell.RAISED, level=level, reason=moved.request.reason)
    yield from moved.supervisor(Tell.RAISED, level=level, reason=moved.request.reason)
    displaced = moved.before.assignee if moved.before else None
    if displaced is not None and displaced != moved.case.responsible:
        yield moved.tell(Tell.RAISED, displaced, reason=moved.request.reason)


def _rated(moved: _Moved) -> Iterator[Notice]:
    case, rating = moved.case, moved.case.rating
    if rating is None or rating.value is not Satisfaction.DISSATISFIED:
        return
    if moved.before is not None and moved.before.rating is not None and moved.before.rating.value is rating.value:
        return
    yield from moved.supervisor(Tell.DISSATISFIED, reason=rating.reason)
    if case.level is Level.PROVINCE and case.status is Status.CLOSED:
        yield from moved.owner(Tell.TOP_LEVEL)


def _breached(moved: _Moved) -> Iterator[Notice]:
    clock = moved.request.clock
    due = due_of(moved.case.timers, clock) if clock else None
    data = {"clock": clock.value if clock else "", "due": due.isoformat() if due else ""}
    yield from moved.experts(Tell.CLOCK_BREACHED, **data)
    yield from moved.supervisor(Tell.CLOCK_BREACHED, **data)
    if moved.case.level is Level.PROVINCE and moved.case.status in {Status.NEW, Status.SIGNED}:
        yield from moved.owner(Tell.TOP_LEVEL, clock=data["clock"])


def _warned(moved: _Moved) -> Iterator[Notice]:
    clock = moved.request.clock
    due = due_of(moved.case.timers, clock) if clock else None
    data = {"clock": clock.value if clock else "", "due": due.isoformat() if due else ""}
    yield from tuple(moved.experts(Tell.CLOCK_WARNING, **data)) or moved.supervisor(Tell.CLOCK_WARNING, **data)


def _reopened(moved: _Moved) -> Iterator[Notice]:
    yield from moved.owner(Tell.REOPENED)
    yield from moved.supervisor(Tell.REOPENED)


def _merged(moved: _Moved) -> Iterator[Notice]:
    yield from moved.owner(Tell.MERGED, into=moved.case.merged_into or "")
    yield from moved.experts(Tell.MERGED, into=moved.case.merged_into or "")


def _lapsed(moved: _Moved) -> Iterator[Notice]:
    yield from moved.owner(Tell.LAPSED)
    yield from moved.experts(Tell.LAPSED)


def _to_owner(tell: Tell) -> Callable[[_Moved], Iterator[Notice]]:
    return lambda moved: moved.owner(tell)


def _to_experts(tell: Tell) -> Callable[[_Moved], Iterator[Notice]]:
    return lambda moved: moved.experts(tell)


_NOTICES: Final[Mapping[Move, Callable[[_Moved], Iterator[Notice]]]] = MappingProxyType(
    {
        Move.OPEN: _opened,
        Move.ASSIGN: _assigned,
        Move.NOBODY: _nobody,
        Move.DECLARE_CONFLICT: _conflict,
        Move.SIGN: _to_owner(Tell.SIGNED),
        Move.ANSWER: _answered,
        Move.ASK_BACK: _to_owner(Tell.ASKED_BACK),
        Move.SUPPLY: _to_experts(Tell.OWNER_WROTE),
        Move.FOLLOW_UP: _to_experts(Tell.OWNER_WROTE),
        Move.TRANSFER: _offered,
        Move.RETURN: _offered,
        Move.ACCEPT: _accepted,
        Move.DECLINE: _declined,
        Move.REFER_OUT: _to_owner(Tell.REFERRED_OUT),
        Move.RAISE: _raised,
        Move.WITHDRAW: _to_experts(Tell.WITHDRAWN),
        Move.MERGE: _merged,
        Move.CLOSE: _to_owner(Tell.CLOSED),
        Move.LAPSE: _lapsed,
        Move.REOPEN: _reopened,
        Move.RATE: _rated,
        Move.SIGN_OFF: _to_owner(Tell.SIGNED_OFF),
        Move.WARN: _warned,
        Move.BREACH: _breached,
    }
)
