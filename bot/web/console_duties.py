"""Who is on the rota, and who serves which enterprise (挂联): what routing reads first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from aiohttp import web

from bot.store.work import SqlWork
from bot.web.console_page import console_page, done_at, fields, with_power
from bot.web.console_people import YEARS
from bot.web.session import NotHere
from bot.web.site import SITE
from desk.people import EXPERTS, EnterpriseId, Person, PersonId
from handlers.access import Power
from handlers.case_view import shown_name

_UNPROCESSABLE: Final = 422


async def show_duties(request: web.Request) -> web.Response:
    """Present and coming duties, and the liaison officers."""
    return await _page(request, done=request.query.get("done", ""))


async def _page(request: web.Request, *, done: str = "", wrong: str = "", status: int = 200) -> web.Response:
    with_power(request, Power.PEOPLE)
    site = request.app[SITE]
    at = site.clock()
    async with site.store.reading() as work:
        staff = [person for person in await work.people.staff() if person.active and person.roles & EXPERTS]
        rota = await work.duties.rota(at)
        names = {person.id: shown_name(person) for person in staff}
        liaisons = await _liaisons(work, at)
    return await console_page(
        request, "console/duties.html", status=status, staff=staff, rota=rota, names=names, liaisons=liaisons, at=at,
        done=done, wrong=wrong,
    )  # fmt: skip


async def _liaisons(work: SqlWork, at: datetime) -> Sequence[tuple[Person, EnterpriseId]]:
    found: Mapping[tuple[PersonId, EnterpriseId], Person] = {
        (member.person.id, enterprise): member.person
        for role in sorted(EXPERTS)
        for member in await work.roster.members(role, at)
        for enterprise in member.liaison_for
    }
    return sorted(((person, key[1]) for key, person in found.items()), key=lambda item: (item[1], item[0].name))


async def put_on(request: web.Request) -> web.StreamResponse:
    """On duty from a moment to a moment."""
    admin, site = with_power(request, Power.PEOPLE), request.app[SITE]
    form = await fields(request)
    start, end = _moment(request, form.get("start", "")), _moment(request, form.get("end", ""))
    if start is None or end is None or end <= start:
        return await _page(request, wrong="请填好值班的开始和结束时间，结束要在开始之后。", status=_UNPROCESSABLE)
    async with site.store.work() as work:
        person = await _expert(work, form.get("person", ""))
        await work.duties.put_on_rota(person.id, start, end)
        detail = {"start": start.isoformat(), "end": end.isoformat()}
        await work.audit.write(at=site.clock(), actor=admin.id, what="rota.add", on=person.id, detail=detail)
        await work.commit()
    site.wake()
    raise done_at("/console/duties", done="rota_added")


async def take_off(request: web.Request) -> web.StreamResponse:
    """Drops a duty."""
    admin, site = with_power(request, Power.PEOPLE), request.app[SITE]
    form = await fields(request)
    try:
        start = datetime.fromisoformat(form.get("start", ""))
    except ValueError:
        raise NotHere from None
    if start.tzinfo is None or start.year not in YEARS:
        raise NotHere
    async with site.store.work() as work:
        person = PersonId(form.get("person", ""))
        await work.duties.take_off_rota(person, start)
        await work.audit.write(at=site.clock(), actor=admin.id, what="rota.drop", on=person, detail={})
        await work.commit()
    raise done_at("/console/duties", done="rota_dropped")


async def set_liaison(request: web.Request) -> web.StreamResponse:
    """Names or releases a liaison officer; the enterprise is named by its credit code."""
    from stdnum.cn import uscc

    admin, site = with_power(request, Power.PEOPLE), request.app[SITE]
    form = await fields(request)
    serves = form.get("serves") != "no"
    code = form.get("enterprise", "").strip()
    if serves:
        if not uscc.is_valid(code.upper()):
            return await _page(request, wrong="统一社会信用代码不对，请核对18位代码。", status=_UNPROCESSABLE)
        code = uscc.compact(code.upper())
    async with site.store.work() as work:
        person = await _expert(work, form.get("person", "")) if serves else None
        who = person.id if person is not None else PersonId(form.get("person", ""))
        await work.duties.liaison(who, EnterpriseId(code), serves=serves)
        what = "liaison.add" if serves else "liaison.drop"
        await work.audit.write(at=site.clock(), actor=admin.id, what=what, on=who, detail={"enterprise": code})
        await work.commit()
    raise done_at("/console/duties", done="liaison_added" if serves else "liaison_dropped")


async def _expert(work: SqlWork, person: str) -> Person:
    found = await work.people.get(PersonId(person))
    if found is None or not found.active or not found.roles & EXPERTS:
        raise NotHere
    return found


def _moment(request: web.Request, text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=request.app[SITE].settings.zone())
    except ValueError:
        return None
    return moment if moment.year in YEARS else None


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [
        web.get("/console/duties", show_duties),
        web.post("/console/duties/rota", put_on),
        web.post("/console/duties/rota/drop", take_off),
        web.post("/console/duties/liaison", set_liaison),
    ]
