"""Updates by polling and by webhook: kept before they are confirmed, each once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.channels.telegram import SECRET_HEADER, TelegramReceiver
from bot.channels.telegram_bot import make_bot
from bot.settings import Settings
from bot.store import SqlStore
from bot.store.errors import DiskFull
from bot.store.inbox import Incoming
from handlers.messages import InboxId
from tests.channels.conftest import CHAT
from tests.channels.receiving import has, kept, now, running
from tests.channels.running import HOOK_SECRET, BotApi, until

# --- polling ----------------------------------------------------------------------------------------------------------


async def test_updates_that_came_while_the_bot_was_down_are_taken(
    receiver: TelegramReceiver, store: SqlStore, api: BotApi
) -> None:
    await api.push({"user": CHAT, "text": "一"}, {"user": CHAT, "text": "二"})
    async with running(receiver):
        await until(has(store, 2))
        await until(lambda: _confirmed(api))
    assert await kept(store) == ["一", "二"]
    assert receiver.state == "ok"


async def _confirmed(api: BotApi) -> bool:
    return not (await api.state())["waiting"]


async def test_what_could_not_be_kept_is_not_confirmed(
    receiver: TelegramReceiver, store: SqlStore, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, failures = store.inbox.add_many, [DiskFull("full"), DiskFull("full")]

    async def full(rows: Sequence[Incoming]) -> list[InboxId | None]:
        if failures:
            assert len((await api.state())["waiting"]) == 1
            raise failures.pop()
        return await add(rows)

    monkeypatch.setattr(store.inbox, "add_many", full)
    await api.push({"user": CHAT, "text": "一"})
    async with running(receiver):
        await until(has(store, 1))
    assert await kept(store) == ["一"]


async def test_the_same_update_twice_is_kept_once(receiver: TelegramReceiver, store: SqlStore, api: BotApi) -> None:
    await api.push({"user": CHAT, "text": "一"})
    update = (await api.state())["waiting"][0]
    async with running(receiver):
        await until(has(store, 1))
        await api.again(update)
        await api.push({"user": CHAT, "text": "二"})
        await until(has(store, 2))
    assert await kept(store) == ["一", "二"]


async def test_a_press_loses_its_waiting_sign_at_once(receiver: TelegramReceiver, api: BotApi) -> None:
    await api.push({"user": CHAT, "data": "m|start"})
    async with running(receiver):
        await until(lambda: api.calls("answerCallbackQuery"))


async def test_commands_and_menu_button_are_set(receiver: TelegramReceiver, api: BotApi) -> None:
    async with running(receiver):
        await until(lambda: api.calls("setChatMenuButton"))
        assert await api.calls("setMyCommands")


@pytest.mark.parametrize("kind", ["500", "reset", "429"])
async def test_trouble_of_telegram_is_waited_out(
    receiver: TelegramReceiver, store: SqlStore, api: BotApi, kind: str
) -> None:
    await api.fault(kind, method="getUpdates", count=2)
    await api.push({"user": CHAT, "text": "一"})
    async with running(receiver):
        await until(has(store, 1))


async def test_a_wrong_token_is_told_and_stops_nothing_else(
    settings: Settings, store: SqlStore, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = settings.model_copy(update={"telegram_token": SecretStr("123456:not-the-token-at-all")})
    receiver = TelegramReceiver(settings=wrong, store=store, bot=make_bot(wrong), clock=now)
    async with running(receiver):
        await until(lambda: receiver.state == "wrong-token")
    told = "".join(capsys.readouterr())
    assert "TIJIAN_TELEGRAM_TOKEN" in told
    assert "not-the-token-at-all" not in told


# --- webhook ----------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def hooked(settings: Settings, store: SqlStore) -> AsyncIterator[tuple[TelegramReceiver, str]]:
    app = web.Application()
    runner = web.AppRunner(app)
    receivers: list[TelegramReceiver] = []

    async def hook(request: web.Request) -> web.Response:
        return await receivers[0].webhook(request)

    app.router.add_post("/telegram/{path}", hook)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    own = settings.model_copy(update={"telegram_mode": "webhook", "public_url": address})
    receivers.append(TelegramReceiver(settings=own, store=store, bot=make_bot(own), clock=now))
    try:
        async with running(receivers[0]):
            await until(lambda: receivers[0].state == "ok")
            yield receivers[0], address + receivers[0].webhook_path
    finally:
        await runner.cleanup()


async def test_the_webhook_is_registered_with_its_secret_and_takes_updates(
    settings: Settings, store: SqlStore, api: BotApi
) -> None:
    await api.push({"user": CHAT, "text": "先前"})
    async with hooked(settings, store) as (_, address):
        assert (await api.state())["webhook"] == {"url": address, "secret": HOOK_SECRET}
        await api.push({"user": CHAT, "text": "一"})
        await until(has(store, 2))
        await until(lambda: _confirmed(api))
    assert await kept(store) == ["先前", "一"]


@pytest.mark.parametrize("secret", ["", "wrong", HOOK_SECRET + "x"])
async def test_without_the_secret_nothing_is_taken(settings: Settings, store: SqlStore, secret: str) -> None:
    async with hooked(settings, store) as (_, address), aiohttp.ClientSession() as session:
        headers = {SECRET_HEADER: secret} if secret else {}
        async with session.post(address, json={"update_id": 1}, headers=headers) as answer:
            assert answer.status == 403
    assert await kept(store) == []


async def test_a_replayed_update_is_answered_and_kept_once(settings: Settings, store: SqlStore) -> None:
    chat = {"id": CHAT, "type": "private"}
    message = {"message_id": 1, "date": 1, "text": "一", "chat": chat, "from": {"id": CHAT}}
    update = {"update_id": 9, "message": message}
    async with hooked(settings, store) as (_, address), aiohttp.ClientSession() as session:
        for _ in range(3):
            async with session.post(address, json=update, headers={SECRET_HEADER: HOOK_SECRET}) as answer:
                assert answer.status == 200
    assert await kept(store) == ["一"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"{}", b'{"update_id": "1"}', b"\xff"])
async def test_what_is_no_update_is_refused(settings: Settings, store: SqlStore, body: bytes) -> None:
    async with (
        hooked(settings, store) as (_, address),
        aiohttp.ClientSession() as session,
        session.post(address, data=body, headers={SECRET_HEADER: HOOK_SECRET}) as answer,
    ):
        assert answer.status == 400


async def test_back_to_polling_keeps_what_waits(
    settings: Settings, receiver: TelegramReceiver, store: SqlStore, api: BotApi
) -> None:
    async with hooked(settings, store):
        pass
    await api.push({"user": CHAT, "text": "一"})
    async with running(receiver):
        await until(has(store, 1))
    assert (await api.state())["webhook"] == {}
