"""What one viewer may see of one case, as a value without anything they may not; renderers show all they are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from desk.case import Case, CaseMessage, ConsentKind, InternalNote, Status, Wrote
from desk.people import EXPERTS, Person, PersonId, Role
from handlers.access import Relation, Right, may_read_note, sees
from handlers.actions import CaseVerb
from handlers.messages import FileRef
from handlers.ports import Work

_EXPERT: Final = frozenset({Relation.CLEARED})
_OWNER: Final = frozenset({Relation.OWNER})

# Which buttons a relation is offered at a status; whether the press is allowed is decided by the lifecycle table.
VERBS: Final[Mapping[CaseVerb, tuple[frozenset[Relation], frozenset[Status]]]] = {
    CaseVerb.CLEAR_CONFLICT: (frozenset({Relation.ASSIGNEE, Relation.OFFERED}), frozenset(Status) - {Status.CLOSED}),
    CaseVerb.DECLARE_CONFLICT: (frozenset({Relation.ASSIGNEE, Relation.OFFERED}), frozenset(Status) - {Status.CLOSED}),
    CaseVerb.SIGN: (_EXPERT, frozenset({Status.NEW})),
    CaseVerb.ACCEPT: (frozenset({Relation.OFFERED}), frozenset(Status) - {Status.CLOSED}),
    CaseVerb.DECLINE: (frozenset({Relation.OFFERED}), frozenset(Status) - {Status.CLOSED}),
    CaseVerb.ANSWER: (_EXPERT, frozenset({Status.SIGNED, Status.ANSWERED})),
    CaseVerb.ASK_BACK: (_EXPERT, frozenset({Status.SIGNED})),
    CaseVerb.TRANSFER: (_EXPERT, frozenset({Status.SIGNED, Status.WAITING, Status.ANSWERED})),
    CaseVerb.RETURN: (_EXPERT, frozenset({Status.SIGNED})),
    CaseVerb.CLOSE: (_EXPERT | _OWNER, frozenset({Status.ANSWERED})),
    CaseVerb.NOTE: (_EXPERT, frozenset(Status)),
    CaseVerb.FOLLOW_UP: (_OWNER, frozenset({Status.NEW, Status.SIGNED, Status.ANSWERED, Status.REFERRED})),
    CaseVerb.SUPPLY: (_OWNER, frozenset({Status.WAITING})),
    CaseVerb.WITHDRAW: (_OWNER, frozenset({Status.NEW, Status.SIGNED, Status.WAITING, Status.REFERRED})),
    CaseVerb.REOPEN: (_OWNER, frozenset({Status.CLOSED})),
    CaseVerb.CONSENT_BOTH: (_OWNER, frozenset({Status.NEW, Status.SIGNED, Status.ANSWERED})),
    CaseVerb.SIGN_OFF: (frozenset({Relation.SUPERVISOR}), frozenset(Status)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """For the conflict check."""

    company: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCard:
    """How the owner is reached."""

    name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message of the conversation with its author's shown name and its files."""

    message: CaseMessage
    author: str
    files: tuple[FileRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as one viewer may see it; ``None`` and empty parts are not for this viewer.

    ``held`` is what the viewer is to the case, ``verbs`` what is offered now. ``people`` gives shown names by id.
    """

    case: Case
    held: frozenset[Relation]
    verbs: tuple[CaseVerb, ...]
    people: Mapping[PersonId, str]
    at: datetime
    question: str | None = None
    parties: Parties | None = None
    contact: ContactCard | None = None
    said: tuple[Said, ...] = ()
    notes: tuple[InternalNote, ...] = ()
    candidates: tuple[tuple[str, str, float], ...] = ()

    @property
    def reads_text(self) -> bool:
        """Whether the viewer sees the conversation."""
        return sees(Right.TEXT, self.held)


def shown_name(person: Person | None) -> str:
    """Name and office as others see it."""
    if person is None:
        return ""
    return f"{person.name}（{person.unit}）" if person.unit else person.name


def verbs_for(case: Case, held: frozenset[Relation]) -> tuple[CaseVerb, ...]:
    """The buttons that make sense now."""
    found = [verb for verb, (who, when) in VERBS.items() if held & who and case.status in when]
    if not case.awaiting_sign_off and CaseVerb.SIGN_OFF in found:
        found.remove(CaseVerb.SIGN_OFF)
    if not case.awaiting_sign_off and CaseVerb.CONSENT_BOTH in found:
        found.remove(CaseVerb.CONSENT_BOTH)
    if CaseVerb.CLEAR_CONFLICT in found and case.handover is not None and case.handover.cleared:
        found.remove(CaseVerb.CLEAR_CONFLICT)
    if CaseVerb.ACCEPT in found and case.handover is not None and not case.handover.cleared:
        found.remove(CaseVerb.ACCEPT)
    return tuple(found)


async def view(work: Work, viewer: Person, case: Case, held: frozenset[Relation], at: datetime) -> CaseView:
    """Builds the view; reads only what the viewer may see."""
    facts = await work.cases.facts(case.id)
    read = sees(Right.TEXT, held)
    messages = tuple(await work.cases.messages(case.id)) if read or _both_answers(case, held) else ()
    if not read:
        messages = tuple(item for item in messages if item.kind is Wrote.ANSWER)
    people = await _names(work, case, messages)
    return CaseView(
        case=case,
        held=held,
        verbs=verbs_for(case, held),
        people=people,
        at=at,
        question=facts.question if facts is not None and read else None,
        parties=Parties(company=facts.company, other=facts.other_party)
        if facts is not None and sees(Right.PARTIES, held)
        else None,
        contact=ContactCard(name=facts.owner_name, phone=facts.phone, email=facts.email)
        if facts is not None and sees(Right.CONTACT, held)
        else None,
        said=tuple([await _said(work, item, people) for item in messages]),
        notes=await _notes(work, viewer, case) if sees(Right.NOTES, held) else (),
        candidates=facts.candidates if facts is not None and read and held & _EXPERT else (),
    )


def _both_answers(case: Case, held: frozenset[Relation]) -> bool:
    return Relation.SUPERVISOR in held and ConsentKind.BOTH_ANSWERS in case.consents


async def _names(work: Work, case: Case, messages: tuple[CaseMessage, ...]) -> Mapping[PersonId, str]:
    wanted = {item.author for item in messages} | {case.assignee, case.responsible, *case.experts}
    found: dict[PersonId, str] = {}
    for one in wanted - {None, case.owner}:
        if one is not None:
            found[one] = shown_name(await work.roster.person(one))
    return found


async def _said(work: Work, message: CaseMessage, people: Mapping[PersonId, str]) -> Said:
    files = [await work.files.get(item) for item in message.files]
    author = people.get(message.author, "") if message.author is not None else ""
    return Said(message=message, author=author, files=tuple(item for item in files if item is not None))


async def _notes(work: Work, viewer: Person, case: Case) -> tuple[InternalNote, ...]:
    found = []
    for note in await work.cases.notes(case.id):
        author = await work.roster.person(note.author)
        if may_read_note(viewer, case, note, author):
            found.append(note)
    return tuple(found)


def expert_role(person: Person) -> Role | None:
    """The profession the person answers in, if any."""
    return next((role for role in sorted(EXPERTS & person.roles)), None)
