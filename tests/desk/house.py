"""People, moments and a small house for the desk's tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.calendar import SHANGHAI
from desk.case import Case, CaseId, Move
from desk.desk import Desk, Opened, OpenRequest, load_desk
from desk.events import Step
from desk.moves import MoveRequest
from desk.people import Level, Member, Person, PersonId, Role
from tests.desk.shelf import Shelf, Staff

REGION = "浙江省/湖州市/德清县"
CITY = "浙江省/湖州市"
PROVINCE = "浙江省"
DESK = load_desk()


def when(text: str) -> datetime:
    """A moment in Chinese time: ``2026-11-23 10:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


MONDAY = when("2026-11-23 10:00")


def person(name: str, role: Role, **more: Any) -> Person:  # noqa: ANN401
    """A person of the county unless told otherwise; the id is the name."""
    return Person(
        id=PersonId(name), name=name, roles=frozenset({role}), **({"region": REGION, "unit": f"{name}所"} | more)
    )


OWNER = Person(id=PersonId("owner"), name="王老板")
STRANGER = Person(id=PersonId("stranger"), name="路人")
CLERK = person("clerk", Role.CLERK)
SUPERVISOR = person("supervisor", Role.SUPERVISOR)
LAWYER = person("lawyer-a", Role.LAWYER)
LAWYER_B = person("lawyer-b", Role.LAWYER)
CITY_LAWYER = person("lawyer-city", Role.LAWYER, level=Level.CITY, region=CITY)
PROVINCE_LAWYER = person("lawyer-province", Role.LAWYER, level=Level.PROVINCE, region=PROVINCE)
POLICE = person("police", Role.POLICE)
JUDGE = person("judge", Role.JUDGE)


def member(one: Person, **more: Any) -> Member:  # noqa: ANN401
    """A person as routing sees them."""
    return Member(person=one, **more)


@dataclass
class House:
    """A desk with its shelf and staff, and short ways to use them."""

    shelf: Shelf
    staff: Staff
    desk: Desk = DESK

    async def open(self, at: datetime = MONDAY, *, actor: Person = OWNER, **more: Any) -> Opened:  # noqa: ANN401
        """A case of the owner for a lawyer of the county."""
        facts = {"owner": OWNER.id, "role": Role.LAWYER, "question": "客户拖欠货款怎么办？", "region": REGION}
        return await self.desk.open(self.shelf, self.staff, OpenRequest(**(facts | more)), actor=actor, at=at)

    async def move(self, case: Case | CaseId, move: Move, actor: Person, at: datetime, **more: Any) -> Step:  # noqa: ANN401
        """One move by a person."""
        words, files = more.pop("words", ""), more.pop("files", ())
        key = case.id if isinstance(case, Case) else case
        request = MoveRequest(move=move, **more)
        return await self.desk.move(self.shelf, self.staff, key, request, actor=actor, at=at, words=words, files=files)

    async def signed(self, at: datetime = MONDAY, **more: Any) -> Case:  # noqa: ANN401
        """A case that its assignee has signed."""
        case = (await self.open(at, **more)).step.case
        assert case.assignee is not None
        who = self.staff.all[case.assignee].person
        await self.move(case, Move.CLEAR_CONFLICT, who, at)
        return (await self.move(case, Move.SIGN, who, at)).case

    async def answered(self, at: datetime = MONDAY, **more: Any) -> Case:  # noqa: ANN401
        """A case with an answer."""
        case = await self.signed(at, **more)
        assert case.responsible is not None
        return (
            await self.move(case, Move.ANSWER, self.staff.all[case.responsible].person, at, words="可以起诉。")
        ).case

    async def closed(self, at: datetime = MONDAY, **more: Any) -> Case:  # noqa: ANN401
        """A case the owner closed."""
        return (await self.move(await self.answered(at, **more), Move.CLOSE, OWNER, at)).case


def house(*people: Person | Member) -> House:
    """A house with these people; with none, one lawyer at each level."""
    shelf = Shelf()
    crowd = people or (LAWYER, CITY_LAWYER, PROVINCE_LAWYER)
    return House(shelf=shelf, staff=Staff(shelf, *(one if isinstance(one, Member) else member(one) for one in crowd)))
