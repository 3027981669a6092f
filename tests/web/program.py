"""The composed program on a free port with a throw-away state folder, and a plain HTTP visitor."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp.test_utils import unused_port

from bot import demo
from bot.app import Program, compose, serving
from bot.settings import read_settings

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Ten in the morning in Shanghai, a working day."""
PATIENCE_S = 12.0


class MovedClock:
    """The real passing of time from a fixed Monday; ``ahead`` moves it."""

    def __init__(self) -> None:
        self._since = datetime.now(UTC)
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return MONDAY + (datetime.now(UTC) - self._since) + self.ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A running program: its address, its parts, its clock, a login link for each of the demo's people by name."""

    address: str
    program: Program
    clock: MovedClock
    names: dict[str, str]

    async def login_link(self, name: str) -> str:
        """A fresh one-time link for somebody of the cast."""
        async with self.program.store.work() as work:
            people = await work.people.staff()
            person = next(each.id for each in people if each.name == name)
            link = await self.program.site.invitations.login_link(work, person, self.clock())
            await work.commit()
        return link


@asynccontextmanager
async def running(folder: Path, **given: object) -> AsyncIterator[House]:
    """Serves until the block ends; settings by keyword."""
    port = unused_port()
    clock = MovedClock()
    chosen: dict[str, Any] = {
        "state_dir": folder, "http_port": port, "public_url": f"http://127.0.0.1:{port}", "database_url": "",
        "upload_limit_mib": 2, **given,
    }  # fmt: skip
    settings = read_settings(_env_file=None, **chosen)
    async with compose(settings, clock=clock) as program, serving(program):
        links = await demo.fill(program.store, program.site.invitations, clock())
        yield House(address=settings.address, program=program, clock=clock, names=dict(links))


class Visitor:
    """One browser without scripts: keeps cookies and the token, knows nothing else."""

    def __init__(self, house: House, **headers: str) -> None:
        self.house = house
        self.http = aiohttp.ClientSession(house.address, headers=headers, cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.token = ""

    async def __aenter__(self) -> Self:
        await self.open("/")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.close()

    async def open(self, path: str) -> tuple[int, str]:
        """Status and text of a page; takes over its token."""
        async with self.http.get(path) as response:
            text = await response.text()
            found = re.search(r'name="csrf" content="([^"]+)"', text)
            self.token = found.group(1) if found else self.token
            return response.status, text

    async def post(self, path: str, **body: object) -> tuple[int, dict[str, Any]]:
        """Posts JSON as the page's script does."""
        headers = {"X-CSRF-Token": self.token, "Accept": "application/json"}
        async with self.http.post(path, json=body, headers=headers) as response:
            answer: dict[str, Any] = await response.json()
            self.token = answer.get("csrf", self.token)
            return response.status, answer

    async def form(self, path: str, **fields: str) -> tuple[int, str, str]:
        """Posts a form; status, text and the address it ended at."""
        async with self.http.post(path, data={"csrf": self.token, **fields}) as response:
            text = await response.text()
            found = re.search(r'name="csrf" content="([^"]+)"', text)
            self.token = found.group(1) if found else self.token
            return response.status, text, response.url.path

    async def say(self, text: str, **more: object) -> tuple[int, dict[str, Any]]:
        """Writes into the chat."""
        return await self.post("/chat/send", id=str(uuid.uuid4()), text=text, **more)

    async def press(self, action: str, **more: object) -> tuple[int, dict[str, Any]]:
        """Presses a button."""
        return await self.post("/chat/press", id=str(uuid.uuid4()), action=action, **more)

    async def lines(self, after: int = 0) -> list[dict[str, Any]]:
        """The transcript."""
        async with self.http.get(f"/chat/lines?after={after}", headers={"Accept": "application/json"}) as response:
            return list((await response.json())["lines"]) if response.status == 200 else []

    async def told(self, words: str, *, after: int = 0) -> dict[str, Any]:
        """The first reply that contains ``words``, as it arrives by event stream."""
        heard = []
        try:
            async with asyncio.timeout(PATIENCE_S), self.http.get(f"/chat/events?after={after}") as response:
                async for name, data in sse(response):
                    heard.append(data.get("text", ""))
                    if name == "line" and not data["mine"] and words in data["text"]:
                        return data
        except TimeoutError:
            raise AssertionError(f"{words!r} not in {heard}") from None
        raise AssertionError(words)

    async def allow(self) -> None:
        """Writes a first question and agrees that words are kept."""
        await self.say("客户收了货一直不付货款，怎么要回来？")
        asked = await self.told("可以保存您在这里写的文字吗")
        await self.press("k|keep|1", seq=asked["seq"])
        await self.told("已记下")


async def sse(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """(event, data) of a stream."""
    name = ""
    async for raw in response.content:
        line = raw.decode().rstrip("\n")
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))
