"""The staff console: all its routes. Lists, cases, 代录 and phone tasks, the FAQ base, people, the audit log."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from bot.web import (
    console_audit,
    console_browse,
    console_cases,
    console_duties,
    console_faq,
    console_lists,
    console_live,
    console_people,
    console_record,
    console_releases,
    console_tasks,
)

_PARTS: Final = (
    console_lists, console_cases, console_tasks, console_record, console_live, console_faq, console_releases,
    console_browse, console_people, console_duties, console_audit,
)  # fmt: skip


def routes() -> list[web.RouteDef]:
    """For ``make_app(pages=…)``."""
    return [route for part in _PARTS for route in part.routes()]
