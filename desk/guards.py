"""What must hold for a move beside the table: each guard gives a code, or nothing where it does not object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from desk.case import Case, Closing, ConsentKind, Move, Status
from desk.clocks import due_of, warn_of
from desk.moves import Turn, Who
from desk.people import EXPERTS, OFFICIALS, Level, Role
from desk.routing import Unfit, need_of, unfit

Guard = Callable[[Turn], str]

OVERRIDABLE: Final = frozenset({Unfit.REGION, Unfit.TOPIC})
"""What a person who names somebody may set aside; routing itself never does."""


def objection(turn: Turn) -> str:
    """The code of what speaks against the move; empty if nothing does."""
    guard = _GUARDS.get(turn.request.move)
    return guard(turn) if guard is not None else ""


def _assign(turn: Turn) -> str:
    case = turn.case
    if case.status is not Status.NEW and case.handover is None:
        return "no_handover"
    if turn.target is None:
        return "no_person"
    if turn.who == {Who.POOL} and (turn.actor is None or turn.actor.id != turn.target.id):
        return "only_yourself"
    return _unfit(turn, case)


def _unfit(turn: Turn, case: Case, *, role: Role | None = None) -> str:
    if turn.target is None:
        return "no_person"
    why = unfit(turn.target, need_of(case, role=role), turn.at)
    return "" if why is None or why in OVERRIDABLE else why.value


def _clear_conflict(turn: Turn) -> str:
    offer = turn.case.handover
    done = turn.case.conflict_cleared if turn.case.status is Status.NEW else offer is not None and offer.cleared
    return "already" if done else ""


def _sign(turn: Turn) -> str:
    return "" if turn.case.conflict_cleared else "conflict_first"


def _answer(turn: Turn) -> str:
    case = turn.case
    if case.status is not Status.NEW:
        return ""
    if case.awaiting_sign_off:
        return "raised"
    return "sign_first" if turn.actor is not None and case.assignee == turn.actor.id else ""


def _ask_back(turn: Turn) -> str:
    return "" if turn.case.waits < turn.clocks.max_waits else "ask_supervisor"


def _allow_wait(turn: Turn) -> str:
    return "" if turn.case.waits >= turn.clocks.max_waits else "not_needed"


def _hand_over(turn: Turn) -> str:
    case, request = turn.case, turn.request
    role = request.role or case.role
    if case.handover is not None:
        return "handover_pending"
    if request.reason == "not_mine" and not set(case.experts) - ({turn.actor.id} if turn.actor else set()):
        return "nobody_else_signed"
    if role not in EXPERTS:
        return Unfit.PROFESSION.value
    if not _may_reach(case, role):
        return "consent_to_official"
    return _unfit(turn, case, role=role) if request.to is not None else ""


def _may_reach(case: Case, role: Role) -> bool:
    """A lawyer's case reaches an official only with the owner's explicit consent."""
    return not (case.role is Role.LAWYER and role in OFFICIALS) or ConsentKind.TO_OFFICIAL in case.consents


def _accept(turn: Turn) -> str:
    offer = turn.case.handover
    if offer is None:
        return "no_handover"
    if not _may_reach(turn.case, offer.role):
        return "consent_to_official"
    return "" if offer.cleared else "conflict_first"


def _decline(turn: Turn) -> str:
    if turn.case.handover is None:
        return "no_handover"
    giving = turn.request.reason == "taken_back"
    return "" if not giving or Who.RESPONSIBLE in turn.who else "not_your_reason"


def _refer_out(turn: Turn) -> str:
    if not turn.request.referred_to:
        return "where_to"
    secret = turn.case.lawyer_only and ConsentKind.TO_OFFICIAL not in turn.case.consents
    return "consent_to_official" if secret else ""


def _raise(turn: Turn) -> str:
    if turn.case.closing is Closing.MERGED:
        return "merged"
    return "top_level" if turn.case.level is Level.PROVINCE else ""


def _merge(turn: Turn) -> str:
    case, other = turn.case, turn.other
    if other is None or other.owner != case.owner:
        return "no_case"
    if other.id == case.id:
        return "same_case"
    if other.status is Status.CLOSED:
        return "closed"
    # The words of one case become readable with the other: both must have the same readers.
    same = (other.role, other.lawyer_only) == (case.role, case.lawyer_only)
    if turn.who == {Who.RESPONSIBLE}:
        same = same and turn.actor is not None and other.responsible == turn.actor.id
    return "" if same else "other_readers"


def _reopen(turn: Turn) -> str:
    return "merged" if turn.case.closing is Closing.MERGED else ""


def _rate(turn: Turn) -> str:
    case, rating = turn.case, turn.case.rating
    if turn.request.rating is None:
        return "no_rating"
    if case.status is not Status.CLOSED and rating is None:
        return "not_closed"
    if case.closing in {Closing.WITHDRAWN, Closing.MERGED}:
        return "not_ratable"
    fresh = rating is None or (case.closed_at is not None and rating.first_at < case.closed_at)
    return "" if fresh or turn.clocks.may_change_rating(case, turn.at) else "too_late"


def _sign_off(turn: Turn) -> str:
    if not turn.case.awaiting_sign_off:
        return "nothing_to_sign"
    return "own_work" if turn.actor is not None and turn.actor.id in turn.case.experts else ""


def _note(turn: Turn) -> str:
    return "conflict_first" if turn.who == {Who.ASSIGNEE} and not turn.case.conflict_cleared else ""


def _consent(turn: Turn) -> str:
    return "" if turn.request.consent is not None else "no_consent"


def _confirm(turn: Turn) -> str:
    return "already" if turn.case.confirmed_by_owner else ""


def _nobody(turn: Turn) -> str:
    return "" if turn.case.assignee is None else "assigned"


def _late(turn: Turn) -> str:
    clock, timers = turn.request.clock, turn.case.timers
    if clock is None:
        return "no_clock"
    warning = turn.request.move is Move.WARN
    moment = warn_of(timers, clock) if warning else due_of(timers, clock)
    if moment is None or moment > turn.at or timers.paused_at is not None:
        return "not_due"
    return "already" if clock in (timers.warned if warning else timers.breached) else ""


def _lapse(turn: Turn) -> str:
    moment = turn.case.timers.lapses_at
    return "" if moment is not None and moment <= turn.at else "not_due"


_GUARDS: Final[Mapping[Move, Guard]] = MappingProxyType(
    {
        Move.ASSIGN: _assign,
        Move.CLEAR_CONFLICT: _clear_conflict,
        Move.SIGN: _sign,
        Move.ANSWER: _answer,
        Move.ASK_BACK: _ask_back,
        Move.ALLOW_WAIT: _allow_wait,
        Move.TRANSFER: _hand_over,
        Move.RETURN: _hand_over,
        Move.ACCEPT: _accept,
        Move.DECLINE: _decline,
        Move.REFER_OUT: _refer_out,
        Move.RAISE: _raise,
        Move.MERGE: _merge,
        Move.REOPEN: _reopen,
        Move.RATE: _rate,
        Move.SIGN_OFF: _sign_off,
        Move.NOTE: _note,
        Move.CONSENT: _consent,
        Move.REVOKE_CONSENT: _consent,
        Move.CONFIRM: _confirm,
        Move.NOBODY: _nobody,
        Move.WARN: _late,
        Move.BREACH: _late,
        Move.LAPSE: _lapse,
    }
)
