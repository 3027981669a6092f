"""FAQ files in the console: the clerk's whole way in a browser, and what stands in the way of publishing."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Page, expect

from knowledge.entry import Basis, Entry, EntryId, EntryStatus, Risk
from knowledge.export import Format, write
from knowledge.files import read_file
from tests.web.browser import DESK, PHONE, accessible, chromium, opened, shot
from tests.web.console_fixtures import ADMIN, SECOND_ADMIN, logged_in
from tests.web.program import House, Visitor, running

pytestmark = pytest.mark.asyncio(loop_scope="session")
QUESTION = "冷库里的杨梅坏了保险赔不赔"
ASKS = (
    "冷库停电水果烂了能理赔吗",
    "杨梅冷藏坏了保险公司赔吗",
    "制冷机故障货物变质谁承担",
    "放在冷藏仓库的果子烂光了怎么索赔",
)
STALE = (
    ("海参塘水温过高绝收", "池塘里海参死光政府管不管", "高温导致海参减产申请救济", "养海参遭灾有没有钱拿"),
    ("砍自家毛竹需要审批吗", "毛竹采伐证还办不办", "承包山上竹子想砍掉一批", "竹材砍伐手续怎么走"),
)
ANSWER = "先看保险合同是否把制冷故障写进保险责任；出险后马上通知保险公司。"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A program of its own: what serves is changed here."""
    async with running(tmp_path_factory.mktemp("own") / "state") as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def faq_browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


def serving(house: House) -> dict[EntryId, Entry]:
    return dict(house.program.site.base.current.entries)


def entry_for(house: House, ident: str = "finance.cold-store", **more: object) -> Entry:
    """A new entry with a basis that the shipped base already quotes."""
    basis: tuple[Basis, ...] = next(each.basis for each in serving(house).values() if each.basis)
    made = Entry(
        id=EntryId(ident), topic="finance", question=QUESTION, asks=ASKS,
        answer=ANSWER, basis=basis, status=EntryStatus.PUBLISHED,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]  # fields of Entry


def excel(*entries: Entry) -> bytes:
    return write(entries, "xlsx")


def with_two_errors(data: bytes) -> bytes:
    """The clerk's slips: a period that is no day, and an audience that does not exist."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    titles = {str(cell.value).rstrip("*"): number for number, cell in enumerate(sheet[1], start=1)}
    sheet.cell(row=2, column=titles["生效日期"], value="明年春天")
    sheet.cell(row=2, column=titles["适用对象"], value="外星人")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def send(visitor: Visitor, data: bytes, name: str = "faq.xlsx", **fields: str) -> tuple[int, str, str]:
    """Uploads a file; status, text and the path it ended at."""
    form = aiohttp.FormData(dict(fields))
    form.add_field("file", io.BytesIO(data), filename=name)
    async with visitor.http.post(f"/console/faq/import?csrf={visitor.token}", data=form) as response:
        return response.status, await response.text(), response.url.path


async def logged_in_page(page: Page) -> None:
    await page.locator("form button[type=submit]").first.click()
    await page.wait_for_url(lambda url: "/join/" not in url)


async def upload(page: Page, data: bytes) -> None:
    file: FilePayload = {"name": "冷库.xlsx", "mimeType": "application/octet-stream", "buffer": data}
    await page.get_by_label("Excel、CSV、YAML 或 JSONL 文件").set_input_files(files=[file])
    await page.get_by_role("button", name="试跑").click()


async def ask(page: Page) -> None:
    await page.get_by_label("写下您的问题").fill("杨梅放冷库坏了，保险赔不赔？")
    await page.get_by_role("button", name="发送").click()


@pytest.mark.browser
async def test_an_excel_file_is_tried_corrected_published_answered_from_and_rolled_back(
    faq_browser: Browser, house: House
) -> None:
    right = excel(entry_for(house))
    before = house.program.site.base.current.release
    async with opened(faq_browser, await house.login_link(ADMIN), **DESK) as page:
        await logged_in_page(page)
        await upload(page, with_two_errors(right))
        places = page.locator(".problems .place")
        await expect(places).to_have_count(2)
        found = {text.rsplit(":", 1)[1] for text in await places.all_inner_texts()}
        assert found == cells(right, "生效日期", "适用对象")
        await accessible(page)
        await shot(page, "console-trial-wrong-desk")
        assert house.program.site.base.current.release == before

        await page.goto(f"{house.address}/console/faq")
        await upload(page, right)
        await expect(page.get_by_text("finance.cold-store")).to_be_visible()
        await accessible(page)
        await shot(page, "console-trial-desk")
        await page.get_by_role("button", name="发布", exact=True).click()
        await expect(page.get_by_role("status").first).to_contain_text("已发布")
        await shot(page, "console-published-desk")
        await serves(house, present=True)

        async with opened(faq_browser, house.address, **PHONE) as phone:
            await ask(phone)
            await phone.get_by_role("button", name="同意保存").click()
            await expect(phone.locator(".told.answer").first).to_contain_text("制冷故障")
            await shot(phone, "console-answered-from-phone")

        row = page.locator("tr", has_text=f"第 {before} 版").first
        await row.locator("summary", has_text="回到这一版").click()
        await row.get_by_label(f"确认改用第 {before} 版").check()
        await row.get_by_role("button", name="回退").click()
        await expect(page.get_by_role("status").first).to_contain_text(f"已回到第 {before} 版")
        await serves(house, present=False)
        async with opened(faq_browser, house.address, **PHONE) as phone:
            await ask(phone)
            await phone.get_by_role("button", name="同意保存").click()
            await expect(phone.locator(".told").last).to_be_visible()
            assert await phone.locator(".told", has_text="制冷故障").count() == 0


async def serves(house: House, *, present: bool) -> None:
    """Builds the base of the active release, as the program does by itself on the committed change."""
    await house.program.keeper.reload()
    assert (EntryId("finance.cold-store") in serving(house)) is present


def cells(data: bytes, *titles: str) -> set[str]:
    """The names of the first entry's cells under some titles."""
    from openpyxl import load_workbook
    from openpyxl.utils import get_column_letter

    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    head = enumerate(sheet[1], start=1)
    return {f"{get_column_letter(number)}2" for number, cell in head if str(cell.value).rstrip("*") in titles}


