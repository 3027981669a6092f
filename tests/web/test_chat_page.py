"""The chat page in a browser, as an owner uses it on a phone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Page, expect

from desk.case import Move
from desk.moves import MoveRequest
from handlers.casework import Order
from tests.web.browser import DESK, PHONE, accessible, chromium, opened, shot
from tests.web.program import House

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]
QUESTION = "客户收了货一直不付货款，怎么要回来？"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser, house: House) -> AsyncIterator[Page]:
    async with opened(browser, house.address, **PHONE) as page:
        yield page


async def ask(page: Page, text: str) -> None:
    await page.get_by_label("写下您的问题").fill(text)
    await page.get_by_role("button", name="发送").click()


async def consented(page: Page) -> None:
    await ask(page, QUESTION)
    await page.get_by_role("button", name="同意保存").click()
    await expect(page.locator(".told.answer").first).to_be_visible()


async def test_the_empty_page_says_what_to_do_and_is_accessible(browser: Browser, house: House) -> None:
    for name, kind in (("phone", PHONE), ("desk", DESK), ("phone-dark", {**PHONE, "color_scheme": "dark"})):
        async with opened(browser, house.address, **kind) as page:
            await expect(page.get_by_role("heading", level=1)).to_contain_text("直接写下来")
            await expect(page.get_by_role("link", name=re.compile("110")).first).to_have_attribute("href", "tel:110")
            await accessible(page)
            await shot(page, f"chat-empty-{name}")


async def test_a_question_is_answered_with_its_basis_after_consent(phone: Page) -> None:
    await ask(phone, QUESTION)
    await expect(phone.get_by_text("可以保存您在这里写的文字吗")).to_be_visible()
    await accessible(phone)
    await shot(phone, "chat-consent-phone")
    await phone.get_by_role("button", name="同意保存").click()
    answer = phone.locator(".told.answer").first
    await expect(answer.locator(".basis").first).to_contain_text("依据：")
    await expect(phone.locator(".line.mine").first).to_contain_text(QUESTION)
    await accessible(phone)
    await shot(phone, "chat-answer-phone")


async def test_an_emergency_shows_red_numbers_first(phone: Page) -> None:
    await ask(phone, "我被公司的人关起来了")
    first = phone.locator(".told").first
    await expect(first).to_have_class(re.compile("emergency"))
    await expect(first.get_by_role("link").first).to_have_attribute("href", "tel:110")
    await accessible(phone)
    await shot(phone, "chat-emergency-phone")


async def test_typed_words_and_uploads_survive_a_reload(phone: Page) -> None:
    await phone.get_by_label("写下您的问题").fill("还没有写完的一句话")
    await phone.locator("#file").set_input_files(
        files=[FilePayload(name="合同.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7 test")]
    )
    await expect(phone.locator(".chip")).to_contain_text("1 KB")
    await phone.reload()
    await expect(phone.get_by_label("写下您的问题")).to_have_value("还没有写完的一句话")
    await expect(phone.locator(".chip")).to_contain_text("合同.pdf")
    await shot(phone, "chat-draft-phone")


async def test_without_a_network_a_message_waits_and_is_sent_by_itself(phone: Page) -> None:
    await consented(phone)
    await phone.context.set_offline(True)
    await ask(phone, "试用期最长可以约定多久？")
    waiting = phone.locator(".line.mine").last
    await expect(waiting.locator(".state")).to_contain_text("未送达", timeout=15_000)
    await shot(phone, "chat-offline-phone")
    await phone.context.set_offline(False)
    await expect(waiting.locator(".state")).to_contain_text("已送达", timeout=15_000)
    await expect(phone.locator(".told").last).to_contain_text("六个月", timeout=15_000)


async def test_the_conversation_is_there_again_after_a_reload(phone: Page) -> None:
    await consented(phone)
    await phone.reload()
    await expect(phone.locator(".line.mine").first).to_contain_text(QUESTION)
    await expect(phone.locator(".told.answer")).to_have_count(1)


async def test_markup_in_words_stays_words(phone: Page) -> None:
    await consented(phone)
    await ask(phone, "<img src=x onerror=alert(1)><b>货款</b>")
    last = phone.locator(".line.mine").last
    await expect(last).to_contain_text("<img src=x onerror=alert(1)>")
    assert await last.locator("img, b").count() == 0


async def hand_over(page: Page) -> str:
    """Fills in the form, looks at who will see it, sends; gives the receipt's 取件码."""
    await page.get_by_label("对方是谁").fill("大洋服装公司")
    await page.get_by_label("是哪一种情况").select_option("dispute")
    await page.get_by_label("单位（企业、个体户、合作社）").check()
    await page.get_by_label("事情发生在哪个县").fill("德清县")
    await page.get_by_label("发生了什么，想知道什么").fill("大洋服装公司欠我们货款二十万元，一年多没有给，怎么办？")
    await page.get_by_label("不用通知，我自己来看").check()
    await accessible(page)
    await page.get_by_role("button", name="下一步：看谁会看到").click()
    await expect(page.get_by_text("发出之前，看清谁会看到")).to_be_visible()
    await expect(page.locator("#preview-text")).to_contain_text("承办律师")
    await accessible(page)
    await shot(page, "chat-who-sees-phone")
    await page.get_by_role("button", name="确认发出").click()
    await expect(page.locator("#sent-number")).to_contain_text(re.compile(r"FT\d{8}-\d{4}-\d"))
    await accessible(page)
    return await page.locator("#sent-code").inner_text()


