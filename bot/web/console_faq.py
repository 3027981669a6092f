"""FAQ files in the console: upload, dry run, publish or drop, the second person's look. Rules: ``faq_keeping``."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from aiohttp import BodyPartReader, web

from bot.store.errors import FileTooLarge
from bot.store.work import SqlWork
from bot.web.console_diff import Change, changes_of
from bot.web.console_page import console_page, done_at, with_power
from bot.web.session import NotHere
from bot.web.site import SITE
from desk.people import Person, PersonId
from handlers.access import Power
from handlers.case_view import shown_name
from handlers.faq_keeping import NoSuchDraft, StaleDraft, Trial
from handlers.records import ReleaseRow
from knowledge.changes import DryRun
from knowledge.errors import NoSuchRelease
from knowledge.files import MAX_BYTES, read_file
from knowledge.releases import SecondPersonNeeded

DRAFT: Final = "/console/faq/drafts/{draft:[A-Za-z0-9_-]{1,64}}"
MOST_SHOWN: Final = 200
"""Entries of one kind on a page; a whole base would be megabytes."""
_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A dry run as the page shows it: numbers first, then at most ``MOST_SHOWN`` of each kind."""

    run: DryRun
    changed: tuple[Change, ...]
    problems: int

    @property
    def more(self) -> int:
        """How many entries the page leaves out."""
        kinds = (self.run.added, self.run.changed, self.run.removed)
        return sum(max(0, len(kind) - MOST_SHOWN) for kind in kinds)


def sheet_of(run: DryRun) -> Sheet:
    """The dry run for the page."""
    problems = len(run.duplicates) + len(run.conflicts) + len(run.problems)
    return Sheet(run=run, changed=tuple(changes_of(item) for item in run.changed[:MOST_SHOWN]), problems=problems)


async def show_faq(request: web.Request) -> web.Response:
    """The active release, drafts that wait, the upload, and what is wrong with the folder."""
    keeper = with_power(request, Power.KEEP_FAQ)
    return await _home(request, keeper, done=request.query.get("done", ""))


async def _home(
    request: web.Request, keeper: Person, *, done: str = "", wrong: str = "", status: int = 200
) -> web.Response:
    site = request.app[SITE]
    async with site.store.reading() as work:
        active = await work.releases.active()
        history = await site.keeping.history(work, keeper, 200)
        drafts = [row for row in history if row.number is None]
        names = {row.id: await name_of(work, row.author) for row in drafts}
    entries = site.base.current.entries.values()
    today = today_of(request)
    return await console_page(
        request, "console/faq.html", status=status, active=active, serving=site.base.current.release,
        published=sum(entry.answerable(today) for entry in entries), entries=len(entries),
        to_review=sum(entry.answerable(today) and entry.needs_review(today) for entry in entries),
        drafts=drafts, names=names, folder_problems=folder_problems(request), done=done, wrong=wrong,
    )  # fmt: skip


def folder_problems(request: web.Request) -> Sequence[object]:
    """What keeps the FAQ folder from being taken in."""
    return request.app[SITE].keeper.folder_problems


async def import_file(request: web.Request) -> web.StreamResponse:
    """The dry run. A clean file becomes a draft with a page of its own; of any other only the problems are shown."""
    keeper, site = with_power(request, Power.KEEP_FAQ), request.app[SITE]
    name, data, whole = await _upload(request)
    if not name:
        return await _home(request, keeper, wrong="请先选择一个文件。", status=_UNPROCESSABLE)
    # Read before the transaction: nobody else can write while one is open.
    reading = await asyncio.to_thread(read_file, data, name)
    async with site.store.work() as work:
        trial = await site.keeping.try_reading(work, keeper, name, reading, site.clock(), whole=whole)
        await work.commit()
    if trial.draft is not None:
        raise done_at(f"/console/faq/drafts/{trial.draft}")
    return await _failed(request, trial)


async def _failed(request: web.Request, trial: Trial) -> web.Response:
    sheet = sheet_of(trial.run)
    status = _UNPROCESSABLE if sheet.problems else 200
    return await console_page(
        request, "console/trial.html", status=status, file_name=trial.name, sheet=sheet, draft=None, mine=True,
        author="", high_risk=trial.run.high_risk, stale=False, done="", wrong="", active=None, most=MOST_SHOWN,
    )  # fmt: skip


