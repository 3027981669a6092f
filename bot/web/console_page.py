"""What every console page shares: the menu by powers, forms with files, and where a done deed leads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.web.pages import page
from bot.web.session import NotHere, require_staff
from bot.web.site import SITE
from desk.people import EXPERTS, Person
from handlers.access import Power, may
from handlers.texts import has, say

_MOST_DIGITS: Final = 9
_MENU: Final = (
    ("cases", "/console"),
    ("tasks", "/console/tasks"),
    ("record", "/console/record"),
    ("faq", "/console/faq"),
    ("people", "/console/people"),
    ("audit", "/console/audit"),
)


async def console_page(request: web.Request, name: str, status: int = 200, **values: object) -> web.Response:
    """A page of the console with the menu of whoever is logged in. Raises LoginNeeded, NotHere."""
    viewer = require_staff(request)
    zone, year = request.app[SITE].settings.zone(), request.app[SITE].clock()

    def short(at: datetime) -> str:
        return short_moment(at, year, zone)

    def short_day(at: datetime, days: int = 0) -> str:
        local = (at + timedelta(days=days)).astimezone(zone)
        return f"{local.month}月{local.day}日"

    return await page(
        request, name, status=status, menu=menu_of(viewer), at_path=request.path, short=short, short_day=short_day,
        topic_name=topic_name, **values,
    )  # fmt: skip


def short_moment(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """「11-23 09:00」, with the year where it is not the present one."""
    local = at.astimezone(zone)
    return local.strftime("%m-%d %H:%M" if local.year == now.astimezone(zone).year else "%Y-%m-%d %H:%M")


def topic_name(code: str) -> str:
    """The label of a topic, or the code of one that has none."""
    return say(f"topics.{code}") if has(f"topics.{code}") else code or "未分类"


def menu_of(viewer: Person) -> Mapping[str, str]:
    """The parts of the console a person has: name and path."""
    has = {
        "cases": bool(viewer.roles & EXPERTS) or may(viewer, Power.UNIT_CARDS),
        "tasks": may(viewer, Power.PHONE_TASKS),
        "record": may(viewer, Power.RECORD),
        "faq": may(viewer, Power.KEEP_FAQ),
        "people": may(viewer, Power.PEOPLE),
        "audit": may(viewer, Power.AUDIT),
    }
    return {name: path for name, path in _MENU if has[name]}


def number_of(text: str) -> int | None:
    """A number as an address or a form gives it; None for what is none or beyond any of ours."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def with_power(request: web.Request, power: Power) -> Person:
    """The logged-in member of staff with that power. Raises LoginNeeded; NotHere for everybody else."""
    viewer = require_staff(request)
    if not may(viewer, power):
        raise NotHere
    return viewer


def done_at(path: str, **query: str) -> web.HTTPSeeOther:
    """Where to go after a deed: a page that can be reloaded without doing it again."""
    return web.HTTPSeeOther(f"{path}?{urlencode(query)}" if query else path)


async def fields(request: web.Request, *, longest: int = 30_000) -> Mapping[str, str]:
    """The text fields of an ordinary form, the first value of each, cut at ``longest`` characters."""
    form = await request.post()
    found: dict[str, str] = {}
    for name, value in form.items():
        if isinstance(value, str):
            found.setdefault(name, value[:longest])
    return found
