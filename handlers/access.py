"""Who may see and do what: one table of rights by relation to a case, and one of rights by role.

Everything that is not in a table is refused, and a refusal looks like a case that does not exist (``NoSuchCase``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from desk.routing import fits

from desk.case import Case, ConsentKind, InternalNote, Status
from desk.people import EXPERTS, OFFICIALS, Person, Role


class Relation(StrEnum):
    """What a person is to a case, at this moment."""

    OWNER = "owner"
    ASSIGNEE = "assignee"  # asked to sign, has not yet confirmed that there is no conflict
    CLEARED = "cleared"  # asked to sign or has signed, and confirmed that there is no conflict
    OFFERED = "offered"  # a hand-over waits for this person
    POOL = "pool"  # an expert whom an unassigned case would fit
    RECORDER = "recorder"  # the clerk who wrote it down for the owner
    CALLER = "caller"  # a clerk with an open phone task
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


def relations(person: Person, case: Case, *, at: datetime, phone_task: bool = False) -> frozenset[Relation]:
    """Everything the person is to the case. An inactive person is nothing to any case but the own."""
    found: set[Relation] = set()
    if case.owner == person.id:
        found.add(Relation.OWNER)
    if not person.active:
        return frozenset(found)
    if person.id in {case.assignee, case.responsible} and person.has(case.role):
        cleared = case.conflict_cleared and (case.assignee in {None, person.id} or case.responsible == person.id)
        found.add(Relation.CLEARED if cleared else Relation.ASSIGNEE)
    if case.handover is not None and _offered(person, case, at):
        found.add(Relation.OFFERED)
    if case.recorded_by == person.id and person.has(Role.CLERK):
        found.add(Relation.RECORDER)
    if phone_task and person.has(Role.CLERK):
        found.add(Relation.CALLER)
    if person.has(Role.SUPERVISOR) and in_unit(person, case):
        found.add(Relation.SUPERVISOR)
    if _in_pool(person, case, at):
        found.add(Relation.POOL)
    return frozenset(found)


def sees(right: Right, held: frozenset[Relation]) -> bool:
    """Whether one of the relations gives the right."""
    return bool(SEES[right] & held)


def in_unit(person: Person, case: Case) -> bool:
    """Whether the case's region lies in the person's (a city's supervisor sees the counties below)."""
    return case.region == person.region or case.region.startswith(f"{person.region}/") or not person.region


def may_read_note(viewer: Person, case: Case, note: InternalNote, author: Person | None) -> bool:
    """A lawyer's note reaches an official only with the owner's explicit consent."""
    if viewer.id == note.author or not viewer.roles & OFFICIALS:
        return True
    by_official = author is not None and bool(author.roles & OFFICIALS)
    return by_official or ConsentKind.TO_OFFICIAL in case.consents


def _offered(person: Person, case: Case, at: datetime) -> bool:
    offer = case.handover
    if offer is None or not person.has(offer.role) or person.id == offer.by:
        return False
    return offer.to == person.id or (offer.to is None and fits(person, case, at))


def _in_pool(person: Person, case: Case, at: datetime) -> bool:
    free = case.status is Status.NEW and case.assignee is None and case.role in EXPERTS
    return free and person.has(case.role) and fits(person, case, at)
