"""Whether the program lives, whether it can serve, and its figures."""

from __future__ import annotations

import hmac
import ipaddress
import time
from collections.abc import Mapping

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot import metrics
from bot.store.counts import inbox_depth, open_cases
from bot.web.limits import client_address
from bot.web.session import NotHere
from bot.web.site import SITE, Site

_log = structlog.get_logger(__name__)


async def healthz(_: web.Request) -> web.Response:
    """Alive."""
    return web.json_response({"alive": True})


async def readyz(request: web.Request) -> web.Response:
    """Ready: 200 when database, knowledge and channels are, else 503; names only, no insides."""
    site = request.app[SITE]
    checks = {"database": await _database(site), "knowledge": site.base.current.release > 0, **site.channels()}
    ready = all(checks.values())
    return web.json_response({"ready": ready, **checks}, status=200 if ready else 503)


async def show_metrics(request: web.Request) -> web.Response:
    """The figures, for a bearer of the token or from loopback; for everybody else there is no such page."""
    site = request.app[SITE]
    if not _may_measure(request, site.settings.metrics_token.get_secret_value()):
        raise NotHere
    async with site.store.reading() as work:
        inbox, cases = await inbox_depth(work.tx), await open_cases(work.tx)
    metrics.set_depths(metrics.INBOX, _one_label(inbox))
    metrics.set_depths(metrics.CASES, _one_label(cases))
    metrics.set_depths(metrics.OUTBOX, await site.store.outbox.depth())
    metrics.RELEASE.set(site.base.current.release)
    return web.Response(body=metrics.exposition(), headers={"Content-Type": metrics.CONTENT_TYPE})


def _one_label(counts: Mapping[str, int]) -> Mapping[tuple[str], int]:
    return {(name,): count for name, count in counts.items()}


def _may_measure(request: web.Request, token: str) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if token:
        return hmac.compare_digest(given.encode(), token.encode())
    # A request that a proxy passed on is not from loopback, whatever the proxy's own address.
    try:
        near = ipaddress.ip_address(client_address(request)).is_loopback
    except ValueError:
        return False
    return near and not request.headers.keys() & {"X-Forwarded-For", "Forwarded", "X-Real-Ip"}


async def _database(site: Site) -> bool:
    try:
        async with site.store.reading() as work:
            await work.releases.active()
    except Exception as error:  # noqa: BLE001 - whatever it is, the program is not ready
        _log.warning("health.database", why=type(error).__name__)
        return False
    return True


@web.middleware
async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Measures every request by its route, event streams left out."""
    start = time.perf_counter()
    response = await handler(request)
    if response.content_type != "text/event-stream":
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else "unknown"
        status = f"{response.status // 100}xx"
        metrics.REQUESTS.labels(route, status).observe(time.perf_counter() - start)
    return response


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", show_metrics)]
