"""Cases and people in memory behind the desk's ports: the smallest thing that keeps their promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from desk.case import Case, CaseFacts, CaseId, CaseMessage, InternalNote, Status
from desk.clocks import next_timer, overdue
from desk.errors import StaleCase
from desk.events import Event
from desk.people import Member, Person, PersonId, Role
from desk.routing import region_fits, under


class Shelf:
    """Keeps cases with their history."""

    def __init__(self) -> None:
        self.cases: dict[CaseId, Case] = {}
        self.history: dict[CaseId, list[Event]] = {}
        self.papers: dict[CaseId, CaseFacts] = {}
        self.said: list[CaseMessage] = []
        self.noted: list[InternalNote] = []
        self.days: Counter[str] = Counter()

    async def get(self, case: CaseId) -> Case | None:
        return self.cases.get(case)

    async def by_number(self, number: str) -> Case | None:
        return next((case for case in self.cases.values() if case.number == number), None)

    async def add(self, case: Case, facts: CaseFacts, events: Sequence[Event]) -> None:
        assert case.version == 1
        assert case.id not in self.cases
        self.cases[case.id], self.history[case.id], self.papers[case.id] = case, list(events), facts

    async def save(self, case: Case, events: Sequence[Event]) -> None:
        if self.cases[case.id].version != case.version - 1:
            raise StaleCase(case.id, self.history[case.id][-1].actor)
        self.cases[case.id] = case
        self.history[case.id].extend(events)
        assert [event.seq for event in self.history[case.id]] == list(range(1, case.version + 1))

    async def facts(self, case: CaseId) -> CaseFacts | None:
        return self.papers.get(case)

    async def save_facts(self, facts: CaseFacts) -> None:
        self.papers[facts.case] = facts

    async def say(self, message: CaseMessage) -> None:
        self.said.append(message)

    async def note(self, note: InternalNote) -> None:
        self.noted.append(note)

    async def messages(self, case: CaseId) -> Sequence[CaseMessage]:
        return [message for message in self.said if message.case == case]

    async def notes(self, case: CaseId) -> Sequence[InternalNote]:
        return [note for note in self.noted if note.case == case]

    async def events(self, case: CaseId) -> Sequence[Event]:
        return self.history[case]

    async def next_number(self, day: str) -> int:
        self.days[day] += 1
        return self.days[day]

    async def of_owner(self, owner: PersonId, *, open_only: bool = False, limit: int = 50) -> Sequence[Case]:
        found = [case for case in self.cases.values() if case.owner == owner]
        return [case for case in found if not open_only or case.status is not Status.CLOSED][:limit]

    async def of_expert(self, expert: PersonId, *, open_only: bool = True, limit: int = 100) -> Sequence[Case]:
        found = [case for case in self.cases.values() if expert in {case.assignee, case.responsible}]
        return [case for case in found if not open_only or case.status is not Status.CLOSED][:limit]

    async def unassigned(self, *, region: str = "", limit: int = 100) -> Sequence[Case]:
        free = [case for case in self.cases.values() if case.status is Status.NEW and case.assignee is None]
        return sorted((case for case in free if under(case.region, region)), key=lambda case: case.opened_at)[:limit]

    async def of_unit(self, region: str, *, overdue_at: datetime | None = None, limit: int = 200) -> Sequence[Case]:
        found = [case for case in self.cases.values() if under(case.region, region)]
        return [case for case in found if overdue_at is None or overdue(case, overdue_at)][:limit]

    async def due(self, at: datetime, *, limit: int = 100) -> Sequence[CaseId]:
        timed = [(moment, case.id) for case in self.cases.values() if (moment := next_timer(case)) and moment <= at]
        return [case for _, case in sorted(timed)][:limit]


class Staff:
    """The people cases can go to; load is counted from the shelf."""

    def __init__(self, shelf: Shelf, *members: Member) -> None:
        self.shelf = shelf
        self.all = {member.person.id: member for member in members}

    def put(self, member: Member) -> None:
        self.all[member.person.id] = member

    async def person(self, person: PersonId) -> Person | None:
        member = self.all.get(person)
        return member.person if member else None

    async def members(self, role: Role, at: datetime) -> Sequence[Member]:
        assert at.tzinfo is not None
        found = [member for member in self.all.values() if member.person.has(role)]
        return [replace(one, open_cases=one.open_cases + self._load(one.person.id)) for one in found]

    async def with_role(self, role: Role, *, region: str = "") -> Sequence[Person]:
        people = [member.person for member in self.all.values() if member.person.has(role)]
        return [person for person in people if region_fits(person.region, region)]

    def _load(self, person: PersonId) -> int:
        running = (case for case in self.shelf.cases.values() if case.status is not Status.CLOSED)
        return sum(case.assignee == person for case in running)
