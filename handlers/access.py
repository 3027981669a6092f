"""Who may see and do what: one table of rights by relation to a case, and one of rights by role.

Everything that is not in a table is refused, and a refusal looks like a case that does not exist (``NoSuchCase``).
What is too sensitive for a foreign service is said here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from desk.case import Case, ConsentKind, InternalNote
from desk.moves import Who, standing
from desk.people import OFFICIALS, Person, Role
from desk.routing import region_fits
from handlers.intake_draft import SENSITIVE_TOPICS


class Relation(StrEnum):
    """What a person is to a case, at this moment."""

    OWNER = "owner"
    ASSIGNEE = "assignee"  # asked to sign, has not yet confirmed that there is no conflict
    CLEARED = "cleared"  # asked to sign or has signed, and confirmed that there is no conflict
    OFFERED = "offered"  # a hand-over waits for this person
    POOL = "pool"  # an expert whom an unassigned case would fit
    RECORDER = "recorder"  # the clerk who wrote it down for the owner
    CALLER = "caller"  # a clerk of the region, or who wrote it down, while a phone task is open
    SUPERVISOR = "supervisor"  # of the case's unit


class Right(StrEnum):
    """What may be seen of a case."""

    CARD = "card"  # number, topic, region, urgency, status, times
    PARTIES = "parties"  # owner's company and the other party, for the conflict check
    TEXT = "text"  # what owner and expert wrote, files, the bot's candidates
    CONTACT = "contact"  # name, phone, e-mail
    NOTES = "notes"  # internal notes


class Power(StrEnum):
    """What a role may do beside cases."""

    KEEP_FAQ = "keep_faq"
    PEOPLE = "people"
    AUDIT = "audit"
    CONSOLE = "console"
    UNIT_CARDS = "unit_cards"
    ASSIGN = "assign"
    SIGN_OFF = "sign_off"
    RECORD = "record"
    PHONE_TASKS = "phone_tasks"


SEES: Final[Mapping[Right, frozenset[Relation]]] = {
    Right.CARD: frozenset(Relation),
    Right.PARTIES: frozenset(
        {Relation.OWNER, Relation.ASSIGNEE, Relation.CLEARED, Relation.OFFERED, Relation.RECORDER}
    ),
    Right.TEXT: frozenset({Relation.OWNER, Relation.CLEARED, Relation.RECORDER}),
    Right.CONTACT: frozenset({Relation.OWNER, Relation.CLEARED, Relation.CALLER}),
    Right.NOTES: frozenset({Relation.CLEARED}),
}

MAY: Final[Mapping[Power, frozenset[Role]]] = {
    Power.KEEP_FAQ: frozenset({Role.ADMIN}),
    Power.PEOPLE: frozenset({Role.ADMIN}),
    Power.AUDIT: frozenset({Role.AUDITOR}),
    Power.CONSOLE: frozenset(Role) - {Role.OWNER},
    Power.UNIT_CARDS: frozenset({Role.SUPERVISOR}),
    Power.ASSIGN: frozenset({Role.SUPERVISOR}),
    Power.SIGN_OFF: frozenset({Role.SUPERVISOR}),
    Power.RECORD: frozenset({Role.CLERK}),
    Power.PHONE_TASKS: frozenset({Role.CLERK}),
}


def may(person: Person, power: Power) -> bool:
    """Whether any of the person's roles carries the power."""
    return person.active and bool(person.roles & MAY[power])


_BY_STANDING: Final[Mapping[Who, Relation]] = {
    Who.OWNER: Relation.OWNER,
    Who.OFFERED: Relation.OFFERED,
    Who.POOL: Relation.POOL,
    Who.RECORDER: Relation.RECORDER,
    Who.SUPERVISOR: Relation.SUPERVISOR,
}


def relations(person: Person, case: Case, *, at: datetime, phone_task: bool = False) -> frozenset[Relation]:
    """Everything the person is to the case. An inactive person is nothing to any case."""
    held = standing(case, person, at)
    found = {_BY_STANDING[who] for who in held if who in _BY_STANDING}
    if Who.RESPONSIBLE in held:
        found.add(Relation.CLEARED)
    elif Who.ASSIGNEE in held:
        found.add(Relation.CLEARED if case.conflict_cleared else Relation.ASSIGNEE)
    near = region_fits(person.region, case.region) or person.id == case.recorded_by
    if phone_task and person.has(Role.CLERK) and near:
        found.add(Relation.CALLER)
    return frozenset(found)


def sees(right: Right, held: frozenset[Relation]) -> bool:
    """Whether one of the relations gives the right."""
    return bool(SEES[right] & held)


def sensitive(case: Case) -> bool:
    """Whether its words go by the web page only: lawyer-only, criminal and trade-secret matters, officials' answers."""
    return case.lawyer_only or case.topic in SENSITIVE_TOPICS or case.role in OFFICIALS - {Role.BUREAU}


def may_read_note(viewer: Person, case: Case, note: InternalNote, author: Person | None) -> bool:
    """A lawyer's note reaches an official only with the owner's explicit consent."""
    if viewer.id == note.author or not viewer.roles & OFFICIALS:
        return True
    by_official = author is not None and bool(author.roles & OFFICIALS)
    return by_official or ConsentKind.TO_OFFICIAL in case.consents
