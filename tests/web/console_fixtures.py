"""Staff at the console: visitors who are logged in, and cases in a wanted state, made by the program's own services."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from desk.case import Case, CaseId, FileId, Move
from desk.desk import OpenRequest, load_desk
from desk.moves import MoveRequest
from desk.people import Level, Person, PersonId, Role
from handlers.casework import Order
from handlers.invitations import new_person_id
from handlers.notices import Words
from tests.web.program import House, Visitor

COUNTY = "浙江省/湖州市/德清县"
CITY = "浙江省/湖州市"
DESK = load_desk()
LAWYER, CITY_LAWYER, CLERK, SUPERVISOR = "李律师", "周律师", "吴受理员", "郑督办"
ADMIN, SECOND_ADMIN, AUDITOR = "冯管理员", "褚管理员", "卫审计"


@dataclass(frozen=True, slots=True)
class Made:
    """A case with the people around it."""

    case: CaseId
    number: str
    owner: Person
    pickup_code: str


@asynccontextmanager
async def logged_in(house: House, name: str) -> AsyncIterator[Visitor]:
    """A member of the cast in a browser of their own."""
    async with Visitor(house) as visitor:
        await log_in(visitor, await house.login_link(name))
        yield visitor


@asynccontextmanager
async def logged_in_as(house: House, person: PersonId) -> AsyncIterator[Visitor]:
    """Anybody, by id."""
    async with Visitor(house) as visitor:
        async with house.program.store.work() as work:
            link = await house.program.site.invitations.login_link(work, person, house.clock())
            await work.commit()
        await log_in(visitor, link)
        yield visitor


async def log_in(visitor: Visitor, link: str) -> None:
    """Takes a one-time link as a person does: looks at the page, then presses the button."""
    path = link.removeprefix(visitor.house.address)
    await visitor.open(path)
    status, text, _ = await visitor.form(path)
    assert status == 200, text


async def somebody(house: House, name: str, role: Role, **more: Any) -> Person:  # noqa: ANN401 - fields by keyword
    """A new member of staff."""
    given: dict[str, Any] = {"unit": f"{name}所", "region": COUNTY, "level": Level.COUNTY} | more
    person = Person(id=new_person_id(), name=name, roles=frozenset({Role.OWNER, role}), **given)
    async with house.program.store.work() as work:
        await work.people.add(person)
        await work.commit()
    return person


async def person(house: House, name: str) -> Person:
    """Somebody of the cast."""
    async with house.program.store.reading() as work:
        return next(each for each in await work.people.staff() if each.name == name)


async def opened_case(
    house: House,
    *,
    owner: Person | None = None,
    recorded_by: Person | None = None,
    **more: Any,  # noqa: ANN401 - fields by keyword
) -> Made:
    """A case of a new owner, or of ``owner``; the county's lawyer gets it."""
    site, new = house.program.site, owner is None
    owner = owner or Person(id=new_person_id(), name="王老板")
    given: dict[str, Any] = {
        "role": Role.LAWYER, "question": "客户拖欠货款八万元一年多了，怎么要回来？", "region": COUNTY,
        "topic": "contract", "owner_name": "王老板", "company": "德清小王机械厂", "other_party": "杭州大买家贸易公司",
        "phone": "13800000000", "test": True,
    }  # fmt: skip
    async with site.store.work() as work:
        if new:
            await work.people.add(owner)
        at = site.clock()
        request = OpenRequest(owner=owner.id, **(given | more))
        opened = await DESK.open(work.cases, work.roster, request, actor=recorded_by or owner, at=at)
        words = Words(body=request.question)
        await site.notices.send(work, opened.step, at=at, words=words)
        await work.commit()
    case = opened.step.case
    return Made(case=case.id, number=case.number, owner=owner, pickup_code=opened.pickup_code)


async def stored(house: House, case: CaseId) -> Case:
    """The case as it stands."""
    async with house.program.store.reading() as work:
        found = await work.cases.get(case)
    assert found is not None
    return found


async def moved(house: House, case: CaseId, who: Person, *moves: Move, body: str = "", **more: Any) -> Case:  # noqa: ANN401 - fields by keyword
    """Moves by the service that the channels use."""
    site = house.program.site
    files: tuple[FileId, ...] = more.pop("files", ())
    for move in moves:
        async with site.store.work() as work:
            words = body or ("收到，正在看。" if move in {Move.ANSWER, Move.ASK_BACK, Move.NOTE} else "")
            order = Order(case=case, request=MoveRequest(move=move, **more), body=words, files=files)
            await site.casework.act(work, who, order, site.clock())
            await work.commit()
    return await stored(house, case)


async def signed_case(house: House, **more: Any) -> tuple[Made, Person]:  # noqa: ANN401 - fields by keyword
    """A case that its assignee has signed, and who that is."""
    made = await opened_case(house, **more)
    assignee = await assignee_of(house, made)
    await moved(house, made.case, assignee, Move.CLEAR_CONFLICT, Move.SIGN)
    return made, assignee


async def assignee_of(house: House, made: Made) -> Person:
    """Who is asked to sign."""
    case = await stored(house, made.case)
    assert case.assignee is not None
    async with house.program.store.reading() as work:
        found = await work.people.get(case.assignee)
    assert found is not None
    return found


async def post_form(visitor: Visitor, path: str, fields: Mapping[str, str]) -> tuple[int, str, str]:
    """Posts a form without following anywhere: status, body, Location."""
    async with visitor.http.post(path, data={"csrf": visitor.token, **fields}, allow_redirects=False) as response:
        return response.status, await response.text(), response.headers.get("Location", "")
