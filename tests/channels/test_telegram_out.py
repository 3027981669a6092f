"""Replies on their way to Telegram: what is sent, and what becomes of every error."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.channels.channel import Arrived, GivenUp, Result, TryAgain
from bot.channels.telegram_bot import TelegramBot, make_bot
from bot.channels.telegram_out import TelegramSender
from bot.channels.telegram_request import AiohttpRequest
from bot.settings import Settings
from bot.store import SqlStore
from bot.store.outbox import OutboxRow
from bot.store.replies_json import reply_text
from desk.case import Case, CaseFacts, CaseId
from desk.people import Role
from handlers.actions import Menu, OpenMenu, Pick
from handlers.messages import Button, FileRef, Link, Reply
from tests.channels.conftest import CHAT, OWNER
from tests.channels.running import BotApi

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def row(reply: Reply, **more: object) -> OutboxRow:
    made = OutboxRow(
        id=1, channel="telegram", person=OWNER, address=str(CHAT), case=reply.case, payload=reply_text(reply),
        attempts=0, queued_at=AT, parts=(), maybe_repeat=False,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.fixture
def sender(store: SqlStore, bot: TelegramBot) -> TelegramSender:
    return TelegramSender(store=store, bot=bot, content="notice")


def reply(text: str = "您好", **more: object) -> Reply:
    return Reply(to=OWNER, text=text, **more)  # type: ignore[arg-type]


async def test_a_reply_arrives_with_buttons_and_its_number_is_given(sender: TelegramSender, api: BotApi) -> None:
    buttons = ((Button(label="主菜单", action=OpenMenu(Menu.START)),),)
    result = await sender.deliver(row(reply(buttons=buttons)))
    (call,) = await api.calls("sendMessage")
    assert result == Arrived(parts=(call["message_id"],))
    assert call["text"] == "您好"
    assert json.loads(call["reply_markup"])["inline_keyboard"][0][0]["callback_data"] == "m|start"


async def test_markup_of_any_kind_is_shown_as_it_was_written(sender: TelegramSender, api: BotApi) -> None:
    text = "<b>公司</b> _a_ *b* [x](y) `"
    await sender.deliver(row(reply(text)))
    assert await api.said(CHAT) == [text]


async def test_a_long_answer_comes_in_parts_with_the_buttons_under_the_last(
    sender: TelegramSender, api: BotApi
) -> None:
    text = "".join(f"第{number}条：用人单位应当及时足额支付。" for number in range(500))
    await sender.deliver(row(reply(text, buttons=((Button(label="都不是", action=OpenMenu(Menu.HELP)),),))))
    calls = await api.calls("sendMessage")
    assert len(calls) > 1
    assert "".join(call["text"] for call in calls) == text
    assert ["reply_markup" in call for call in calls] == [False] * (len(calls) - 1) + [True]


async def test_after_a_failure_only_the_parts_that_are_missing_are_sent(sender: TelegramSender, api: BotApi) -> None:
    text = "一二三四五六七八九十。" * 800
    first = await sender.deliver(row(reply(text)))
    assert isinstance(first, Arrived)
    await sender.deliver(row(reply(text), parts=first.parts[:-1]))
    said = await api.said(CHAT)
    assert said[-1] == said[-2]
    assert len(said) == len(first.parts) + 1


async def test_what_may_have_arrived_is_marked(sender: TelegramSender, api: BotApi) -> None:
    await sender.deliver(row(reply(), maybe_repeat=True))
    assert await api.said(CHAT) == ["（可能重复）您好"]


async def test_public_links_are_buttons_and_others_stand_in_the_text(sender: TelegramSender, api: BotApi) -> None:
    links = (
        Link(label="打开案件", url="https://tijian.example.cn/?case=1"),
        Link(label="拨打 110（报警）", url="tel:110"),
        Link(label="本机", url="http://127.0.0.1:8080/"),
    )
    await sender.deliver(row(reply("急事", links=links)))
    (call,) = await api.calls("sendMessage")
    assert call["text"] == "急事\n拨打 110（报警）：110\n本机：http://127.0.0.1:8080/"
    assert json.loads(call["reply_markup"])["inline_keyboard"] == [
        [{"text": "打开案件", "url": "https://tijian.example.cn/?case=1"}]
    ]


async def test_private_words_and_files_stay_on_the_web_by_notice(sender: TelegramSender, api: BotApi) -> None:
    file = FileRef(id="0" * 32, name="秘密.pdf", media_type="application/pdf", size=1, sha256="")  # type: ignore[arg-type]
    secret = reply("答复全文", private=True, public="案件有新答复，请打开网页查看。", files=(file,))
    await sender.deliver(row(secret))
    await sender.deliver(row(reply("没有公开的说法", private=True)))
    said = await api.said(CHAT)
    assert said[0] == "案件有新答复，请打开网页查看。"
    assert "没有公开的说法" not in said[1]
    assert not await api.calls("sendDocument")


@pytest.mark.parametrize(
    ("topic", "lawyer_only", "shown"),
    [("labour", False, "答复全文"), ("secret", False, "请看网页"), ("labour", True, "请看网页")],
)
async def test_full_content_still_seals_crime_and_trade_secrets(  # noqa: PLR0917 - a table
    store: SqlStore, bot: TelegramBot, api: BotApi, topic: str, lawyer_only: bool, shown: str
) -> None:
    case = Case(
        id=CaseId("c1"), number="FT20261123-0001-1", owner=OWNER, role=Role.LAWYER, opened_at=AT, topic=topic,
        lawyer_only=lawyer_only,
    )  # fmt: skip
    async with store.work() as work:
        await work.cases.add(case, CaseFacts(case=case.id, question="?"), ())
        await work.commit()
    sender = TelegramSender(store=store, bot=bot, content="full")
    await sender.deliver(row(reply("答复全文", private=True, public="请看网页", case=case.id)))
    assert await api.said(CHAT) == [shown]


async def test_documents_and_photos_are_sent_with_their_bytes(
    sender: TelegramSender, store: SqlStore, api: BotApi
) -> None:
    files = []
    for name, media_type, data in (
        ("说明.pdf", "application/pdf", b"%PDF-1.4"),
        ("照片.jpg", "image/jpeg", b"\xff\xd8\xff"),
    ):
        blob = await store.blobs.put_bytes(data, limit=100)
        files.append(FileRef(id=blob.id, name=name, media_type=media_type, size=blob.size, sha256=blob.sha256))
    result = await sender.deliver(row(reply("附件在下面", files=tuple(files))))
    assert isinstance(result, Arrived)
    assert len(result.parts) == 3
    (document,), (photo,) = await api.calls("sendDocument"), await api.calls("sendPhoto")
    assert document["document"] == {"name": "说明.pdf", "size": 8}
    assert photo["photo"]["size"] == 3


async def test_a_file_that_was_deleted_since_is_named_as_missing(sender: TelegramSender, api: BotApi) -> None:
    file = FileRef(id="0" * 32, name="旧.pdf", media_type="application/pdf", size=1, sha256="")  # type: ignore[arg-type]
    assert isinstance(await sender.deliver(row(reply(files=(file,)))), Arrived)
    assert "没有送达" in (await api.said(CHAT))[1]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "403"}, GivenUp(why="blocked", unreachable=True)),
        ({"kind": "400"}, GivenUp(why="no-chat", unreachable=True)),
        ({"kind": "429", "retry_after": 7}, TryAgain(why="429", after_s=7.0, counts=False)),
        ({"kind": "500"}, TryAgain(why="NetworkError")),
        ({"kind": "502"}, TryAgain(why="NetworkError")),
        ({"kind": "reset"}, TryAgain(why="AnswerLost", maybe_repeat=True)),
        ({"kind": "ok_then_reset"}, TryAgain(why="AnswerLost", maybe_repeat=True)),
    ],
)
async def test_every_error_has_its_consequence(
    sender: TelegramSender, api: BotApi, fault: dict[str, object], expected: Result
) -> None:
    await api.fault(**fault, method="sendMessage")  # type: ignore[arg-type]
    assert await sender.deliver(row(reply())) == expected
    assert isinstance(await sender.deliver(row(reply())), Arrived)


async def test_an_answer_that_never_comes_is_a_possible_repeat(
    settings: Settings, store: SqlStore, api: BotApi
) -> None:
    bot = make_bot(settings)
    bot._request = (bot._request[0], AiohttpRequest(connections=1, timeout_s=0.3))
    await bot.initialize()
    await api.fault("hang", method="sendMessage")
    result = await TelegramSender(store=store, bot=bot, content="notice").deliver(row(reply()))
    await bot.shutdown()
    assert result == TryAgain(why="TimedOut", maybe_repeat=True)


async def test_without_a_connection_nothing_can_have_arrived(settings: Settings, store: SqlStore) -> None:
    bot = make_bot(settings.model_copy(update={"telegram_api": "http://127.0.0.1:9"}))
    await bot._request[1].initialize()
    result = await TelegramSender(store=store, bot=bot, content="notice").deliver(row(reply()))
    await bot._request[1].shutdown()
    assert result == TryAgain(why="NeverLeft")


async def test_a_refused_token_waits_without_counting(settings: Settings, store: SqlStore) -> None:
    from pydantic import SecretStr

    bot = make_bot(settings.model_copy(update={"telegram_token": SecretStr("123456:a-wrong-token")}))
    await bot._request[1].initialize()
    result = await TelegramSender(store=store, bot=bot, content="notice").deliver(row(reply()))
    await bot._request[1].shutdown()
    assert isinstance(result, TryAgain)
    assert (result.why, result.counts) == ("token", False)


async def test_a_value_too_long_for_a_button_costs_the_button_not_the_reply(
    sender: TelegramSender, api: BotApi
) -> None:
    buttons = ((Button(label="长", action=Pick(entry="x" * 70)), Button(label="短", action=Pick(entry="x"))),)
    assert isinstance(await sender.deliver(row(reply(buttons=buttons))), Arrived)
    (call,) = await api.calls("sendMessage")
    assert [button["text"] for button in json.loads(call["reply_markup"])["inline_keyboard"][0]] == ["短"]
