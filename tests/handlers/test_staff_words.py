"""What staff write in chat goes once, to the case they meant, as what they meant; else it is kept or not sent."""

from __future__ import annotations

import pytest

from desk.case import Move, Status
from handlers.actions import Cancel, CaseVerb, OnCase
from handlers.texts import say
from tests.handlers.desk_house import COLLEAGUE, House, opened
from tests.handlers.samples import LAWYER, OWNER, POLICE, SUPERVISOR

ANSWER = "先发催告函，再申请支付令。"


async def test_files_are_an_answer(house: House) -> None:
    case = await house.signed()
    chat = await opened(house, LAWYER, case.id)
    await chat.press("回复")
    file = await house.file(LAWYER, "意见.xlsx", b"opinion")
    await chat.send(files=(file,))
    assert (await house.said(case))[-1] == ("answer", "", (file.id,))
    (told,) = [reply for reply in chat.others if reply.to == OWNER.id]
    assert told.files == (file,)
    assert "附件 1 个" in told.text


async def test_somebody_elses_file_is_no_answer_and_the_case_stays_as_it_was(house: House) -> None:
    case = await house.signed()
    chat = await opened(house, LAWYER, case.id)
    await chat.press("回复")
    foreign = await house.file(POLICE, "证据.pdf", b"evidence")
    await chat.send(files=(foreign,))
    assert "没有找到" in chat.unread[-1].text
    assert (await house.now(case)).status is Status.SIGNED
    async with house.store.reading() as work:
        assert await work.files.owner(foreign.id) == (POLICE.id, None)


async def test_cancel_sends_nothing_and_the_next_text_is_a_question_again(house: House) -> None:
    case = await house.signed()
    for cancel in ("button", "word"):
        chat = await opened(house, LAWYER, case.id)
        await chat.press("回复")
        await chat.send(action=Cancel()) if cancel == "button" else await chat.send("取消")
        assert chat.unread[-1].text == say("staff.cancelled")
        await chat.send("试用期最长可以约定多久？")
        assert "最长六个月" in chat.unread[-1].text
    assert (await house.now(case)).status is Status.SIGNED


@pytest.mark.parametrize("command", ["/start", "工作台", "/work"])
async def test_a_command_is_never_sent_as_an_answer(house: House, command: str) -> None:
    case = await house.signed()
    chat = await opened(house, LAWYER, case.id)
    await chat.press("回复")
    await chat.send(command)
    assert (await house.now(case)).status is Status.SIGNED
    await chat.send("客户拖欠货款怎么办？")
    assert (await house.now(case)).status is Status.SIGNED


async def test_a_text_for_another_case_does_not_go_to_the_one_that_was_begun(house: House) -> None:
    first, second = await house.signed(), await house.signed(COLLEAGUE)
    await house.act(COLLEAGUE, second, Move.TRANSFER, reason="workload", to=LAWYER.id)
    await house.act(LAWYER, second, Move.CLEAR_CONFLICT)
    await house.act(LAWYER, second, Move.ACCEPT)
    chat = await opened(house, LAWYER, first.id)
    await chat.press("回复")
    await chat.send("这是给第二件的。", case=second.id)
    assert chat.unread[-1].text == say("staff.what_is_it", number=second.number)
    assert [len(await house.said(case)) for case in (first, second)] == [0, 0]


async def test_an_edited_text_is_no_answer(house: House) -> None:
    case = await house.signed()
    chat = await opened(house, LAWYER, case.id)
    await chat.press("回复")
    await chat.send("试用期怎么算？", edited=True)
    assert chat.unread[-1].text == say("staff.edited")
    await chat.send(ANSWER)
    assert (await house.said(case))[-1][:2] == ("answer", ANSWER)


async def test_a_reply_to_a_case_asks_what_it_is_and_is_sent_once(house: House) -> None:
    case = await house.signed()
    chat = house.chat(LAWYER)
    await chat.send(ANSWER, case=case.id)
    await chat.play(f"""
        机器人: 案件 {case.number}：这条消息作为什么发送
        机器人按钮: 回复 | 要求补充 | 内部备注 | 取消
    """)
    assert await house.said(case) == []
    question = dict(chat.buttons)
    await chat.send(action=OnCase(CaseVerb.OPEN, case.id, case.version))
    chat.unread.clear()
    chat.buttons = question
    await chat.press("回复")
    assert "答复已发给对方" in chat.unread.pop().text
    await chat.press("回复")
    again = chat.unread.pop().text
    assert "您自己" in again
    assert [body for _, body, _ in await house.said(case)] == [ANSWER]


async def test_a_reply_of_somebody_who_may_not_write_shows_the_case(house: House) -> None:
    case = await house.signed()
    chat = house.chat(SUPERVISOR)
    await chat.send("请尽快。", case=case.id)
    assert chat.unread[-1].text.startswith(f"案件 {case.number}")
    assert await house.said(case) == []


async def test_a_stale_press_says_who_moved_the_case_and_keeps_the_words(house: House) -> None:
    case = await house.signed()
    chat = await opened(house, LAWYER, case.id)
    await chat.press("回复")
    await house.act(OWNER, case, Move.FOLLOW_UP, "对方今天付了一半。")
    house.chat(LAWYER).unread.clear()
    await chat.send(ANSWER)
    assert "已由当事人处理过" in chat.unread[-1].text
    assert len(await house.said(case)) == 1
    chat.buttons.clear()
    await chat.play("机器人: 这条消息作为什么发送")
    await chat.press("回复")
    assert (await house.said(case))[-1][:2] == ("answer", ANSWER)


async def test_a_press_after_a_timer_says_so(house: House) -> None:
    case = await house.open()
    chat = await opened(house, LAWYER, case.id)
    assert case.timers.sign_warn is not None
    await house.fire(case, case.timers.sign_warn)
    await chat.press("没有利害关系")
    assert chat.unread[-1].text.startswith(say("case.stale_timer"))
    await chat.play("机器人: 没有利害关系")
    await chat.press("没有利害关系")
    assert (await house.now(case)).conflict_cleared


async def test_a_voice_message_leaves_what_was_begun(house: House) -> None:
    case = await house.signed()
    chat = await opened(house, LAWYER, case.id)
    await chat.press("回复")
    await chat.send(unsupported="voice")
    await chat.send(ANSWER)
    assert (await house.said(case))[-1][:2] == ("answer", ANSWER)


async def test_an_empty_answer_asks_again(house: House) -> None:
    case = await house.signed()
    chat = await opened(house, LAWYER, case.id)
    await chat.press("回复")
    await chat.send("长" * 20_001)
    assert "太长" in chat.unread[-1].text or "2万" in chat.unread[-1].text
    await chat.send(ANSWER)
    assert (await house.said(case))[-1][:2] == ("answer", ANSWER)