async def test_a_high_risk_change_waits_for_another_admin_who_sees_the_diff(house: House) -> None:
    risky = next(each for each in serving(house).values() if each.risk is Risk.HIGH)
    sheet = excel(replace(risky, asks=(*risky.asks, "这是第二人审核测试加的一句问法")))
    async with logged_in(house, ADMIN) as first, logged_in(house, SECOND_ADMIN) as second:
        _, text, path = await send(first, sheet)
        assert "提交第二人审核" in text
        status, text, _ = await first.form(f"{path}/publish")
        assert status == 200
        assert "另一位管理员" in text
        status, text, _ = await first.form(f"{path}/publish")
        assert "正在等另一位管理员审核" in text
        _, waiting = await second.open("/console/faq")
        assert "等第二人审核" in waiting
        _, text = await second.open(path)
        assert "<ins>" in text
        assert "看过了，同意发布" in text
        status, text, where = await second.form(f"{path}/publish")
        assert (status, where) == (200, "/console/faq/releases")
        status, _ = await second.open(path)
        assert status == 404


async def test_a_draft_that_another_release_overtook_says_so(house: House) -> None:
    one, other = (
        entry_for(house, "finance.stale-one", question="海参养殖塘翻池能否补助", asks=STALE[0]),
        entry_for(house, "finance.stale-two", question="竹林间伐要不要许可", asks=STALE[1]),
    )
    async with logged_in(house, ADMIN) as admin:
        _, _, first = await send(admin, excel(one))
        _, _, second = await send(admin, excel(other))
        assert (await admin.form(f"{second}/publish"))[0] == 200
        _, text = await admin.open(first)
        assert "草稿已过时" in text
        status, text, _ = await admin.form(f"{first}/publish")
        assert status == 409
        assert "过时了" in text
        status, text, _ = await admin.form(f"{first}/discard")
        assert "草稿已放弃" in text
        status, text, _ = await admin.form(f"{first}/discard")
        assert status == 409
        assert "不在了" in text


@pytest.mark.parametrize("kind", ["xlsx", "csv", "yaml", "jsonl"])
async def test_the_base_goes_out_as_a_file_and_comes_back_unchanged(house: House, kind: Format) -> None:
    await house.program.keeper.reload()
    async with logged_in(house, ADMIN) as admin:
        async with admin.http.get(f"/console/faq/export?format={kind}") as response:
            data = await response.read()
            assert response.headers["Content-Disposition"].endswith(f'.{kind}"')
        assert len(read_file(data, f"faq.{kind}").entries) == len(serving(house))
        status, text, _ = await send(admin, data, f"faq.{kind}", whole="1")
        assert status == 200
        assert "没有要发布的内容" in text


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("faq.pdf", b"%PDF-1.7", "只能导入"),
        ("faq.xlsx", b"PK\x03\x04 not a zip", "怎么改"),
        ("faq.jsonl", b'{"id": "a.b"}\n', "faq.jsonl:1"),
        ("faq.csv", "编号,标准问\na.b,<script>alert(1)</script>吗\n".encode(), "&lt;script&gt;"),
    ],
)
async def test_a_wrong_file_is_told_by_place_and_remedy_and_changes_nothing(
    house: House, name: str, data: bytes, words: str
) -> None:
    before = house.program.site.base.current.release
    async with logged_in(house, ADMIN) as admin:
        status, text, _ = await send(admin, data, name)
        assert status == 422
        assert words in text
        assert "<script>alert" not in text
    assert house.program.site.base.current.release == before


async def test_a_broken_folder_is_told_with_file_line_and_remedy(house: House, tmp_path: Path) -> None:
    keeper = house.program.keeper
    (tmp_path / "x.yaml").write_text("topic: labour\nentries:\n  - id: a.b\n", encoding="utf-8")
    keeper.folder_problems = read_file(tmp_path / "x.yaml").fatal
    try:
        async with logged_in(house, ADMIN) as admin:
            _, text = await admin.open("/console/faq")
            assert "没有采用" in text
            assert "x.yaml:3" in text
    finally:
        keeper.folder_problems = ()


async def test_a_question_can_be_tried_and_shows_why(house: House) -> None:
    async with logged_in(house, ADMIN) as admin:
        entry = next(iter(serving(house).values()))
        _, text = await admin.open(f"/console/faq/browse?ask={entry.question}")
        assert "直接答复" in text
        assert "与库里的问法完全一致" in text
        _, text = await admin.open(f"/console/faq/browse?q={entry.id}")
        assert "找到 1 条" in text
        status, _ = await admin.open("/console/faq/entries/no.such")
        assert status == 404
