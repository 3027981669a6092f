"""Where to go elsewhere: how the numbers and places of ``knowledge/routes.yaml`` read."""

from __future__ import annotations

from typing import Final

from handlers.actions import Menu as Item
from handlers.actions import OpenMenu
from handlers.commands import Say
from handlers.messages import Button, Link, Tone
from handlers.texts import say
from knowledge.routes import Route, find_routes, shipped_routes

_MOST: Final = 3


def routes_button() -> Button:
    """还能找谁."""
    return Button(label=say("button.routes"), action=OpenMenu(item=Item.ROUTES))


def everything() -> Say:
    """All places, with what each is for."""
    return _shown(shipped_routes())


def fitting(text: str) -> Say | None:
    """The places whose words stand in a text, at most three; None where there is none."""
    found = find_routes(text)[:_MOST]
    return _shown(found) if found else None


def _shown(routes: tuple[Route, ...]) -> Say:
    lines = [say("routes.head"), *(_line(route) for route in routes)]
    checked = min((route.last_checked for route in routes), default=None)
    if checked is not None:
        lines.append(say("routes.checked", date=checked.isoformat()))
    links = tuple(
        Link(label=f"{route.name} {route.phone}".strip(), url=f"tel:{route.phone}" if route.phone else route.url)
        for route in routes
        if route.phone or route.url
    )
    return Say(text="\n".join(lines), tone=Tone.NOTICE, links=links)


def _line(route: Route) -> str:
    hours = say("routes.hours", hours=route.hours) if route.hours else ""
    note = say("routes.note", note=route.note) if route.note else ""
    return say("routes.line", name=route.name, phone=route.phone, purpose=route.purpose, hours=hours, note=note)
