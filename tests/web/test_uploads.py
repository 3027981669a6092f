"""Attachments: what is taken, what is refused and how, and what comes back."""

from __future__ import annotations

import hashlib
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from PIL import Image

from tests.web.program import House, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")
MIB = 1024 * 1024


async def _send(
    visitor: Visitor, name: str, data: bytes | io.BytesIO | AsyncIterator[bytes]
) -> tuple[int, dict[str, Any]]:
    headers = {"X-CSRF-Token": visitor.token, "Accept": "application/json"}
    async with visitor.http.post("/chat/upload", params={"name": name}, data=data, headers=headers) as response:
        answer = await response.json()
        visitor.token = answer.get("csrf", visitor.token)
        return response.status, answer


def _picture() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (1600, 1200), "teal").save(out, "JPEG", exif=exif)
    return out.getvalue()


async def test_the_original_bytes_and_their_digest_are_kept(owner: Visitor) -> None:
    data = _picture()
    status, answer = await _send(owner, "现场.jpg", data)
    assert (status, answer["sha256"]) == (200, hashlib.sha256(data).hexdigest())
    file = answer["file"]["id"]
    async with owner.http.get(f"/files/{file}") as response:
        assert await response.read() == data
        assert response.headers["Content-Disposition"].startswith("attachment;")
        assert "%E7%8E%B0%E5%9C%BA.jpg" in response.headers["Content-Disposition"]
        assert "sandbox" in response.headers["Content-Security-Policy"]


async def test_a_preview_is_a_new_small_picture_without_what_was_hidden_in_the_original(owner: Visitor) -> None:
    _, answer = await _send(owner, "a.jpg", _picture())
    async with owner.http.get(f"/files/{answer['file']['id']}/preview") as response:
        small = await response.read()
    assert b"secret place" not in small
    with Image.open(io.BytesIO(small)) as image:
        assert max(image.size) == 960


async def test_a_large_upload_is_refused_with_one_sentence_and_nothing_of_it_stays(
    house: House, owner: Visitor
) -> None:
    before = set(house.program.store.blobs.names())
    status, answer = await _send(owner, "大.pdf", io.BytesIO(b"%PDF-" + bytes(50 * MIB)))
    assert (status, answer["error"]["code"]) == (413, "too_large")
    assert answer["error"]["text"] == "文件太大了，每个最大2 MB。请压缩后再传，或者分成几个。"

    async def unannounced() -> AsyncIterator[bytes]:
        yield b"%PDF-"
        for _ in range(48):
            yield bytes(64 * 1024)

    status, answer = await _send(owner, "大.pdf", unannounced())
    assert (status, answer["error"]["code"]) == (413, "too_large")
    assert set(house.program.store.blobs.names()) == before


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\x00" + bytes(200),
        b"<html><script>alert(1)</script>",
        b"<?xml version='1.0'?><svg/>",
        b"PK\x03\x04" + b"a" * 100,
        b"",
        b"\x7fELF",
    ],
)
async def test_what_is_not_listed_is_refused(owner: Visitor, data: bytes) -> None:
    status, answer = await _send(owner, "合同.pdf", data)
    assert status == 422
    assert "不能收" in answer["error"]["text"] or "是空的" in answer["error"]["text"]
