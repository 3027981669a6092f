"""What one viewer may see of one case, as a value without anything they may not; renderers show all they are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from desk.case import Case, CaseMessage, Closing, ConsentKind, InternalNote, Move, Wrote
from desk.lifecycle import MOVES, REASONS
from desk.moves import standing
from desk.people import EXPERTS, OFFICIALS, Level, Person, PersonId, Role
from handlers.access import Relation, Right, may_read_note, sees
from handlers.actions import CaseVerb
from handlers.messages import FileRef
from handlers.ports import Work

MOVE_OF: Final[Mapping[CaseVerb, Move]] = {
    CaseVerb.CLEAR_CONFLICT: Move.CLEAR_CONFLICT,
    CaseVerb.DECLARE_CONFLICT: Move.DECLARE_CONFLICT,
    CaseVerb.SIGN: Move.SIGN,
    CaseVerb.ACCEPT: Move.ACCEPT,
    CaseVerb.DECLINE: Move.DECLINE,
    CaseVerb.ANSWER: Move.ANSWER,
    CaseVerb.ASK_BACK: Move.ASK_BACK,
    CaseVerb.TRANSFER: Move.TRANSFER,
    CaseVerb.RETURN: Move.RETURN,
    CaseVerb.CLOSE: Move.CLOSE,
    CaseVerb.NOTE: Move.NOTE,
    CaseVerb.FOLLOW_UP: Move.FOLLOW_UP,
    CaseVerb.SUPPLY: Move.SUPPLY,
    CaseVerb.WITHDRAW: Move.WITHDRAW,
    CaseVerb.REOPEN: Move.REOPEN,
    CaseVerb.CONSENT_BOTH: Move.CONSENT,
    CaseVerb.SIGN_OFF: Move.SIGN_OFF,
    CaseVerb.CONFIRM: Move.CONFIRM,
    CaseVerb.ANOTHER_LEVEL: Move.RAISE,
}
"""The lifecycle's move behind each button."""

_READERS: Final = frozenset({CaseVerb.ANSWER, CaseVerb.ASK_BACK, CaseVerb.NOTE, CaseVerb.TRANSFER})
"""For those alone who read the case; giving it back is open to whoever was asked to sign."""


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


def verbs_for(case: Case, viewer: Person, held: frozenset[Relation], at: datetime) -> tuple[CaseVerb, ...]:
    """The buttons that make sense for the viewer now: what the lifecycle table allows, and what the case needs."""
    who = standing(case, viewer, at)
    allowed = [
        verb
        for verb, move in MOVE_OF.items()
        if (rule := MOVES.get((case.status, move))) is not None and who & rule.who
    ]
    offer = case.handover
    cleared = offer.cleared if Relation.OFFERED in held and offer is not None else case.conflict_cleared
    merged = case.closing is Closing.MERGED
    needless = {
        CaseVerb.TRANSFER: offer is not None,
        CaseVerb.RETURN: offer is not None,
        CaseVerb.DECLINE: offer is None,
        CaseVerb.REOPEN: merged,
        CaseVerb.ANOTHER_LEVEL: merged or case.level is Level.PROVINCE,
        CaseVerb.CLEAR_CONFLICT: cleared,
        CaseVerb.DECLARE_CONFLICT: cleared and Relation.OFFERED not in held,
        CaseVerb.SIGN: not cleared,
        CaseVerb.ACCEPT: not cleared,
        CaseVerb.SIGN_OFF: not case.awaiting_sign_off or viewer.id in case.experts,
        CaseVerb.CONSENT_BOTH: not case.awaiting_sign_off or ConsentKind.BOTH_ANSWERS in case.consents,
        CaseVerb.CONFIRM: case.confirmed_by_owner,
    }
    reads = sees(Right.TEXT, held)
    return tuple(verb for verb in allowed if not needless.get(verb, False) and (reads or verb not in _READERS))


def reasons_for(move: Move, case: Case, viewer: Person) -> tuple[str, ...]:
    """The codes of the reasons that fit the viewer's move now; empty where the move needs none."""
    listed = REASONS.get(move, ())
    if move is Move.RETURN and not set(case.experts) - {viewer.id}:
        return tuple(code for code in listed if code != "not_mine")
    if move is Move.DECLINE:
        own = viewer.id == case.responsible
        return tuple(code for code in listed if (code == "taken_back") == own)
    return listed


def professions(case: Case) -> tuple[Role, ...]:
    """Where the case may be handed, its own first: a lawyer's case reaches officials only with the owner's consent."""
    free = case.role is not Role.LAWYER or ConsentKind.TO_OFFICIAL in case.consents
    found = sorted(EXPERTS if free else EXPERTS - OFFICIALS)
    return (case.role, *(role for role in found if role is not case.role))


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
        verbs=verbs_for(case, viewer, held, at),
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
        candidates=facts.candidates if facts is not None and Relation.CLEARED in held else (),
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
