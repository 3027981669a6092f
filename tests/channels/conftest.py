"""A store in a temporary folder, a Bot API server of its own process, a bot that talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels.telegram import TelegramReceiver
from bot.channels.telegram_bot import TelegramBot, make_bot
from bot.settings import Settings, read_settings
from bot.store import SqlStore, open_store
from desk.people import Person, PersonId
from handlers.records import Contact
from tests.channels.receiving import now
from tests.channels.running import HOOK_SECRET, TOKEN, BotApi, bot_api

OWNER = PersonId("owner-1")
CHAT = 7


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    """With one person who is reached in Telegram chat 7 and by mail."""
    async with open_store(f"sqlite+aiosqlite:///{tmp_path / 'tijian.db'}", tmp_path / "state") as opened:
        async with opened.work() as work:
            await work.people.add(Person(id=OWNER))
            await work.people.save_contact(Contact(person=OWNER, telegram_chat=CHAT, email="owner@example.cn"))
            await work.commit()
        yield opened


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[BotApi]:
    async with bot_api(tmp_path) as running:
        await running.settings(chats=[CHAT])
        yield running


@pytest.fixture
def settings(api: BotApi, tmp_path: Path) -> Settings:
    return read_settings(
        state_dir=tmp_path / "state", telegram_token=TOKEN, telegram_api=api.address, telegram_rate=1000,
        telegram_webhook_secret=HOOK_SECRET, public_url="http://127.0.0.1:1",
    )  # fmt: skip


@pytest.fixture
async def bot(settings: Settings) -> AsyncIterator[TelegramBot]:
    made = make_bot(settings)
    await made.initialize()
    yield made
    await made.shutdown()


@pytest.fixture
def receiver(settings: Settings, store: SqlStore) -> TelegramReceiver:
    return TelegramReceiver(settings=settings, store=store, bot=make_bot(settings), clock=now)
