"""SIGKILL to the real ``tijian serve`` at every point where something could be lost or done twice.

What is counted comes from the log of the loopback Bot API server, a process of its own.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.store import open_store
from desk.people import Person, PersonId
from handlers.ports import Contact
from tests.channels.running import BotApi, Program, bot_api, until

pytestmark = pytest.mark.slow

MARK = "（可能重复）"
CHATS = (501, 502, 503)
QUESTIONS = (
    "试用期最长可以约定多久？",
    "员工辞职要提前多久说？",
    "客户拖欠货款怎么办？",
)
POINTS = ("inbox.before", "inbox.after", "decision.before", "decision.after", "send.before", "send.after")
WAYS = [("polling", point) for point in POINTS] + [("webhook", point) for point in (*POINTS, "webhook.committed")]


async def prepare(state: Path) -> None:
    """Three people who have agreed that their words are kept."""
    at = datetime.now(UTC)
    async with open_store(f"sqlite+aiosqlite:///{state / 'tijian.sqlite3'}", state) as store, store.work() as work:
        for chat in CHATS:
            person = Person(id=PersonId(f"owner-{chat}"))
            await work.people.add(person)
            await work.people.save_contact(Contact(person=person.id, telegram_chat=chat))
            await work.people.consent(person.id, "telegram", yes=True, at=at)
        await work.commit()


async def ask_everything(api: BotApi) -> None:
    """Every person asks every question, one after the other."""
    await api.push(*({"user": chat, "text": question} for question in QUESTIONS for chat in CHATS))


async def all_arrived(api: BotApi) -> bool:
    """Whether every chat has its replies and nothing waits to be taken."""
    counts = [len(without_repeats(await api.said(chat))) for chat in CHATS]
    return min(counts) >= len(QUESTIONS) and not (await api.state())["waiting"]


def without_repeats(said: list[str]) -> list[str]:
    """The texts without marks, and without those marked ones that only repeat the text before."""
    kept: list[str] = []
    for text in said:
        plain = text.removeprefix(MARK)
        if not (text.startswith(MARK) and kept and kept[-1] == plain):
            kept.append(plain)
    return kept


def asked(state: Path) -> list[tuple[str, int]]:
    """How often each (person, question) was decided."""
    with sqlite3.connect(state / "tijian.sqlite3") as database:
        rows = database.execute("SELECT person || question, count(*) FROM questions GROUP BY 1").fetchall()
    database.close()
    return rows


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("seeded")


@pytest.fixture
async def undisturbed(seeded: Path) -> Mapping[int, list[str]]:
    """What each chat is told when nothing is killed; the state before it is what every test starts from."""
    done = seeded / "expected"
    if not done.exists():
        (seeded / "state").mkdir(mode=0o700, parents=True)
        async with bot_api(seeded) as api:
            program = Program(seeded, api)
            await program.start()
            await program.stop()  # the first start publishes the shipped base
            await prepare(seeded / "state")
            shutil.copytree(seeded / "state", seeded / "start")
            await program.start()
            await ask_everything(api)
            await until(lambda: all_arrived(api))
            await program.stop()
            done.write_text(json.dumps([await api.said(chat) for chat in CHATS]), encoding="utf-8")
    return dict(zip(CHATS, json.loads(done.read_text(encoding="utf-8")), strict=True))


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[BotApi]:
    async with bot_api(tmp_path, delay_s=0.02) as running:
        yield running


@pytest.mark.parametrize(("mode", "point"), WAYS)
async def test_a_kill_loses_nothing_and_does_nothing_twice(  # noqa: PLR0917 - fixtures and a table
    tmp_path: Path, seeded: Path, undisturbed: Mapping[int, list[str]], api: BotApi, mode: str, point: str
) -> None:
    shutil.copytree(seeded / "start", tmp_path / "state")
    program = Program(tmp_path, api, mode=mode)
    if mode == "polling":
        await ask_everything(api)
        await program.start(kill_at=f"{point}:2" if point.startswith("send") else point)
    else:
        await program.start(kill_at=f"{point}:2")
        await ask_everything(api)
    await program.killed()
    await program.start()
    await until(lambda: all_arrived(api))
    await program.stop()

    for chat in CHATS:
        said = await api.said(chat)
        assert without_repeats(said) == undisturbed[chat], f"{point}: order or content in chat {chat}"
        extra = len(said) - len(undisturbed[chat])
        assert extra <= 1, "only the one in flight may repeat"
        assert extra <= sum(text.startswith(MARK) for text in said), "and it is marked"
    assert sorted(count for _, count in asked(tmp_path / "state")) == [1] * len(CHATS) * len(QUESTIONS)
    if point == "send.after":
        repeated = [len(await api.said(chat)) - len(undisturbed[chat]) for chat in CHATS]
        assert sum(repeated) >= 1, "what had arrived without being noted comes again"
