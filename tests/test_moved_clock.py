"""One case in the running program with only the clock moved: holiday, warning, breach, 提级, pause, silence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest_asyncio

from handlers.actions import CaseVerb, OnCase, encode
from tests.serving import Served
from tests.web.program import Visitor

SHANGHAI = ZoneInfo("Asia/Shanghai")
COUNTY, CITY = "浙江省/湖州市/德清县", "浙江省/湖州市"
HOLIDAY = datetime(2026, 10, 3, 22, 0, tzinfo=SHANGHAI)
"""A Saturday in the National Day holidays; work begins again on Thursday the 8th, Saturday the 10th is made up."""
SETTLE_S = 20.0
NAMES = {"county": "李律师", "city": "周律师", "supervisor": "郑督办"}


@pytest_asyncio.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    program = Served(state=tmp_path / "state")
    program.set_clock(HOLIDAY)
    yield program
    if program.process is not None and program.process.returncode is None:
        await program.stop()


class Desk:
    """The people of the case and what each was told."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.people: dict[str, Visitor] = {}

    async def join(self, who: str, link: str | None = None) -> Visitor:
        visitor = Visitor(self.served)  # type: ignore[arg-type]
        await visitor.open("/")
        if link is not None:
            path = link.removeprefix(self.served.address)
            await visitor.open(path)
            status, _, _ = await visitor.form(path)
            assert status == 200
            await visitor.open("/")
        self.people[who] = visitor
        return visitor

    async def again(self) -> None:
        """Staff sessions end after three days: everybody logs in again."""
        listed = await self.served.command("user", "list")
        for who in [name for name in self.people if name != "owner"]:
            await self.people[who].http.close()
            person = next(line.split()[0] for line in listed.splitlines() if NAMES[who] in line)
            await self.join(who, await self.served.command("user", "link", person))

    async def told(self, who: str, words: str) -> dict[str, Any]:
        """The line with these words; waits for the running program to say it."""
        loop = asyncio.get_running_loop()
        until = loop.time() + SETTLE_S
        lines: list[dict[str, Any]] = []
        while loop.time() < until:
            lines = [line for line in await self.people[who].lines() if not line["mine"]]
            found = [line for line in lines if words in line["text"]]
            if found:
                return found[-1]
            await asyncio.sleep(0.1)
        raise AssertionError((who, words, [line["text"] for line in lines]))

    async def count(self, who: str, words: str) -> int:
        return len([line for line in await self.people[who].lines() if not line["mine"] and words in line["text"]])

    async def press(self, who: str, verb: CaseVerb, case: str, version: int) -> None:
        status, answer = await self.people[who].press(encode(OnCase(verb, case, version)))
        assert status == 200, answer

    async def close(self) -> None:
        for visitor in self.people.values():
            await visitor.http.close()


def version_of(line: dict[str, Any], verb: CaseVerb) -> tuple[str, int]:
    """Case and version from a button of the line."""
    for row in line["buttons"]:
        for button in row:
            kind, *rest = button["action"].split("|")
            if kind == "c" and rest[0] == verb:
                return rest[1], int(rest[2])
    raise AssertionError(line)


async def invite(served: Served, role: str, name: str, region: str, level: int) -> str:
    return await served.command(
        "user",
        "invite",
        "--role",
        role,
        "--name",
        name,
        "--unit",
        f"{name}所",
        "--region",
        region,
        "--level",
        str(level),
    )


