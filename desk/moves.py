"""The vocabulary of the lifecycle table: who somebody is to a case, what a rule says, what a request carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desk.case import Case, CaseId, Clock, ConsentKind, Move, Satisfaction, Status
from desk.clocks import Clocks, Effect
from desk.people import EXPERTS, Person, PersonId, Role
from desk.routing import fits, under


class Who(StrEnum):
    """What somebody is to a case. ``DESK`` is the desk itself: timers and routing, no person."""

    OWNER = "owner"
    ASSIGNEE = "assignee"  # asked to sign
    RESPONSIBLE = "responsible"  # has signed, and nobody after (首接责任制)
    OFFERED = "offered"  # asked to take over
    POOL = "pool"  # an expert whom the unassigned case would fit
    EARLIER = "earlier"  # has signed once; may do nothing any more
    RECORDER = "recorder"  # the clerk who wrote the case down (代录)
    SUPERVISOR = "supervisor"  # of the case's region
    DESK = "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One cell of the table: where the move leads, who may do it, whether it needs a reason, what the clocks do."""

    target: Status
    who: frozenset[Who]
    reason: bool = False
    clocks: Effect = Effect.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRequest:
    """What somebody asks for. Only ``move`` is always used; the rest as the move needs it.

    ``to`` / ``role``: ASSIGN, TRANSFER, RETURN. ``rating``: RATE. ``consent``: CONSENT, REVOKE_CONSENT.
    ``into``: MERGE. ``referred_to``: REFER_OUT. ``clock``: WARN, BREACH. ``earliest``: NOBODY.
    ``version``: what the asker saw; another stored version is refused as stale.
    """

    move: Move
    reason: str = ""
    to: PersonId | None = None
    role: Role | None = None
    rating: Satisfaction | None = None
    consent: ConsentKind | None = None
    into: CaseId | None = None
    referred_to: str = ""
    clock: Clock | None = None
    earliest: datetime | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Everything one move is judged by. ``actor`` None: the desk. ``target``: the person of ``request.to``.

    ``other``: the case of ``request.into``.
    """

    case: Case
    request: MoveRequest
    rule: Rule
    actor: Person | None
    target: Person | None
    other: Case | None
    clocks: Clocks
    at: datetime
    who: frozenset[Who]


def standing(case: Case, actor: Person | None, at: datetime) -> frozenset[Who]:
    """Everything somebody is to the case at that moment; empty for strangers and for people no longer active."""
    if actor is None:
        return frozenset({Who.DESK})
    handover = case.handover
    found = {
        Who.OWNER: actor.id == case.owner and actor.active,
        Who.ASSIGNEE: actor.id == case.assignee and case.status is Status.NEW and actor.has(case.role),
        Who.RESPONSIBLE: actor.id == case.responsible and bool(actor.roles & EXPERTS) and actor.active,
        Who.OFFERED: handover is not None and _offered(case, actor, at),
        Who.POOL: _in_pool(case, actor, at),
        Who.EARLIER: actor.active and actor.id in case.experts and actor.id != case.responsible,
        Who.RECORDER: actor.id == case.recorded_by and actor.has(Role.CLERK),
        Who.SUPERVISOR: actor.has(Role.SUPERVISOR) and under(case.region, actor.region),
    }
    return frozenset(who for who, holds in found.items() if holds)


def _offered(case: Case, actor: Person, at: datetime) -> bool:
    offer = case.handover
    if offer is None or not actor.has(offer.role) or actor.id == case.responsible:
        return False
    return offer.to == actor.id or (offer.to is None and fits(actor, case, at))


def _in_pool(case: Case, actor: Person, at: datetime) -> bool:
    free = case.status is Status.NEW and case.assignee is None and case.role in EXPERTS
    return free and actor.has(case.role) and fits(actor, case, at)
