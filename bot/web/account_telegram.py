"""A member's Telegram account on the account page: a one-time code to bind it, and its undoing."""

from __future__ import annotations

from aiohttp import web

from bot.web import limits
from bot.web.login import account_page
from bot.web.session import require_staff
from bot.web.site import SITE
from handlers import binding


async def bind(request: web.Request) -> web.Response:
    """Shows a fresh code once."""
    site, person = request.app[SITE], require_staff(request)
    if site.telegram() is None:
        raise web.HTTPNotFound
    at = site.clock()
    async with site.store.work() as work:
        await limits.count(work, limits.JOIN, who=person.id, address=limits.client_address(request), at=at)
        code = await binding.offer(work, person, at)
        await work.commit()
    return await account_page(request, person, code=code)


async def unbind(request: web.Request) -> web.Response:
    """The Telegram account is the member's no longer, at once."""
    site, person = request.app[SITE], require_staff(request)
    async with site.store.work() as work:
        await binding.unbind(work, person.id, site.clock())
        await work.commit()
    return await account_page(request, person, done="已解除绑定，Telegram 里不能再办案。")


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [web.post("/account/telegram", bind), web.post("/account/telegram/off", unbind)]