async def test_a_case_passes_its_whole_life_with_only_the_clock_moved(served: Served) -> None:  # noqa: PLR0915 - one story
    links = {
        "county": await invite(served, "lawyer", NAMES["county"], COUNTY, 1),
        "city": await invite(served, "lawyer", NAMES["city"], CITY, 2),
        "supervisor": await invite(served, "supervisor", NAMES["supervisor"], CITY, 2),
    }
    await served.start()
    desk = Desk(served)
    try:
        for who, link in links.items():
            await desk.join(who, link)
        owner = await desk.join("owner")
        await owner.allow()

        # Saturday night in the holidays: nobody is on duty, the earliest moment is the first working morning.
        form = {
            "id": "11111111-1111-4111-8111-111111111111", "question": "合伙人把公司的设备卖了，我该怎么追回来？",
            "situation": "dispute", "side": "employer", "name": "陈老板", "company": "莫干童装厂", "region": "德清县",
            "other_party": "张三", "notify": "none", "topic": "company",
        }  # fmt: skip
        _, shown = await owner.post("/chat/form", **form)
        assert not shown["errors"], shown
        _, sent = await owner.post("/chat/form", **form, confirmed=True, shown=shown["shown"])
        number = sent["number"]
        assert "10月8日（周四）9:00" in (await desk.told("owner", "没有人值班"))["text"]
        await desk.told("supervisor", "无人值班")

        # Thursday morning: the case goes to the county lawyer by itself.
        served.set_clock(datetime(2026, 10, 8, 9, 2, tzinfo=SHANGHAI))
        await desk.again()
        await desk.told("county", "有新案件请您签收")

        # Three of four working hours are over: a warning. Restarted midway, it is not said again.
        served.set_clock(datetime(2026, 10, 8, 13, 35, tzinfo=SHANGHAI))
        await desk.told("county", "签收期限快到了")
        assert await served.stop() == 0
        await served.start()

        # The promise is broken: the supervisor hears it, and the case goes one level up to somebody else.
        served.set_clock(datetime(2026, 10, 8, 15, 1, tzinfo=SHANGHAI))
        await desk.told("supervisor", "已超过签收期限")
        await desk.told("owner", "已提级到市级")
        card = await desk.told("city", "有新案件请您签收")
        case, _ = version_of(card, CaseVerb.OPEN)

        await desk.press("city", CaseVerb.OPEN, case, 0)
        line = await desk.told("city", "请先确认没有利害关系")
        await desk.press("city", CaseVerb.CLEAR_CONFLICT, *version_of(line, CaseVerb.CLEAR_CONFLICT))
        line = await desk.told("city", "已确认与各方没有利害关系")
        await desk.press("city", CaseVerb.SIGN, *version_of(line, CaseVerb.SIGN))
        line = await desk.told("city", "已签收，您现在是")

        # Asked back: the clocks stand still until the owner supplies, on the make-up Saturday.
        await desk.press("city", CaseVerb.ASK_BACK, *version_of(line, CaseVerb.ASK_BACK))
        await desk.told("city", "请写需要对方补充什么")
        await desk.people["city"].say("请发设备清单和购买发票")
        await desk.told("owner", "请发设备清单和购买发票")
        served.set_clock(datetime(2026, 10, 10, 10, 0, tzinfo=SHANGHAI))
        _, answer = await owner.say("清单和发票在这里", case=case)
        assert "errors" not in answer
        line = await desk.told("city", "清单和发票在这里")
        assert await desk.count("city", "期限快到了") == 0

        await desk.press("city", CaseVerb.ANSWER, *version_of(line, CaseVerb.ANSWER))
        await desk.told("city", "请写答复")
        await desk.people["city"].say("可以要求返还原物，返还不了的赔偿损失。")
        await desk.told("owner", "可以要求返还原物")

        # Five working days of silence: the make-up Saturday is one of them, so it ends on Friday, not on Monday.
        served.set_clock(datetime(2026, 10, 16, 9, 0, tzinfo=SHANGHAI))
        await asyncio.sleep(3)
        assert await desk.count("owner", "自动办结") == 0
        served.set_clock(datetime(2026, 10, 16, 17, 35, tzinfo=SHANGHAI))
        await desk.told("owner", "自动办结")
        await served.stop()
        await served.start()
        served.set_clock(datetime(2026, 10, 16, 17, 35, tzinfo=SHANGHAI) + timedelta(days=1))
        await asyncio.sleep(3)

        await desk.again()
        for who, words in (
            ("owner", "没有人值班"), ("supervisor", "无人值班"), ("county", "签收期限快到了"),
            ("supervisor", "已超过签收期限"), ("owner", "已提级到市级"), ("owner", "请发设备清单和购买发票"),
            ("owner", "可以要求返还原物"), ("owner", "自动办结"), ("city", "有新案件请您签收"),
        ):  # fmt: skip
            assert await desk.count(who, words) == 1, (number, who, words)
    finally:
        await desk.close()
