"""What the case page offers a viewer: actions beside the buttons every channel has, colleagues to choose from, reasons.

An action is offered where the viewer's relation to the case gives it; the desk still judges every order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.store.work import SqlWork
from desk.case import Case, Closing, ConsentKind, Move, Status
from desk.guards import OVERRIDABLE
from desk.lifecycle import MOVES
from desk.moves import Who, standing
from desk.people import Level, Person, PersonId, Role
from desk.routing import need_of, unfit
from handlers.access import Relation
from handlers.actions import CaseVerb
from handlers.case_view import CaseView, professions, reasons_for, shown_name

BY_RELATION: Final[Mapping[str, frozenset[Relation]]] = {
    "clear_conflict": frozenset({Relation.ASSIGNEE, Relation.CLEARED, Relation.OFFERED}),
    "declare_conflict": frozenset({Relation.ASSIGNEE, Relation.CLEARED, Relation.OFFERED}),
    "sign": frozenset({Relation.CLEARED}),
    "answer": frozenset({Relation.CLEARED}),
    "ask_back": frozenset({Relation.CLEARED}),
    "note": frozenset({Relation.CLEARED}),
    "transfer": frozenset({Relation.CLEARED}),
    "return": frozenset({Relation.ASSIGNEE, Relation.CLEARED}),
    "refer_out": frozenset({Relation.CLEARED}),
    "close": frozenset({Relation.CLEARED}),
    "accept": frozenset({Relation.OFFERED}),
    "decline": frozenset({Relation.OFFERED, Relation.CLEARED}),
    "take": frozenset({Relation.POOL}),
    "assign": frozenset({Relation.SUPERVISOR}),
    "raise": frozenset({Relation.SUPERVISOR}),
    "sign_off": frozenset({Relation.SUPERVISOR}),
    "allow_wait": frozenset({Relation.SUPERVISOR}),
    "supply": frozenset({Relation.RECORDER}),
}
"""Actions of the console and who may try them; to everybody else the case does not exist."""

MOVE_OF: Final[Mapping[str, Move]] = {name: Move(name) for name in BY_RELATION if name != "take"} | {
    "take": Move.ASSIGN
}

_VERBS: Final = {
    "clear_conflict": CaseVerb.CLEAR_CONFLICT, "declare_conflict": CaseVerb.DECLARE_CONFLICT, "sign": CaseVerb.SIGN,
    "answer": CaseVerb.ANSWER, "ask_back": CaseVerb.ASK_BACK, "note": CaseVerb.NOTE, "transfer": CaseVerb.TRANSFER,
    "return": CaseVerb.RETURN, "close": CaseVerb.CLOSE, "accept": CaseVerb.ACCEPT, "decline": CaseVerb.DECLINE,
    "sign_off": CaseVerb.SIGN_OFF, "supply": CaseVerb.SUPPLY,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody a case may go to: shown name, load, whether on the rota; ``off`` marks somebody absent."""

    id: PersonId
    name: str
    role: str
    level: int
    open_cases: int
    on_rota: bool


def may_try(action: str, held: frozenset[Relation]) -> bool:
    """Whether the relation gives the action at all, whatever the state of the case."""
    return bool(BY_RELATION.get(action, frozenset()) & held)


def offered(view: CaseView, viewer: Person) -> tuple[str, ...]:
    """The actions that make sense now, in the order of ``BY_RELATION``."""
    case = view.case
    who = standing(case, viewer, view.at)
    return tuple(name for name in BY_RELATION if may_try(name, view.held) and _now(name, case, view, who))


def _now(name: str, case: Case, view: CaseView, who: frozenset[Who]) -> bool:
    verb = _VERBS.get(name)
    if name in (_NEEDS_HANDOVER if case.handover is None else _STARTS_HANDOVER):
        return False
    if verb is not None:
        return verb in view.verbs
    rule = MOVES.get((case.status, MOVE_OF[name]))
    senseless = {
        "raise": case.level is Level.PROVINCE or case.closing is Closing.MERGED,
        "allow_wait": case.waits < _MOST_WAITS,
        "refer_out": case.lawyer_only and ConsentKind.TO_OFFICIAL not in case.consents,
    }
    return rule is not None and bool(rule.who & who) and not senseless.get(name, False)


_MOST_WAITS: Final = 2
_NEEDS_HANDOVER: Final = frozenset({"decline", "accept"})
_STARTS_HANDOVER: Final = frozenset({"transfer", "return"})


async def colleagues(work: SqlWork, case: Case, viewer: Person, at: datetime) -> Sequence[Colleague]:
    """Whom the case may be given to by name: profession, level and conflicts fit, nobody absent; least loaded first."""
    supervising = viewer.has(Role.SUPERVISOR)
    found: list[Colleague] = []
    for role in (case.role,) if supervising else professions(case):
        need = need_of(case, role=None if case.status is Status.NEW else role)
        for member in await work.roster.members(role, at):
            person = member.person
            why = unfit(person, need, at)
            if person.id == viewer.id or (why is not None and why not in OVERRIDABLE):
                continue
            found.append(
                Colleague(
                    id=person.id,
                    name=shown_name(person),
                    role=role.value,
                    level=int(person.level),
                    open_cases=member.open_cases,
                    on_rota=member.on_rota,
                )
            )
    return sorted(found, key=lambda one: (one.role != case.role, not one.on_rota, one.open_cases, one.name))


def reasons_of(name: str, case: Case, viewer: Person) -> tuple[str, ...]:
    """The codes of the reasons that fit an action now."""
    return reasons_for(MOVE_OF[name], case, viewer)