async def test_a_person_is_found_by_a_form_that_first_shows_who_will_see_it(phone: Page) -> None:
    await consented(phone)
    await phone.locator(".told.answer").get_by_role("button", name="找人工").click()
    await expect(phone.get_by_role("heading", name="找人工")).to_be_visible()
    await expect(phone.get_by_label("发生了什么，想知道什么")).to_have_value(QUESTION)
    await shot(phone, "chat-handover-phone")
    await phone.get_by_role("button", name="下一步：看谁会看到").click()
    await expect(phone.get_by_text("请写对方名称")).to_be_visible()
    code = await hand_over(phone)
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", code)
    await shot(phone, "chat-receipt-phone")
    await phone.get_by_role("button", name="我已保存好").click()
    await expect(phone.locator("#target-row")).to_be_visible()
    await expect(phone.locator("#log")).not_to_contain_text(code)
    await phone.get_by_role("button", name="我的案件").first.click()
    await expect(phone.locator(".case-number")).to_contain_text("FT2026")
    await accessible(phone)
    await shot(phone, "chat-cases-phone")


async def test_another_device_opens_the_case_by_its_code(browser: Browser, house: House, phone: Page) -> None:
    await phone.get_by_role("button", name="找人工（免费）").click()
    code = await hand_over(phone)
    number = await phone.locator("#sent-number").inner_text()
    async with opened(browser, f"{house.address}/?case={number}", **PHONE) as second:
        await expect(second.get_by_label("案件编号")).to_have_value(number)
        await second.get_by_role("textbox", name="取件码").fill("0000-0000-0000")
        await second.get_by_role("button", name="打开", exact=True).click()
        await expect(second.locator("#pickup-error")).to_contain_text("对不上")
        await shot(second, "chat-pickup-phone")
        await second.get_by_role("textbox", name="取件码").fill(code.lower())
        await second.get_by_role("button", name="打开", exact=True).click()
        await expect(second.locator(".told").last).to_contain_text("大洋服装公司欠我们货款")
        await expect(second.get_by_label("发给")).to_contain_text(number)


async def move(house: House, number: str, *requests: tuple[MoveRequest, str]) -> None:
    """Whoever is asked to sign does what the requests say."""
    site = house.program.site
    for request, words in requests:
        async with site.store.work() as work:
            case = await work.cases.by_number(number)
            assert case is not None
            assert case.assignee is not None
            expert = await work.people.get(case.assignee)
            assert expert is not None
            await site.casework.act(work, expert, Order(case=case.id, request=request, body=words), house.clock())
            await work.commit()


async def test_the_answer_comes_live_is_followed_up_and_rated_by_a_press(
    browser: Browser, house: House, phone: Page
) -> None:
    await phone.get_by_role("button", name="找人工（免费）").click()
    code = await hand_over(phone)
    number = await phone.locator("#sent-number").inner_text()
    await phone.get_by_role("button", name="我已保存好").click()
    async with opened(browser, f"{house.address}/?case={number}", **PHONE) as second:
        await second.get_by_role("textbox", name="取件码").fill(code)
        await second.get_by_role("button", name="打开", exact=True).click()
        await expect(second.locator(".told").last).to_contain_text("大洋服装公司")
        await move(
            house,
            number,
            (MoveRequest(move=Move.CLEAR_CONFLICT), ""),
            (MoveRequest(move=Move.SIGN), ""),
            (MoveRequest(move=Move.ANSWER), "先发催款函，再申请支付令。"),
        )
        await expect(second.get_by_text("有新进展").last).to_be_visible()
    answer = phone.locator(".told.answer").last
    await expect(answer).to_contain_text("先发催款函，再申请支付令。")
    await answer.get_by_role("button", name="继续追问").click()
    await expect(phone.get_by_label("发给")).to_contain_text(number)
    await expect(phone.get_by_label("发给")).not_to_have_value("")
    await shot(phone, "chat-live-answer-phone")
    await ask(phone, "支付令要交多少钱？")
    await expect(phone.get_by_text("发给案件").last).to_contain_text(number)
    await expect(phone.locator(".told").last).to_contain_text("已转给承办人")
    await move(house, number, (MoveRequest(move=Move.ANSWER), "按诉讼费的三分之一交。"))
    await expect(phone.locator(".told.answer").last).to_contain_text("三分之一")
    await phone.locator(".told.answer").last.get_by_role("button", name="问题解决了，办结").click()
    await phone.get_by_role("button", name="非常满意").last.click()
    await expect(phone.locator(".told").last).to_contain_text("谢谢您的评价")
    await accessible(phone)
    await shot(phone, "chat-rated-phone")


async def test_the_page_works_on_a_desk(browser: Browser, house: House) -> None:
    async with opened(browser, house.address, **DESK) as page:
        await page.get_by_label("写下您的问题").fill(QUESTION)
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="同意保存").click()
        await expect(page.locator(".told.answer .basis").first).to_be_visible()
        await accessible(page)
        await shot(page, "chat-answer-desk")
        await page.get_by_role("button", name="找人工").first.click()
        await shot(page, "chat-handover-desk")
        await accessible(page)
