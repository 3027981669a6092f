"""What follows a move by itself: 提级 after dissatisfaction, routing of what has nobody, hand-overs to whoever fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from desk.case import Case, Move, Satisfaction, Status
from desk.clocks import Clocks
from desk.events import Step
from desk.lifecycle import apply
from desk.moves import MoveRequest
from desk.people import Level, Member, Person, Role
from desk.ports import Cases, Roster
from desk.routing import Routing, RoutingRules, need_of, route


def merged(steps: Sequence[Step]) -> Step:
    """Several steps of one case as one: the last case, all events, all notices."""
    return Step(
        case=steps[-1].case,
        events=tuple(event for step in steps for event in step.events),
        notices=tuple(notice for step in steps for notice in step.notices),
    )


@dataclass(slots=True, kw_only=True)
class Assignment:
    """Routing within one unit of work. Remembers whom it gave a case, so that the next one goes to another."""

    cases: Cases
    roster: Roster
    clocks: Clocks
    rules: RoutingRules
    at: datetime
    _members: dict[Role, list[Member]] = field(default_factory=dict)

    async def settle(self, step: Step) -> Step:
        """The step (already saved) with everything that follows it by itself, saved as well."""
        steps = [step]
        while (request := self._follows(steps[-1])) is not None:
            steps.append(await self._do(steps[-1].case, request))
        case = steps[-1].case
        if case.handover is not None and case.handover.to is None:
            steps.extend(await self._offer(case))
        elif case.status is Status.NEW and case.assignee is None:
            steps.append(await self._assign_or_tell(case, steps[-1]))
        return merged(steps)

    async def assign(self, case: Case) -> Step | None:
        """Gives an unassigned case to whoever is on duty and fits; None if nobody is."""
        found = await self._route(case, on_duty=True)
        return await self._give(case, found) if found.person is not None else None

    async def _assign_or_tell(self, case: Case, last: Step) -> Step:
        found = await self._route(case, on_duty=True)
        if found.person is not None:
            return await self._give(case, found)
        if last.events[-1].move not in _NEEDS_SOMEBODY:
            return Step(case=case, events=())
        why = found.why[0] if found.why else ""
        return await self._do(case, MoveRequest(move=Move.NOBODY, reason=why, earliest=found.earliest))

    async def _offer(self, case: Case) -> list[Step]:
        found = await self._route(case, on_duty=False)
        if found.person is not None:
            return [await self._give(case, found)]
        return [await self._do(case, MoveRequest(move=Move.DECLINE, reason="nobody_else"))]

    async def _give(self, case: Case, found: Routing) -> Step:
        if found.person is None:
            raise ValueError("nobody to give the case to")
        reason = "+".join(found.why)
        request = MoveRequest(move=Move.ASSIGN, to=found.person.id, reason=reason)
        step = await self._do(case, request, target=found.person)
        self._count(found.person)
        return step

    async def _do(self, case: Case, request: MoveRequest, *, target: Person | None = None) -> Step:
        step = apply(case, request, actor=None, clocks=self.clocks, at=self.at, target=target)
        await self.cases.save(step.case, step.events)
        return step

    async def _route(self, case: Case, *, on_duty: bool) -> Routing:
        need = need_of(case)
        if need.role not in self._members:
            self._members[need.role] = list(await self.roster.members(need.role, self.at))
        members = self._members[need.role]
        calendar = self.clocks.calendar
        return route(need, members, at=self.at, calendar=calendar, rules=self.rules, on_duty=on_duty)

    def _count(self, person: Person) -> None:
        for members in self._members.values():
            for place, member in enumerate(members):
                if member.person.id == person.id:
                    members[place] = replace(member, open_cases=member.open_cases + 1, last_assigned=self.at)

    def _follows(self, step: Step) -> MoveRequest | None:
        case = step.case
        if not step.events or step.events[-1].move is not Move.RATE or case.status is not Status.CLOSED:
            return None
        unhappy = case.rating is not None and case.rating.value is Satisfaction.DISSATISFIED
        if not unhappy or case.level is Level.PROVINCE:
            return None
        return MoveRequest(move=Move.RAISE, reason="dissatisfied")


_NEEDS_SOMEBODY = frozenset({Move.OPEN, Move.RAISE, Move.REOPEN, Move.DECLARE_CONFLICT, Move.RETURN})
"""Moves after which a case without assignee is news; after others it was told before."""
