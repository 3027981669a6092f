"""The page of 代录: a form, then who will read it (to be read out), then the number and the 取件码, shown once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from aiohttp import web

from bot.web.console_page import console_page, done_at, fields, with_power
from bot.web.console_people import topics
from bot.web.site import SITE
from handlers.access import Power
from handlers.handover_form import HandoverForm
from handlers.intake_draft import MATTERS
from handlers.recording import Recorded

WAYS: Final = ("phone", "walk_in", "visit")
NOTIFY: Final = ("phone", "email", "webhook", "none")
_NAMES: Final = (
    "question", "other_party", "situation", "court", "side", "name", "company", "phone", "email", "notify", "region",
    "topic",
)  # fmt: skip
_UNPROCESSABLE: Final = 422
_REMEMBERED: Final = timedelta(days=1)
"""A form sent twice (a double click, a page reloaded) opens one case."""


async def show_form(request: web.Request) -> web.Response:
    """The empty form."""
    with_power(request, Power.RECORD)
    before = request.query.get("done") == "before"
    return await _form(request, {"way": "phone", "notify": "phone", "side": "employer"}, before=before)


async def record(request: web.Request) -> web.StreamResponse:
    """Checks, shows the readers, opens once it is confirmed."""
    clerk, site = with_power(request, Power.RECORD), request.app[SITE]
    typed = await fields(request)
    step = typed.get("step", "")
    form = form_of(typed, confirmed=step == "confirm" and typed.get("told") == "1")
    way = typed.get("way", "") if typed.get("way", "") in WAYS else WAYS[0]
    if step == "change":
        return await _form(request, typed)
    async with site.store.work() as work:
        at = site.clock()
        outcome = await site.casework.recording.record(work, clerk, form, at, way=way, urgent=bool(typed.get("urgent")))
        if outcome.case is not None and typed.get("once"):
            key = f"record:{clerk.id}:{typed['once'][:64]}"
            if await work.sessions.hit(key, limit=1, per=_REMEMBERED, at=at) is not None:
                raise done_at("/console/record", done="before")
        await work.commit()
    if outcome.case is not None:
        site.wake()
        return await console_page(request, "console/recorded.html", case=outcome.case, code=outcome.pickup_code)
    if outcome.errors:
        return await _form(request, typed, outcome, status=_UNPROCESSABLE)
    return await console_page(
        request, "console/record_check.html", typed={"once": secrets.token_urlsafe(16), **typed},
        readers=outcome.readers, refused=outcome.refused, names=(*_NAMES, "way", "urgent", "once"),
        untold=step == "confirm",
    )  # fmt: skip


def form_of(typed: Mapping[str, str], *, confirmed: bool) -> HandoverForm:
    """The owner's own form, filled in by the clerk."""
    return HandoverForm(
        question=typed.get("question", ""), other_party=typed.get("other_party", ""),
        situation=typed.get("situation", ""), court=typed.get("court", ""), side=typed.get("side", ""),
        name=typed.get("name", ""), company=typed.get("company", ""), phone=typed.get("phone", ""),
        email=typed.get("email", ""), notify=typed.get("notify", ""), region=typed.get("region", ""),
        topic=typed.get("topic", ""), confirmed=confirmed,
    )  # fmt: skip


async def _form(
    request: web.Request, typed: object, outcome: Recorded | None = None, status: int = 200, *, before: bool = False
) -> web.Response:
    return await console_page(
        request, "console/record.html", status=status, typed=typed, errors=outcome.errors if outcome else {},
        situations=tuple(MATTERS), topics=topics(), ways=WAYS, notify=NOTIFY, before=before,
    )  # fmt: skip


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [web.get("/console/record", show_form), web.post("/console/record", record)]
