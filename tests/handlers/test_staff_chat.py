"""Experts and supervisors at work in chat: every verb of a case by button, on every channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.case import ConsentKind, Move, Satisfaction, Status
from desk.people import Level, Role
from handlers.actions import CaseVerb, GiveReason, Menu, OnCase, OpenMenu, Rate
from handlers.messages import Channel
from handlers.texts import say
from tests.handlers.desk_house import CLERK, COLLEAGUE, JUDGE, QUESTION, House, opened
from tests.handlers.samples import BUREAU, CITY_LAWYER, LAWYER, OWNER, POLICE, SUPERVISOR

ANSWER = "先发催告函，再申请支付令。"


@pytest.mark.parametrize("channel", list(Channel))
async def test_from_conflict_check_to_closing_by_button(house: House, channel: Channel) -> None:
    case = await house.open()
    chat = house.chat(LAWYER, channel)
    chat.names["number"] = case.number
    await chat.send(action=OpenMenu(Menu.MY_WORK))
    await chat.play(f"""
        机器人: 工作台
        机器人: 我的案件（1） | {{number}} | 待签收
        用户按: {{number}}
        机器人: 请先确认没有利害关系 | 德清某公司 | 甲公司
        机器人没说: {QUESTION}
        机器人没说: 13800000000
        机器人按钮: 没有利害关系 | 有利害关系 | 退回
        用户按: 没有利害关系
        机器人: 请签收 | {QUESTION} | 王老板 | 13800000000
        用户按: 签收
        机器人: 责任人 | 办理中
        机器人按钮: 回复 | 要求补充 | 内部备注 | 转办 | 退回
        用户按: 要求补充
        机器人: {{number}} | 请写需要对方补充什么
        用户: 请把合同发给我。
        机器人: 时钟暂停 | 待补充
    """)
    await house.act(OWNER, case, Move.SUPPLY, "合同是口头的。")
    (told,) = [one for one in house.told(LAWYER) if "合同是口头的" in one.text]
    assert [button.label for row in told.buttons for button in row] == ["看案件", "回复", "要求补充"]
    chat = await opened(house, LAWYER, case.id) if channel is Channel.TELEGRAM else chat
    await chat.send(action=OnCase(CaseVerb.OPEN, case.id, 1))
    chat.unread = chat.unread[-1:]
    await chat.play(f"""
        机器人: 合同是口头的
        用户按: 内部备注
        机器人: 请写内部备注
        用户: 对方信用很差。
        机器人: 内部备注已保存 | 对方信用很差
        用户按: 回复
        机器人: 请写答复
        用户: {ANSWER}
        机器人: 答复已发给对方 | 已答复
        用户按: 办结
        机器人: 已办结
        机器人不说话:
    """)
    assert (await house.now(case)).status is Status.CLOSED
    kinds = [(kind, body) for kind, body, _ in await house.said(case)]
    assert kinds == [("ask_back", "请把合同发给我。"), ("supply", "合同是口头的。"), ("answer", ANSWER)]
    assert await house.notes(case) == ["对方信用很差。"]


async def test_transfer_to_another_profession_is_offered_and_accepted(house: House) -> None:
    case = await house.signed(BUREAU, role=Role.BUREAU)
    chat = await opened(house, BUREAU, case.id)
    await chat.play("""
        用户按: 转办
        机器人: 请选择理由
        机器人按钮: 属于其他专业 | 不熟悉这个领域 | 取消
        用户按: 属于其他专业
        机器人: 转给哪个专业
        机器人按钮: 法官 | 检察官 | 警官 | 律师
        用户按: 警官
        机器人: 对方签收前仍由您负责
        机器人按钮: 收回转办
    """)
    (offer,) = [reply for reply in chat.others if reply.to == POLICE.id]
    assert "属于其他专业" in offer.text
    assert [button.label for row in offer.buttons for button in row] == ["看案件", "不接手"]
    taking = await opened(house, POLICE, case.id)
    await taking.play(f"""
        用户按: 没有利害关系
        机器人: 请决定是否接手
        机器人没说: {QUESTION}
    """)
    await taking.send(action=taking.buttons["接手"])
    await taking.play(f"机器人: 已接手 | {QUESTION}")
    assert (await house.now(case)).responsible == POLICE.id


async def test_an_offer_is_declined_with_a_reason_and_taken_back_without(house: House) -> None:
    case = await house.signed()
    await house.act(LAWYER, case, Move.TRANSFER, reason="workload", to=COLLEAGUE.id)
    asked = await opened(house, COLLEAGUE, case.id)
    await asked.play("""
        用户按: 不接手
        机器人: 请选择理由
        机器人按钮: 手上案件太多
        用户按: 手上案件太多
        机器人: 已谢绝
    """)
    (told,) = [reply for reply in asked.others if reply.to == LAWYER.id]
    assert told.text == f"案件 {case.number} 的转办没有被接受（手上案件太多），仍由您负责。"
    await house.act(LAWYER, case, Move.DECLINE, reason="taken_back")
    await house.act(LAWYER, case, Move.TRANSFER, reason="absence", to=CITY_LAWYER.id)
    chat = await opened(house, LAWYER, case.id)
    await chat.play("""
        用户按: 收回转办
        机器人: 已收回转办
    """)
    assert (await house.now(case)).handover is None


async def test_who_has_not_confirmed_may_give_the_case_back_unread(house: House) -> None:
    case = await house.open()
    chat = await opened(house, LAWYER, case.id)
    await chat.press("退回")
    await chat.play("""
        机器人: 请选择理由
        用户按: 我要离岗
        机器人: 已退回，案件会另行分派
    """)
    assert "不属于我" not in chat.buttons
    assert (await house.now(case)).assignee == COLLEAGUE.id


async def test_a_conflict_sends_the_case_to_another_firm(house: House) -> None:
    case = await house.open()
    chat = await opened(house, LAWYER, case.id)
    await chat.send(action=chat.buttons["有利害关系"])
    after = await house.now(case)
    assert after.assignee != LAWYER.id
    await chat.send(action=OnCase(CaseVerb.OPEN, case.id, after.version))
    assert chat.unread[-1].text == say("case.no_such")


async def test_a_refusal_equals_a_case_that_does_not_exist(house: House) -> None:
    case = await house.signed()
    for stranger in (JUDGE, CLERK, CITY_LAWYER, COLLEAGUE):
        chat = house.chat(stranger)
        for verb in CaseVerb:
            await chat.send(action=OnCase(verb, case.id, case.version))
            theirs = chat.unread.pop()
            await chat.send(action=OnCase(verb, "nothing-there", case.version))
            nothing = chat.unread.pop()
            assert (theirs.text, theirs.buttons) == (nothing.text, nothing.buttons), verb
        for verb in (CaseVerb.TRANSFER, CaseVerb.ANOTHER_LEVEL):
            await chat.send(action=GiveReason(verb, case.id, "workload"))
            assert chat.unread.pop().text == say("case.no_such")
        await chat.send("内容", case=case.id)
        assert chat.unread.pop().text == say("case.no_such")
    assert await house.now(case) == case


async def test_staff_rate_their_own_cases_like_every_owner(house: House) -> None:
    case = await house.signed(owner=POLICE.id, actor=POLICE)
    await house.act(LAWYER, case, Move.ANSWER, ANSWER)
    await house.act(POLICE, case, Move.CLOSE)
    chat = house.chat(POLICE, Channel.WEB)
    await chat.send(action=Rate(case.id, Satisfaction.DISSATISFIED))
    await chat.send(action=GiveReason(CaseVerb.OPEN, case.id, "unclear"))
    after = await house.now(case)
    assert after.rating is not None
    assert after.level is Level.CITY


async def test_the_supervisor_raises_and_signs_off_and_reads_nothing(house: House) -> None:
    case = await house.signed()
    chat = await opened(house, SUPERVISOR, case.id)
    assert chat.shown is not None
    assert QUESTION not in chat.shown.text
    await chat.play("""
        用户按: 提级
        机器人: 请选择理由
        机器人按钮: 疑难 | 投诉
        用户按: 投诉
        机器人: 已提级
    """)
    assert (await house.now(case)).level is Level.CITY
    await house.act(CITY_LAWYER, case, Move.CLEAR_CONFLICT)
    await house.act(CITY_LAWYER, case, Move.SIGN)
    await house.act(CITY_LAWYER, case, Move.ANSWER, ANSWER)
    await house.act(OWNER, case, Move.CLOSE)
    chat = await opened(house, SUPERVISOR, case.id)
    await chat.play("""
        用户按: 销号
        机器人: 已销号
    """)
    assert not (await house.now(case)).awaiting_sign_off


async def test_the_supervisor_compares_both_answers_only_with_consent(house: House) -> None:
    case = await house.answered()
    await house.act(OWNER, case, Move.CLOSE)
    await house.act(OWNER, case, Move.RATE, rating=Satisfaction.DISSATISFIED, reason="unclear")
    assert "催告函" not in (await opened(house, SUPERVISOR, case.id)).shown.text  # type: ignore[union-attr]
    await house.act(OWNER, case, Move.CONSENT, consent=ConsentKind.BOTH_ANSWERS)
    shown = (await opened(house, SUPERVISOR, case.id)).shown
    assert shown is not None
    assert "催告函" in shown.text
    assert QUESTION not in shown.text
    assert shown.private


async def test_a_long_list_shows_ten_and_leads_to_the_page(house: House) -> None:
    for _ in range(12):
        house.at += timedelta(seconds=1)
        case = await house.open(role=Role.BUREAU)
    chat = house.chat(BUREAU)
    await chat.send(action=OpenMenu(Menu.MY_WORK))
    listed = chat.unread[-1]
    assert "（12）" in listed.text
    assert "只列出前 10 件" in listed.text
    assert len(listed.buttons) == 10
    assert listed.links[0].url == "https://tijian.example/console"
    assert case.number not in listed.text


async def test_lists_of_others_are_empty(house: House) -> None:
    await house.open()
    for who in (POLICE, CLERK):
        chat = house.chat(who)
        for item in (Menu.MY_WORK, Menu.UNASSIGNED, Menu.OVERDUE):
            await chat.send(action=OpenMenu(item))
            assert not chat.unread[-1].text.endswith("：")
            assert "没有" in chat.unread[-1].text


async def test_disabled_staff_lose_everything(house: House) -> None:
    case = await house.signed()
    async with house.store.work() as work:
        await work.people.save(replace(LAWYER, active=False))
        await work.commit()
    chat = house.chat(LAWYER)
    await chat.send(action=OnCase(CaseVerb.OPEN, case.id, case.version))
    assert chat.unread.pop().text == say("case.no_such")
    await chat.send(action=OpenMenu(Menu.MY_WORK))
    assert say("staff.none_mine") in chat.unread.pop().text
    house.told(LAWYER)
    await house.act(OWNER, case, Move.FOLLOW_UP, "还在吗？")
    assert house.told(LAWYER) == []
