"""The case page and what is done on it. A refusal is the same page as for a case that does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiohttp import web

from bot.store.work import SqlWork
from bot.web.console_case_page import show
from bot.web.console_offers import may_try
from bot.web.console_orders import Posted, Upload, drop, order_of, read_posted
from bot.web.console_page import done_at
from bot.web.session import require_staff
from bot.web.site import SITE, Site
from bot.web.uploads import NOT_TAKEN
from desk.case import CaseId, FileId
from desk.errors import NoSuchCase, NotAllowedNow, ReasonNeeded, StaleCase
from desk.people import Person
from handlers.access import Relation, relations
from handlers.apologies import sentence
from handlers.case_view import CaseView, shown_name
from handlers.casework import WordsNeeded
from handlers.texts import say

PATH: Final = "/console/cases/{case:[A-Za-z0-9_-]{1,64}}"
_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why nothing was done, said on the page of the case as it is now, with what was typed still there."""

    status: int
    text: str


async def show_case(request: web.Request) -> web.StreamResponse:
    """The case as the viewer may see it."""
    viewer = require_staff(request)
    return await show(request, viewer, CaseId(request.match_info["case"]), done=request.query.get("done", ""))


async def act(request: web.Request) -> web.StreamResponse:
    """Does what a form asks and comes back to the page, or says there why not."""
    site, viewer = request.app[SITE], require_staff(request)
    case, action = CaseId(request.match_info["case"]), request.match_info["action"]
    await _guard(request, viewer, case, action)
    posted = await read_posted(request)
    done = False
    try:
        if posted.not_taken:
            return await show(
                request, viewer, case, wrong=NOT_TAKEN, status=_UNPROCESSABLE, typed=posted.values, action=action
            )
        async with site.store.work() as work:
            view = await _do(site, work, viewer, posted, case=case, action=action)
            await work.commit()
        done = True
    except (StaleCase, NotAllowedNow, ReasonNeeded, WordsNeeded) as error:
        refused = await _refused(request, error)
        return await show(
            request, viewer, case, wrong=refused.text, status=refused.status, typed=posted.values, action=action
        )
    finally:
        if not done:
            drop(site, posted)
    site.wake()
    raise done_at(f"/console/cases/{case}" if view.held else "/console", done=action)


async def _guard(request: web.Request, viewer: Person, case: CaseId, action: str) -> None:
    """Before a body is read: somebody without the right sends no files here."""
    site = request.app[SITE]
    async with site.store.reading() as work:
        found = await work.cases.get(case)
    held = relations(viewer, found, at=site.clock()) if found is not None else frozenset[Relation]()
    if not may_try(action, held):
        raise NoSuchCase(case)


async def _do(site: Site, work: SqlWork, viewer: Person, posted: Posted, *, case: CaseId, action: str) -> CaseView:
    at = site.clock()
    found = await work.cases.get(case)
    if found is None or not may_try(action, relations(viewer, found, at=at)):
        raise NoSuchCase(case)
    files = tuple([await _keep(work, viewer, upload, at) for upload in posted.uploads])
    return await site.casework.act(work, viewer, order_of(action, found, viewer, posted, files), at)


async def _keep(work: SqlWork, viewer: Person, upload: Upload, at: datetime) -> FileId:
    ref = await work.files.add(upload.blob, name=upload.name, media_type=upload.media_type, person=viewer.id, at=at)
    return ref.id


async def _refused(request: web.Request, error: Exception) -> Refused:
    if isinstance(error, StaleCase):
        if error.by is None:
            return Refused(status=_CONFLICT, text=say("case.stale_timer"))
        async with request.app[SITE].store.reading() as work:
            by = await work.roster.person(error.by)
        who = shown_name(by) if by is not None and by.staff else "当事人"
        return Refused(status=_CONFLICT, text=say("case.stale", who=who))
    status = _UNPROCESSABLE if isinstance(error, ReasonNeeded | WordsNeeded) else _CONFLICT
    return Refused(status=status, text=_why(error))


def _why(error: Exception) -> str:
    if isinstance(error, WordsNeeded):
        return "内容太长了，请不要超过2万字。" if error.too_long else say("case.text_needed")
    return sentence(error) or say("case.not_now", status="")


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [web.get(PATH, show_case), web.post(PATH + "/{action:[a-z_]{1,32}}", act)]
