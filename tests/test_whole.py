"""The main job in the real program, by its own process, with a real browser and a real mail server.

An owner asks; what the base knows is answered, what it does not know goes to a lawyer. Made for ``make demo``'s cast.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.demo import Demo, running_demo
from tests.examples import ANSWER, FOLLOW_UP, OTHER_PARTY, SECOND, THIRD, Examples
from tests.web.browser import DESK, PHONE, accessible, shot
from tests.web.program import Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
]
OFFICIALS = ("钱警官", "赵检察官", "王法官", "孙联络员", "吴受理员")
PICTURES = frozenset({
    "chat-answer-phone", "chat-clarify-phone", "chat-miss-phone", "chat-who-sees-phone", "chat-receipt-phone",
    "chat-live-phone", "chat-raised-phone", "chat-emergency-phone", "chat-suspect-phone", "chat-answer-desktop",
    "chat-live-desktop", "console-list-desktop", "console-case-desktop", "console-raised-phone",
})  # fmt: skip
"""What ``make screenshots`` keeps of the journey."""
WIDTHS = (("phone", PHONE, "desktop", DESK), ("desktop", DESK, "phone", PHONE))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    async with running_demo(tmp_path_factory.mktemp("demo")) as started:
        yield started


async def picture(page: Page, name: str) -> None:
    """One of the README's pictures, where they are wanted."""
    if name in PICTURES:
        await shot(page, name)


async def ask(page: Page, text: str) -> Locator:
    """Writes a question; gives the reply that comes after everything said so far."""
    before = await page.locator(".told").count()
    await page.get_by_label("写下您的问题").fill(text)
    await page.get_by_role("button", name="发送").click()
    return page.locator(".told").nth(before)


async def consented(page: Page, text: str) -> Locator:
    """Asks for the first time and agrees that the words are kept."""
    asked = await ask(page, text)
    await expect(asked).to_contain_text("可以保存您在这里写的文字吗")
    await asked.get_by_role("button", name="同意保存").click()
    await expect(page.locator(".told.answer")).to_be_visible()
    return page.locator(".told.answer")


async def fill_form(page: Page, *, party: str, situation: str, mail: str) -> None:
    """The form of 找人工; the question is there already."""
    await page.get_by_label("对方是谁").fill(party)
    await page.get_by_label("是哪一种情况").select_option(situation)
    await page.get_by_label("单位（企业、个体户、合作社）").check()
    await page.get_by_label("事情发生在哪个县").fill("德清县")
    await page.get_by_label("发电子邮件").check()
    await page.get_by_label("电子邮箱").fill(mail)


async def number_of(page: Page) -> str:
    await expect(page.locator("#sent-number")).to_contain_text(re.compile(r"FT\d{8}-\d{4}-\d"))
    return await page.locator("#sent-number").inner_text()


async def sign(page: Page, number: str, question: str) -> None:
    """Opens the case from the list, confirms that there is no conflict, signs."""
    await page.locator("table.cases").get_by_role("link", name=number).first.click()
    assert question not in await page.locator("main").inner_text(), "only the parties before the conflict check"
    await page.get_by_role("button", name="没有利害关系，继续").click()
    await expect(page.locator("main")).to_contain_text(question)
    await page.get_by_role("button", name="签收").click()
    await expect(page.locator("#body-answer")).to_be_visible()


async def reply(page: Page, text: str) -> None:
    await page.locator("#body-answer").fill(text)
    await page.get_by_role("button", name="发送回复").click()
    await expect(page.get_by_role("status").first).to_contain_text("答复已发给对方")


