"""Templates and static files: what every page may use, and addresses that change with a file's content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

import aiohttp_jinja2
import jinja2
from aiohttp import web

from bot.web.session import csrf_token, staff_viewer, viewer
from bot.web.site import Site
from handlers.texts import say

TEMPLATES: Final = Path(__file__).with_name("templates")
STATIC: Final = Path(__file__).with_name("static")
_KEPT: Final = "public, max-age=31536000, immutable"
_WEEKDAYS: Final = "一二三四五六日"
_TYPES: Final = {
    ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png",
    ".webmanifest": "application/manifest+json", ".ico": "image/x-icon", ".woff2": "font/woff2",
}  # fmt: skip


def set_up_pages(app: web.Application, site: Site) -> None:
    """Templates see ``asset``, ``say``, ``moment``, ``csrf``, ``viewer`` and ``staff``; everything is escaped."""
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    zone = site.settings.zone()
    environment.globals |= {"asset": asset, "say": say}
    environment.filters["moment"] = lambda at: moment(at, site) if isinstance(at, datetime) else "—"
    environment.filters["clock"] = lambda at: at.astimezone(zone).strftime("%H:%M")
    app.router.add_get("/static/{version}/{path:.+}", static)
    app.router.add_get("/favicon.ico", _favicon)


async def page(request: web.Request, name: str, status: int = 200, **values: object) -> web.Response:
    """A rendered template."""
    people = {"csrf": csrf_token(request), "viewer": viewer(request), "staff": staff_viewer(request)}
    return aiohttp_jinja2.render_template(name, request, people | values, status=status)


def moment(at: datetime, site: Site) -> str:
    """「2026年11月23日（周一）9:00」 in the shown time zone."""
    local = at.astimezone(site.settings.zone())
    weekday = _WEEKDAYS[local.weekday()]
    return f"{local.year}年{local.month}月{local.day}日（周{weekday}）{local.hour}:{local.minute:02d}"


def asset(path: str) -> str:
    """The address of a static file: it changes with the content, so that it can be kept for ever."""
    return f"/static/{_version(path)}/{path}"


async def static(request: web.Request) -> web.StreamResponse:
    """A static file, whatever version is named; only the present one is kept by the browser for long."""
    path = request.match_info["path"]
    file = _file(path)
    if file is None:
        raise web.HTTPNotFound
    kept = request.match_info["version"] == _version(path)
    return web.Response(
        body=_content(file),
        content_type=_TYPES[file.suffix],
        charset="utf-8" if file.suffix in {".js", ".css", ".svg"} else None,
        headers={"Cache-Control": _KEPT if kept else "no-cache"},
    )


async def _favicon(_: web.Request) -> web.StreamResponse:
    raise web.HTTPMovedPermanently(asset("icons/icon.svg"))


def _file(path: str) -> Path | None:
    return _files().get(path)


@cache
def _files() -> Mapping[str, Path]:
    # By their names alone: what a visitor asks for never reaches the disk.
    found = (file for file in STATIC.rglob("*") if file.is_file() and file.suffix in _TYPES)
    return {file.relative_to(STATIC).as_posix(): file for file in found}


@cache
def _content(file: Path) -> bytes:
    return file.read_bytes()


@cache
def _version(path: str) -> str:
    file = _file(path)
    return hashlib.sha256(_content(file)).hexdigest()[:12] if file is not None else "0"
