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
from handlers.records import Contact
from tests.channels.running import BotApi, Program, bot_api, until

pytestmark = pytest.mark.slow

MARK = "（可能重复）"
CHATS = (501, 502, 503)
QUESTIONS = (
    "试用期最长可以约定多久？",
    "员工辞职要提前多久说？",
    "客户拖欠货款怎么办？",
    "员工工伤了单位要做什么？",
    "公司没钱交税可以延期吗？",
    "广告里写最好的可以吗？",
    "被列入失信名单怎么移出？",
)
POINTS = ("inbox.before", "inbox.after", "decision.before", "decision.after", "send.before", "send.after")
WAYS = {"polling": POINTS, "webhook": (*POINTS, "webhook.committed")}


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


async def ask(api: BotApi, question: str) -> None:
    """Everybody asks it."""
    await api.push(*({"user": chat, "text": question} for chat in CHATS))


async def arrived(api: BotApi, count: int) -> bool:
    """Whether every chat has its replies and nothing waits to be taken."""
    counts = [len(without_repeats(await api.said(chat))) for chat in CHATS]
    return min(counts) >= count and not (await api.state())["waiting"]


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
            for question in QUESTIONS:
                await ask(api, question)
            await until(lambda: arrived(api, len(QUESTIONS)))
            await program.stop()
            done.write_text(json.dumps([await api.said(chat) for chat in CHATS]), encoding="utf-8")
    return dict(zip(CHATS, json.loads(done.read_text(encoding="utf-8")), strict=True))


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[BotApi]:
    async with bot_api(tmp_path, delay_s=0.02) as running:
        yield running


@pytest.mark.parametrize("mode", WAYS)
async def test_kills_lose_nothing_and_nothing_is_done_twice(
    tmp_path: Path, seeded: Path, undisturbed: Mapping[int, list[str]], api: BotApi, mode: str
) -> None:
    """One kill after the other, each at its point while everybody asks the next question; then one quiet start."""
    shutil.copytree(seeded / "start", tmp_path / "state")
    program = Program(tmp_path, api, mode=mode)
    asked_so_far = QUESTIONS[: len(WAYS[mode])]
    for point, question in zip(WAYS[mode], asked_so_far, strict=True):
        await program.start(kill_at=point)
        await ask(api, question)
        await program.killed()
    await program.start()
    await until(lambda: arrived(api, len(asked_so_far)))
    await program.stop()

    repeats = 0
    for chat in CHATS:
        said = await api.said(chat)
        wanted = undisturbed[chat][: len(asked_so_far)]
        assert without_repeats(said) == wanted, f"order and content in chat {chat}"
        repeated = len(said) - len(wanted)
        assert repeated <= sum(text.startswith(MARK) for text in said), "what repeats is marked"
        repeats += repeated
    sent_before_the_mark = 1  # send.after: the one call after which the process died, and what else was in flight then
    assert sent_before_the_mark <= repeats <= len(CHATS), "only what was in flight comes again"
    assert sorted(count for _, count in asked(tmp_path / "state")) == [1] * len(CHATS) * len(asked_so_far)
