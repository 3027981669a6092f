"""What a move changes of a case beside its status and clocks. Pure; called by ``lifecycle.apply`` alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from desk.case import Case, Closing, Handover, Move, Rating, Satisfaction, Status
from desk.moves import Turn, Who
from desk.people import Level, Person, PersonId, Role

Effect = Callable[[Turn], Case]


def carry_out(turn: Turn) -> Case:
    """The case with the fields that the move changes."""
    return _EFFECTS[turn.request.move](turn)


def _same(turn: Turn) -> Case:
    return turn.case


def _set(**fields: Any) -> Effect:  # noqa: ANN401 - fields of Case, each of its own type
    return lambda turn: replace(turn.case, **fields)


def _assign(turn: Turn) -> Case:
    case, person = turn.case, _present(turn.target)
    if case.status is not Status.NEW:
        return replace(case, handover=_handover(case, to=person.id, cleared=False))
    return replace(
        case,
        assignee=person.id,
        unit=person.unit,
        level=Level(max(case.level, person.level)),
        conflict_cleared=False,
    )


def _clear_conflict(turn: Turn) -> Case:
    if turn.case.status is Status.NEW:
        return replace(turn.case, conflict_cleared=True)
    return replace(turn.case, handover=_handover(turn.case, to=_present(turn.actor).id, cleared=True))


def _declare_conflict(turn: Turn) -> Case:
    person = _present(turn.actor)
    return replace(
        _barred(turn.case, person),
        assignee=None,
        responsible=None if turn.case.responsible == person.id else turn.case.responsible,
        conflict_cleared=False,
        handover=None,
    )


def _sign(turn: Turn) -> Case:
    return _signed(turn.case, _present(turn.actor))


def _answer(turn: Turn) -> Case:
    person = _present(turn.actor).id
    return replace(turn.case, answered_at=turn.at, assignee=person, conflict_cleared=True, handover=None)


def _transfer(turn: Turn) -> Case:
    case, request = turn.case, turn.request
    if case.status is Status.NEW:
        person = _present(turn.actor).id
        role = request.role or case.role
        return replace(
            case,
            role=role,
            lawyer_only=case.lawyer_only and role is Role.LAWYER,
            assignee=None,
            conflict_cleared=False,
            refused_by=case.refused_by | {person},
        )
    handover = Handover(
        kind=request.move,
        by=_present(turn.actor).id,
        to=request.to,
        role=request.role or case.role,
        reason=request.reason,
        since=turn.at,
        until=turn.clocks.until(turn.at),
    )
    return replace(case, handover=handover)


def _accept(turn: Turn) -> Case:
    role = turn.case.handover.role if turn.case.handover else turn.case.role
    secret = turn.case.lawyer_only and role is Role.LAWYER
    return replace(_signed(turn.case, _present(turn.actor)), role=role, lawyer_only=secret, handover=None)


def _decline(turn: Turn) -> Case:
    if Who.OFFERED not in turn.who:
        return replace(turn.case, handover=None)
    person = _present(turn.actor)
    refused = turn.case.refused_by | {person.id}
    case = _barred(turn.case, person) if turn.request.reason == "conflict" else replace(turn.case, refused_by=refused)
    return replace(case, handover=_handover(case, to=None, cleared=False))


def _raise(turn: Turn) -> Case:
    case = turn.case
    had = {one for one in (*case.experts, case.assignee) if one is not None}
    return replace(
        _again(case),
        level=Level(case.level + 1),
        refused_by=case.refused_by | had,
        awaiting_sign_off=case.awaiting_sign_off or turn.request.reason in {"dissatisfied", "complaint"},
    )


def _reopen(turn: Turn) -> Case:
    return _again(turn.case)


def _close(turn: Turn) -> Case:
    why = {
        Move.LAPSE: Closing.SILENT,
        Move.WITHDRAW: Closing.WITHDRAWN,
        Move.MERGE: Closing.MERGED,
        Move.CLOSE: Closing.REFERRED if turn.case.status is Status.REFERRED else Closing.DONE,
    }[turn.request.move]
    return replace(turn.case, closing=why, closed_at=turn.at, handover=None, merged_into=turn.request.into)


def _rate(turn: Turn) -> Case:
    case, value = turn.case, turn.request.rating
    if value is None:
        raise ValueError("a rating without value")
    old = case.rating
    same = old is not None and (case.closed_at is None or old.first_at >= case.closed_at)
    first = old.first_at if old is not None and same else turn.at
    rating = Rating(value=value, reason=turn.request.reason, first_at=first, at=turn.at)
    top = case.level is Level.PROVINCE and case.status is Status.CLOSED and value is Satisfaction.DISSATISFIED
    return replace(case, rating=rating, awaiting_sign_off=case.awaiting_sign_off or top)


def _consent(turn: Turn) -> Case:
    kinds = {turn.request.consent} - {None}
    case = turn.case
    given = case.consents | kinds if turn.request.move is Move.CONSENT else case.consents - kinds
    return replace(case, consents=frozenset(kind for kind in given if kind is not None))


def _tell_clock(turn: Turn) -> Case:
    clock, timers = turn.request.clock, turn.case.timers
    if clock is None:
        raise ValueError("a warning or breach without clock")
    if turn.request.move is Move.WARN:
        return replace(turn.case, timers=replace(timers, warned=timers.warned | {clock}))
    return replace(turn.case, timers=replace(timers, breached=timers.breached | {clock}))


def _signed(case: Case, person: Person) -> Case:
    experts = (*(one for one in case.experts if one != person.id), person.id)
    return replace(
        case, assignee=person.id, responsible=person.id, unit=person.unit, experts=experts, conflict_cleared=True
    )


def _barred(case: Case, person: Person) -> Case:
    """The person never gets the case again; with a lawyer, nor does the firm, whose conflict it is as well."""
    firm = {person.unit} if person.has(Role.LAWYER) and person.unit else set[str]()
    return replace(case, refused_by=case.refused_by | {person.id}, excluded_units=case.excluded_units | firm)


def _again(case: Case) -> Case:
    """A further round: to be assigned anew; who has signed stays responsible until another signs."""
    return replace(
        case,
        round=case.round + 1,
        assignee=None,
        conflict_cleared=False,
        handover=None,
        waits=0,
        closing=None,
        closed_at=None,
        answered_at=None,
        merged_into=None,
        referred_to="",
    )


def _handover(case: Case, *, to: PersonId | None, cleared: bool) -> Handover | None:
    return replace(case.handover, to=to, cleared=cleared) if case.handover else None


def _present(person: Person | None) -> Person:
    if person is None:
        raise ValueError("the move needs a person")
    return person


_EFFECTS: Final[Mapping[Move, Effect]] = MappingProxyType(
    {
        Move.ASSIGN: _assign,
        Move.NOBODY: _same,
        Move.CLEAR_CONFLICT: _clear_conflict,
        Move.DECLARE_CONFLICT: _declare_conflict,
        Move.SIGN: _sign,
        Move.ANSWER: _answer,
        Move.ASK_BACK: lambda turn: replace(turn.case, waits=turn.case.waits + 1),
        Move.ALLOW_WAIT: lambda turn: replace(turn.case, waits=turn.case.waits - 1),
        Move.SUPPLY: _same,
        Move.FOLLOW_UP: _same,
        Move.TRANSFER: _transfer,
        Move.RETURN: _transfer,
        Move.ACCEPT: _accept,
        Move.DECLINE: _decline,
        Move.REFER_OUT: lambda turn: replace(turn.case, referred_to=turn.request.referred_to, handover=None),
        Move.RAISE: _raise,
        Move.REOPEN: _reopen,
        Move.CLOSE: _close,
        Move.LAPSE: _close,
        Move.WITHDRAW: _close,
        Move.MERGE: _close,
        Move.RATE: _rate,
        Move.SIGN_OFF: _set(awaiting_sign_off=False),
        Move.NOTE: _same,
        Move.CONSENT: _consent,
        Move.REVOKE_CONSENT: _consent,
        Move.CONFIRM: _set(confirmed_by_owner=True),
        Move.WARN: _tell_clock,
        Move.BREACH: _tell_clock,
    }
)
