"""Sessions, one-time links, passwords, foreign requests, limits, headers, error pages."""

from __future__ import annotations

import uuid

import aiohttp
import pytest

from bot.web import limits
from desk.people import Role
from tests.web.console_fixtures import logged_in_as, somebody
from tests.web.program import House, Visitor, running

pytestmark = pytest.mark.asyncio(loop_scope="session")
PASSWORD = "一句好记的话一二三四五"


async def test_opening_a_link_does_not_use_it_up(house: House) -> None:
    path = (await house.login_link("李律师")).removeprefix(house.address)
    for _ in range(3):
        async with Visitor(house) as preview:
            status, text = await preview.open(path)
            assert (status, "李律师" in text) == (200, True)
    async with Visitor(house) as visitor:
        await visitor.open(path)
        _, _, ended = await visitor.form(path)
        assert ended == "/console"


async def test_a_used_link_looks_like_one_that_never_was(house: House) -> None:
    path = (await house.login_link("李律师")).removeprefix(house.address)
    async with Visitor(house) as visitor:
        await visitor.open(path)
        await visitor.form(path)
    async with Visitor(house) as late:
        used = await late.form(path)
        unknown = await late.form("/join/" + "x" * 43)
    assert used[:2] == unknown[:2]
    assert used[0] == 404
    assert "可能已经用过、过期或者不完整" in used[1]


async def test_missing_and_forbidden_are_the_same_page(owner: Visitor, other: Visitor) -> None:
    await owner.allow()
    async with owner.http.post(
        "/chat/upload?name=a.txt", data="只给自己看的".encode(), headers={"X-CSRF-Token": owner.token}
    ) as response:
        file = (await response.json())["file"]["id"]
    await other.allow()
    await other.open("/")
    foreign = await other.open(f"/files/{file}")
    missing = await other.open("/files/" + "0" * 32)
    nowhere = await other.open("/no/such/page")
    assert foreign == missing == nowhere
    assert foreign[0] == 404
    assert (await owner.open(f"/files/{file}"))[0] == 200


async def test_a_post_without_token_or_from_another_site_changes_nothing(owner: Visitor) -> None:
    await owner.allow()
    body = {"id": str(uuid.uuid4()), "text": "混进来的话"}
    for headers in (
        {},
        {"X-CSRF-Token": "x" * 32},
        {"X-CSRF-Token": owner.token, "Origin": "https://evil.example"},
        {"X-CSRF-Token": owner.token, "Origin": "null"},
        {"X-CSRF-Token": owner.token, "Sec-Fetch-Site": "cross-site"},
    ):
        async with owner.http.post("/chat/send", json=body, headers=headers) as response:
            assert response.status == 403
    assert not any("混进来" in line["text"] for line in await owner.lines())


async def test_another_browsers_token_does_not_fit(owner: Visitor, other: Visitor) -> None:
    await owner.allow()
    await other.allow()
    other.token = owner.token
    assert (await other.say("x"))[0] == 403


async def test_every_answer_carries_the_policy(owner: Visitor) -> None:
    for path in ("/", "/login", "/no/such", "/healthz", "/chat/state"):
        async with owner.http.get(path) as response:
            policy = response.headers["Content-Security-Policy"]
            assert "script-src 'self';" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Cache-Control"] == "no-store"


async def test_a_password_logs_in_and_a_wrong_one_tells_nothing(house: House) -> None:
    path = (await house.login_link("郑督办")).removeprefix(house.address)
    async with Visitor(house) as first, Visitor(house) as second:
        await first.open(path)
        await first.form(path)
        await first.open("/account")
        status, text, _ = await first.form("/account/password", login="Zheng", password="short", again="short")
        assert status == 422
        _, text, _ = await first.form("/account/password", login="Zheng", password=PASSWORD, again=PASSWORD)
        assert "密码已设好" in text
        await second.open("/login")
        wrong = await second.form("/login", login="zheng", password="不是这一句话")
        nobody = await second.form("/login", login="nobody", password="不是这一句话")
        assert wrong[0] == nobody[0] == 401
        assert wrong[1].replace("zheng", "") == nobody[1].replace("nobody", "")
        _, _, ended = await second.form("/login", login="ＺＨＥＮＧ", password=PASSWORD, next="//evil.example")
        assert ended == "/console"


async def test_logging_out_ends_the_session_on_the_server(house: House) -> None:
    path = (await house.login_link("周律师")).removeprefix(house.address)
    async with Visitor(house) as visitor:
        await visitor.open(path)
        await visitor.form(path)
        stolen = {cookie.key: cookie.value for cookie in visitor.http.cookie_jar}
        await visitor.open("/account")
        await visitor.form("/logout")
    thief = aiohttp.ClientSession(house.address, cookies=stolen)
    async with thief, thief.get("/account", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "/login?next=/account")


async def test_a_disabled_person_is_out_at_once(house: House) -> None:
    site = house.program.site
    leaver = await somebody(house, "卫离职", Role.AUDITOR)
    async with logged_in_as(house, leaver.id) as visitor:
        assert (await visitor.open("/account"))[0] == 200
        async with site.store.work() as work:
            await site.invitations.disable(work, None, leaver.id, house.clock())
            await work.commit()
        async with visitor.http.get("/account", allow_redirects=False) as response:
            assert response.status == 303


async def test_wrong_pickup_codes_are_counted_and_stopped(owner: Visitor) -> None:
    await owner.allow()
    body = {"number": "FT20261123-0001-1", "code": "0000-0000-0000"}
    answers = [await owner.post("/chat/pickup", id=str(uuid.uuid4()), **body) for _ in range(7)]
    assert [status for status, _ in answers][:5] == [200] * 5
    assert all(not answer["opened"] for _, answer in answers[:5])
    assert [status for status, _ in answers][5:] == [429, 429]
    assert "太频繁" in answers[-1][1]["error"]["text"]


async def test_too_many_messages_are_refused_with_the_time_to_wait(owner: Visitor) -> None:
    await owner.allow()
    statuses = [(await owner.say(f"第{number}句"))[0] for number in range(limits.SEND.person + 2)]
    assert statuses[-1] == 429


async def test_a_proxys_word_counts_only_where_the_proxy_is_trusted(
    house: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9"}
    async with aiohttp.ClientSession(house.address, headers=forged) as plain, plain.get("/metrics") as response:
        assert response.status == 404
    folder = tmp_path_factory.mktemp("proxied") / "state"
    given = {"Authorization": f"Bearer {'t' * 20}"}
    async with (
        running(folder, trusted_proxies="127.0.0.1", metrics_token="t" * 20) as proxied,
        aiohttp.ClientSession(proxied.address) as http,
    ):
        async with http.get("/metrics") as response:
            assert response.status == 404
        async with http.get("/metrics", headers=given) as response:
            text = await response.text()
    assert "tijian_release 1.0" in text
    assert "tijian_decision_seconds_count" in text
    assert 'tijian_inbox_depth{state="new"}' in text


async def test_health_says_what_is_ready(owner: Visitor) -> None:
    async with owner.http.get("/readyz") as response:
        assert await response.json() == {"ready": True, "database": True, "knowledge": True}
    async with owner.http.get("/healthz") as response:
        assert response.status == 200
