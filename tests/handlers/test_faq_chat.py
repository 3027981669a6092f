"""An admin keeps the FAQ by chat: the file, the dry run, 发布, the second person, and back again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.base_keeper import BaseKeeper
from bot.store import SqlStore
from desk.calendar import SHANGHAI
from desk.people import Person
from handlers.actions import CaseVerb, Menu, OnCase, OpenMenu, Publish
from handlers.messages import FileRef
from handlers.texts import say
from tests.dialogs import Dialog
from tests.handlers.desk_house import ADMIN, KEEPING, MORE, SECOND, House
from tests.handlers.faq_files import OVERTIME, row, workbook
from tests.handlers.samples import LAWYER, MONDAY

OLD = """
topic: tax
entries:
  - {id: tax.invoice, question: 客户不要发票还要报税吗？, answer: 要申报。, source: [{title: 公告}], status: published}
"""
QUESTION = "试用期最长可以约定多久？"


@pytest.fixture
async def keeper(store: SqlStore, tmp_path: Path) -> BaseKeeper:
    folder = tmp_path / "knowledge"
    folder.mkdir()
    (folder / "tax.yaml").write_text(OLD, encoding="utf-8")
    made = BaseKeeper(
        store=store, keeping=KEEPING, folder=folder, auto_publish=False, clock=lambda: MONDAY, zone=SHANGHAI
    )
    await made.prepare()
    return made


@pytest.fixture
async def house(store: SqlStore, keeper: BaseKeeper) -> House:
    async with store.work() as work:
        for person in MORE:
            await work.people.add(person)
        await work.commit()
    return House(store=store, base=keeper.holder)


async def sends(house: House, who: Person, *rows: tuple[str, ...], name: str = "FAQ.xlsx") -> Dialog:
    chat = house.chat(who)
    file = await house.file(who, name, workbook(*rows))
    await chat.send(files=(file,))
    return chat


async def asks(house: House, question: str) -> str:
    chat = house.chat(LAWYER)
    chat.unread.clear()
    await chat.send(question)
    return chat.unread[-1].text


async def test_a_file_is_tried_mended_published_served_and_taken_back(house: House, keeper: BaseKeeper) -> None:
    chat = await sends(house, ADMIN, row(状态="随便", 复核期限="明年"))
    await chat.play("机器人: 试导入“FAQ.xlsx” | 有 2 处要先改好 | FAQ.xlsx 单元格 N2 | FAQ.xlsx 单元格 O2")
    assert chat.shown is not None
    assert chat.shown.buttons == ()
    chat = await sends(house, ADMIN, row())
    await chat.play("""
        机器人: 新增 1 条，修改 0 条，删除 0 条 | ＋ labour.probation | 检查通过
        机器人按钮: 发布 | 丢弃
    """)
    assert "最长六个月" not in await asks(house, QUESTION)
    await chat.play("""
        用户按: 发布
        机器人: 现在使用的是第 2 版
        用户按: 发布
    """)
    assert chat.unread.pop().text == say("apology.draft_gone")
    await keeper.reload()
    assert "最长六个月" in await asks(house, QUESTION)
    await chat.send(action=OpenMenu(Menu.FAQ))
    await chat.play("""
        机器人: 请直接发送 FAQ 文件 | ▶ 第2版 | 第1版
        用户按: 改用第 1 版
        机器人: 已回退到第 1 版
    """)
    await keeper.reload()
    assert "最长六个月" not in await asks(house, QUESTION)


async def test_high_risk_waits_for_the_other_admin_who_approves_by_button(house: House) -> None:
    chat = await sends(house, ADMIN, row(风险="高"))
    await chat.play("""
        机器人: 高风险条目要由另一位管理员批准：labour.probation
        用户按: 发布
        机器人: 等另一位管理员批准
    """)
    (wanted,) = [reply for reply in chat.others if reply.to == SECOND.id]
    assert wanted.text.startswith(say("faq.wanted"))
    assert "新增 1 条" in wanted.text
    await chat.press("发布")
    assert chat.unread.pop().text == say("faq.waits")
    assert len([reply for reply in chat.others if reply.to == SECOND.id]) == 1
    approving = house.chat(SECOND)
    await approving.send(action=wanted.buttons[0][0].action)
    assert approving.unread.pop().text == say("faq.published", number=2)
    (told,) = [reply for reply in approving.others if reply.to == ADMIN.id]
    assert told.text == say("faq.approved", name="FAQ.xlsx", number=2)


async def test_a_stale_draft_is_refused(house: House) -> None:
    first = await sends(house, ADMIN, row())
    second = await sends(house, SECOND, OVERTIME)
    for chat in (first, second):
        await chat.play("机器人: 试导入")
    await first.press("发布")
    await second.press("发布")
    assert second.unread.pop().text == say("apology.draft_stale")


async def test_a_dropped_draft_changes_nothing(house: House) -> None:
    chat = await sends(house, ADMIN, row())
    await chat.play("""
        机器人: 检查通过
        用户按: 丢弃
        机器人: 草稿已丢弃
        用户按: 丢弃
    """)
    assert chat.unread.pop().text == say("apology.draft_gone")


@pytest.mark.parametrize("verb", ["erase", "", "PUBLISH"])
async def test_a_forged_press_publishes_nothing(house: House, verb: str) -> None:
    chat = await sends(house, ADMIN, row())
    await chat.play("机器人: 检查通过")
    action = chat.buttons["发布"]
    assert isinstance(action, Publish)
    await chat.send(action=Publish(action.draft, verb))
    assert chat.unread.pop().text == say("apology.draft_gone")
    assert "最长六个月" not in await asks(house, QUESTION)


async def test_whoever_is_no_admin_sends_an_ordinary_file_and_presses_nothing(house: House) -> None:
    chat = await sends(house, LAWYER, row())
    assert "试导入" not in chat.unread.pop().text
    admins = await sends(house, ADMIN, row())
    await admins.play("机器人: 检查通过")
    await chat.send(action=admins.buttons["发布"])
    assert chat.unread.pop().text == say("odd.old_button")
    await chat.send(action=OpenMenu(Menu.FAQ))
    assert chat.unread.pop().text == say("odd.old_button")


async def test_an_admins_picture_is_no_faq_file(house: House) -> None:
    chat = house.chat(ADMIN)
    picture = await house.file(ADMIN, "照片.jpg", b"x", "image/jpeg")
    await chat.send(files=(picture,))
    assert "试导入" not in chat.unread.pop().text


async def test_what_is_no_workbook_at_all_is_one_sentence(house: House) -> None:
    chat = house.chat(ADMIN)
    for name, data in (("坏.xlsx", b"PK\x03\x04 broken"), ("坏.yaml", b"a: [1"), ("空.csv", b"")):
        file = await house.file(ADMIN, name, data)
        await chat.send(files=(file,))
        reply = chat.unread.pop()
        assert "要先改好" in reply.text
        assert name in reply.text
        assert reply.buttons == ()


async def test_a_file_beyond_the_limit_is_not_read(house: House) -> None:
    chat = house.chat(ADMIN)
    huge = FileRef(id=(await house.file(ADMIN, "大.csv", b"x")).id, name="大.csv", media_type="", size=2**40, sha256="")
    await chat.send(files=(huge,))
    assert chat.unread.pop().text == say("faq.too_large")


async def test_an_expert_who_keeps_the_faq_too_answers_with_a_spreadsheet(house: House) -> None:
    both = replace(LAWYER, roles=LAWYER.roles | ADMIN.roles)
    async with house.store.work() as work:
        await work.people.save(both)
        await work.commit()
    case = await house.signed(both)
    chat = house.chat(both)
    await chat.send(action=OnCase(CaseVerb.ANSWER, case.id, case.version))
    file = await house.file(both, "对账单.xlsx", workbook(row()))
    await chat.send(files=(file,))
    assert (await house.said(case))[-1] == ("answer", "", (file.id,))
