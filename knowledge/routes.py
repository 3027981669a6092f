"""Where to go elsewhere (110, 12345, 12348 …): hotlines and mediation from ``routes.yaml``, found by phrases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.text import normalise
from knowledge.yaml_files import load_shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One place to turn to. ``urgent``: shown before anything else; ``region`` empty: the whole country.

    ``phone`` and ``url`` are empty where there is none that holds everywhere.
    """

    id: str
    name: str
    purpose: str
    phrases: tuple[str, ...]
    last_checked: date
    phone: str = ""
    url: str = ""
    hours: str = ""
    note: str = ""
    region: str = ""
    urgent: bool = False


def find_routes(text: str, routes: Iterable[Route] | None = None) -> tuple[Route, ...]:
    """The routes whose phrases stand in the text: urgent ones first, then the longest phrase."""
    plain = normalise(text)
    hits = []
    for route in routes if routes is not None else shipped_routes():
        longest = max((len(key) for key in map(normalise, route.phrases) if key and key in plain), default=0)
        if longest:
            hits.append((not route.urgent, -longest, route))
    return tuple(route for _, _, route in sorted(hits, key=lambda hit: hit[:2]))


def route(identity: str) -> Route:
    """One shipped route by its id. Raises ``KeyError``."""
    return {item.id: item for item in shipped_routes()}[identity]


@cache
def shipped_routes() -> tuple[Route, ...]:
    """The routes this project ships."""
    document: Mapping[str, Any] = load_shipped(Path(__file__).with_suffix(".yaml"))
    return tuple(
        Route(**{"last_checked": document["last_checked"], **row, "phrases": tuple(map(str, row["phrases"]))})
        for row in document["routes"]
    )
