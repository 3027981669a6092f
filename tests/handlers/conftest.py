"""The dispatcher over the real SQLite store with a small base and a small house."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import SqlStore, open_store
from desk.calendar import SHANGHAI
from desk.desk import load_desk
from handlers.casework import CaseWork
from handlers.dispatch import Dispatcher
from handlers.messages import Channel
from handlers.notices import Notices
from knowledge.risk import RiskWords
from tests.dialogs import Dialog
from tests.handlers import samples
from tests.handlers.desk_house import MORE, House


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    async with open_store(f"sqlite+aiosqlite:///{tmp_path / 'tijian.db'}", tmp_path / "state") as opened:
        async with opened.work() as work:
            for person in (*samples.STAFF, samples.OWNER):
                await work.people.add(person)
            await work.commit()
        yield opened


@pytest.fixture
def dispatcher() -> Dispatcher:
    notices = Notices(address="https://tijian.example", zone=SHANGHAI)
    desk = load_desk()
    return Dispatcher(
        desk=desk, base=samples.base(), risk=RiskWords.load(), casework=CaseWork(desk=desk, notices=notices),
        notices=notices, public_url="https://tijian.example",
    )  # fmt: skip


@pytest.fixture
def telegram(store: SqlStore, dispatcher: Dispatcher) -> Dialog:
    return Dialog(store=store, dispatcher=dispatcher, at=samples.MONDAY)


@pytest.fixture
def web(store: SqlStore, dispatcher: Dispatcher) -> Dialog:
    return Dialog(store=store, dispatcher=dispatcher, at=samples.MONDAY, channel=Channel.WEB)


@pytest.fixture
async def asked(web: Dialog) -> Dialog:
    """An owner on the web who agreed that words are kept."""
    async with web.store.work() as work:
        await work.people.consent(web.person, "keep", yes=True, at=web.at)
        await work.people.consent(web.person, "telegram", yes=True, at=web.at)
        await work.commit()
    return web


@pytest.fixture
async def chat(telegram: Dialog, asked: Dialog) -> Dialog:
    """The same owner in Telegram."""
    del asked
    return telegram


@pytest.fixture
async def house(store: SqlStore) -> House:
    """The same store with more staff, and their chats."""
    async with store.work() as work:
        for person in MORE:
            await work.people.add(person)
        await work.commit()
    return House(store=store)
