"""The notify webhook against a real gateway on loopback."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from bot.channels.channel import Arrived, GivenUp, Result, TryAgain
from bot.channels.notify import ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, NotifySender
from bot.store import SqlStore
from bot.store.outbox import OutboxRow
from bot.store.replies_json import nudge_text
from desk.case import CaseId
from handlers.messages import Nudge
from handlers.records import Contact
from tests.channels.conftest import OWNER

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class Gateway:
    def __init__(self) -> None:
        self.seen: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.address = ""

    async def take(self, request: web.Request) -> web.Response:
        self.seen.append((dict(request.headers), await request.read()))
        if self.status == 302:
            raise web.HTTPFound("/elsewhere")
        return web.Response(status=self.status)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    gateway = Gateway()
    app = web.Application()
    app.router.add_route("*", "/{anywhere:.*}", gateway.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    gateway.address = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield gateway
    await runner.cleanup()


def sender(store: SqlStore, address: str) -> NotifySender:
    return NotifySender(address=address, own_key=b"own", store=store, clock=lambda: AT)


def row(**more: object) -> OutboxRow:
    nudge = Nudge(
        to=OWNER, case=CaseId("c1"), way="webhook", subject="案件有新进展", text="有新答复。", link="https://t.example/"
    )
    made = OutboxRow(
        id=5, channel="webhook", person=OWNER, address="", case=CaseId("c1"), payload=nudge_text(nudge), attempts=0,
        queued_at=AT, parts=(), maybe_repeat=False,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


async def test_a_notice_is_signed_over_time_id_and_body(store: SqlStore, gateway: Gateway) -> None:
    async with store.work() as work:
        await work.people.save_contact(Contact(person=OWNER, phone="13800000000"))
        await work.commit()
    assert await sender(store, f"{gateway.address}#key=shared").deliver(row()) == Arrived()
    headers, body = gateway.seen[0]
    signed = f"{headers[TIMESTAMP_HEADER]}.{headers[ID_HEADER]}.".encode() + body
    assert headers[SIGNATURE_HEADER] == "v1=" + hmac.new(b"shared", signed, hashlib.sha256).hexdigest()
    assert json.loads(body)["to"] == {"person": OWNER, "phone": "13800000000"}
    assert json.loads(body)["link"] == "https://t.example/"


async def test_every_try_has_the_same_id(store: SqlStore, gateway: Gateway) -> None:
    notify = sender(store, gateway.address)
    await notify.deliver(row())
    await notify.deliver(row(maybe_repeat=True))
    assert gateway.seen[0][0][ID_HEADER] == gateway.seen[1][0][ID_HEADER]
    assert json.loads(gateway.seen[1][1])["repeat"] is True


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (204, Arrived()),
        (500, TryAgain(why="500")),
        (429, TryAgain(why="429")),
        (403, GivenUp(why="refused")),
        (302, GivenUp(why="refused")),
    ],
)
async def test_every_answer_has_its_consequence(
    store: SqlStore, gateway: Gateway, status: int, expected: Result
) -> None:
    gateway.status = status
    assert await sender(store, gateway.address).deliver(row()) == expected
    assert len(gateway.seen) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest",
        "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
    ],
)
async def test_addresses_that_are_not_public_are_never_called(store: SqlStore, address: str) -> None:
    assert await sender(store, address).deliver(row()) == GivenUp(why="refused")


async def test_a_name_that_leads_inside_is_never_called(
    store: SqlStore, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def inside(self: object, host: str, port: int = 0, family: int = 0) -> list[dict[str, Any]]:
        del self, family
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": 2, "proto": 6, "flags": 0}]

    monkeypatch.setattr("aiohttp.resolver.ThreadedResolver.resolve", inside)
    port = gateway.address.rsplit(":", 1)[1]
    assert await sender(store, f"http://gateway.example.cn:{port}").deliver(row()) == GivenUp(why="refused")
    assert gateway.seen == []


async def test_an_absent_gateway_means_later(store: SqlStore) -> None:
    assert await sender(store, "http://127.0.0.1:9/").deliver(row()) == TryAgain(why="unreachable")
