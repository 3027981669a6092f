"""The web application: its routes, and what stands around every one of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aiohttp import web

from bot.web import account_telegram, chat, chat_cases, chat_live, health, login, privacy, uploads
from bot.web.csrf import UNGUARDED, csrf_guard, unguarded
from bot.web.headers import security_headers
from bot.web.pages import set_up_pages
from bot.web.problems import problems
from bot.web.session import visits
from bot.web.site import SITE, Site

BODY_LIMIT: Final = 2 * 1024 * 1024
"""Bytes of a form or JSON body; uploads are streamed and have their own limit."""


def make_app(site: Site, *, hook: web.RouteDef | None = None, pages: Iterable[web.RouteDef] = ()) -> web.Application:
    """The application. ``hook`` is Telegram's webhook, which brings its own proof; ``pages`` are more routes."""
    app = web.Application(
        middlewares=[security_headers, health.measure, visits, problems, csrf_guard], client_max_size=BODY_LIMIT
    )
    app[SITE] = site
    app[UNGUARDED] = unguarded([hook.path] if hook is not None else [])
    app[chat_live.STREAMS] = chat_live.Streams()
    set_up_pages(app, site)
    for part in (chat, chat_cases, chat_live, uploads, login, account_telegram, privacy, health):
        app.add_routes(part.routes())
    app.add_routes(pages)
    if hook is not None:
        app.add_routes([hook])
    app.on_shutdown.append(chat_live.end_streams)
    return app


def runner(app: web.Application) -> web.AppRunner:
    """How the application is served: no access log (addresses and paths are personal), a short farewell."""
    return web.AppRunner(app, access_log=None, shutdown_timeout=5.0, handle_signals=False)
