"""News for an open chat page: lines after the last one it has, as a stream of events, or by asking where none works."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from bot import metrics
from bot.store.changes import EVERYTHING, Listener
from bot.web.acting import opened_cases
from bot.web.headers import dress
from bot.web.labels import line_json
from bot.web.session import LOGIN, VISIT, Visit, read_visit, require_viewer, viewer
from bot.web.site import SITE, Site
from desk.case import CaseId
from desk.people import Person, PersonId

HEARTBEAT_S: Final = 15.0
MOST_STREAMS: Final = 5_000
MOST_A_PERSON: Final = 8
PAGE: Final = 60
_BATCH: Final = 200
_HEADERS: Final = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
}


@dataclass(slots=True)
class Streams:
    """The event streams that are open now: listeners by person."""

    open: dict[PersonId, list[Listener]] = field(default_factory=dict)

    def count(self) -> int:
        """How many."""
        return sum(len(each) for each in self.open.values())

    @contextmanager
    def entered(self, person: PersonId, listener: Listener) -> Iterator[None]:
        """For as long as one is open; a person's oldest gives way when there are too many."""
        mine = self.open.setdefault(person, [])
        while len(mine) >= MOST_A_PERSON:
            mine.pop(0).close()
        mine.append(listener)
        metrics.STREAMS.set(self.count())
        try:
            yield
        finally:
            if listener in mine:
                mine.remove(listener)
            if not mine:
                self.open.pop(person, None)
            metrics.STREAMS.set(self.count())


STREAMS: Final = web.AppKey("streams", Streams)


class Heartbeat:
    """The next change, or "" every ``HEARTBEAT_S`` seconds: however much is told, who looks on is checked again."""

    def __init__(self) -> None:
        self._due = asyncio.get_running_loop().time() + HEARTBEAT_S

    async def next(self, listener: Listener) -> str:
        """Raises StopAsyncIteration at the end."""
        loop = asyncio.get_running_loop()
        try:
            if loop.time() < self._due:
                async with asyncio.timeout_at(self._due):
                    return await anext(listener)
        except TimeoutError:
            pass
        self._due = loop.time() + HEARTBEAT_S
        return ""


async def end_streams(app: web.Application) -> None:
    """Ends them all, so that shutting down does not wait; the pages come back by themselves."""
    for each in list(app[STREAMS].open.values()):
        for listener in list(each):
            listener.close()


async def events(request: web.Request) -> web.StreamResponse:
    """``line`` events, numbered, after ``Last-Event-ID`` (or ``after``); ``case`` when an opened case moved."""
    person, site, streams = viewer(request), request.app[SITE], request.app[STREAMS]
    if person is None:
        return web.Response(status=204)
    if streams.count() >= MOST_STREAMS:
        raise web.HTTPServiceUnavailable
    response = web.StreamResponse(headers=_HEADERS)
    stream = _Stream(request=request, response=response, site=site, person=person)
    listener = site.store.changes(stream.wants)
    dress(request, response)
    await response.prepare(request)
    with streams.entered(person.id, listener), suppress(ConnectionError):
        await stream.run(listener)
    return response


@dataclass(slots=True, kw_only=True)
class _Stream:
    request: web.Request
    response: web.StreamResponse
    site: Site
    person: Person
    seq: int = 0
    watched: tuple[CaseId, ...] = ()

    def wants(self, name: str) -> bool:
        """Whether a change concerns this page."""
        return name == f"replies:{self.person.id}" or name.removeprefix("cases:") in self.watched

    async def run(self, listener: Listener) -> None:
        """Until the browser goes, the session ends or the program stops."""
        self.seq = _number(self.request.headers.get("Last-Event-ID") or self.request.query.get("after"))
        await self.response.write(b"retry: 3000\nevent: hello\ndata: {}\n\n")
        await self._lines()
        mine = f"replies:{self.person.id}"
        visit = self.request[VISIT].session
        logged_in = visit is not None and visit.kind == LOGIN
        beat = Heartbeat()
        while True:
            try:
                name = await beat.next(listener)
            except StopAsyncIteration:
                return
            told = name in {mine, EVERYTHING}
            # A device's session ends with its owner's own deletion alone, and the word of that is still to be shown.
            if (name == "" or (told and logged_in)) and not await self._still_there():
                await self.response.write(b"event: bye\ndata: {}\n\n")
                return
            if name == "":
                await self.response.write(b": still here\n\n")
            elif told:
                await self._lines()
            elif name.startswith("cases:") and name.removeprefix("cases:") in self.watched:
                await self._event("case", {"id": name.removeprefix("cases:")})

    async def _lines(self) -> None:
        while True:
            async with self.site.store.reading() as work:
                lines = await work.chat.after(self.person.id, self.seq, limit=_BATCH)
                self.watched = await opened_cases(work, self.person)
            for line in lines:
                self.seq = line.seq
                await self._event("line", line_json(line), number=line.seq)
            if len(lines) < _BATCH:
                return

    async def _event(self, name: str, data: object, number: int | None = None) -> None:
        head = f"id: {number}\n" if number is not None else ""
        text = f"{head}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
        await self.response.write(text.encode())

    async def _still_there(self) -> bool:
        # Revoking a session must end its open pages too.
        now: Visit = await read_visit(self.request)
        return now.person is not None and now.person.id == self.person.id


async def lines_after(request: web.Request) -> web.Response:
    """The lines after a number; for pages that no event stream reaches."""
    person = require_viewer(request)
    async with request.app[SITE].store.reading() as work:
        lines = await work.chat.after(person.id, _number(request.query.get("after")), limit=_BATCH)
    return web.json_response({"lines": [line_json(line) for line in lines]})


async def history(request: web.Request) -> web.Response:
    """The last lines, or those before a number; ``more``: there are earlier ones. Nobody yet: nothing."""
    person = request[VISIT].person
    if person is None:
        return web.json_response({"lines": [], "more": False})
    before = _number(request.query.get("before"))
    async with request.app[SITE].store.reading() as work:
        asked = {"before": before} if before else {}
        lines = await work.chat.latest(person.id, limit=PAGE + 1, **asked)
    shown = lines[-PAGE:]
    return web.json_response({"lines": [line_json(line) for line in shown], "more": len(lines) > PAGE})


def _number(text: str | None) -> int:
    return min(int(text), 2**31 - 1) if text is not None and text.isascii() and text.isdigit() and len(text) < 12 else 0  # noqa: PLR2004 - digits


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [
        web.get("/chat/events", events),
        web.get("/chat/lines", lines_after),
        web.get("/chat/history", history),
    ]
