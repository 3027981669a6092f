"""The lists of the console: mine, unassigned, overdue, the unit's; and the counts beside their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from aiohttp import web

from bot.store.work import SqlWork
from bot.web.console_lines import Line, chosen, line_of, sort_lines
from bot.web.console_page import console_page
from bot.web.session import NotHere, require_staff
from bot.web.site import SITE, Site
from desk.case import Case, Status, Urgency
from desk.people import EXPERTS, Person, PersonId, Role
from handlers.access import Power, may
from handlers.case_view import shown_name
from handlers.casework import Card, is_expert

LISTS: Final = ("mine", "unassigned", "overdue", "unit")


def lists_of(viewer: Person) -> tuple[str, ...]:
    """The lists a person has, in the order of the tabs."""
    expert, supervisor = is_expert(viewer), may(viewer, Power.UNIT_CARDS)
    has = {"mine": expert, "unassigned": expert or supervisor, "overdue": expert or supervisor, "unit": supervisor}
    return tuple(name for name in LISTS if has[name])


async def cards(site: Site, work: SqlWork, viewer: Person, name: str, at: datetime) -> Sequence[Card]:
    """The cards of one list."""
    casework = site.casework
    match name:
        case "mine":
            return await casework.mine(work, viewer, at)
        case "unassigned":
            return await casework.unassigned(work, viewer, at)
        case "overdue":
            return await casework.overdue(work, viewer, at)
        case _:
            return await casework.unit(work, viewer, at)


async def all_lists(site: Site, work: SqlWork, viewer: Person, at: datetime) -> Mapping[str, Sequence[Card]]:
    """Every list the person has."""
    return {name: await cards(site, work, viewer, name, at) for name in lists_of(viewer)}


def urgent_of(lists: Mapping[str, Sequence[Card]]) -> Mapping[str, Case]:
    """Urgent cases that nobody has signed, by id: what rings."""
    return {
        card.case.id: card.case
        for found in lists.values()
        for card in found
        if card.case.urgency is Urgency.URGENT and card.case.status is Status.NEW
    }


async def names_of(work: SqlWork, found: Iterable[Card]) -> Mapping[PersonId, str]:
    """Shown names of those who have the cases."""
    wanted = {one for card in found for one in (card.case.responsible, card.case.assignee) if one is not None}
    return {one: shown_name(await work.roster.person(one)) for one in wanted}


async def show_lists(request: web.Request) -> web.StreamResponse:
    """The landing page: the list that is asked for, filtered."""
    site, viewer = request.app[SITE], require_staff(request)
    mine = lists_of(viewer)
    if not mine:
        if request.query.get("list"):
            raise NotHere
        raise web.HTTPSeeOther(_other_landing(viewer))
    name = request.query.get("list", mine[0])
    if name not in mine:
        raise NotHere
    at = site.clock()
    async with site.store.reading() as work:
        lists = await all_lists(site, work, viewer, at)
        names = await names_of(work, lists[name])
    lines = sort_lines(line_of(card, at, site.notices, names) for card in lists[name])
    shown = _filtered(request, lines)
    return await console_page(
        request, "console/lists.html", shown_list=name, lists=mine, lines=shown, total=len(lines),
        counts={each: len(found) for each, found in lists.items()}, topics=_topics(lines),
        filters={key: request.query.get(key, "") for key in ("q", "status", "topic", "urgent")},
        done=request.query.get("done", ""),
    )  # fmt: skip


def _filtered(request: web.Request, lines: Sequence[Line]) -> Sequence[Line]:
    query = request.query
    return chosen(
        lines, words=query.get("q", "")[:100], status=query.get("status", ""), topic=query.get("topic", ""),
        urgent=bool(query.get("urgent")),
    )  # fmt: skip


def _topics(lines: Sequence[Line]) -> Mapping[str, str]:
    return dict(sorted({line.topic_code: line.topic for line in lines if line.topic_code}.items()))


def _other_landing(viewer: Person) -> str:
    landings = ((Role.CLERK, "/console/tasks"), (Role.ADMIN, "/console/faq"), (Role.AUDITOR, "/console/audit"))
    for role, path in landings:
        if viewer.has(role):
            return path
    raise NotHere


def experts_of(viewer: Person) -> frozenset[Role]:
    """The professions a person answers in."""
    return viewer.roles & EXPERTS


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [web.get("/console", show_lists)]
