"""From a kept update to a message: person, action, case, files."""

from __future__ import annotations

import base64

import pytest

from bot.channels.inbound import FetchFailed
from bot.channels.telegram import TelegramReceiver
from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_in import TelegramReader
from bot.store import SqlStore
from bot.store.inbox_queue import InboxRow
from bot.store.outbox import Sent
from desk.case import CaseId
from handlers.actions import Menu, OpenMenu
from handlers.messages import OLD_BUTTON, Channel, Message, Reply
from tests.channels.conftest import CHAT, OWNER
from tests.channels.receiving import has, kept, now, running
from tests.channels.running import BotApi, until

STRANGER = 77


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
