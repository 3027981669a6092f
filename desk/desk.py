"""The desk as handlers call it inside one unit of work: load, the pure core, save. It never sends anything.

``Desk`` holds rules only (clocks with calendar, routing); cases and people come as ports with each call. Every method
returns the notices of whom to tell; the caller renders and queues them in the same unit of work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from desk.assignment import Assignment, merged
from desk.calendar import Calendar, Due
from desk.case import Case, CaseId, FileId, Move
from desk.clocks import Clocks, load_clocks
from desk.errors import NoSuchCase, StaleCase
from desk.events import Step
from desk.lifecycle import apply, standing, start
from desk.moves import MoveRequest, Who
from desk.numbers import (
    NO_DIGEST,
    case_number,
    day_of,
    new_pickup_code,
    parse_case_number,
    pickup_code_fits,
    pickup_digest,
)
from desk.opening import Opened, OpenRequest, case_of, facts_of
from desk.people import Person, Role
from desk.ports import Cases, Roster
from desk.routing import RoutingRules, load_rules
from desk.timers import fire
from desk.words import write

__all__ = ["Desk", "MoveRequest", "OpenRequest", "Opened", "load_desk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The rules of the house. Make one with ``load_desk`` and hand it to whoever works on cases."""

    clocks: Clocks
    rules: RoutingRules

    @property
    def calendar(self) -> Calendar:
        """The working time of the desk."""
        return self.clocks.calendar

    async def open(self, cases: Cases, roster: Roster, request: OpenRequest, *, actor: Person, at: datetime) -> Opened:
        """Opens a case, stores it with its first message, and routes it.

        Raises NoSuchCase if the actor is neither the owner nor a clerk.
        """
        recorded = actor.id if actor.id != request.owner and actor.has(Role.CLERK) else None
        code = new_pickup_code()
        day = day_of(at, self.calendar.zone)
        case = case_of(request, case_number(day, await cases.next_number(day)), recorded, at)
        step = start(case, actor=actor, clocks=self.clocks, at=at)
        facts = facts_of(request, case.id, pickup_digest(code))
        await cases.add(step.case, facts, step.events)
        who = standing(step.case, actor, at)
        await write(cases, step.case, Move.OPEN, request.question, request.files, actor=actor, who=who, at=at)
        done = await self._assignment(cases, roster, at).settle(step)
        nobody = next((event for event in done.events if event.move is Move.NOBODY), None)
        earliest = nobody.data.get("earliest") if nobody else None
        until = datetime.fromisoformat(earliest) if earliest else None
        sign_due = step.case.timers.sign_due or at
        promise = Due(at=max(sign_due, until or sign_due), provisional=step.case.timers.provisional)
        return Opened(
            step=done,
            facts=facts,
            pickup_code=code,
            promise=promise,
            nobody=nobody is not None,
            nobody_until=until,
        )

    async def move(
        self,
        cases: Cases,
        roster: Roster,
        case: CaseId,
        request: MoveRequest,
        *,
        actor: Person,
        at: datetime,
        words: str = "",
        files: tuple[FileId, ...] = (),
    ) -> Step:
        """One move by a person, with its words (a message to the other side, or the note of NOTE).

        The returned step has the case after all that followed (routing, 提级), all events and all notices.
        Raises NoSuchCase (unknown, or none of the actor's business), StaleCase (``request.version`` is not the stored
        one), NotAllowedNow, ReasonNeeded.
        """
        stored = await cases.get(case)
        who = standing(stored, actor, at) if stored is not None else frozenset[Who]()
        if stored is None or not who:
            raise NoSuchCase(case)
        await self._check_version(cases, stored, request)
        request = _as_offered(request, who)
        target = await roster.person(request.to) if request.to is not None else None
        other = await cases.get(request.into) if request.into is not None else None
        step = apply(stored, request, actor=actor, clocks=self.clocks, at=at, target=target, other=other)
        await cases.save(step.case, step.events)
        await write(cases, step.case, request.move, words, files, actor=actor, who=who, at=at)
        return await self._assignment(cases, roster, at).settle(step)

    async def fire(self, cases: Cases, roster: Roster, case: CaseId, *, at: datetime) -> Step | None:
        """Everything that is due for a case at ``at``; None if nothing is (another process may have been first)."""
        stored = await cases.get(case)
        if stored is None:
            return None
        steps = fire(stored, clocks=self.clocks, at=at)
        if not steps:
            return None
        for step in steps:
            await cases.save(step.case, step.events)
        return await self._assignment(cases, roster, at).settle(merged(steps))

    async def assign_waiting(
        self, cases: Cases, roster: Roster, *, at: datetime, region: str = "", limit: int = 100
    ) -> Sequence[Step]:
        """Assigns what waits without assignee, oldest first, to whoever is on duty now. To be called often."""
        assignment = self._assignment(cases, roster, at)
        steps = list[Step]()
        for case in await cases.unassigned(region=region, limit=limit):
            step = await assignment.assign(case)
            if step is not None:
                steps.append(step)
        return steps

    async def by_pickup(self, cases: Cases, number: str, code: str) -> Case:
        """The case of a number and 取件码 as typed. Raises NoSuchCase for anything wrong with either."""
        canonical = parse_case_number(number)
        case = await cases.by_number(canonical) if canonical else None
        facts = await cases.facts(case.id) if case else None
        digest = facts.pickup_digest if facts else NO_DIGEST
        if not pickup_code_fits(code, digest or NO_DIGEST) or case is None:
            raise NoSuchCase(CaseId(number))
        return case

    def _assignment(self, cases: Cases, roster: Roster, at: datetime) -> Assignment:
        return Assignment(cases=cases, roster=roster, clocks=self.clocks, rules=self.rules, at=at)

    async def _check_version(self, cases: Cases, case: Case, request: MoveRequest) -> None:
        if request.version is None or request.version == case.version:
            return
        events = await cases.events(case.id)
        raise StaleCase(case.id, events[-1].actor if events else None)


def _as_offered(request: MoveRequest, who: frozenset[Who]) -> MoveRequest:
    """Whoever is only asked to take over declares a conflict by declining for it."""
    if request.move is Move.DECLARE_CONFLICT and Who.OFFERED in who and Who.RESPONSIBLE not in who:
        return replace(request, move=Move.DECLINE, reason="conflict")
    return request


def load_desk(clocks: Clocks | None = None, rules: RoutingRules | None = None) -> Desk:
    """A desk with the shipped rules, or with the given ones."""
    return Desk(clocks=clocks or load_clocks(), rules=rules or load_rules())
