"""Attachments: streamed to the disk as they are, refused early when too large or of a kind that is not taken.

The original bytes and their SHA-256 are kept as evidence; what is shown as a picture is encoded anew.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import quote

import structlog
from aiohttp import StreamReader, web

from bot.store.errors import FileTooLarge
from bot.web import limits
from bot.web.acting import file_here
from bot.web.labels import PREVIEWED, file_json
from bot.web.magic import HEAD_BYTES, media_type, safe_name
from bot.web.posts import BadPost
from bot.web.session import NotHere, csrf_token, ensure_person, require_viewer
from bot.web.site import SITE
from desk.case import FileId
from handlers.messages import FileRef

_log = structlog.get_logger(__name__)
_MIB: Final = 1024 * 1024
_CHUNK: Final = 64 * 1024
PREVIEW_EDGE: Final = 960
MOST_PIXELS: Final = 60_000_000
_DECODERS: Final = asyncio.Semaphore(2)
NOT_TAKEN: Final = "这种文件不能收。可以传图片、PDF、Word、Excel、PPT、文本、录音和视频；压缩包请解开后再传。"


async def upload(request: web.Request) -> web.Response:
    """The body is the file, ``?name=`` what it is called. Refused before it is read where the length says too much."""
    site, at = request.app[SITE], request.app[SITE].clock()
    limit = site.settings.upload_limit_mib * _MIB
    if request.content_length is not None and request.content_length > limit:
        raise FileTooLarge(limit)
    async with site.store.work() as work:
        person = await ensure_person(request, work, at)
        await limits.count(work, limits.UPLOAD, who=person.id, address=limits.client_address(request), at=at)
        await work.commit()
    head = await _head(request.content)
    kind = media_type(head)
    if kind is None:
        raise BadPost(NOT_TAKEN if head else "这个文件是空的，请检查后再传。")
    blob = await site.store.blobs.put(_all(head, request.content), limit=limit)
    try:
        async with site.store.work() as work:
            name = safe_name(request.query.get("name", ""), kind)
            record = await work.files.add(blob, name=name, media_type=kind, person=person.id, at=at)
            await work.commit()
    except BaseException:
        site.store.blobs.discard(blob.id)
        raise
    return web.json_response({"file": file_json(record), "sha256": record.sha256, "csrf": csrf_token(request)})


async def download(request: web.Request) -> web.StreamResponse:
    """The original bytes, always to be saved, never to be run."""
    record = await _record(request)
    response = web.StreamResponse(
        headers={
            "Content-Type": record.media_type if record.media_type != "text/plain" else "text/plain; charset=utf-8",
            "Content-Length": str(record.size),
            "Content-Disposition": f"attachment; filename=\"file\"; filename*=UTF-8''{quote(record.name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        }
    )
    await response.prepare(request)
    async for chunk in request.app[SITE].store.blobs.chunks(record.id):
        await response.write(chunk)
    await response.write_eof()
    return response


async def preview(request: web.Request) -> web.Response:
    """A small picture of a picture: decoded and encoded anew, so that nothing hidden in the original gets through."""
    record = await _record(request)
    if record.media_type not in PREVIEWED:
        raise NotHere
    async with _DECODERS:  # reading too: what waits for its turn must not lie in memory
        data = await request.app[SITE].store.blobs.read(record.id)
        small = await asyncio.to_thread(_small, data)
    if small is None:
        raise NotHere
    return web.Response(body=small, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=86400"})


async def _record(request: web.Request) -> FileRef:
    site, person = request.app[SITE], require_viewer(request)
    async with site.store.work() as work:
        found = await file_here(work, site, person, FileId(request.match_info["file"]), site.clock())
        await work.commit()
    return found


async def _head(stream: StreamReader) -> bytes:
    head = b""
    while len(head) < HEAD_BYTES:
        chunk = await stream.read(HEAD_BYTES - len(head))
        if not chunk:
            break
        head += chunk
    return head


async def _all(head: bytes, stream: StreamReader) -> AsyncIterator[bytes]:
    yield head
    async for chunk in stream.iter_chunked(_CHUNK):
        yield chunk


def _small(data: bytes) -> bytes | None:
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "GIF")) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            image.draft("RGB", (PREVIEW_EDGE, PREVIEW_EDGE))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((PREVIEW_EDGE, PREVIEW_EDGE))
            flat = Image.new("RGB", upright.size, "white")
            alpha = upright.convert("RGBA")
            flat.paste(alpha, mask=alpha.getchannel("A"))
            out = io.BytesIO()
            flat.save(out, "JPEG", quality=82)
            return out.getvalue()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        _log.info("preview.broken", why=type(error).__name__)
        return None


def routes() -> list[web.RouteDef]:
    """The pages of this module. A missing file and another person's look the same."""
    return [
        web.post("/chat/upload", upload),
        web.get("/files/{file:[0-9a-f]{32}}", download),
        web.get("/files/{file:[0-9a-f]{32}}/preview", preview),
    ]
