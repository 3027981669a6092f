"""People in the console: who is staff, one-time invitations, taking every right away at once, absences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.web.console_page import console_page, done_at, fields, with_power
from bot.web.session import NotHere
from bot.web.site import SITE, Site
from desk.people import Absence, Level, Person, PersonId, Role
from handlers.access import Power
from handlers.invitations import LIFE, Place
from handlers.regions import find_region
from handlers.texts import has, load

ROLES: Final = tuple(role for role in Role if role is not Role.OWNER)
PERSON: Final = "/console/people/{person:[A-Za-z0-9_-]{1,64}}"
_NATION: Final = "全国"
_NO_REGION: Final = "没认出这个地区。请写浙江省内的县（市、区）或市，例如：德清县。"
_LONGEST: Final = 40
YEARS: Final = range(2000, 2101)
"""A slip such as the year 0202 is refused: near the ends of the calendar no time zone can be reckoned."""
_UNPROCESSABLE: Final = 422


async def show_people(request: web.Request) -> web.Response:
    """Everybody with a staff role, and the form for an invitation."""
    return await _page(request, done=request.query.get("done", ""))


async def _page(
    request: web.Request, *, done: str = "", wrong: str = "", link: str = "", typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:  # fmt: skip
    admin, site = with_power(request, Power.PEOPLE), request.app[SITE]
    at = site.clock()
    async with site.store.reading() as work:
        staff = list(await work.people.staff())
        contacts = {person.id: await work.people.contact(person.id) for person in staff}
        browsers = {person.id: len(await work.sessions.of(person.id)) for person in staff}
    staff.sort(key=lambda person: (not person.active, person.unit, person.name))
    return await console_page(
        request, "console/people.html", status=status, staff=staff, contacts=contacts, browsers=browsers, at=at,
        me=admin.id, roles=ROLES, topics=topics(), done=done, wrong=wrong, link=link, typed=typed or {},
        life_days=LIFE.days,
    )  # fmt: skip


def topics() -> tuple[str, ...]:
    """Codes of the topics that have a label."""
    return tuple(key.removeprefix("topics.") for key in load() if key.startswith("topics."))


async def invite(request: web.Request) -> web.Response:
    """Makes a one-time link and shows it this once."""
    admin, site = with_power(request, Power.PEOPLE), request.app[SITE]
    form = await request.post()
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    given = [value for value in form.getall("topics", []) if isinstance(value, str)]
    chosen = tuple(value for value in given if has(f"topics.{value}"))
    role = next((role for role in ROLES if role.value == typed.get("role")), None)
    typed_region = typed.get("region", "").strip()
    region = "" if typed_region in {"", _NATION} else find_region(typed_region)
    level = typed.get("level", "1")
    if role is None:
        return await _page(request, wrong="请选择角色。", typed=typed, status=_UNPROCESSABLE)
    if region is None:
        return await _page(request, wrong=_NO_REGION, typed=typed, status=_UNPROCESSABLE)
    if level not in {"1", "2", "3"}:
        return await _page(request, wrong="请选择层级。", typed=typed, status=_UNPROCESSABLE)
    place = Place(
        role=role, name=typed.get("name", "").strip()[:_LONGEST], unit=typed.get("unit", "").strip()[:_LONGEST],
        region=region, level=Level(int(level)), topics=chosen,
    )  # fmt: skip
    async with site.store.work() as work:
        link = await site.invitations.invite(work, admin, place, site.clock())
        await work.commit()
    return await _page(request, link=link)


async def disable(request: web.Request) -> web.StreamResponse:
    """Takes all rights away and ends every session of the person at once."""
    admin, site = with_power(request, Power.PEOPLE), request.app[SITE]
    person = PersonId(request.match_info["person"])
    if person == admin.id:
        return await _page(request, wrong="不能停用自己。请另一位管理员来停用。", status=_UNPROCESSABLE)
    async with site.store.work() as work:
        gone = await site.invitations.disable(work, admin, person, site.clock())
        if gone is None:
            raise NotHere
        await work.sessions.revoke_all(person)
        await work.commit()
    raise done_at("/console/people", done="disabled")


async def add_absence(request: web.Request) -> web.StreamResponse:
    """Away from the first to the last day, both included: no case goes there."""
    admin, site = with_power(request, Power.PEOPLE), request.app[SITE]
    form = await fields(request)
    first, last = day_of(form.get("first", "")), day_of(form.get("last", ""))
    if first is None or last is None or last < first:
        return await _page(request, wrong="请选择外出的第一天和最后一天。", status=_UNPROCESSABLE)
    zone = site.settings.zone()
    away = Absence(start=start_of(first, zone), end=start_of(last + timedelta(days=1), zone))
    at = site.clock()
    await _save(site, admin, PersonId(request.match_info["person"]), lambda one: _with(one, away, at), "people.absent")
    raise done_at("/console/people", done="absent")


async def drop_absences(request: web.Request) -> web.StreamResponse:
    """Back again: present and coming absences are dropped."""
    admin, site = with_power(request, Power.PEOPLE), request.app[SITE]
    at = site.clock()

    def back(person: Person) -> Person:
        return replace(person, absences=tuple(item for item in person.absences if item.end <= at))

    await _save(site, admin, PersonId(request.match_info["person"]), back, "people.back")
    raise done_at("/console/people", done="back")


def _with(person: Person, away: Absence, at: datetime) -> Person:
    kept = tuple(item for item in person.absences if item.end > at and item != away)
    return replace(person, absences=tuple(sorted((*kept, away), key=lambda item: item.start)))


async def _save(site: Site, admin: Person, person: PersonId, change: Callable[[Person], Person], what: str) -> None:
    async with site.store.work() as work:
        found = await work.people.get(person)
        if found is None or not found.staff:
            raise NotHere
        await work.people.save(change(found))
        await work.audit.write(at=site.clock(), actor=admin.id, what=what, on=person, detail={})
        await work.commit()


def day_of(text: str) -> date | None:
    """A day as a browser's date field sends it; None for what is none, or so far away that it was mistyped."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day in the shown time zone."""
    return datetime.combine(day, time(), zone)


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [
        web.get("/console/people", show_people),
        web.post("/console/people/invite", invite),
        web.post(PERSON + "/disable", disable),
        web.post(PERSON + "/absent", add_absence),
        web.post(PERSON + "/back", drop_absences),
    ]
