"""How often somebody may do something, by person and by network address; the counters are kept in the database."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from aiohttp import web

from bot.store.work import SqlWork
from bot.web.site import SITE
from desk.people import PersonId

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most so many a person and so many an address within ``per``. Carriers put thousands behind one address."""

    name: str
    person: int
    address: int
    per: timedelta


class TooOften(Exception):
    """Over a limit; ``wait`` until the window ends."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(str(wait))
        self.wait = wait


SEND: Final = Limit(name="send", person=30, address=1_200, per=timedelta(minutes=1))
PRESS: Final = Limit(name="press", person=60, address=2_400, per=timedelta(minutes=1))
START: Final = Limit(name="start", person=600, address=600, per=timedelta(minutes=10))
HANDOVER: Final = Limit(name="handover", person=40, address=400, per=timedelta(minutes=10))
UPLOAD: Final = Limit(name="upload", person=60, address=600, per=timedelta(minutes=10))
PICKUP: Final = Limit(name="pickup", person=5, address=60, per=timedelta(minutes=15))
PICKUP_CASE: Final = Limit(name="pickup-case", person=30, address=60, per=timedelta(minutes=15))
"""By case number in place of the person: guessing spread over many devices."""
EXPORT: Final = Limit(name="export", person=10, address=120, per=timedelta(minutes=10))
LOGIN: Final = Limit(name="login", person=10, address=60, per=timedelta(minutes=15))
JOIN: Final = Limit(name="join", person=240, address=240, per=timedelta(minutes=10))


async def count(work: SqlWork, limit: Limit, *, who: str | PersonId, address: str, at: datetime) -> None:
    """Counts one attempt. Raises TooOften; the caller commits, also where the attempt itself then fails."""
    for key, most in ((_by_person(limit, who), limit.person), (_by_address(limit, address), limit.address)):
        wait = await work.sessions.hit(key, limit=most, per=limit.per, at=at)
        if wait is not None:
            raise TooOften(wait)


async def clear(work: SqlWork, limit: Limit, *, who: str | PersonId) -> None:
    """Forgets a person's attempts after a success; those of the address go on counting."""
    await work.sessions.clear(_by_person(limit, who))


def client_address(request: web.Request) -> str:
    """The visitor's address: the connection's, or behind a trusted proxy the last untrusted one of X-Forwarded-For."""
    trusted = _networks(request.app[SITE].settings.trusted_proxies)
    address = request.remote or ""
    chain = [part.strip() for part in ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")]
    while _within(address, trusted) and chain:
        hop = chain.pop()
        if not hop:
            continue
        if not _valid(hop):
            break
        address = hop
    return address


def _by_person(limit: Limit, who: str) -> str:
    return f"{limit.name}:person:{_short(who)}"


def _by_address(limit: Limit, address: str) -> str:
    # One IPv6 customer holds a /64.
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return f"{limit.name}:address:{_short(address)}"
    if isinstance(parsed, ipaddress.IPv6Address):
        network = ipaddress.ip_network((parsed, 64), strict=False)
        return f"{limit.name}:address:{_short(str(network))}"
    return f"{limit.name}:address:{_short(address)}"


def _short(value: str) -> str:
    # Keys are digests: the counters' table names nobody.
    return hashlib.sha256(value.encode()).hexdigest()[:32]


@cache
def _networks(proxies: tuple[str, ...]) -> Sequence[_Network]:
    return [ipaddress.ip_network(part, strict=False) for part in proxies]


def _within(address: str, networks: Sequence[_Network]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


def _valid(address: str) -> bool:
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return False
    return True
