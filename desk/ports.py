"""What the desk needs kept, named after the need. ``bot/store`` implements it inside one unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from desk.case import Case, CaseFacts, CaseId, CaseMessage, InternalNote
from desk.events import Event
from desk.people import Member, Person, PersonId, Role


class Cases(Protocol):
    """Cases with their history. All methods take part in the unit of work they were got from."""

    async def get(self, case: CaseId) -> Case | None:
        """The case as it stands, or None."""

    async def by_number(self, number: str) -> Case | None:
        """By case number in canonical form (upper case, with check digit)."""

    async def add(self, case: Case, facts: CaseFacts, events: Sequence[Event]) -> None:
        """A new case (version 1) with its facts and first events."""

    async def save(self, case: Case, events: Sequence[Event]) -> None:
        """The case after a move, if the stored version is ``case.version - 1``; else StaleCase(by who moved it)."""

    async def facts(self, case: CaseId) -> CaseFacts | None:
        """The personal text, or None once deleted."""

    async def save_facts(self, facts: CaseFacts) -> None:
        """Replaces the personal text."""

    async def say(self, message: CaseMessage) -> None:
        """Appends a message both sides may read."""

    async def note(self, note: InternalNote) -> None:
        """Appends a staff note."""

    async def messages(self, case: CaseId) -> Sequence[CaseMessage]:
        """Oldest first."""

    async def notes(self, case: CaseId) -> Sequence[InternalNote]:
        """Oldest first."""

    async def events(self, case: CaseId) -> Sequence[Event]:
        """By seq."""

    async def next_number(self, day: str) -> int:
        """The next running number (from 1) of that day (``20261122``); never given twice."""

    async def of_owner(self, owner: PersonId, *, open_only: bool = False, limit: int = 50) -> Sequence[Case]:
        """Newest first."""

    async def of_expert(self, expert: PersonId, *, open_only: bool = True, limit: int = 100) -> Sequence[Case]:
        """Cases the person is asked to sign, is responsible for, or is offered; oldest due first."""

    async def unassigned(self, *, region: str = "", limit: int = 100) -> Sequence[Case]:
        """New cases without assignee, oldest first; ``region`` is a path prefix."""

    async def of_unit(self, region: str, *, overdue_at: datetime | None = None, limit: int = 200) -> Sequence[Case]:
        """Open cases whose region starts with the path; with ``overdue_at`` only those past a due moment."""

    async def due(self, at: datetime, *, limit: int = 100) -> Sequence[CaseId]:
        """Cases whose earliest timer is at or before ``at`` (see clocks.next_timer), oldest timer first."""


class Roster(Protocol):
    """The people cases can go to."""

    async def person(self, person: PersonId) -> Person | None:
        """One person, or None."""

    async def members(self, role: Role, at: datetime) -> Sequence[Member]:
        """Every active person of that role with load, liaison and rota at that moment."""

    async def with_role(self, role: Role, *, region: str = "") -> Sequence[Person]:
        """Active people of the role whose region is the given path, above it or below it."""
