"""The clerk's phone tasks: whom to call, what may be said, and marking a call as made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.store.work import SqlWork
from bot.web.console_lines import span
from bot.web.console_page import console_page, done_at, with_power
from bot.web.site import SITE, Site
from desk.case import CaseId
from desk.people import Person
from handlers.access import Power, Right, relations, sees
from handlers.case_view import ContactCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One task: the contact is there because the task is open."""

    task: str
    case: CaseId
    number: str
    why: str
    since: datetime
    waiting: str
    contact: ContactCard


async def show_tasks(request: web.Request) -> web.Response:
    """Open tasks of the clerk's region, oldest first."""
    viewer, site = with_power(request, Power.PHONE_TASKS), request.app[SITE]
    async with site.store.work() as work:
        calls = await calls_of(site, work, viewer)
        for call in calls:
            await work.audit.write(at=site.clock(), actor=viewer.id, what="case.contact", on=call.case, detail={})
        await work.commit()
    return await console_page(request, "console/tasks.html", calls=calls, done=request.query.get("done", ""))


async def calls_of(site: Site, work: SqlWork, viewer: Person) -> Sequence[Call]:
    """The tasks whose contact the clerk may see."""
    at = site.clock()
    found = []
    for task, case_id, why, since in await work.tasks.open(region=viewer.region):
        case = await work.cases.get(case_id)
        if case is None or not sees(Right.CONTACT, relations(viewer, case, at=at, phone_task=True)):
            continue
        facts = await work.cases.facts(case_id)
        contact = ContactCard(name="", phone="", email="")
        if facts is not None:
            contact = ContactCard(name=facts.owner_name, phone=facts.phone, email=facts.email)
        waiting = span(at - since)
        call = Call(task=task, case=case_id, number=case.number, why=why, since=since, waiting=waiting, contact=contact)
        found.append(call)
    return found


async def finish(request: web.Request) -> web.StreamResponse:
    """The call was made; of two clerks one is told that it was done already."""
    viewer, site = with_power(request, Power.PHONE_TASKS), request.app[SITE]
    task, at = request.match_info["task"], site.clock()
    async with site.store.work() as work:
        known = {call.task: call.case for call in await calls_of(site, work, viewer)}
        if task not in known:
            raise done_at("/console/tasks", done="called_before")
        first = await work.tasks.done(task, viewer.id, at)
        await work.audit.write(at=at, actor=viewer.id, what="case.called", on=known[task], detail={})
        await work.commit()
    raise done_at("/console/tasks", done="called" if first else "called_before")


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [
        web.get("/console/tasks", show_tasks),
        web.post("/console/tasks/{task:[A-Za-z0-9_-]{1,64}}/done", finish),
    ]
