"""The life of a case: one table ``MOVES``, and ``apply``, the only function that changes a status.

Every move writes exactly one event; its ``seq`` is the new version of the case. What a move changes beside the status
is in ``effects``, what else must hold in ``guards``, whom it concerns in ``notices``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from desk.case import Case, Clock, Move, Satisfaction, Status
from desk.clocks import Clocks, Effect, due_of
from desk.effects import carry_out
from desk.errors import NoSuchCase, NotAllowedNow, ReasonNeeded
from desk.events import Event, Step
from desk.guards import objection
from desk.moves import MoveRequest, Rule, Turn, Who, standing
from desk.notices import notices_of
from desk.people import Person

__all__ = [
    "DESK_REASONS",
    "MOVES",
    "OPEN",
    "REASONS",
    "MoveRequest",
    "Rule",
    "Who",
    "apply",
    "owner_word",
    "standing",
    "start",
]

_NEW, _SIGNED, _WAITING = Status.NEW, Status.SIGNED, Status.WAITING
_ANSWERED, _REFERRED, _CLOSED = Status.ANSWERED, Status.REFERRED, Status.CLOSED
_RUNNING: Final = (_NEW, _SIGNED, _WAITING, _ANSWERED, _REFERRED)
_HANDED: Final = (_SIGNED, _WAITING, _ANSWERED)  # where a hand-over may be pending
_Cell = tuple[tuple[Status, Move], Rule]


def _rule(target: Status, *who: Who, reason: bool = False, clocks: Effect = Effect.NONE) -> Rule:
    return Rule(target=target, who=frozenset(who), reason=reason, clocks=clocks)


def _stays(
    move: Move, *who: Who, at: tuple[Status, ...], reason: bool = False, clocks: Effect = Effect.NONE
) -> list[_Cell]:
    return [((status, move), _rule(status, *who, reason=reason, clocks=clocks)) for status in at]


def _leads(
    move: Move, target: Status, *who: Who, at: tuple[Status, ...], reason: bool = False, clocks: Effect = Effect.NONE
) -> list[_Cell]:
    return [((status, move), _rule(target, *who, reason=reason, clocks=clocks)) for status in at]


MOVES: Final[Mapping[tuple[Status, Move], Rule]] = MappingProxyType(
    dict(
        [
            # Until somebody signs. Routing assigns; a supervisor may, and an expert may take what lies unassigned.
            *_stays(Move.ASSIGN, Who.DESK, Who.SUPERVISOR, Who.POOL, at=(_NEW,)),
            *_stays(Move.NOBODY, Who.DESK, at=(_NEW,)),
            *_stays(Move.CLEAR_CONFLICT, Who.ASSIGNEE, at=(_NEW,)),
            *_stays(Move.DECLARE_CONFLICT, Who.ASSIGNEE, at=(_NEW,)),
            *_stays(Move.RETURN, Who.ASSIGNEE, at=(_NEW,), reason=True),
            *_leads(Move.SIGN, _SIGNED, Who.ASSIGNEE, at=(_NEW,), clocks=Effect.SIGNED),
            # The answer. Who has signed may still answer after a breach sent the case on, until another signs.
            *_leads(
                Move.ANSWER,
                _ANSWERED,
                Who.RESPONSIBLE,
                at=(_NEW, _SIGNED, _WAITING, _ANSWERED, _REFERRED),
                clocks=Effect.ANSWERED,
            ),
            *_leads(Move.ASK_BACK, _WAITING, Who.RESPONSIBLE, at=(_SIGNED,), clocks=Effect.PAUSE),
            *_stays(Move.ALLOW_WAIT, Who.SUPERVISOR, at=(_SIGNED,)),
            *_leads(Move.SUPPLY, _SIGNED, Who.OWNER, Who.RECORDER, at=(_WAITING,), clocks=Effect.RESUME),
            *_stays(Move.FOLLOW_UP, Who.OWNER, at=(_NEW, _SIGNED)),
            *_leads(Move.FOLLOW_UP, _SIGNED, Who.OWNER, at=(_ANSWERED, _REFERRED), clocks=Effect.RESUME),
            # Hand-overs: a field, not a status; the signer stays responsible until another accepts.
            *_stays(Move.TRANSFER, Who.RESPONSIBLE, Who.SUPERVISOR, at=_HANDED, reason=True),
            *_stays(Move.RETURN, Who.RESPONSIBLE, at=(_SIGNED, _WAITING), reason=True),
            *_stays(Move.ASSIGN, Who.DESK, Who.SUPERVISOR, at=_HANDED),
            *_stays(Move.CLEAR_CONFLICT, Who.OFFERED, at=_HANDED),
            *_stays(Move.ACCEPT, Who.OFFERED, at=_HANDED),
            *_stays(Move.DECLINE, Who.OFFERED, Who.RESPONSIBLE, Who.DESK, at=_HANDED, reason=True),
            *_leads(Move.DECLARE_CONFLICT, _NEW, Who.RESPONSIBLE, at=_HANDED, clocks=Effect.START_SIGN),
            *_leads(
                Move.REFER_OUT,
                _REFERRED,
                Who.RESPONSIBLE,
                at=(_SIGNED, _WAITING, _ANSWERED),
                reason=True,
                clocks=Effect.REFERRED,
            ),
            # Upwards.
            *_leads(
                Move.RAISE, _NEW, Who.SUPERVISOR, Who.DESK, at=(*_RUNNING, _CLOSED), reason=True, clocks=Effect.START
            ),
            # The end.
            *_leads(Move.CLOSE, _CLOSED, Who.OWNER, Who.RESPONSIBLE, at=(_ANSWERED, _REFERRED), clocks=Effect.STOP),
            *_leads(Move.LAPSE, _CLOSED, Who.DESK, at=(_WAITING, _ANSWERED), clocks=Effect.STOP),
            *_leads(Move.WITHDRAW, _CLOSED, Who.OWNER, at=_RUNNING, clocks=Effect.STOP),
            *_leads(Move.MERGE, _CLOSED, Who.OWNER, Who.RESPONSIBLE, Who.SUPERVISOR, at=_RUNNING, clocks=Effect.STOP),
            *_leads(Move.REOPEN, _NEW, Who.OWNER, Who.SUPERVISOR, at=(_CLOSED,), clocks=Effect.START),
            # Beside the way: a rating may still be changed after it reopened the case.
            *_stays(Move.RATE, Who.OWNER, at=(*_RUNNING, _CLOSED)),
            *_stays(Move.SIGN_OFF, Who.SUPERVISOR, at=(_CLOSED,)),
            *_stays(Move.NOTE, Who.ASSIGNEE, Who.RESPONSIBLE, at=(_NEW,)),
            *_stays(Move.NOTE, Who.RESPONSIBLE, at=(*_RUNNING[1:], _CLOSED)),
            *_stays(Move.CONSENT, Who.OWNER, at=(*_RUNNING, _CLOSED)),
            *_stays(Move.REVOKE_CONSENT, Who.OWNER, at=(*_RUNNING, _CLOSED)),
            *_stays(Move.CONFIRM, Who.OWNER, at=(*_RUNNING, _CLOSED)),
            # Nothing is late while the case waits for the owner.
            *_stays(Move.WARN, Who.DESK, at=(_NEW, _SIGNED, _ANSWERED, _REFERRED)),
            *_stays(Move.BREACH, Who.DESK, at=(_NEW, _SIGNED, _ANSWERED, _REFERRED)),
        ]
    )
)
"""Where a case may go: (status, move) → rule. What is not here cannot happen."""

OPEN: Final = _rule(_NEW, Who.OWNER, Who.RECORDER, clocks=Effect.START)
"""The rule of birth: the one move that comes from no status."""

_HANDING_OVER: Final = ("other_profession", "other_topic", "other_region", "absence", "workload")

REASONS: Final[Mapping[Move, tuple[str, ...]]] = MappingProxyType(
    {
        Move.TRANSFER: _HANDING_OVER,
        Move.RETURN: (*_HANDING_OVER, "not_mine"),
        Move.DECLINE: (*_HANDING_OVER, "conflict", "taken_back"),
        Move.REFER_OUT: ("other_authority", "court", "arbitration", "mediation", "legal_aid", "hotline"),
        Move.RAISE: ("difficult", "complaint"),
        Move.RATE: ("too_late", "unclear", "not_helpful", "wrong", "unfriendly", "other"),
    }
)
"""The codes a person chooses a reason from. RATE needs one only for *dissatisfied*; 'not_mine' is no reason for a
return until another has signed."""

DESK_REASONS: Final[Mapping[Move, tuple[str, ...]]] = MappingProxyType(
    {Move.DECLINE: ("not_in_time", "nobody_else"), Move.RAISE: ("breach", "dissatisfied")}
)
"""The codes of the desk itself, for the same moves."""


def start(case: Case, *, actor: Person, clocks: Clocks, at: datetime) -> Step:
    """The birth of a case: status NEW, version 1, all clocks running from ``at``.

    Raises NoSuchCase unless the actor is its owner or the clerk who records it.
    """
    if not standing(case, actor, at) & OPEN.who:
        raise NoSuchCase(case.id)
    born = replace(case, status=OPEN.target, version=1, opened_at=at)
    born = replace(born, timers=clocks.effect(OPEN.clocks, born, at))
    request = MoveRequest(move=Move.OPEN)
    data = {
        "role": born.role.value,
        "level": str(int(born.level)),
        "urgency": born.urgency.value,
        "origin": born.origin.value,
        "round": "1",
        **_dues(None, born),
    }
    event = Event(case=born.id, seq=1, at=at, move=Move.OPEN, actor=actor.id, before=None, after=_NEW, data=data)
    return Step(case=born, events=(event,), notices=notices_of(None, born, request, actor))


def apply(
    case: Case,
    request: MoveRequest,
    *,
    actor: Person | None,
    clocks: Clocks,
    at: datetime,
    target: Person | None = None,
    other: Case | None = None,
) -> Step:
    """One move: the case after it (version + 1), its one event, and whom it concerns.

    ``actor`` None is the desk itself (timers, routing). ``target`` is the person of ``request.to``, ``other`` the case
    of ``request.into``; nothing is looked up here. Raises NoSuchCase for whoever may not, NotAllowedNow where the table
    or a guard says no (``why`` names the guard), ReasonNeeded without a reason from the list.
    """
    who = standing(case, actor, at)
    if not who:
        raise NoSuchCase(case.id)
    rule = MOVES.get((case.status, request.move))
    if rule is None:
        raise NotAllowedNow(case.status, request.move)
    if not who & rule.who:
        raise NoSuchCase(case.id)
    _check_reason(request, rule, REASONS if actor is not None else DESK_REASONS)
    turn = Turn(
        case=case,
        request=request,
        rule=rule,
        actor=actor,
        target=target,
        other=other,
        clocks=clocks,
        at=at,
        who=who & rule.who,
    )
    why = objection(turn)
    if why:
        raise NotAllowedNow(case.status, request.move, why)
    moved = replace(carry_out(turn), status=rule.target, version=case.version + 1)
    moved = replace(moved, timers=clocks.effect(rule.clocks, moved, at))
    event = Event(
        case=case.id,
        seq=moved.version,
        at=at,
        move=request.move,
        actor=actor.id if actor else None,
        before=case.status,
        after=moved.status,
        data=_data(case, moved, request),
    )
    return Step(case=moved, events=(event,), notices=notices_of(case, moved, request, actor))


def owner_word(status: Status) -> Move | None:
    """What a message of the owner is on a case; None on a closed one: 重办还是新问题？ must be asked."""
    if status is _CLOSED:
        return None
    return Move.SUPPLY if status is _WAITING else Move.FOLLOW_UP


def _check_reason(request: MoveRequest, rule: Rule, codes: Mapping[Move, tuple[str, ...]]) -> None:
    needed = rule.reason or (request.move is Move.RATE and request.rating is Satisfaction.DISSATISFIED)
    listed = codes.get(request.move, ())
    wrong = request.reason not in listed if listed else _CODE.fullmatch(request.reason) is None
    if (needed and not request.reason) or (request.reason and wrong):
        raise ReasonNeeded(request.move)


_CODE: Final = re.compile(r"[a-z_+]{1,80}")
"""A reason goes into the history: never somebody's words."""


def _data(before: Case, after: Case, request: MoveRequest) -> dict[str, str]:
    handover = after.handover
    data = {
        "reason": request.reason,
        "to": request.to or "",
        "role": request.role or (handover.role if handover else after.role),
        "level": str(int(after.level)),
        "round": str(after.round),
        "clock": request.clock or "",
        "rating": request.rating or "",
        "consent": request.consent or "",
        "into": request.into or "",
        "closing": (after.closing or "") if after.status is _CLOSED else "",
        "earliest": request.earliest.isoformat() if request.earliest else "",
    }
    return {key: str(value) for key, value in (data | _dues(before, after)).items() if value}


def _dues(before: Case | None, after: Case) -> dict[str, str]:
    """The due moments that the move set or shifted, so that rates can be reckoned from the events alone."""
    moved = dict[str, str]()
    for clock in Clock:
        due = due_of(after.timers, clock)
        if due is not None and (before is None or due != due_of(before.timers, clock)):
            moved[f"{clock}_due"] = due.isoformat()
    if moved and after.timers.provisional:
        moved["provisional"] = "1"
    return moved
