"""The console in a browser, as staff use it: at a desk and on a phone, by keyboard, with axe looking on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from desk.case import Move, Notify, Urgency
from desk.people import Role
from tests.web.browser import DESK, PHONE, accessible, chromium, opened, shot
from tests.web.console_fixtures import (
    ADMIN,
    AUDITOR,
    CLERK,
    LAWYER,
    SUPERVISOR,
    Made,
    moved,
    opened_case,
    person,
    signed_case,
)
from tests.web.program import House

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]
BOTH = (("phone", PHONE), ("desk", DESK))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def console_browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


@asynccontextmanager
async def at_desk(browser: Browser, house: House, name: str, **kind: Any) -> AsyncIterator[Page]:  # noqa: ANN401 - options of Playwright
    """Logged in by a one-time link."""
    async with opened(browser, await house.login_link(name), **kind) as page:
        await page.locator("form button[type=submit]").first.click()
        await page.wait_for_url(lambda url: "/join/" not in url)
        yield page


async def goto(page: Page, house: House, path: str) -> None:
    await page.goto(f"{house.address}{path}")


async def talked_about(house: House) -> Made:
    """A signed case with questions, an answer, a follow-up and a note."""
    made, lawyer = await signed_case(
        house,
        candidates=(
            ("contract.late-payment", "客户拖欠货款怎么要", 0.71),
            ("enforcement.no-property", "对方没钱", 0.22),
        ),
    )
    await moved(
        house, made.case, lawyer, Move.ASK_BACK, body="请补充：1. 合同或订单；2. 对账单；3. 最后一次催款的时间。"
    )
    await moved(house, made.case, made.owner, Move.SUPPLY, body="有书面合同和微信对账记录，最后一次催款是上个月。")
    await moved(
        house, made.case, lawyer, Move.ANSWER, body="可以先发书面催告函，再申请支付令；同时注意三年的诉讼时效。"
    )
    await moved(house, made.case, made.owner, Move.FOLLOW_UP, body="支付令去哪个法院申请？")
    await moved(house, made.case, lawyer, Move.NOTE, body="对方在杭州有另案被执行记录，回复时提醒财产保全。")
    return made


async def test_the_lists_show_the_oldest_due_first_and_are_accessible(console_browser: Browser, house: House) -> None:
    await signed_case(house)
    urgent = await opened_case(house, urgency=Urgency.URGENT, topic="secret", question="员工带走客户名单")
    for name, kind in BOTH:
        async with at_desk(console_browser, house, LAWYER, **kind) as page:
            rows = page.locator("table.cases tbody tr")
            await expect(rows.first).to_contain_text("紧急")
            await expect(rows.filter(has_text=urgent.number)).to_have_count(1)
            shown = await rows.all_inner_texts()
            assert [("紧急" in text) for text in shown] == sorted([("紧急" in text) for text in shown], reverse=True)
            await accessible(page)
            await shot(page, f"console-list-{name}")


async def test_the_case_page_shows_conversation_notes_and_candidates(console_browser: Browser, house: House) -> None:
    made = await talked_about(house)
    for name, kind in (*BOTH, ("dark", {**DESK, "color_scheme": "dark"})):
        async with at_desk(console_browser, house, LAWYER, **kind) as page:
            await goto(page, house, f"/console/cases/{made.case}")
            await expect(page.locator(".talk .said")).to_have_count(5)
            await expect(page.locator(".note")).to_contain_text("另案被执行")
            await accessible(page)
            await shot(page, f"console-case-{name}")
            await page.get_by_role("tab", name="内部备注").click()
            await expect(page.get_by_text("内部备注，对方看不到。")).to_be_visible()
            await accessible(page)
            await page.locator("#composer").scroll_into_view_if_needed()
            await shot(page, f"console-note-{name}")


async def test_only_parties_topic_and_region_show_before_the_conflict_check(
    console_browser: Browser, house: House
) -> None:
    made = await opened_case(house)
    async with at_desk(console_browser, house, LAWYER, **DESK) as page:
        await goto(page, house, f"/console/cases/{made.case}")
        text = await page.locator("main").inner_text()
        assert "杭州大买家贸易公司" in text
        assert "八万元" not in text
        assert "13800000000" not in text
        await accessible(page)
        await shot(page, "console-conflict-desk")
        await page.get_by_role("button", name="没有利害关系，继续").click()
        await expect(page.get_by_text("客户拖欠货款八万元")).to_be_visible()
        await page.get_by_role("button", name="签收").click()
        await expect(page.get_by_role("tab", name="回复")).to_be_visible()


async def test_a_candidate_is_quoted_and_a_draft_survives_a_reload(console_browser: Browser, house: House) -> None:
    base = house.program.site.base.current
    entry = next(iter(base.entries.values()))
    made, _ = await signed_case(house, candidates=((entry.id, entry.question, 0.8),))
    async with at_desk(console_browser, house, LAWYER, **DESK) as page:
        await goto(page, house, f"/console/cases/{made.case}")
        await page.locator(".suggestions summary").click()
        await page.get_by_role("button", name="引用到回复").click()
        box = page.get_by_label("回复", exact=True).and_(page.locator("textarea"))
        assert entry.answer.strip() in await box.input_value()
        await page.reload()
        assert entry.answer.strip() in await box.input_value()
        await box.press("Control+Enter")
        await expect(page.get_by_role("status").first).to_contain_text("答复已发给对方")
        assert not await page.get_by_label("回复", exact=True).and_(page.locator("textarea")).input_value()


async def test_a_stale_page_says_who_was_first_and_keeps_the_words(console_browser: Browser, house: House) -> None:
    made, lawyer = await signed_case(house)
    async with at_desk(console_browser, house, LAWYER, **DESK) as page:
        await goto(page, house, f"/console/cases/{made.case}")
        await page.locator("#body-answer").fill("我写了很久的答复")
        await moved(house, made.case, lawyer, Move.ASK_BACK, body="请补充合同。")
        await expect(page.locator("#news")).to_be_visible()
        await page.get_by_role("button", name="发送回复").click()
        await expect(page.get_by_role("alert").first).to_contain_text(f"已由{lawyer.name}")
        await expect(page.locator("#body-answer")).to_have_value("我写了很久的答复")


async def test_an_urgent_case_pops_up_on_an_open_page_once_the_reminder_is_on(
    console_browser: Browser, house: House
) -> None:
    async with at_desk(console_browser, house, SUPERVISOR, **DESK) as page:
        bell = page.locator("#bell")
        await expect(bell).to_have_attribute("aria-pressed", "false")
        await bell.click()
        await expect(bell).to_have_attribute("aria-pressed", "true")
        made = await opened_case(house, urgency=Urgency.URGENT)
        ring = page.locator("#ring")
        await expect(ring).to_contain_text(made.number)
        await accessible(page)
        await shot(page, "console-ring-desk")
        await expect(page.locator("#news")).to_be_visible()


async def test_a_supervisor_sees_the_unit_and_reassigns_without_reading(console_browser: Browser, house: House) -> None:
    made, lawyer = await signed_case(house)
    for name, kind in BOTH:
        async with at_desk(console_browser, house, SUPERVISOR, **kind) as page:
            await goto(page, house, "/console?list=unit")
            await accessible(page)
            await shot(page, f"console-unit-{name}")
            await goto(page, house, f"/console/cases/{made.case}")
            assert "八万元" not in await page.content()
            await accessible(page)
            await shot(page, f"console-supervise-{name}")
    async with at_desk(console_browser, house, SUPERVISOR, **DESK) as page:
        await goto(page, house, f"/console/cases/{made.case}")
        await page.locator("details.fold summary", has_text="改派").click()
        await page.get_by_label("给谁").select_option(index=1)
        await page.get_by_role("button", name="改派").click()
        await expect(page.get_by_role("status").first).to_contain_text("已指派")
        assert lawyer.name


async def test_a_clerk_records_a_case_and_calls_back(console_browser: Browser, house: House) -> None:
    for name, kind in BOTH:
        async with at_desk(console_browser, house, CLERK, **kind) as page:
            await goto(page, house, "/console/record")
            await page.get_by_label("对方是谁").fill("某某贸易公司")
            await page.get_by_label("是哪一种情况").select_option("dispute")
            await page.get_by_label("事情发生在哪里").fill("德清县")
            await page.get_by_label("问题：发生了什么").fill("供货以后对方一直不付款，想知道怎么办。")
            await page.get_by_label("企业主姓名").fill("刘老板")
            await page.get_by_label("电话", exact=True).fill("13900000000")
            await page.get_by_label("有答复时怎么告诉对方").select_option("phone")
            await accessible(page)
            await shot(page, f"console-record-{name}")
            await page.get_by_role("button", name="下一步").click()
            await expect(page.get_by_text("承办律师")).to_be_visible()
            await page.get_by_role("button", name="发出").click()
            await expect(page.get_by_role("alert").first).to_contain_text("请先把下面的话读给对方听")
            await page.get_by_label("已读给对方听").check()
            await accessible(page)
            await page.get_by_role("button", name="发出").click()
            await expect(page.get_by_text("取件码只显示这一次")).to_be_visible()
            await accessible(page)
            await shot(page, f"console-recorded-{name}")


async def test_phone_tasks_list_whom_to_call(console_browser: Browser, house: House) -> None:
    answered, expert = await signed_case(house, notify=Notify.PHONE)
    await moved(house, answered.case, expert, Move.ANSWER, body="可以申请支付令。")
    async with at_desk(console_browser, house, CLERK, **PHONE) as page:
        await goto(page, house, "/console/tasks")
        item = page.locator(".call", has_text=answered.number).first
        await expect(item.get_by_role("link", name="13800000000")).to_have_attribute("href", "tel:13800000000")
        await accessible(page)
        await shot(page, "console-tasks-phone")
        before = await page.locator(".call", has_text=answered.number).count()
        await item.get_by_role("button", name="打过了").click()
        await expect(page.get_by_role("status").first).to_contain_text("任务完成")
        assert await page.locator(".call", has_text=answered.number).count() == before - 1


async def test_an_admin_invites_and_disables_and_the_session_ends_at_once(
    console_browser: Browser, house: House
) -> None:
    for name, kind in BOTH:
        async with at_desk(console_browser, house, ADMIN, **kind) as page:
            await goto(page, house, "/console/people")
            await accessible(page)
            await shot(page, f"console-people-{name}")
    async with at_desk(console_browser, house, ADMIN, **DESK) as page:
        await goto(page, house, "/console/people")
        await page.locator("summary", has_text="邀请新人员").click()
        await page.get_by_label("角色").select_option("lawyer")
        await page.get_by_label("姓名").fill("新律师甲")
        await page.get_by_label("负责地区").fill("安吉县")
        await page.get_by_role("button", name="生成一次性链接").click()
        link = await page.get_by_label("邀请链接").input_value()
        await shot(page, "console-invited-desk")
        await page.reload()
        async with opened(console_browser, link, **DESK) as newcomer:
            await newcomer.locator("form button[type=submit]").first.click()
            await newcomer.wait_for_url(lambda url: url.endswith("/console"))
            await goto(page, house, "/console/people")
            row = page.locator("tr", has_text="新律师甲").first
            await row.locator("summary", has_text="停用").click()
            await row.get_by_role("button", name="停用").click()
            await expect(page.get_by_role("status").first).to_contain_text("已停用")
            await newcomer.wait_for_url(lambda url: "/login" in url)


@pytest.mark.parametrize(
    "path", ["/console/duties", "/console/faq", "/console/faq/browse?ask=客户拖欠货款怎么办", "/console/faq/releases"]
)
async def test_admin_pages_are_accessible(console_browser: Browser, house: House, path: str) -> None:
    for name, kind in BOTH:
        async with at_desk(console_browser, house, ADMIN, **kind) as page:
            await goto(page, house, path)
            await accessible(page)
            await shot(page, f"console-{path.partition('?')[0].rpartition('/')[2]}-{name}")


async def test_the_audit_log_is_read_only_and_filtered(console_browser: Browser, house: House) -> None:
    await talked_about(house)
    async with at_desk(console_browser, house, AUDITOR, **DESK) as page:
        await goto(page, house, "/console/audit?what=case.answer")
        assert await page.locator("main form[method=post]").count() == 0
        words = await page.locator("table.audit tbody").inner_text()
        assert "答复" in words
        assert "支付令" not in words
        await accessible(page)
        await goto(page, house, "/console/audit")
        await shot(page, "console-audit-desk")
    assert (await person(house, AUDITOR)).has(Role.AUDITOR)
    assert house.clock.ahead == timedelta()
