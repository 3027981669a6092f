"""The signed notify webhook: one POST to the operator's SMS or 企业微信 gateway. Number and link, never content.

The body is JSON: ``id``, ``at``, ``case``, ``subject``, ``text``, ``link``, ``to`` (``person``, ``phone``), ``repeat``.
Headers: ``X-Tijian-Id`` (the same over every try: the gateway drops what it has seen), ``X-Tijian-Timestamp``
(seconds since 1970) and ``X-Tijian-Signature``: ``v1=`` + hexadecimal HMAC-SHA256 over ``timestamp.id.body``.
The key is ``key`` in the address's fragment (``https://gateway.example/hook#key=…``), which is never sent; without one
it is derived from the program's own key (``notify_key``). A gateway refuses timestamps older than five minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import socket
from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from bot import killpoints
from bot.channels.channel import Arrived, GivenUp, Result, TryAgain
from bot.store.outbox import OutboxRow
from bot.store.replies_json import read_nudge_text
from bot.store.store import SqlStore

TIMEOUT_S: Final = 10.0
ID_HEADER: Final = "X-Tijian-Id"
TIMESTAMP_HEADER: Final = "X-Tijian-Timestamp"
SIGNATURE_HEADER: Final = "X-Tijian-Signature"
_LATER: Final = frozenset({408, 425, 429})
log = structlog.get_logger()


class AddressRefused(OSError):
    """The gateway's name leads to an address that is not public."""


def notify_key(address: str, own_key: bytes) -> bytes:
    """The signing key: from the address's fragment, else derived from the program's own key."""
    given = parse_qs(urlsplit(address).fragment).get("key", [""])[0]
    return given.encode() if given else hmac.new(own_key, b"notify webhook", hashlib.sha256).hexdigest().encode()


def signature(key: bytes, timestamp: str, identity: str, body: bytes) -> str:
    """What ``X-Tijian-Signature`` says."""
    signed = timestamp.encode() + b"." + identity.encode() + b"." + body
    return "v1=" + hmac.new(key, signed, hashlib.sha256).hexdigest()


class NotifySender:
    """Delivers nudges to the gateway. Loopback is reached only where the operator's address itself names it."""

    def __init__(self, *, address: str, own_key: bytes, store: SqlStore, clock: Callable[[], datetime]) -> None:
        self._address = address.partition("#")[0]
        self._host = urlsplit(address).hostname or ""
        self._key = notify_key(address, own_key)
        self._store = store
        self._clock = clock
        self._loopback = _is_loopback_name(self._host)

    async def deliver(self, row: OutboxRow) -> Result:
        """2xx arrived; 408, 425, 429 and 5xx later; any other answer, redirects too, is a refusal."""
        identity = f"{row.id}-{int(row.queued_at.timestamp())}"
        at = self._clock()
        body = await self._body(row, identity, at)
        timestamp = str(int(at.timestamp()))
        headers = {
            "Content-Type": "application/json", ID_HEADER: identity, TIMESTAMP_HEADER: timestamp,
            SIGNATURE_HEADER: signature(self._key, timestamp, identity, body),
        }  # fmt: skip
        try:
            self._guard_literal()
            killpoints.reach("send.before")
            status = await self._post(body, headers)
            killpoints.reach("send.after")
        except AddressRefused as error:
            log.warning("notify.address", why=str(error))
            return GivenUp(why="refused")
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, AddressRefused):
                log.warning("notify.address", why=str(error.os_error))
                return GivenUp(why="refused")
            return TryAgain(why="unreachable", maybe_repeat=row.maybe_repeat)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return TryAgain(why=type(error).__name__, maybe_repeat=True)
        return _result(status, row)

    async def _post(self, body: bytes, headers: dict[str, str]) -> int:
        connector = aiohttp.TCPConnector(resolver=_CheckedResolver(loopback=self._loopback), force_close=True)
        limit = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with (
            aiohttp.ClientSession(connector=connector, timeout=limit, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.post(self._address, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status

    async def _body(self, row: OutboxRow, identity: str, at: datetime) -> bytes:
        nudge = read_nudge_text(row.payload)
        async with self._store.reading() as work:
            contact = await work.people.contact(row.person)
        values = {
            "id": identity, "at": at.isoformat(), "case": row.case, "subject": nudge.subject, "text": nudge.text,
            "link": nudge.link, "to": {"person": row.person, "phone": contact.phone}, "repeat": row.maybe_repeat,
        }  # fmt: skip
        return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()

    def _guard_literal(self) -> None:
        """An address in numbers is not resolved, so it is checked here."""
        try:
            found = ipaddress.ip_address(self._host)
        except ValueError:
            return
        if not _allowed(found, loopback=self._loopback):
            raise AddressRefused(str(found))


class _CheckedResolver(AbstractResolver):
    """Resolves as usual and lets through public addresses only, so that a name cannot lead inside."""

    def __init__(self, *, loopback: bool) -> None:
        self._loopback = loopback
        self._plain = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises AddressRefused when one of the addresses is not allowed."""
        found = await self._plain.resolve(host, port, family)
        for each in found:
            address = ipaddress.ip_address(each["host"])
            if not _allowed(address, loopback=self._loopback):
                raise AddressRefused(f"{host}: {address}")
        return found

    async def close(self) -> None:
        """Nothing is held."""


def _allowed(address: ipaddress.IPv4Address | ipaddress.IPv6Address, *, loopback: bool) -> bool:
    plain = getattr(address, "ipv4_mapped", None) or address
    return bool(plain.is_loopback) if loopback else bool(plain.is_global and not plain.is_multicast)


def _is_loopback_name(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _result(status: int, row: OutboxRow) -> Result:
    if 200 <= status < 300:  # noqa: PLR2004 - success
        return Arrived()
    if status in _LATER or status >= 500:  # noqa: PLR2004 - the server's own trouble
        return TryAgain(why=str(status), maybe_repeat=row.maybe_repeat)
    log.warning("notify.refused", outbox=row.id, status=status)
    return GivenUp(why="refused")
