"""Nothing is changed for a request from another site: the origin is checked, and a token for each browser."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.web.session import csrf_fits
from bot.web.site import SITE

HEADER: Final = "X-CSRF-Token"
FIELD: Final = "csrf"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
UNGUARDED: Final = web.AppKey("unguarded", frozenset[str])
"""Paths with a proof of their own (the webhook's secret header)."""


class ForeignRequest(Exception):
    """The request does not come from a page of ours, or from one that is too old."""


def from_here(request: web.Request) -> bool:
    """Whether the browser names no other site as the origin."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}
    ours = {request.host, urlsplit(request.app[SITE].settings.address).netloc}
    return urlsplit(origin).netloc in ours


@web.middleware
async def csrf_guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Raises ForeignRequest for a changing request without the browser's token.

    Forms of type multipart must send the token as a header or a query value named ``csrf``: their body may be large and
    is not read here.
    """
    if request.method in _SAFE or request.path in request.app[UNGUARDED]:
        return await handler(request)
    if not from_here(request):
        raise ForeignRequest
    given = request.headers.get(HEADER) or request.query.get(FIELD) or ""
    if not given and request.content_type == "application/x-www-form-urlencoded":
        try:
            given = str((await request.post()).get(FIELD, ""))
        except (ValueError, LookupError):  # a charset that is none
            raise ForeignRequest from None
    if not given or not csrf_fits(request, given):
        raise ForeignRequest
    return await handler(request)


def unguarded(paths: Collection[str]) -> frozenset[str]:
    """The value for ``UNGUARDED``."""
    return frozenset(paths)
