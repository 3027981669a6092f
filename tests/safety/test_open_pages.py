"""A page that is open when its login ends: it is told nothing more, however busy the house is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.store.changes import Changes
from bot.store.tables import sessions
from bot.web import chat_live
from desk.people import PersonId
from handlers.messages import Channel, Reply
from tests.web.program import House, Visitor, running, sse

SOON_S = 8.0


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running(tmp_path / "state") as started:
        yield started


async def lawyer_of(house: House) -> tuple[PersonId, str]:
    async with house.program.store.reading() as work:
        staff = await work.people.staff()
    lawyer = next(each for each in staff if "lawyer" in each.roles)
    return lawyer.id, lawyer.name


@asynccontextmanager
async def logged_in(house: House, name: str) -> AsyncIterator[Visitor]:
    link = await house.login_link(name)
    async with Visitor(house) as visitor:
        path = link.removeprefix(house.address)
        await visitor.open(path)
        await visitor.form(path)
        yield visitor


@asynccontextmanager
async def busy(house: House, person: PersonId) -> AsyncIterator[Callable[[], int]]:
    """Somebody is told something five times a second, as on a working day; how often so far."""
    told = 0

    async def go_on() -> None:
        nonlocal told
        while True:
            async with house.program.store.work() as work:
                reply = Reply(to=person, text=f"第{told}条", channel=Channel.WEB)
                await work.replies.put(reply, at=house.clock(), key=f"busy:{told}")
                work.tx.touch("cases")
                await work.commit()
            told += 1
            await asyncio.sleep(0.2)

    task = asyncio.create_task(go_on())
    try:
        yield lambda: told
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.mark.parametrize("path", ["/chat/events", "/console/live"])
async def test_a_page_open_at_logout_is_told_nothing_more(house: House, path: str) -> None:
    person, name = await lawyer_of(house)
    async with logged_in(house, name) as visitor, busy(house, person) as told:
        async with visitor.http.get(path) as stream:
            events = sse(stream)
            await anext(events)
            async with house.program.store.work() as work:
                await work.sessions.revoke_all(person)
                await work.commit()
            after, ended = told(), False
            async with asyncio.timeout(SOON_S):
                async for event, data in events:
                    ended = ended or event == "bye"
                    # What was on its way at that moment may still come.
                    assert event != "line" or int(data["text"].strip("第条")) <= after + 1
        assert ended


async def test_a_page_is_looked_at_again_while_news_keeps_coming(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_live, "HEARTBEAT_S", 0.5)
    async with Visitor(house) as visitor:
        await visitor.post("/chat/start")
        person = await person_of(house)
        async with busy(house, person), visitor.http.get("/chat/events") as stream:
            events = sse(stream)
            await anext(events)
            async with house.program.store.work() as work:
                await work.sessions.revoke_all(person)
                await work.commit()
            async with asyncio.timeout(SOON_S):
                heard = [event async for event, _ in events]
    assert heard[-1] == "bye"


async def person_of(house: House) -> PersonId:
    """The one anonymous owner of this house."""
    async with house.program.store.reading() as work:
        rows = await work.tx.rows(select(sessions.c.person).where(sessions.c.kind == "device"))
    (row,) = rows
    return PersonId(row.person)


async def test_a_commit_wakes_only_the_pages_it_concerns() -> None:
    changes = Changes()
    mine = changes.listen(lambda name: name == "replies:me")
    changes.tell(["inbox", "outbox", "replies:other"])
    changes.tell(["replies:me"])
    async with asyncio.timeout(1):
        assert await anext(mine) == "replies:me"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await anext(mine)
