"""The loopback Bot API server and the real program as processes of their own, and a client for the server's control."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "123456:test-token-of-the-loopback"
HOOK_SECRET = "hook-secret-of-the-loopback"


@dataclass(frozen=True, slots=True, kw_only=True)
class BotApi:
    """The server: its address, and what a test does with it."""

    address: str
    log: Path
    session: aiohttp.ClientSession

    async def push(self, *orders: dict[str, Any]) -> list[int]:
        """People write and press; gives the update ids."""
        numbers: list[int] = (await self._post("push", list(orders)))["updates"]
        return numbers

    async def again(self, update: dict[str, Any]) -> None:
        """The very same update once more."""
        await self._post("again", {"update": update})

    async def fault(self, kind: str, **more: object) -> None:
        """The next call goes wrong (see ``tests.botapi.server.Fault``)."""
        await self._post("fault", {"kind": kind, **more})

    async def settings(self, **values: object) -> None:
        await self._post("settings", values)

    async def state(self) -> dict[str, Any]:
        async with self.session.get(f"{self.address}/control/calls") as answer:
            found: dict[str, Any] = await answer.json()
            return found

    async def calls(self, method: str, chat: int | None = None, *, ok: bool | None = True) -> list[dict[str, Any]]:
        """What was called, from the server's own log."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        found = [json.loads(line) for line in lines]
        return [
            call for call in found
            if call["method"] == method and (chat is None or call["chat"] == chat) and (ok is None or call["ok"] is ok)
        ]  # fmt: skip

    async def said(self, chat: int) -> list[str]:
        """The texts that arrived in a chat, in order."""
        return [call.get("text", "") for call in await self.calls("sendMessage", chat)]

    async def _post(self, what: str, body: object) -> dict[str, Any]:
        data = io.BytesIO(json.dumps(body).encode())
        headers = {"Content-Type": "application/json"}
        async with self.session.post(f"{self.address}/control/{what}", data=data, headers=headers) as answer:
            answer.raise_for_status()
            found: dict[str, Any] = await answer.json()
            return found


@asynccontextmanager
async def bot_api(folder: Path, *, delay_s: float = 0.0) -> AsyncIterator[BotApi]:
    """A server process until the end of the block."""
    log = folder / "calls.jsonl"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.botapi", "--log", str(log), "--token", TOKEN, "--delay", str(delay_s),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        port = (await process.stdout.readline()).split()[1].decode()
        async with aiohttp.ClientSession() as session:
            yield BotApi(address=f"http://127.0.0.1:{port}", log=log, session=session)
    finally:
        process.kill()
        await process.wait()


class Program:
    """``tijian serve`` in a state folder; may be killed and started again."""

    def __init__(self, folder: Path, api: BotApi, *, mode: str = "polling", **more: str) -> None:
        self.port = free_port()
        self.folder = folder
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("TIJIAN_")},
            "TIJIAN_STATE_DIR": str(folder / "state"),
            "TIJIAN_HTTP_PORT": str(self.port),
            "TIJIAN_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "TIJIAN_TELEGRAM_TOKEN": TOKEN,
            "TIJIAN_TELEGRAM_API": api.address,
            "TIJIAN_TELEGRAM_MODE": mode,
            "TIJIAN_TELEGRAM_WEBHOOK_SECRET": HOOK_SECRET,
            "TIJIAN_TELEGRAM_RATE": "100000",
            **more,
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, *, kill_at: str = "") -> None:
        """Waits until it is ready, or dead: a kill point may come first."""
        errors = (self.folder / "stderr.log").open("ab")
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=errors,
            env=self._environment | ({"TIJIAN_KILL_AT": kill_at} if kill_at else {}),
        )  # fmt: skip
        errors.close()
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            if b"is ready" in line:
                return
        code = await self._process.wait()
        assert code == -signal.SIGKILL, f"ended with {code}: {self.errors()[-2000:]}"

    async def killed(self, within_s: float = 30.0) -> None:
        """Waits for the kill point."""
        assert self._process is not None
        assert await asyncio.wait_for(self._process.wait(), within_s) == -signal.SIGKILL

    async def stop(self) -> None:
        """SIGTERM, and everything said on stderr so far stays in ``stderr.log``."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), 20)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
                raise

    @property
    def process_id(self) -> int:
        assert self._process is not None
        return self._process.pid

    def errors(self) -> str:
        return (self.folder / "stderr.log").read_text(encoding="utf-8")


async def until(found: Callable[[], object], *, within_s: float = 20.0) -> None:
    """Waits for a truth that somebody else brings about; ``found`` may be asynchronous."""
    ends = time.monotonic() + within_s
    while True:
        value = found()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return
        if time.monotonic() > ends:
            raise TimeoutError(f"not within {within_s} s")
        await asyncio.sleep(0.05)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def texts(calls: Sequence[dict[str, Any]]) -> list[str]:
    return [call.get("text", "") for call in calls]
