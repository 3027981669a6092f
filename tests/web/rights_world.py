"""The people and cases of the table of rights: one person for each column, a case in the state a row needs."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from desk.case import Case, CaseId, Move, Satisfaction
from desk.people import Level, Person, PersonId, Role
from handlers.consent import KEEP
from tests.web.console_fixtures import (
    ADMIN,
    AUDITOR,
    CITY,
    CLERK,
    LAWYER,
    SUPERVISOR,
    Made,
    assignee_of,
    logged_in_as,
    moved,
    opened_case,
    person,
    somebody,
    stored,
)
from tests.web.program import House, Visitor

RIGHTS = Path(__file__).parents[1] / "rights.csv"
QUESTION = "供货款八万元拖了一年多，怎么要回来？"
OTHER_PARTY = "杭州大买家贸易公司"
PHONE = "13800000000"
NOTE = "对方另案被执行，提醒财产保全。"
GONE = CaseId("A" * 22)
_STATES_OF_ROWS = {
    "clear_conflict": "unchecked",
    "sign": "cleared",
    "close": "answered",
    "rate": "closed",
    "sign_off": "awaiting",
}


def table() -> Mapping[tuple[str, str], bool]:
    """The expectation, written by hand: (what, who) → whether."""
    head, *rows = (line.split(",") for line in RIGHTS.read_text(encoding="utf-8").splitlines() if line.strip())
    return {(row[0], who): value == "yes" for row in rows for who, value in zip(head[1:], row[1:], strict=True)}


def state_of(what: str, who: str) -> str:
    """In which state of the case a cell is tried."""
    if who == "assignee_unchecked":
        return "unchecked"
    wanted = _STATES_OF_ROWS.get(what, "signed")
    had_before = who == "lawyer_earlier" or (who == "lawyer_cleared" and what == "clear_conflict")
    return "signed" if had_before and wanted in {"unchecked", "cleared"} else wanted


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, without the address it was asked at."""

    status: int
    body: str
    location: str = ""


@dataclass(kw_only=True)
class World:
    """People by column, their browsers, and cases by state, each made when it is first wanted."""

    house: House
    people: Mapping[str, Person]
    visitors: Mapping[str, Visitor]
    cases: dict[str, Made] = field(default_factory=dict)
    tasks: set[CaseId] = field(default_factory=set)

    def column(self, what: str, who: str) -> str:
        """Whose browser tries the cell: the first lawyer is the one who is asked, and later the earlier one."""
        return "lawyer_earlier" if who == "assignee_unchecked" or (who, what) == ("lawyer_cleared", "sign") else who

    async def case(self, what: str, who: str) -> Made:
        """A case for a cell. The clerk with a task gets one of their own: a task opens the contact to every clerk."""
        state = state_of(what, who)
        kept = f"{state}:task" if who == "clerk_with_task" else state
        if kept not in self.cases:
            self.cases[kept] = await self._make(state)
        made = self.cases[kept]
        if who == "clerk_with_task" and made.case not in self.tasks:
            self.tasks.add(made.case)
            async with self.house.program.store.work() as work:
                await work.tasks.add(made.case, "answered", at=self.house.clock(), key=f"rights:{made.case}")
                await work.commit()
        return made

    def spent(self, what: str, who: str) -> None:
        """The case was changed by a cell that may."""
        self.cases.pop(state_of(what, who), None)

    async def stored(self, made: Made) -> Case:
        return await stored(self.house, made.case)

    async def _make(self, state: str) -> Made:
        house, owner, clerk = self.house, self.people["owner"], self.people["clerk_recorder"]
        made = await opened_case(
            house, owner=owner, recorded_by=clerk, question=QUESTION, other_party=OTHER_PARTY, phone=PHONE
        )
        first = await assignee_of(house, made)
        assert first.name == LAWYER
        if state == "unchecked":
            return made
        await moved(house, made.case, first, Move.CLEAR_CONFLICT)
        if state == "cleared":
            return made
        await moved(house, made.case, first, Move.SIGN)
        second = self.people["lawyer_cleared"]
        await moved(house, made.case, first, Move.TRANSFER, reason="workload", to=second.id, role=Role.LAWYER)
        await moved(house, made.case, second, Move.CLEAR_CONFLICT, Move.ACCEPT)
        await moved(house, made.case, second, Move.NOTE, body=NOTE)
        if state == "signed":
            return made
        await moved(house, made.case, second, Move.ANSWER)
        if state == "answered":
            return made
        await moved(house, made.case, owner, Move.CLOSE)
        if state == "closed":
            return made
        await moved(house, made.case, owner, Move.RATE, rating=Satisfaction.DISSATISFIED, reason="not_helpful")
        third = await assignee_of(house, made)
        assert third.level is Level.CITY
        await moved(house, made.case, third, Move.CLEAR_CONFLICT, Move.SIGN, Move.ANSWER, Move.CLOSE)
        return made


@asynccontextmanager
async def peopled(house: House) -> AsyncIterator[World]:
    """Everybody with a browser of their own and a real session."""
    async with AsyncExitStack() as stack:
        people = await _people(house)
        visitors = {who: await stack.enter_async_context(logged_in_as(house, each.id)) for who, each in people.items()}
        for who in ("owner", "other_owner"):
            visitors[who] = await stack.enter_async_context(Visitor(house))
            await visitors[who].allow()
            people[who] = await _of_device(house, visitors[who])
        visitors["visitor"] = await stack.enter_async_context(Visitor(house))
        people["visitor"] = people["other_owner"]
        yield World(house=house, people=people, visitors=visitors)


async def _people(house: House) -> dict[str, Person]:
    cast = {
        "lawyer_earlier": LAWYER, "judge": "王法官", "prosecutor": "赵检察官", "police": "钱警官", "bureau": "孙联络员",
        "clerk": CLERK, "supervisor_of_unit": SUPERVISOR, "admin": ADMIN, "auditor": AUDITOR,
    }  # fmt: skip
    found = {who: await person(house, name) for who, name in cast.items()}
    firm = found["lawyer_earlier"].unit
    found["lawyer_cleared"] = await somebody(house, "承办律师", Role.LAWYER, unit="另一家律师事务所")
    found["lawyer_same_firm"] = await somebody(house, "同所律师", Role.LAWYER, unit=firm)
    found["clerk_recorder"] = await somebody(house, "代录受理员", Role.CLERK)
    found["clerk_with_task"] = await somebody(house, "回电受理员", Role.CLERK)
    found["supervisor_elsewhere"] = await somebody(
        house, "外地督办", Role.SUPERVISOR, region=CITY.replace("湖州", "温州"), level=Level.CITY
    )
    return found


async def _of_device(house: House, visitor: Visitor) -> Person:
    cookies = {cookie.key: cookie.value for cookie in visitor.http.cookie_jar}
    secret = hashlib.sha256(cookies["tijian_device"].encode()).hexdigest()
    async with house.program.store.work() as work:
        session = await work.sessions.get(secret, house.clock())
        assert session is not None
        await work.people.consent(session.person, KEEP, yes=True, at=house.clock())
        await work.people.consent(session.person, "telegram", yes=True, at=house.clock())
        found = await work.people.get(PersonId(session.person))
        await work.commit()
    assert found is not None
    return found
