"""Requests that no page of ours sends: each is answered, none is a fault of the program or breaks a page for good."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from yarl import URL

from tests.web.program import House, Visitor, running

pytestmark = pytest.mark.asyncio(loop_scope="module")
MANY = "9" * 5_000
RECORDED = {
    "question": "客户拖欠货款半年了，我该怎么要？", "other_party": "甲公司", "situation": "dispute", "side": "employer",
    "name": "王五", "notify": "none", "region": "德清县", "way": "phone",
}  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with running(tmp_path_factory.mktemp("odd") / "state") as started:
        yield started


async def visitor_of(house: House, role: str) -> Visitor:
    """Somebody of that role, logged in; "" is anybody."""
    visitor = Visitor(house)
    await visitor.open("/")
    if role:
        async with house.program.store.reading() as work:
            name = next(person.name for person in await work.people.staff() if role in person.roles)
        path = (await house.login_link(name)).removeprefix(house.address)
        await visitor.open(path)
        await visitor.form(path)
    return visitor


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("", "/static/x/%00"),
        ("", f"/static/x/{'a' * 300}"),
        ("", "/static/x/..%2f..%2fpages.py"),
        ("", "/chat/lines?after=%C2%B2"),
        ("admin", "/console/faq/browse?from=%C2%B2"),
        ("admin", f"/console/faq/browse?from={MANY}"),
        ("auditor", "/console/audit?before=%C2%B2"),
        ("auditor", f"/console/audit?before={MANY}"),
        ("auditor", "/console/audit?until=9999-12-31"),
        ("auditor", "/console/audit?since=0001-01-01"),
    ],
)
async def test_an_odd_address_is_no_fault_of_the_program(house: House, role: str, path: str) -> None:
    visitor = await visitor_of(house, role)
    async with visitor.http, visitor.http.get(URL(house.address + path, encoded=True)) as response:
        assert response.status < 500


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/console/faq/rollback", {"number": "²", "confirm": "yes"}),
        ("/console/faq/rollback", {"number": MANY, "confirm": "yes"}),
        ("/console/duties/rota", {"start": "0001-01-01T00:00", "end": "9999-12-31T23:59", "person": "{lawyer}"}),
        ("/console/duties/liaison", {"person": "{lawyer}", "enterprise": "\0" * 18}),
        ("/console/people/{lawyer}/absent", {"first": "0001-01-01", "last": "2026-12-31"}),
        ("/console/people/{lawyer}/absent", {"first": "2026-12-31", "last": "9999-12-31"}),
    ],
)
async def test_an_odd_value_in_a_form_is_refused_and_the_pages_still_open(
    house: House, path: str, fields: dict[str, str]
) -> None:
    async with house.program.store.reading() as work:
        lawyer = next(person.id for person in await work.people.staff() if "lawyer" in person.roles)
    visitor = await visitor_of(house, "admin")
    async with visitor.http:
        filled = {name: value.replace("{lawyer}", lawyer) for name, value in fields.items()}
        status, _, _ = await visitor.form(path.replace("{lawyer}", lawyer), **filled)
        assert 400 <= status < 500
        for page in ("/console/duties", "/console/people", "/console/faq/releases"):
            assert (await visitor.open(page))[0] == 200


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=nonsense"])
@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"a":' * 100_000, b"\xff\xfe", b'{"seq":' + b"9" * 5_000 + b"}"])
async def test_json_that_is_none_is_refused_as_such(house: House, kind: str, body: bytes) -> None:
    visitor = await visitor_of(house, "")
    headers = {"X-CSRF-Token": visitor.token, "Content-Type": kind}
    async with visitor.http, visitor.http.post("/chat/send", data=body, headers=headers) as response:
        assert response.status == 422


async def test_a_form_in_an_unknown_charset_is_refused_as_such(house: House) -> None:
    visitor = await visitor_of(house, "")
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=nonsense"}
    async with visitor.http, visitor.http.post("/login", data=b"login=a", headers=headers) as response:
        assert response.status == 403


async def test_a_recording_sent_twice_opens_one_case(house: House) -> None:
    visitor = await visitor_of(house, "clerk")
    async with visitor.http:
        _, shown, _ = await visitor.form("/console/record", **RECORDED)
        once = re.search(r'name="once" value="([^"]+)"', shown)
        assert once is not None
        confirmed = RECORDED | {"once": once.group(1), "step": "confirm", "told": "1"}
        _, first, _ = await visitor.form("/console/record", **confirmed)
        _, second, _ = await visitor.form("/console/record", **confirmed)
    assert re.search(r"FT\d{8}-\d+-\d", first)
    assert not re.search(r"FT\d{8}-\d+-\d", second)
    assert "没有再发第二次" in second
    async with house.program.store.reading() as work:
        assert len(await work.cases.of_unit("", limit=100)) == 1
