"""Memory that a visitor can make the program use."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from bot.web import uploads
from desk.case import FileId
from tests.web.program import Visitor, running

WAITING = 12


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    return out.getvalue()


async def test_pictures_that_wait_for_their_preview_are_not_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path / "state") as house, Visitor(house) as visitor:
        await visitor.post("/chat/start")
        headers = {"X-CSRF-Token": visitor.token}
        async with visitor.http.post("/chat/upload?name=a.png", data=picture(), headers=headers) as answer:
            file = (await answer.json())["file"]["id"]
        blobs, read = house.program.store.blobs, 0

        async def counted(wanted: FileId) -> bytes:
            nonlocal read
            read += 1
            return await asyncio.to_thread(blobs.path(wanted).read_bytes)

        monkeypatch.setattr(blobs, "read", counted)
        busy = asyncio.Semaphore(1)
        monkeypatch.setattr(uploads, "_DECODERS", busy)
        async with busy:
            asked = [asyncio.create_task(visitor.http.get(f"/files/{file}/preview")) for _ in range(WAITING)]
            await asyncio.sleep(0.5)
            assert read == 0
        for each in await asyncio.gather(*asked):
            assert each.status == 200
            each.release()
    assert read == WAITING