async def asked_until_the_base_knows_nothing(owner: Page, width: str, questions: Examples) -> None:
    """Three answers with their basis, one question back, one honest miss."""
    (first, basis), *others = questions.answered
    answer = await consented(owner, first)
    await expect(answer.locator(".basis").first).to_contain_text(basis)
    await picture(owner, f"chat-answer-{width}")
    for question, basis in others:
        answer = await ask(owner, question)
        await expect(answer).to_have_class(re.compile("answer"))
        await expect(answer.locator(".basis").first).to_contain_text(basis)
    unsure = await ask(owner, questions.unsure)
    await expect(unsure).to_contain_text("您想问的是")
    await expect(unsure.get_by_role("button", name="都不是")).to_be_visible()
    await picture(owner, f"chat-clarify-{width}")
    missed = await ask(owner, questions.unknown)
    await expect(missed).to_contain_text("没有可靠的答案")
    await picture(owner, f"chat-miss-{width}")
    await missed.get_by_role("button", name="找人工").click()


async def handed_over(owner: Page, width: str, mail: str, question: str) -> str:
    """Who will see it, then the receipt with the promised time; gives the case number."""
    await expect(owner.locator("#h-question")).to_have_value(question)
    await fill_form(owner, party=OTHER_PARTY, situation="dispute", mail=mail)
    await owner.get_by_role("button", name="下一步").click()
    seen = owner.locator("#preview-text")
    await expect(seen).to_contain_text("承办律师")
    await expect(seen).to_contain_text("督办人员只看到编号、主题、时间，看不到内容")
    await accessible(owner)
    await picture(owner, f"chat-who-sees-{width}")
    await owner.get_by_role("button", name="确认发出").click()
    number = await number_of(owner)
    await expect(owner.locator("#sent-rest")).to_contain_text("11月23日（周一）15:3")
    await picture(owner, f"chat-receipt-{width}")
    await owner.get_by_role("button", name="我已保存好").click()
    return number


async def followed_up(owner: Page, words: str) -> None:
    """Writes to the open case."""
    await owner.locator("#target").select_option(index=1)
    await owner.get_by_label("写下您的问题").fill(words)
    await owner.get_by_role("button", name="发送").click()
    await expect(owner.locator(".line.mine").last.locator(".state")).to_contain_text("已送达")


async def rated_dissatisfied(owner: Page, width: str) -> None:
    """Closes the case, then presses 不满意 and says why."""
    await owner.locator(".told").last.get_by_role("button", name="问题解决了，办结").click()
    rate = owner.locator(".told", has_text="请评价").last
    await picture(owner, f"chat-rate-{width}")
    await rate.get_by_role("button", name="不满意", exact=True).click()
    await owner.locator(".told", has_text="哪一点不满意").last.get_by_role("button", name="没解决问题").click()
    await expect(owner.locator(".told", has_text="已提级到市级，由另一位律师重新办理")).to_be_visible()
    await picture(owner, f"chat-raised-{width}")


@pytest.mark.parametrize(("width", "kind", "desk", "desk_kind"), WIDTHS, ids=[each[0] for each in WIDTHS])
async def test_a_question_is_answered_or_an_expert_answers_it(
    demo: Demo, width: str, kind: dict[str, Any], desk: str, desk_kind: dict[str, Any]
) -> None:
    mail, questions = f"owner-{width}@example.cn", demo.questions
    async with demo.owner(**kind) as owner, demo.at_desk("李律师", **desk_kind) as lawyer:
        await asked_until_the_base_knows_nothing(owner, width, questions)
        number = await handed_over(owner, width, mail, questions.unknown)

        await expect(lawyer.locator("#news")).to_be_visible()
        await lawyer.goto(f"{demo.served.address}/console")
        await picture(lawyer, f"console-list-{desk}")
        await sign(lawyer, number, questions.unknown)
        await expect(owner.locator(".told").last).to_contain_text(re.compile("李律师.*签收"))
        await reply(lawyer, ANSWER)
        await expect(owner.locator(".told", has_text=ANSWER)).to_contain_text("非受托法律意见书")
        await picture(owner, f"chat-live-{width}")
        await followed_up(owner, FOLLOW_UP)

        kept = await owner.context.storage_state()
        await owner.goto("about:blank")
        before = len(demo.box.to(mail))
        await lawyer.goto(lawyer.url.split("?")[0])
        await expect(lawyer.locator(".talk")).to_contain_text(FOLLOW_UP)
        await reply(lawyer, SECOND)
        await picture(lawyer, f"console-case-{desk}")

    told = await demo.box.received(mail, "有新答复", after=before)
    text = f"{told['Subject']} {told.get_content()}"
    assert number in text
    assert not any(words in text for words in (ANSWER, SECOND, questions.unknown, OTHER_PARTY, "滞箱费"))
    link = re.search(rf"{demo.served.address}\S+", text)
    assert link is not None

    async with demo.owner(link.group().removeprefix(demo.served.address), storage_state=kept, **kind) as owner:
        await expect(owner.locator(".told", has_text=SECOND).first).to_be_visible()
        await rated_dissatisfied(owner, width)
        async with demo.at_desk("周律师", **desk_kind) as city:
            await sign(city, number, questions.unknown)
            await picture(city, f"console-raised-{desk}")
            await expect(owner.locator(".told").last).to_contain_text(re.compile("周律师.*签收"))
            await reply(city, THIRD)
            await expect(owner.locator(".told", has_text=THIRD)).to_be_visible()


