"""The event loop goes on breathing whatever a visitor sends: nothing holds it up for long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from knowledge.files import load_folder
from tests.web.program import Visitor, running

HELD_UP_S = 0.1
"""Processor time of the loop's own thread, so that a busy machine changes nothing. Without the thread it is 0.3 s."""
LONG = "，".join(
    entry.answer.replace("？", "").replace("；", "，").replace("\n", "")
    for entry in load_folder(Path(__file__).parents[2] / "knowledge" / "faq")[:40]
)


@asynccontextmanager
async def watched() -> AsyncIterator[list[float]]:
    """How long the loop's thread worked on something else each time, in seconds of processor time."""
    held: list[float] = []

    async def watch() -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.005)
            held.append(time.thread_time() - before)

    task = asyncio.create_task(watch())
    try:
        yield held
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.mark.parametrize("text", [LONG[:3_990] + "怎么办", LONG[:900] + "怎么办？" + LONG[1_000:1_900] + "可以吗？"])
async def test_a_long_question_holds_up_nobody(tmp_path: Path, text: str) -> None:
    async with running(tmp_path / "state") as house, Visitor(house) as visitor:
        await visitor.allow()
        seen = (await visitor.lines())[-1]["seq"]
        async with watched() as held:
            await visitor.say(text)
            await visitor.told("", after=seen + 1)
        assert max(held) < HELD_UP_S
