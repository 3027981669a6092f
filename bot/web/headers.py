"""Security headers and compression, the same for every answer."""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from bot.web.session import secure
from bot.web.site import SITE

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""No inline script or style anywhere; nothing from other hosts."""

_ALWAYS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # "no-referrer" would turn the Origin of our own forms into "null".
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_YEAR_S: Final = 31_536_000
_COMPRESSED: Final = ("text/", "application/json", "application/javascript", "image/svg+xml")
_WORTH_IT_BYTES: Final = 1_024


@web.middleware
async def security_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Adds them to what a handler returns; a handler may have set a stricter policy. Pages are never cached."""
    response = await handler(request)
    dress(request, response)
    return response


def dress(request: web.Request, response: web.StreamResponse) -> None:
    """For answers that are begun by hand (event streams)."""
    if response.prepared:
        return
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if secure(request.app[SITE]):
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR_S}")
    response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
    if isinstance(response, web.Response) and _compressible(response):
        response.enable_compression()
        response.headers.setdefault(hdrs.VARY, hdrs.ACCEPT_ENCODING)


def _compressible(response: web.Response) -> bool:
    size = len(response.body) if isinstance(response.body, bytes) else 0
    return size >= _WORTH_IT_BYTES and response.content_type.startswith(_COMPRESSED)