async def _upload(request: web.Request) -> tuple[str, bytes, bool]:
    """(name, bytes, whole): a file of more than the reader takes raises FileTooLarge before it is in memory."""
    name, data, whole = "", bytearray(), False
    if not request.content_type.startswith("multipart/"):
        return "", b"", False
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "whole":
            whole = (await part.read_chunk()).strip() == b"1"
        elif part.name == "file" and part.filename:
            name = part.filename[-120:]
            while piece := await part.read_chunk():
                data += piece
                if len(data) > MAX_BYTES:
                    raise FileTooLarge(MAX_BYTES)
    return name, bytes(data), whole


async def show_draft(request: web.Request) -> web.Response:
    """What the draft would change now, field by field."""
    return await _draft_page(request, with_power(request, Power.KEEP_FAQ), done=request.query.get("done", ""))


async def _draft_page(
    request: web.Request, keeper: Person, *, done: str = "", wrong: str = "", status: int = 200
) -> web.Response:
    site = request.app[SITE]
    async with site.store.reading() as work:
        try:
            row, run = await site.keeping.trial(work, keeper, request.match_info["draft"], site.clock())
        except (NoSuchDraft, NoSuchRelease):
            raise NotHere from None
        active = await work.releases.active()
        author = await name_of(work, row.author)
    return await console_page(
        request, "console/trial.html", status=status, file_name=row.note, sheet=sheet_of(run), draft=row,
        mine=row.author == keeper.id, author=author, high_risk=row.high_risk, stale=_stale(row, active), done=done,
        wrong=wrong, active=active, most=MOST_SHOWN,
    )  # fmt: skip


def _stale(row: ReleaseRow, active: ReleaseRow | None) -> bool:
    return row.parent != (active.number if active is not None else None)


async def publish(request: web.Request) -> web.StreamResponse:
    """发布: live, or waiting for the second person."""
    keeper, site = with_power(request, Power.KEEP_FAQ), request.app[SITE]
    draft, at = request.match_info["draft"], site.clock()
    try:
        async with site.store.work() as work:
            row = await site.keeping.publish(work, keeper, draft, at)
            await work.commit()
    except (NoSuchDraft, NoSuchRelease):
        return await _gone(request, keeper)
    except StaleDraft as error:
        text = f"做这份草稿之后，第{error.active}版已经发布，草稿过时了。请放弃它，再导入一次。"
        return await _draft_page(request, keeper, wrong=text, status=_CONFLICT)
    except SecondPersonNeeded:
        return await _wait(request, keeper, draft)
    raise done_at("/console/faq/releases", done="published", number=str(row.number))


async def _wait(request: web.Request, keeper: Person, draft: str) -> web.StreamResponse:
    site = request.app[SITE]
    async with site.store.work() as work:
        await site.keeping.wait_for_second(work, keeper, draft, site.clock())
        await work.commit()
    raise done_at(f"/console/faq/drafts/{draft}", done="waiting")


async def discard(request: web.Request) -> web.StreamResponse:
    """放弃."""
    keeper, site = with_power(request, Power.KEEP_FAQ), request.app[SITE]
    try:
        async with site.store.work() as work:
            await site.keeping.discard(work, keeper, request.match_info["draft"], site.clock())
            await work.commit()
    except (NoSuchDraft, NoSuchRelease):
        return await _gone(request, keeper)
    raise done_at("/console/faq", done="discarded")


async def _gone(request: web.Request, keeper: Person) -> web.Response:
    text = "这份草稿已经不在了：可能已由别人发布或者放弃。下面是最新情况。"
    return await _home(request, keeper, wrong=text, status=_CONFLICT)


async def name_of(work: SqlWork, person: PersonId | None) -> str:
    """Who made or approved something; the folder and the command line have no name."""
    if person is None:
        return "程序（文件夹或命令行）"
    return shown_name(await work.people.get(person)) or "（已离开）"


def today_of(request: web.Request) -> date:
    """The day in the shown time zone."""
    site = request.app[SITE]
    return site.clock().astimezone(site.settings.zone()).date()


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [
        web.get("/console/faq", show_faq),
        web.post("/console/faq/import", import_file),
        web.get(DRAFT, show_draft),
        web.post(DRAFT + "/publish", publish),
        web.post(DRAFT + "/discard", discard),
    ]
