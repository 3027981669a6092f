"""Own cases: list, 取件码, targets, follow-ups, closed cases, rating, withdrawing; the bot is silent in a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.case import Case, CaseId, Move, Satisfaction, Status
from desk.desk import load_desk
from desk.moves import MoveRequest
from desk.people import Person, PersonId
from handlers.actions import CaseVerb, OnCase, Rate
from handlers.dispatch import Dispatcher
from handlers.handover_form import HandoverForm
from tests.dialogs import Dialog
from tests.handlers.samples import LAWYER, OWNER

FORM = HandoverForm(
    question="客户拖欠货款半年了，我该怎么要？", other_party="甲公司", situation="dispute", side="employer",
    region="德清县", notify="none",
)  # fmt: skip
DESK = load_desk()


@pytest.fixture
async def case(asked: Dialog, dispatcher: Dispatcher) -> Case:
    """A case that a lawyer is asked to sign; the 取件码 stands in ``asked.names``."""
    async with asked.store.work() as work:
        first = await dispatcher.submit_form(work, OWNER, FORM, asked.at, "k")
        form = replace(FORM, confirmed=True, shown=first.shown)
        done = await dispatcher.submit_form(work, OWNER, form, asked.at, "k")
        assert done.sent is not None
        opened = await work.cases.get(done.sent.case)
        await work.commit()
    assert opened is not None
    asked.names |= {"number": done.sent.number, "code": done.sent.pickup_code}
    return opened


async def move(dialog: Dialog, case: CaseId, move: Move, who: Person = LAWYER, words: str = "") -> Case:
    dialog.at += timedelta(minutes=1)
    async with dialog.store.work() as work:
        step = await DESK.move(
            work.cases, work.roster, case, MoveRequest(move=move), actor=who, at=dialog.at, words=words
        )
        await work.commit()
    return step.case


async def answered(dialog: Dialog, case: CaseId) -> Case:
    await move(dialog, case, Move.CLEAR_CONFLICT)
    await move(dialog, case, Move.SIGN)
    return await move(dialog, case, Move.ANSWER, words="先发催告函。")


async def test_my_cases_are_listed_and_opened(asked: Dialog, case: Case) -> None:
    await answered(asked, case.id)
    await asked.play("""
        用户: 我的案件
        机器人: {number} | 已答复
        用户按: {number}
        机器人: 客户拖欠货款半年了 | 先发催告函 | 非受托法律意见书
        机器人按钮: 继续追问 | 撤回案件
    """)


async def test_number_and_code_open_a_case_for_anybody_on_any_channel(
    asked: Dialog, telegram: Dialog, case: Case
) -> None:
    telegram.person = PersonId("stranger")
    telegram.names = asked.names
    await telegram.play("""
        用户: 取件码
        机器人: 案件编号和取件码
        用户: {number}
        机器人: 请写取件码
        用户: {code}
        机器人: 案件 {number} | 客户拖欠货款半年了
    """)
    await telegram.send(action=OnCase(CaseVerb.WITHDRAW, case.id, case.version))
    async with asked.store.reading() as work:
        after = await work.cases.get(case.id)
    assert after is not None
    assert after.status is Status.CLOSED


async def test_a_wrong_code_looks_like_no_case_and_ends_after_five(asked: Dialog, case: Case) -> None:
    await asked.play("""
        用户: 取件码
        机器人: 案件编号
    """)
    for _ in range(4):
        await asked.send(f"{case.number} 0000-0000-0000")
        assert "没有找到这个案件" in asked.unread.pop(0).text
    await asked.send(f"{case.number} 0000-0000-0000")
    assert "错了太多次" in asked.unread.pop(0).text


async def test_a_stranger_sees_no_case_behind_a_known_id(web: Dialog, case: Case) -> None:
    web.person = PersonId("stranger")
    await web.send(action=OnCase(CaseVerb.OPEN, case.id, case.version))
    known = web.unread.pop(0).text
    await web.send(action=OnCase(CaseVerb.OPEN, "nothing-there", 1))
    assert web.unread.pop(0).text == known
    await web.send(action=Rate(case.id, Satisfaction.DISSATISFIED))
    await web.send("我要看", case=case.id)
    assert web.unread.pop().text == known


async def test_with_an_open_case_an_unaddressed_text_asks_for_its_target_in_telegram(
    asked: Dialog, chat: Dialog, case: Case
) -> None:
    await chat.play(
        """
        用户: 我的案件
        机器人: {number}
        用户: 客户拖欠货款怎么办？
        机器人: 是给哪一个的
        机器人按钮: 案件 {number} | 新问题
        用户按: 新问题
        机器人: 先催告
        用户: 对方又失联了
        机器人: 是给哪一个的
        用户按: 案件 {number}
        机器人: 已转给承办人
        机器人不说话:
    """.replace("{number}", case.number)
    )
    del asked
    async with chat.store.reading() as work:
        said = await work.cases.messages(case.id)
    assert [message.body for message in said][-1] == "对方又失联了"


async def test_the_bot_does_not_answer_in_a_case(asked: Dialog, case: Case) -> None:
    await asked.send("试用期最长可以约定多久？", case=case.id)
    await asked.play("""
        机器人: 已转给承办人
        机器人没说: 最长六个月
        机器人不说话:
    """)


async def test_a_message_on_a_closed_case_asks_whether_to_reopen(asked: Dialog, case: Case) -> None:
    await answered(asked, case.id)
    await move(asked, case.id, Move.CLOSE, OWNER)
    await asked.send("对方又赖账了", case=case.id)
    await asked.play("""
        机器人: 重办，还是问一个新问题
        用户按: 重办
        机器人: 已重办
    """)
    async with asked.store.reading() as work:
        after = await work.cases.get(case.id)
        said = await work.cases.messages(case.id)
    assert after is not None
    assert after.status is Status.NEW
    assert said[-1].body == "对方又赖账了"


async def test_a_text_on_a_waiting_case_supplies_it(asked: Dialog, case: Case) -> None:
    await move(asked, case.id, Move.CLEAR_CONFLICT)
    await move(asked, case.id, Move.SIGN)
    await move(asked, case.id, Move.ASK_BACK, words="请发合同。")
    await asked.send("合同第三条写了六十天付款", case=case.id)
    await asked.play("机器人: 补充材料已转给承办人")


async def test_a_dissatisfied_rating_asks_why_and_raises_the_case(asked: Dialog, case: Case) -> None:
    await answered(asked, case.id)
    await move(asked, case.id, Move.CLOSE, OWNER)
    await asked.play("""
        用户: 我的案件
        机器人: 办结
        用户按: {number}
        机器人: 案件 {number}
        机器人按钮: 非常满意 | 不满意
        用户按: 不满意
        机器人: 主要是哪一点不满意
        用户按: 没解决问题
        机器人: 提级到市级
        机器人: 谢谢您的评价
    """)
    async with asked.store.reading() as work:
        after = await work.cases.get(case.id)
    assert after is not None
    assert (after.level, after.round) == (2, 2)
    await asked.send("只说了一句话")
    async with asked.store.reading() as work:
        facts = await work.cases.facts(case.id)
    assert facts is not None
    assert facts.rating_words == "只说了一句话"


async def test_an_old_button_on_a_moved_case_is_refused_as_stale(asked: Dialog, case: Case) -> None:
    await move(asked, case.id, Move.CLEAR_CONFLICT)
    await asked.send(action=OnCase(CaseVerb.WITHDRAW, case.id, case.version))
    assert "已经有人先处理了" in asked.unread.pop(0).text


async def test_privacy_shows_exports_and_deletes_after_withdrawing(asked: Dialog, case: Case) -> None:
    await asked.play("""
        用户: /privacy
        机器人: 同意记录 | 案件：1 | 同意保存
        用户按: 导出全部
        机器人: 打开网页下载
        用户按: 删除全部
        机器人: 删除后不能恢复
        用户按: 确定删除
        机器人: 已经删除 | 撤回1个
        机器人不说话:
    """)
    async with asked.store.reading() as work:
        after = await work.cases.get(case.id)
        facts = await work.cases.facts(case.id)
    assert after is not None
    assert after.status is Status.CLOSED
    assert facts is None


async def test_deletion_needs_its_confirmation(asked: Dialog, case: Case) -> None:
    await asked.play("""
        用户: /privacy
        机器人: 案件：1
        用户按: 删除全部
        机器人: 不能恢复
        用户按: 取消
        机器人: 已取消
    """)
    async with asked.store.reading() as work:
        assert await work.cases.facts(case.id) is not None


async def test_a_lawyer_only_case_is_not_written_to_from_telegram(
    asked: Dialog, chat: Dialog, dispatcher: Dispatcher
) -> None:
    form = replace(FORM, situation="suspect")
    async with asked.store.work() as work:
        first = await dispatcher.submit_form(work, OWNER, form, asked.at, "k")
        done = await dispatcher.submit_form(
            work, OWNER, replace(form, confirmed=True, shown=first.shown), asked.at, "k"
        )
        await work.commit()
    assert done.sent is not None
    await chat.send("他们今天又来搜查了", case=done.sent.case)
    await chat.play("机器人: 不在 Telegram 里写 | 没有转出")
    async with chat.store.reading() as work:
        assert len(await work.cases.messages(done.sent.case)) == 1
