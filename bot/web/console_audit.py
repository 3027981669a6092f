"""The audit log for the auditor: newest first, filtered; nothing here changes anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from aiohttp import web

from bot.store.audit import AuditLine
from bot.store.work import SqlWork
from bot.web.console_page import console_page, number_of, with_power
from bot.web.console_people import day_of, start_of
from bot.web.site import SITE
from desk.case import CaseId
from desk.numbers import parse_case_number
from desk.people import PersonId
from handlers.access import Power
from handlers.case_view import shown_name

PAGE: Final = 100
_BATCH: Final = 500
_MOST_LOOKED_AT: Final = 20_000
_BEYOND: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A filter: the beginning of ``what``, part of ``on``, an actor's id or name, days (last one included)."""

    what: str = ""
    on: str = ""
    who: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def fits(self, line: AuditLine, names: Mapping[PersonId, str]) -> bool:
        """Whether the line is wanted."""
        actor = line.actor or PersonId("")
        return (
            line.what.startswith(self.what)
            and self.on in line.on
            and (not self.who or self.who == actor or self.who in names.get(actor, ""))
            and (self.since is None or line.at >= self.since)
            and (self.until is None or line.at < self.until)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Lines, and the number from which to look on (None: the beginning was reached)."""

    lines: Sequence[AuditLine]
    before: int | None


async def show_audit(request: web.Request) -> web.Response:
    """A page of the log."""
    with_power(request, Power.AUDIT)
    site, query = request.app[SITE], request.query
    zone = site.settings.zone()
    since, until = day_of(query.get("since", "")), day_of(query.get("until", ""))
    wanted = Wanted(
        what=query.get("what", "")[:40],
        on=query.get("on", "")[:64].strip(),
        who=query.get("who", "")[:40].strip(),
        since=start_of(since, zone) if since is not None else None,
        until=start_of(_next(until), zone) if until is not None else None,
    )
    number = parse_case_number(wanted.on)
    before = number_of(query.get("before", ""))
    async with site.store.reading() as work:
        names = {person.id: shown_name(person) for person in await work.people.staff()}
        case = await work.cases.by_number(number) if number else None
        wanted = wanted if case is None else replace(wanted, on=case.id)
        found = await look(work, wanted, names, before=_BEYOND if before is None else before)
        numbers = await _numbers(work, found.lines)
    return await console_page(
        request, "console/audit.html", lines=found.lines, before=found.before, names=names, numbers=numbers,
        filters={name: query.get(name, "") for name in ("what", "on", "who", "since", "until")},
    )  # fmt: skip


async def look(work: SqlWork, wanted: Wanted, names: Mapping[PersonId, str], *, before: int) -> Found:
    """At most a page of wanted lines with a smaller number."""
    lines: list[AuditLine] = []
    looked_at = 0
    while looked_at < _MOST_LOOKED_AT:
        batch = await work.audit.lines(before=before, limit=_BATCH)
        for line in batch:
            before = line.seq
            if wanted.fits(line, names):
                lines.append(line)
                if len(lines) == PAGE:
                    return Found(lines=lines, before=before)
        if len(batch) < _BATCH or (wanted.since is not None and batch[-1].at < wanted.since):
            return Found(lines=lines, before=None)
        looked_at += len(batch)
    return Found(lines=lines, before=before)


async def _numbers(work: SqlWork, lines: Sequence[AuditLine]) -> Mapping[str, str]:
    """Case numbers by id: a number names nobody."""
    found = {}
    for on in {line.on for line in lines if line.what.startswith(("case.", "file."))}:
        case = await work.cases.get(CaseId(on))
        if case is not None:
            found[on] = case.number
    return found


def _next(day: date) -> date:
    return day + timedelta(days=1)


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [web.get("/console/audit", show_audit)]
