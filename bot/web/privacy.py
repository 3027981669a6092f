"""What is kept of the visitor: the page that says so, and all of it as a file."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from bot.web import limits
from bot.web.pages import page
from bot.web.session import require_viewer
from bot.web.site import SITE


async def show(request: web.Request) -> web.Response:
    """What is kept, for how long, who sees it."""
    return await page(request, "privacy.html")


async def export(request: web.Request) -> web.Response:
    """Everything kept of the visitor as JSON, to be saved. Nobody yet: there is no such page."""
    site, person = request.app[SITE], require_viewer(request)
    at = site.clock()
    async with site.store.work() as work:
        await limits.count(work, limits.EXPORT, who=person.id, address=limits.client_address(request), at=at)
        kept = await work.people.export(person.id)
        await work.audit.write(at=at, actor=person.id, what="privacy.export", on=person.id, detail={})
        await work.commit()
    text = await asyncio.to_thread(json.dumps, kept, ensure_ascii=False, indent=1, default=str)
    return web.Response(
        text=text,
        content_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="tijian.json"'},
    )


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [web.get("/privacy", show), web.get("/privacy/export", export)]
