"""Updates by polling and by webhook: kept before they are confirmed, each once; and the messages made of them."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import select

from bot.channels.inbound import FetchFailed
from bot.channels.telegram import SECRET_HEADER, TelegramReceiver
from bot.channels.telegram_bot import TelegramBot, make_bot
from bot.channels.telegram_in import TelegramReader
from bot.settings import Settings
from bot.store import SqlStore
from bot.store.errors import DiskFull
from bot.store.inbox import Incoming
from bot.store.inbox_queue import InboxRow
from bot.store.outbox import Sent
from bot.store.tables import inbox
from desk.case import CaseId
from handlers.actions import Menu, OpenMenu
from handlers.messages import OLD_BUTTON, Channel, InboxId, Message, Reply
from tests.channels.conftest import CHAT, OWNER
from tests.channels.running import HOOK_SECRET, BotApi, until

STRANGER = 77


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def receiver(settings: Settings, store: SqlStore) -> TelegramReceiver:
    return TelegramReceiver(settings=settings, store=store, bot=make_bot(settings), clock=now)


@asynccontextmanager
async def running(receiver: TelegramReceiver) -> AsyncIterator[None]:
    task = asyncio.create_task(receiver.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def kept(store: SqlStore) -> list[str]:
    async with store.reading() as work:
        rows = await work.tx.rows(select(inbox.c.words).order_by(inbox.c.id))
    return [row.words or "" for row in rows]


def has(store: SqlStore, count: int) -> Callable[[], Awaitable[bool]]:
    async def enough() -> bool:
        return len(await kept(store)) >= count

    return enough


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


# --- from a row to a message ------------------------------------------------------------------------------------------


@pytest.fixture
def reader(store: SqlStore, bot: TelegramBot) -> TelegramReader:
    return TelegramReader(store=store, bot=bot, limit_mib=20)


async def read(
    receiver: TelegramReceiver, reader: TelegramReader, store: SqlStore, api: BotApi, **order: object
) -> tuple[Message | None, InboxRow]:
    await api.push({"user": CHAT, **order})
    async with running(receiver):
        await until(has(store, 1))
    (row,) = await store.inbox.claim(1, now())
    parcel = reader.open(row)
    if parcel.slow:
        await parcel.fetch(last=False)
    async with store.work() as work:
        message = await parcel.message(work)
        await work.commit()
    return message, row


async def test_a_text_becomes_a_message_of_its_person(
    receiver: TelegramReceiver, reader: TelegramReader, store: SqlStore, api: BotApi
) -> None:
    message, row = await read(receiver, reader, store, api, text="试用期多久")
    assert message == Message(inbox=row.id, person=OWNER, channel=Channel.TELEGRAM, at=row.at, text="试用期多久")


async def test_a_stranger_becomes_a_person_who_can_be_reached(
    receiver: TelegramReceiver, reader: TelegramReader, store: SqlStore, api: BotApi
) -> None:
    message, _ = await read(receiver, reader, store, api, user=STRANGER, text="您好")
    assert message is not None
    async with store.reading() as work:
        person = await work.people.by_telegram(STRANGER)
        assert person is not None
        assert (person.id, person.name) == (message.person, "")
        assert (await work.people.contact(person.id)).telegram_chat == STRANGER


async def test_a_press_becomes_an_action_and_a_forged_one_an_old_button(
    receiver: TelegramReceiver, reader: TelegramReader, store: SqlStore, api: BotApi
) -> None:
    message, row = await read(receiver, reader, store, api, data="m|start")
    assert message is not None
    assert message.action == OpenMenu(Menu.START)
    async with store.work() as work:
        store.inbox.done(work, row.id)
        await work.commit()
    await api.push({"user": CHAT, "data": "c|sign|../../etc|x"})
    async with running(receiver):
        await until(has(store, 2))
    (forged,) = await store.inbox.claim(1, now())
    async with store.work() as work:
        message = await reader.open(forged).message(work)
    assert message is not None
    assert (message.action, message.unsupported) == (None, OLD_BUTTON)


async def test_a_correction_is_marked(
    receiver: TelegramReceiver, reader: TelegramReader, store: SqlStore, api: BotApi
) -> None:
    message, _ = await read(receiver, reader, store, api, text="改过的话", edit=1)
    assert message is not None
    assert message.edited


async def test_a_document_is_downloaded_and_recorded(
    receiver: TelegramReceiver, reader: TelegramReader, store: SqlStore, api: BotApi
) -> None:
    content = base64.b64encode(b"PK\x03\x04").decode()
    message, _ = await read(receiver, reader, store, api, document=content, name="问答库.xlsx", caption="请导入")
    assert message is not None
    (file,) = message.files
    assert (file.name, file.size, message.text) == ("问答库.xlsx", 4, "请导入")
    assert await store.blobs.read(file.id) == b"PK\x03\x04"
    async with store.reading() as work:
        assert (await work.files.owner(file.id))[0] == OWNER


async def test_a_file_above_the_limit_gets_one_sentence_and_is_not_fetched(
    receiver: TelegramReceiver, store: SqlStore, bot: TelegramBot, api: BotApi
) -> None:
    small = TelegramReader(store=store, bot=bot, limit_mib=1)
    content = base64.b64encode(b"x" * (1024 * 1024 + 1)).decode()
    message, _ = await read(receiver, small, store, api, document=content)
    assert message is None
    assert not await api.calls("getFile", ok=None)
    (row,) = await store.outbox.claim(1, now())
    assert "超过1 MB" in row.payload


async def test_a_download_that_fails_is_tried_again_and_at_last_asked_for(
    receiver: TelegramReceiver, reader: TelegramReader, store: SqlStore, api: BotApi
) -> None:
    await api.push({"user": CHAT, "document": base64.b64encode(b"x").decode()})
    async with running(receiver):
        await until(has(store, 1))
    (row,) = await store.inbox.claim(1, now())
    parcel = reader.open(row)
    await api.fault("500", method="getFile", count=2)
    with pytest.raises(FetchFailed):
        await parcel.fetch(last=False)
    await parcel.fetch(last=True)
    async with store.work() as work:
        assert await parcel.message(work) is None
        await work.commit()
    (sent,) = await store.outbox.claim(1, now())
    assert "请再发一次" in sent.payload


async def test_a_reply_to_a_shown_message_reaches_its_case(
    receiver: TelegramReceiver, reader: TelegramReader, store: SqlStore, api: BotApi
) -> None:
    async with store.work() as work:
        await work.replies.put(
            Reply(to=OWNER, text="答复", channel=Channel.TELEGRAM, case=CaseId("c1")), at=now(), key="k"
        )
        await work.commit()
    (row,) = await store.outbox.claim(1, now())
    await store.outbox.sent_many([Sent(id=row.id, parts=(555,))], now())
    message, _ = await read(receiver, reader, store, api, text="还有一个问题", reply_to=555)
    assert message is not None
    assert message.case == "c1"


async def test_a_voice_message_is_named_as_unreadable(
    receiver: TelegramReceiver, reader: TelegramReader, store: SqlStore, api: BotApi
) -> None:
    message, _ = await read(receiver, reader, store, api, voice=base64.b64encode(b"x").decode())
    assert message is not None
    assert message.unsupported == "voice"


async def test_a_group_is_told_once_and_nothing_of_it_is_kept(
    receiver: TelegramReceiver, reader: TelegramReader, store: SqlStore, api: BotApi
) -> None:
    for number in range(2):
        await api.push({"user": -100, "text": "群里的话", "chat_type": "supergroup"})
        async with running(receiver):
            await until(has(store, number + 1))
        (row,) = await store.inbox.claim(1, now())
        assert "群里的话" not in row.payload
        async with store.work() as work:
            assert await reader.open(row).message(work) is None
            store.inbox.done(work, row.id)
            await work.commit()
    rows = await store.outbox.claim(5, now())
    assert [(each.address, each.person) for each in rows] == [("-100", "")]
    assert await kept(store) == ["", ""]


async def test_who_writes_again_has_not_blocked_the_bot(
    receiver: TelegramReceiver, reader: TelegramReader, store: SqlStore, api: BotApi
) -> None:
    from dataclasses import replace

    async with store.work() as work:
        contact = await work.people.contact(OWNER)
        await work.people.save_contact(replace(contact, telegram_blocked=True))
        await work.commit()
    await read(receiver, reader, store, api, text="我回来了")
    async with store.reading() as work:
        assert not (await work.people.contact(OWNER)).telegram_blocked
