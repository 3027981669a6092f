"""Inputs that are no plain question each get a sensible reaction."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers import odd_inputs
from handlers.conversation import LastQuestion
from handlers.messages import Message
from tests.dialogs import Dialog, photo
from tests.handlers.samples import MONDAY


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "没有收到文字"),
        ("   ", "没有收到文字"),
        ("😀😀", "只看到表情"),
        ("？？？", "只看到标点"),
        ("好", "说得完整一点"),
        ("123", "说得完整一点"),
        ("shiyongqi zuichang duojiu", "拼音"),
        ("How long is the probation period?", "只能用中文"),
        ("試用期は何ですか", "只能用中文"),
        ("สัญญาจ้างงาน", "只能用中文"),
        ("你好", "请直接写您想问的事"),
        ("谢谢！", "不客气"),
        ("很" * 4_001, "超过4000字"),
        ("老板勿要付钞票侬讲哪能办", "方言"),
    ],
)
async def test_an_odd_text_gets_a_sensible_word(asked: Dialog, text: str, words: str) -> None:
    await asked.send(text)
    assert words in asked.unread[0].text


@pytest.mark.parametrize(
    ("kind", "words"),
    [("voice", "语音转文字"), ("sticker", "贴图"), ("video", "视频"), ("location", "位置"), ("poll", "看不懂")],
)
async def test_what_cannot_be_read_is_named(asked: Dialog, kind: str, words: str) -> None:
    await asked.send(unsupported=kind)
    assert words in asked.unread[0].text


async def test_an_old_button_gets_a_fresh_menu(asked: Dialog) -> None:
    await asked.play("""
        用户发: button
        机器人: 已经过期
        机器人按钮: 问问题 | 我的案件
    """)


async def test_a_photo_is_not_read_and_a_person_is_offered(asked: Dialog) -> None:
    await asked.send(files=(photo("f1"),))
    assert "看不懂图片" in asked.unread[0].text


async def test_one_word_with_candidates_is_clarified(asked: Dialog) -> None:
    await asked.play("""
        用户: 货款
        机器人: 您只写了“货款” | 客户拖欠货款怎么办
    """)


async def test_a_question_in_three_messages_is_joined_and_the_reply_corrected(asked: Dialog) -> None:
    await asked.play("""
        用户: 我们有个客户
        机器人: 请接着说完
        用户: 拖欠货款
        机器人: 您想问的是 | 客户拖欠货款怎么办
        用户: 怎么办？
        机器人: 先催告
    """)


async def test_a_later_part_after_the_quiet_window_stands_alone(asked: Dialog) -> None:
    await asked.play("""
        用户: 客户拖欠货款怎么办？
        机器人: 先催告
        过了: 40
        用户: 已经半年了
        机器人: 请接着说完
    """)


async def test_two_questions_in_one_message_are_both_answered(asked: Dialog) -> None:
    await asked.play("""
        用户: 试用期最长可以约定多久？客户拖欠货款怎么办？
        机器人: 问题1 | 最长六个月
        机器人: 问题2 | 先催告
        机器人不说话:
    """)


async def test_too_many_questions_are_asked_to_come_one_by_one(asked: Dialog) -> None:
    await asked.send("试用期最长多久？客户拖欠货款怎么办？员工可以辞退吗？发票应该怎么开？")
    assert "一次问了4个问题" in asked.unread[0].text


def test_a_part_joins_only_within_the_window_and_only_if_it_asks_nothing() -> None:
    last = LastQuestion(text="客户拖欠货款怎么办", at=MONDAY, asked="q1", verdict="answer")
    soon, late = MONDAY + timedelta(seconds=20), MONDAY + timedelta(seconds=31)
    assert odd_inputs.joins(last, "已经半年了", soon)
    assert not odd_inputs.joins(last, "已经半年了", late)
    assert not odd_inputs.joins(last, "试用期多久", soon)


def test_terms_in_latin_letters_are_no_foreign_language() -> None:
    assert odd_inputs.oddity("LPR") is None
    assert odd_inputs.oddity("N+1怎么算") is None


async def test_a_message_without_words_needs_no_consent(web: Dialog) -> None:
    await web.play("""
        用户: 你好
        机器人: 请直接写您想问的事
    """)


async def test_two_first_messages_wait_together_for_consent(web: Dialog) -> None:
    await web.play("""
        用户: 我们有个客户
        机器人: 可以保存
        用户: 拖欠货款怎么办
        机器人: 可以保存
        用户按: 同意
        机器人: 已记下
        机器人: 先催告
    """)


def test_a_message_is_complete_without_optional_parts() -> None:
    assert Message.__dataclass_params__.frozen  # type: ignore[attr-defined]


async def test_a_later_part_that_changes_nothing_says_so_and_a_doubtful_one_takes_nothing_back(asked: Dialog) -> None:
    await asked.play("""
        用户: 客户拖欠货款怎么办？
        机器人: 先催告
        用户: 在国外
        机器人: 答案还是上面那一条
        用户: 而且他们公司已经注销了法人也联系不上
        机器人: 可能改变结论
        机器人按钮: 找人工
    """)


async def test_two_unsure_questions_are_asked_which_first(asked: Dialog) -> None:
    await asked.play("""
        用户: 试用期到底约定多久呢？客户总是拖欠我们货款咋办？
        机器人: 一次问了几个问题，先看哪一个 | 试用期最长 | 客户拖欠货款
    """)
