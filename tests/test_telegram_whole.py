"""The main job over Telegram: the running demo against a loopback Bot API server, by polling and by webhook."""

from __future__ import annotations

import html
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from tests.channels.running import HOOK_SECRET, TOKEN, BotApi, bot_api, until
from tests.demo import MONDAY
from tests.examples import ANSWER, OTHER_PARTY, THIRD, Examples, examples
from tests.serving import Served
from tests.web.program import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
OWNER, COUNTY, CITY = 900, 901, 902


@dataclass
class Chat:
    """One account at its phone: writes, presses what it was shown, reads on from where it stopped."""

    api: BotApi
    user: int
    read: int = 0

    async def say(self, text: str) -> None:
        await self.api.push({"user": self.user, "text": text})

    async def told(self, *words: str) -> dict[str, Any]:
        """The next message with all these words; what came before it counts as read."""
        found: list[tuple[int, dict[str, Any]]] = []

        async def there() -> bool:
            calls = await self.api.calls("sendMessage", self.user)
            found[:] = [
                (at, call) for at, call in enumerate(calls) if at >= self.read and all(w in call["text"] for w in words)
            ]
            return bool(found)

        try:
            await until(there)
        except TimeoutError:
            raise AssertionError((words, (await self.api.said(self.user))[self.read :])) from None
        at, call = found[0]
        self.read = at + 1
        return call

    async def press(self, message: dict[str, Any], label: str) -> None:
        """A button under a message, by what stands on it."""
        rows = json.loads(message["reply_markup"])["inline_keyboard"]
        values = [button["callback_data"] for row in rows for button in row if label in button["text"]]
        assert values, (label, rows)
        await self.api.push({"user": self.user, "data": values[0], "message_id": message["message_id"]})


@dataclass(frozen=True)
class Demo:
    """The demo with its bot; ``full`` where the operator lets the words of cases into Telegram."""

    served: Served
    api: BotApi
    questions: Examples
    full: bool


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["polling-notice", "webhook-full"])
async def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    mode, content = request.param.split("-")
    folder = tmp_path_factory.mktemp(mode)
    async with bot_api(folder) as api:
        env = {
            "TIJIAN_TELEGRAM_TOKEN": TOKEN, "TIJIAN_TELEGRAM_API": api.address, "TIJIAN_TELEGRAM_MODE": mode,
            "TIJIAN_TELEGRAM_WEBHOOK_SECRET": HOOK_SECRET, "TIJIAN_TELEGRAM_CONTENT": content, "TMPDIR": str(folder),
        }  # fmt: skip
        served = Served(state=folder / "state", env=env)
        served.set_clock(MONDAY)
        await served.start("--demo", until="(throw-away)")
        yield Demo(served=served, api=api, questions=await examples(served, folder), full=content == "full")
        await served.stop()


async def bound(served: Served, chat: Chat, name: str) -> None:
    """Logs in on the web, asks for the code and sends it to the bot."""
    link = next(line.rpartition(" ")[2] for line in served.said if f"{name}: " in line)
    path = link.removeprefix(served.address)
    async with Visitor(served) as visitor:  # type: ignore[arg-type]
        await visitor.open(path)
        await visitor.form(path)
        await visitor.open("/account")
        _, page, _ = await visitor.form("/account/telegram")
        deep = re.search(r"https://t\.me/tijian_bot\?start=([\w-]+)", page)
        assert deep is not None, html.unescape(page)
        await chat.say(f"/start {deep[1]}")
        await chat.told("已绑定", name)
        _, page = await visitor.open("/account")
        assert "解除绑定" in page


async def handed_over(owner: Chat, missed: dict[str, Any], question: str) -> str:
    """找人工 step by step; gives the case number."""
    await owner.press(missed, "找人工")
    await owner.told("对方是谁")
    await owner.say(OTHER_PARTY)
    await owner.press(await owner.told("哪一种情况"), "和别人有纠纷")
    await owner.press(await owner.told("单位一方"), "我是单位")
    await owner.told("哪个县")
    await owner.say("德清县")
    shown = await owner.told("还没有发出", "承办律师", "督办人员只看到编号、主题、时间", question)
    await owner.press(shown, "确认发出")
    receipt = await owner.told("已受理", "取件码", "11月23日（周一）15:3")
    number = re.search(r"FT\d{8}-\d{4}-\d", receipt["text"])
    assert number is not None
    assert re.search(r"取件码：[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", receipt["text"])
    return number[0]


async def signed_and_answered(expert: Chat, number: str, words: str, question: str, *, full: bool) -> None:
    """By buttons: first no conflict, then signed, then answered."""
    card = await expert.told("请您签收", number)
    await expert.press(card, "看")
    asked = await expert.told("利害关系") if full else await expert.told(number)
    assert question not in asked["text"]
    await expert.press(asked, "没有利害关系")
    clear = await expert.told("已确认与各方没有利害关系")
    assert (question in clear["text"]) is full, "the words of a case are shown where the operator allows it"
    await expert.press(clear, "签收")
    await expert.press(await expert.told("您现在是这个案件的责任人"), "回复")
    await expert.told("请写答复")
    await expert.say(words)
    await expert.told("答复已发给对方")


async def test_a_question_is_answered_or_an_expert_answers_it(demo: Demo) -> None:
    api = demo.api
    owner, county, city = Chat(api, OWNER), Chat(api, COUNTY), Chat(api, CITY)
    await bound(demo.served, county, "李律师")
    await bound(demo.served, city, "周律师")

    asked = demo.questions
    (first, basis), *others = asked.answered
    await owner.say(first)
    await owner.press(await owner.told("Telegram 是境外公司"), "同意保存")
    await owner.told("依据", basis)
    for question, basis in others:
        await owner.say(question)
        await owner.told("依据", basis)
    await owner.say(asked.unsure)
    await owner.told("您想问的是")
    await owner.say(asked.unknown)
    number = await handed_over(owner, await owner.told("没有可靠的答案"), asked.unknown)

    await signed_and_answered(county, number, ANSWER, asked.unknown, full=demo.full)
    await owner.told("李律师", "签收")
    await owner.press(await owner.told(ANSWER, "非受托法律意见书"), "办结")
    await owner.press(await owner.told("请评价"), "不满意")
    await owner.press(await owner.told("哪一点不满意"), "没解决问题")
    await owner.told("已提级到市级", "另一位律师")

    await signed_and_answered(city, number, THIRD, asked.unknown, full=demo.full)
    await owner.told("周律师", "签收")
    await owner.told(THIRD)
    assert not await api.calls("sendMessage", ok=False), "Telegram refused nothing"


async def test_emergencies_come_first_and_a_summons_is_not_written_into_telegram(demo: Demo) -> None:
    locked_up, summoned = Chat(demo.api, OWNER + 10), Chat(demo.api, OWNER + 11)
    await locked_up.say("我被公司的人关起来了")
    await locked_up.told("人身安全第一", "110")
    await locked_up.told("Telegram 是境外公司")
    await summoned.say("我被经侦传唤了")
    await summoned.press(await summoned.told("Telegram 是境外公司"), "同意保存")
    await summoned.press(await summoned.told("只适合先和律师谈"), "找律师")
    await summoned.told("不在 Telegram 里写", "/?handover=1")
