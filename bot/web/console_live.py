"""News for an open console page: counts of the lists, and a ring for every urgent case nobody has signed yet."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from bot.store.changes import EVERYTHING, Listener
from bot.web.chat_live import STREAMS, Heartbeat
from bot.web.console_lists import all_lists, urgent_of
from bot.web.console_tasks import calls_of
from bot.web.headers import dress
from bot.web.session import VISIT, read_visit, require_staff
from bot.web.site import SITE, Site
from desk.case import Case, CaseId
from desk.people import Person
from handlers.access import Power, may
from handlers.regions import shown_region

_HEADERS: Final = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
}
_GATHER_S: Final = 0.3
"""Moves come in bursts (assign, tell, warn): one look for all of them."""


async def news(request: web.Request) -> web.StreamResponse:
    """``counts``, ``urgent`` (once a case) and ``case`` (an id that moved: the open page may be old)."""
    viewer, site = require_staff(request), request.app[SITE]
    response = web.StreamResponse(headers=_HEADERS)
    stream = _Stream(request=request, response=response, site=site, viewer=viewer)
    listener = site.store.changes(stream.wants)
    dress(request, response)
    await response.prepare(request)
    with request.app[STREAMS].entered(viewer.id, listener), suppress(ConnectionError):
        await stream.run(listener)
    return response


@dataclass(slots=True, kw_only=True)
class _Stream:
    request: web.Request
    response: web.StreamResponse
    site: Site
    viewer: Person
    rung: set[CaseId] = field(default_factory=set)
    counts: Mapping[str, int] = field(default_factory=dict)

    def wants(self, name: str) -> bool:
        """Whether a change concerns this page."""
        return name in {"people", "cases", "tasks"} or name == f"cases:{self.request.query.get('case', '')}"

    async def run(self, listener: Listener) -> None:
        """Until the browser goes, the session ends or the program stops."""
        await self.response.write(b"retry: 3000\n\n")
        await self._look(first=True)
        beat = Heartbeat()
        while True:
            try:
                name = await beat.next(listener)
            except StopAsyncIteration:
                return
            if name.startswith("cases:"):
                await self._event("case", {"id": name.removeprefix("cases:")})
                continue
            if name in {"cases", "tasks", EVERYTHING}:
                await asyncio.sleep(_GATHER_S)
            # Revoking a session ends its open pages before they are told anything more.
            if not await self._still_there():
                await self._event("bye", {})
                return
            if name == "":
                await self.response.write(b": still here\n\n")
            if name != "people":  # time alone makes a case overdue
                await self._look()

    async def _look(self, *, first: bool = False) -> None:
        at = self.site.clock()
        async with self.site.store.reading() as work:
            lists = await all_lists(self.site, work, self.viewer, at)
            counts = {name: len(found) for name, found in lists.items()}
            if may(self.viewer, Power.PHONE_TASKS):
                counts["tasks"] = len(await calls_of(self.site, work, self.viewer))
        if counts != self.counts or first:
            self.counts = counts
            await self._event("counts", counts)
        for case in urgent_of(lists).values():
            if case.id not in self.rung:
                self.rung.add(case.id)
                await self._event("urgent", self._ring(case, old=first))

    def _ring(self, case: Case, *, old: bool) -> dict[str, Any]:
        return {
            "id": case.id, "number": case.number, "topic": self.site.notices.topic(case),
            "region": shown_region(case.region), "old": old,
        }  # fmt: skip

    async def _event(self, name: str, data: object) -> None:
        await self.response.write(f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode())

    async def _still_there(self) -> bool:
        now = await read_visit(self.request)
        self.request[VISIT].session = now.session
        person = now.person
        if person is None or person.id != self.viewer.id or not person.staff:
            return False
        self.viewer = person
        return True


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [web.get("/console/live", news)]
