"""Questions a second over Telegram, end to end: 100 people at once, 60 ms to the Bot API, SQLite with synchronous=FULL.

``python -m benchmarks.throughput [--seconds 60] [--people 100] [--ahead 1]``. The Bot API server with its people, the
program and the peer are processes of their own. A question counts when its reply was taken by the server; lost is what
was asked and never answered; the peer is a plain echo bot of the library, which decides nothing and keeps nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from bot.store import open_store
from desk.people import Person, PersonId
from handlers.ports import Contact
from tests.channels.running import TOKEN, BotApi, Program, bot_api

DELAY_S = 0.06
FIRST_CHAT = 10_001
QUESTIONS = (
    "试用期最长可以约定多久？", "没签劳动合同要赔双倍工资吗？", "周末加班工资怎么算？", "入职收押金合法吗？",
    "客户收了货一直不付货款，怎么要回来？", "试用期可以随便辞退吗？", "公司没钱交税，可以申请延期缴纳吗？",
    "被列入失信名单怎么移出？", "员工把客户名单带走了怎么办？", "广告里能写最好、第一吗？", "消防没验收能营业吗？",
    "民宿要办什么证？", "快递丢了怎么赔？", "股东不出资怎么办？", "环评没做能开工吗？", "今天天气怎么样？",
)  # fmt: skip


async def prepare(state: Path, chats: list[int]) -> None:
    """People who have agreed that their words are kept."""
    at = datetime.now(UTC)
    async with open_store(f"sqlite+aiosqlite:///{state / 'tijian.sqlite3'}", state) as store, store.work() as work:
        for chat in chats:
            person = Person(id=PersonId(f"owner-{chat}"), test=True)
            await work.people.add(person)
            await work.people.save_contact(Contact(person=person.id, telegram_chat=chat))
            await work.people.consent(person.id, "telegram", yes=True, at=at)
        await work.commit()


async def talk(api: BotApi, chats: list[int], seconds: float, ahead: int) -> dict[str, Any]:
    """Lets everybody talk, and waits until the last one is answered (or 30 s)."""
    order = {"users": chats, "questions": QUESTIONS, "seconds": seconds, "ahead": ahead}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{api.address}/control/talk", json=order) as answer:
            answer.raise_for_status()
        await asyncio.sleep(seconds)
        for _ in range(60):
            async with session.get(f"{api.address}/control/talk") as answer:
                result: dict[str, Any] = await answer.json()
            if result["over"] and result["answered"] == result["asked"]:
                break
            await asyncio.sleep(0.5)
    return result


def cpu_seconds(process: int) -> float:
    """Processor time a process has used; 0 where the system does not tell (no /proc)."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def tell(name: str, result: dict[str, Any], seconds: float) -> float:
    """One line of the table; gives the questions a second."""
    latencies = sorted(result["latencies"]) or [float("nan")]
    p95 = latencies[min(len(latencies) - 1, int(len(latencies) * 0.95))]
    rate = result["answered_in_time"] / seconds
    print(
        f"{name:34} {rate:8.1f}/s   median {statistics.median(latencies) * 1000:6.0f} ms   p95 {p95 * 1000:6.0f} ms"
        f"   asked {result['asked']:6}   lost {result['asked'] - result['answered']:3}"
        f"   out of order {result['out_of_order']:3}",
        flush=True,
    )
    return rate


async def ours(seconds: float, people: int, ahead: int) -> dict[str, Any]:
    """The real program."""
    chats = list(range(FIRST_CHAT, FIRST_CHAT + people))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await prepare(folder / "state", chats)
        async with bot_api(folder, delay_s=DELAY_S) as api:
            program = Program(folder, api)
            await program.start()
            try:
                await talk(api, chats, 2, 1)  # caches filled, connections open
                before = cpu_seconds(program.process_id)
                result = await talk(api, chats, seconds, ahead)
                spent = cpu_seconds(program.process_id) - before
                print(f"  processor time of the program: {1000 * spent / max(1, result['answered']):.1f} ms a question")
                return result
            finally:
                await program.stop()


async def peer(seconds: float, people: int) -> dict[str, Any]:
    """The echo bot."""
    chats = list(range(FIRST_CHAT, FIRST_CHAT + people))
    with tempfile.TemporaryDirectory() as name:
        async with bot_api(Path(name), delay_s=DELAY_S) as api:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "benchmarks.echo_bot", api.address, TOKEN, stderr=asyncio.subprocess.DEVNULL
            )
            try:
                await asyncio.sleep(2)
                return await talk(api, chats, seconds, 1)
            finally:
                process.terminate()
                await process.wait()


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--ahead", type=int, default=1)
    parser.add_argument("--no-peer", action="store_true")
    given = parser.parse_args()
    print(f"{given.people} people at once, {DELAY_S * 1000:.0f} ms to the Bot API, {given.seconds:.0f} s", flush=True)
    tell("tijian serve", asyncio.run(ours(given.seconds, given.people, given.ahead)), given.seconds)
    if not given.no_peer:
        seconds = min(given.seconds, 15.0)
        tell("python-telegram-bot echo, one by one", asyncio.run(peer(seconds, given.people)), seconds)


if __name__ == "__main__":
    main()
