"""Releases of the FAQ base: history, the active one, going back, and the base as a file."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from bot.web.console_faq import name_of
from bot.web.console_page import console_page, done_at, fields, number_of, with_power
from bot.web.session import NotHere
from bot.web.site import SITE
from handlers.access import Power
from handlers.faq_keeping import NoSuchDraft
from knowledge.errors import NoSuchRelease
from knowledge.export import Format

_TYPES: Final[dict[Format, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "yaml": "application/yaml",
    "jsonl": "application/x-ndjson",
}
_CONFLICT: Final = 409


async def show_releases(request: web.Request) -> web.Response:
    """Every release, newest first."""
    return await _page(request, done=request.query.get("done", ""))


async def _page(request: web.Request, *, done: str = "", wrong: str = "", status: int = 200) -> web.Response:
    keeper, site = with_power(request, Power.KEEP_FAQ), request.app[SITE]
    async with site.store.reading() as work:
        rows = [row for row in await site.keeping.history(work, keeper, 200) if row.number is not None]
        people = {row.author for row in rows} | {row.approver for row in rows}
        names = {person: await name_of(work, person) for person in people}
    number = request.query.get("number", "")
    return await console_page(
        request, "console/releases.html", status=status, rows=rows, names=names, done=done, wrong=wrong,
        number=number if number.isdigit() else "", formats=tuple(_TYPES),
    )  # fmt: skip


async def roll_back(request: web.Request) -> web.StreamResponse:
    """Makes an earlier release active; asked for twice, by the number typed as confirmation."""
    keeper, site = with_power(request, Power.KEEP_FAQ), request.app[SITE]
    form = await fields(request)
    number = number_of(form.get("number", ""))
    if form.get("confirm") != "yes" or number is None:
        return await _page(request, wrong="请先勾选确认，再回退。", status=422)
    try:
        async with site.store.work() as work:
            row = await site.keeping.rollback(work, keeper, number, site.clock())
            await work.commit()
    except (NoSuchDraft, NoSuchRelease):
        return await _page(request, wrong=f"没有第{number}版。", status=_CONFLICT)
    raise done_at("/console/faq/releases", done="rolled_back", number=str(row.number))


async def export(request: web.Request) -> web.Response:
    """The active release as Excel, CSV, YAML or JSONL."""
    keeper, site = with_power(request, Power.KEEP_FAQ), request.app[SITE]
    wanted = request.query.get("format", "xlsx")
    kind = next((known for known in _TYPES if known == wanted), None)
    if kind is None:
        raise NotHere
    async with site.store.reading() as work:
        active = await work.releases.active()
        data = await site.keeping.export(work, keeper, kind)
    number = active.number if active is not None else 0
    return web.Response(
        body=data,
        content_type=_TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="faq-{number}.{kind}"'},
    )


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [
        web.get("/console/faq/releases", show_releases),
        web.post("/console/faq/rollback", roll_back),
        web.get("/console/faq/export", export),
    ]
