"""From a posted form on the case page to the order the desk understands. Files are kept before anything is decided."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

from aiohttp import BodyPartReader, web

from bot.store.blobs import Blob
from bot.web.console_offers import MOVE_OF
from bot.web.console_page import fields
from bot.web.magic import HEAD_BYTES, media_type, safe_name
from bot.web.site import SITE, Site
from desk.case import Case, CaseId, FileId, Move, Status
from desk.errors import ReasonNeeded
from desk.moves import MoveRequest
from desk.people import EXPERTS, Person, PersonId, Role
from handlers.casework import LONGEST_WORDS, Order
from handlers.intake_draft import MOST_FILES

_MIB: Final = 1024 * 1024
_WITH_REASON: Final = frozenset({"transfer", "return", "decline", "refer_out", "raise"})
_BYTES_A_LETTER: Final = 4


@dataclass(slots=True, kw_only=True)
class Upload:
    """Bytes that are kept already, with the name and type the browser gave."""

    blob: Blob
    name: str
    media_type: str


@dataclass(slots=True, kw_only=True)
class Posted:
    """What came with a form: text fields, and kept files nobody owns yet. ``not_taken``: one was of a refused kind."""

    values: dict[str, str] = field(default_factory=dict)
    uploads: list[Upload] = field(default_factory=list)
    not_taken: bool = False

    def text(self, name: str) -> str:
        """A field, "" where it is missing."""
        return self.values.get(name, "").strip()


async def read_posted(request: web.Request) -> Posted:
    """Reads an ordinary or a multipart form; files go to the blobs piece by piece. Raises FileTooLarge, DiskFull."""
    if not request.content_type.startswith("multipart/"):
        return Posted(values=dict(await fields(request, longest=LONGEST_WORDS + 1)))
    posted = Posted()
    try:
        await _read_parts(request, posted)
    except BaseException:
        drop(request.app[SITE], posted)
        raise
    return posted


def drop(site: Site, posted: Posted) -> None:
    """The files that came with a form which had no effect."""
    for upload in posted.uploads:
        site.store.blobs.discard(upload.blob.id)


async def _read_parts(request: web.Request, posted: Posted) -> None:
    site = request.app[SITE]
    limit = site.settings.upload_limit_mib * _MIB
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not part.name:
            continue
        if part.filename is None:
            posted.values.setdefault(part.name, await _text(part))
        elif part.filename and len(posted.uploads) < MOST_FILES:
            head = await _head(part)
            kind = media_type(head)
            if kind is None:
                posted.not_taken = posted.not_taken or bool(head)
                continue
            blob = await site.store.blobs.put(_pieces(head, part), limit=limit)
            posted.uploads.append(Upload(blob=blob, name=safe_name(part.filename, kind), media_type=kind))


async def _head(part: BodyPartReader) -> bytes:
    head = b""
    while len(head) < HEAD_BYTES and (piece := await part.read_chunk()):
        head += piece
    return head


async def _text(part: BodyPartReader) -> str:
    raw = b""
    while piece := await part.read_chunk():
        raw = (raw + piece)[: (LONGEST_WORDS + 1) * _BYTES_A_LETTER]
    return raw.decode("utf-8", "replace").replace("\r\n", "\n")


async def _pieces(head: bytes, part: BodyPartReader) -> AsyncIterator[bytes]:
    yield head
    while piece := await part.read_chunk(_MIB // 16):
        yield piece


def order_of(action: str, case: Case, viewer: Person, posted: Posted, files: tuple[FileId, ...]) -> Order:
    """The order behind a form. Raises ReasonNeeded where a reason or a place is missing."""
    move = MOVE_OF[action]
    reason = posted.text("reason") if action in _WITH_REASON else ""
    if action in _WITH_REASON and not reason:
        raise ReasonNeeded(move)
    to, role = _whom(posted.text("to"))
    if action == "take":
        to = viewer.id
    elif action == "assign":
        move, reason = _assigning(case)
    body = posted.values.get("body", "")
    request = MoveRequest(
        move=move,
        reason=reason,
        to=to if action in {"take", "assign", "transfer"} else None,
        role=role if action in {"assign", "transfer"} else None,
        referred_to=posted.text("where")[:200] if action == "refer_out" else "",
        version=_version(posted.text("version")),
    )
    return Order(case=CaseId(case.id), request=request, body=body, files=files)


def _assigning(case: Case) -> tuple[Move, str]:
    # 改派 of a signed case is a hand-over by the supervisor: the signer stays responsible until another accepts.
    handed = case.status is not Status.NEW and case.handover is None
    return (Move.TRANSFER, "workload") if handed else (Move.ASSIGN, "")


def _whom(text: str) -> tuple[PersonId | None, Role | None]:
    """``person|profession``; without a person, whoever of the profession routing finds."""
    person, _, profession = text.partition("|")
    role = next((role for role in EXPERTS if role.value == profession), None)
    return (PersonId(person) if person else None), role


def _version(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
