"""Work on cases as one service for every channel: look, list, act. Rights first, then the desk, then the messages.

Whoever is nothing to a case gets ``NoSuchCase``, as for a case that is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from desk.case import Case, CaseId, FileId, Move
from desk.clocks import overdue
from desk.desk import Desk
from desk.errors import NoSuchCase
from desk.moves import MoveRequest
from desk.people import EXPERTS, Person, PersonId, Role
from handlers.access import Power, Relation, Right, may, relations, sees
from handlers.case_view import CaseView, view
from handlers.messages import FileRef
from handlers.notices import Notices, Words
from handlers.ports import Work
from handlers.recording import Recording

WRITES: Final = frozenset({Move.ANSWER, Move.ASK_BACK, Move.FOLLOW_UP, Move.SUPPLY, Move.REOPEN})
_NEEDS_WORDS: Final = frozenset({Move.ANSWER, Move.ASK_BACK, Move.FOLLOW_UP, Move.NOTE})
_AFTER_CHECK: Final = frozenset({Move.SIGN, Move.ACCEPT})
LONGEST_WORDS: Final = 20_000


class WordsNeeded(Exception):
    """The move is a message, and nothing was written or it is longer than ``LONGEST_WORDS`` characters."""

    def __init__(self, *, too_long: bool) -> None:
        super().__init__("too long" if too_long else "empty")
        self.too_long = too_long


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody wants done with a case: the desk's request, with words and files where the move is a message.

    ``sender`` uploaded the files where that is not the actor: a device that opened the owner's case by its 取件码.
    """

    case: CaseId
    request: MoveRequest
    body: str = ""
    files: tuple[FileId, ...] = ()
    sender: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A line of a list: metadata, and what the viewer is to the case."""

    case: Case
    held: frozenset[Relation]
    late: bool


class CaseWork:
    """The service. Every call takes the unit of work it takes part in; nothing is committed here.

    ``recording`` is for clerks who write cases down for owners.
    """

    def __init__(self, *, desk: Desk, notices: Notices) -> None:
        self._desk = desk
        self._notices = notices
        self.recording = Recording(desk=desk, notices=notices)

    async def look(self, work: Work, viewer: Person, case: CaseId, at: datetime) -> CaseView:
        """The case as the viewer may see it; a staff reading is written to the audit log. Raises NoSuchCase."""
        found, held = await self._reach(work, viewer, case, at)
        if Relation.OWNER not in held:
            await work.audit.write(at=at, actor=viewer.id, what="case.read", on=found.id, detail=_codes(held))
        return await view(work, viewer, found, held, at)

    async def act(self, work: Work, actor: Person, order: Order, at: datetime) -> CaseView:
        """Does it and tells whom it concerns.

        Raises NoSuchCase, NotAllowedNow, StaleCase, ReasonNeeded (desk), WordsNeeded.
        """
        case, held = await self._reach(work, actor, order.case, at)
        body = order.body.strip()
        move = order.request.move
        _check(move, held, case)
        if len(body) > LONGEST_WORDS or (move in _NEEDS_WORDS and not body and not order.files):
            raise WordsNeeded(too_long=len(body) > LONGEST_WORDS)
        files = await self._files(work, actor, order)
        step = await self._desk.move(
            work.cases, work.roster, order.case, order.request, actor=actor, at=at, words=body, files=order.files
        )
        for file in order.files:
            await work.files.attach(file, case.id)
        words = Words(body=body, files=files, author=None if actor.id == case.owner else actor)
        await self._notices.send(work, step, at=at, words=words)
        await work.audit.write(at=at, actor=actor.id, what=f"case.{move.value}", on=case.id, detail={})
        return await view(work, actor, step.case, relations(actor, step.case, at=at), at)

    async def fire(self, work: Work, case: CaseId, at: datetime) -> None:
        """Lets the due timers of a case take effect, each once, and tells whom they concern."""
        step = await self._desk.fire(work.cases, work.roster, case, at=at)
        if step is not None:
            await self._notices.send(work, step, at=at)

    async def assign_waiting(self, work: Work, at: datetime) -> None:
        """Gives what lies without assignee to whoever is on duty now, oldest first."""
        for step in await self._desk.assign_waiting(work.cases, work.roster, at=at):
            await self._notices.send(work, step, at=at)

    async def mine(self, work: Work, viewer: Person, at: datetime, *, open_only: bool = True) -> Sequence[Card]:
        """What the expert is asked to sign, is responsible for or is offered; oldest due first."""
        return self._cards(viewer, await work.cases.of_expert(viewer.id, open_only=open_only), at)

    async def unassigned(self, work: Work, viewer: Person, at: datetime) -> Sequence[Card]:
        """Cases nobody has, that the viewer may take or, as supervisor, assign; oldest first."""
        cards = self._cards(viewer, await work.cases.unassigned(), at)
        return [card for card in cards if card.held & {Relation.POOL, Relation.SUPERVISOR}]

    async def overdue(self, work: Work, viewer: Person, at: datetime) -> Sequence[Card]:
        """Cases past a due moment: the expert's own, and for a supervisor those of the unit."""
        found = {card.case.id: card for card in await self.mine(work, viewer, at) if card.late}
        if may(viewer, Power.UNIT_CARDS):
            cases = await work.cases.of_unit(viewer.region, overdue_at=at)
            found |= {card.case.id: card for card in self._cards(viewer, cases, at) if card.late}
        return list(found.values())

    async def unit(self, work: Work, viewer: Person, at: datetime) -> Sequence[Card]:
        """Every open case of the supervisor's unit, as metadata."""
        if not may(viewer, Power.UNIT_CARDS):
            return ()
        return self._cards(viewer, await work.cases.of_unit(viewer.region), at)

    async def file(self, work: Work, viewer: Person, file: FileId, at: datetime) -> FileRef:
        """A file of a case whose text the viewer may read, or an own upload. Raises NoSuchCase."""
        ref = await work.files.get(file)
        uploader, case = await work.files.owner(file)
        if ref is None:
            raise NoSuchCase
        if uploader == viewer.id and viewer.active:
            return ref
        if case is None:
            raise NoSuchCase
        found, held = await self._reach(work, viewer, case, at)
        if not sees(Right.TEXT, held):
            raise NoSuchCase
        await work.audit.write(at=at, actor=viewer.id, what="file.read", on=found.id, detail={"file": file})
        return ref

    async def _reach(self, work: Work, person: Person, case: CaseId, at: datetime) -> tuple[Case, frozenset[Relation]]:
        found = await work.cases.get(case)
        if found is None:
            raise NoSuchCase
        task = person.has(Role.CLERK) and bool(await work.tasks.of_case(case))
        held = relations(person, found, at=at, phone_task=task)
        if not sees(Right.CARD, held):
            raise NoSuchCase
        return found, held

    async def _files(self, work: Work, actor: Person, order: Order) -> tuple[FileRef, ...]:
        files = []
        for item in order.files:
            uploader, bound = await work.files.owner(item)
            ref = await work.files.get(item)
            if ref is None or uploader != (order.sender or actor.id) or bound not in {None, order.case}:
                raise NoSuchCase(order.case)
            files.append(ref)
        return tuple(files)

    def _cards(self, viewer: Person, cases: Sequence[Case], at: datetime) -> list[Card]:
        cards = []
        for case in cases:
            held = relations(viewer, case, at=at)
            if sees(Right.CARD, held):
                cards.append(Card(case=case, held=held, late=bool(overdue(case, at))))
        return cards


def _check(move: Move, held: frozenset[Relation], case: Case) -> None:
    # Whoever writes into the conversation must be one who may read it; a refusal shows nothing of the case.
    unread = move in WRITES and not sees(Right.TEXT, held)
    unnoted = move is Move.NOTE and not sees(Right.NOTES, held)
    unchecked = move in _AFTER_CHECK and not held & {Relation.CLEARED, Relation.OFFERED}
    if unread or unnoted or unchecked:
        raise NoSuchCase(case.id)


def _codes(held: frozenset[Relation]) -> dict[str, str]:
    return {"as": ",".join(sorted(held))}


def is_expert(person: Person) -> bool:
    """Whether the person answers cases."""
    return bool(EXPERTS & person.roles) and person.active