@pytest.mark.parametrize(("width", "kind"), [("phone", PHONE), ("desktop", DESK)])
async def test_somebody_locked_up_sees_110_before_anything_else(demo: Demo, width: str, kind: dict[str, Any]) -> None:
    async with demo.owner(**kind) as owner:
        first = await ask(owner, "我被公司的人关起来了")
        await expect(first).to_have_class(re.compile("emergency"))
        await expect(first.get_by_role("link").first).to_have_attribute("href", "tel:110")
        await expect(owner.locator(".told").nth(1)).to_contain_text("可以保存您在这里写的文字吗")
        await picture(owner, f"chat-emergency-{width}")


async def test_somebody_summoned_reaches_a_lawyer_whom_nobody_else_can_read(demo: Demo) -> None:
    async with demo.owner(**PHONE) as owner:
        asked = await ask(owner, "我被经侦传唤了")
        await asked.get_by_role("button", name="同意保存").click()
        told = owner.locator(".told", has_text="只适合先和律师谈").last
        await expect(told).to_be_visible()
        await picture(owner, "chat-suspect-phone")
        await told.get_by_role("button", name="找律师").click()
        await expect(owner.locator("#h-situation")).to_have_value("suspect")
        await fill_form(owner, party="经侦大队", situation="suspect", mail="summoned@example.cn")
        await owner.get_by_role("button", name="下一步").click()
        await expect(owner.locator("#preview-text")).to_contain_text("只有承办律师会看到")
        await owner.get_by_role("button", name="确认发出").click()
        number = await number_of(owner)
        cases = await owner.evaluate("fetch('/chat/cases').then(answer => answer.json())")
        case = next(item["id"] for item in cases["cases"] if item["number"] == number)

    for name in (*OFFICIALS, "郑督办", "周律师"):
        async with Visitor(demo.served) as visitor:  # type: ignore[arg-type]
            if name in demo.cookies:
                for cookie in demo.cookies[name]["cookies"]:
                    visitor.http.cookie_jar.update_cookies({cookie["name"]: cookie["value"]})
            else:
                path = demo.links[name].removeprefix(demo.served.address)
                await visitor.open(path)
                await visitor.form(path)
            status, gone = await visitor.open("/console/cases/no-such-case")
            assert status == 404
            status, page = await visitor.open(f"/console/cases/{case}")
            lists = "".join(
                [(await visitor.open(f"/console?list={kept}"))[1] for kept in ("mine", "unassigned", "unit")]
            )
            assert "经侦" not in page + lists, name
            if name == "郑督办":
                assert status == 200
                assert "律师案件" in page
                assert "律师案件" in lists
            else:
                assert (status, without_token(page)) == (404, without_token(gone)), name
                assert number not in lists, name

    async with demo.at_desk("李律师", **DESK) as lawyer:
        await expect(lawyer.locator("table.cases")).to_contain_text(number)


def without_token(page: str) -> str:
    """A page without what differs from visit to visit."""
    return re.sub(r'(csrf" (?:content|value)=)"[^"]*"|no-such-case', r"\1", page)
