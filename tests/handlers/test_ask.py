"""Asking: emergency, consent, the three verdicts, clarification, side, feedback."""

from __future__ import annotations

from tests.dialogs import Dialog


async def test_consent_is_asked_before_the_first_question_is_kept_and_it_is_answered_after(web: Dialog) -> None:
    await web.play("""
        用户: 试用期最长可以约定多久？
        机器人: 可以保存
        机器人按钮: 同意保存 | 不保存
        机器人不说话:
        用户按: 同意保存
        机器人: 已记下：同意
        机器人: 最长六个月 | 《劳动合同法》第十九条（2012-12-28） | 引文已由程序核对，尚未经执业律师审校 | 一般法律信息
        机器人按钮: 有帮助 | 没解决 | 找人工 | 查看依据 | 试用期工资
    """)


async def test_before_consent_the_words_are_nowhere_but_in_the_inbox(web: Dialog) -> None:
    await web.play("用户: 员工带走客户名单怎么办？")
    async with web.store.reading() as work:
        row = await work.conversations.load(web.person, web.channel)
        kept = await work.people.export(web.person)
    assert row is not None
    assert "客户名单" not in str(row.state)
    assert kept["questions"] == []


async def test_who_refuses_consent_is_answered_and_nothing_is_kept(web: Dialog) -> None:
    await web.play("""
        用户: 试用期最长可以约定多久？
        机器人: 可以保存
        用户按: 不保存
        机器人: 不保存您写的内容
        机器人: 最长六个月
        用户: 那客户拖欠货款怎么办？
        机器人: 先催告
        机器人不说话:
    """)
    async with web.store.reading() as work:
        kept = await work.people.export(web.person)
    assert "那客户" not in str(kept["questions"])
    assert "那客户" not in str(kept["conversations"])


async def test_telegram_names_the_foreign_recipient_and_offers_the_web_page(telegram: Dialog) -> None:
    await telegram.play("""
        用户: 试用期最长可以约定多久？
        机器人: 境外 | Telegram | 网页
    """)
    assert telegram.shown is not None
    assert telegram.shown.links[0].url == "https://tijian.example"


async def test_an_emergency_comes_before_consent_with_the_number_to_tap(web: Dialog) -> None:
    await web.play("""
        用户: 我被公司的人关起来了
        机器人: 人身安全第一 | 本平台不是报案渠道；报案请拨110或到派出所并索取受案回执。
        机器人拨号: 110
        机器人: 可以保存
    """)


async def test_a_fire_is_answered_with_119_first(asked: Dialog) -> None:
    await asked.play("""
        用户: 仓库着火了怎么办
        机器人: 119
        机器人拨号: 119
    """)


async def test_a_suspected_person_is_shown_the_lawyer_and_nobody_else(asked: Dialog) -> None:
    await asked.play("""
        用户: 我被经侦传唤了
        机器人: 只会交给律师 | 公安、检察院、法院、司法局的人和其他工作人员都看不到
        机器人按钮: 找律师
        机器人不说话:
    """)


async def test_a_look_alike_is_clarified_and_the_picked_one_answered(asked: Dialog) -> None:
    await asked.play("""
        用户: 试用期最低多久
        机器人: 您想问的是下面哪一个 | 试用期最长可以约定多久
        机器人按钮: 都不是 | 找人工
        用户按: 试用期最长可以约定多久
        机器人: 您选的问题 | 最长六个月
    """)


async def test_none_of_these_leads_to_one_rephrasing_and_then_to_a_person(asked: Dialog) -> None:
    await asked.play("""
        用户: 试用期约定多久合适
        机器人: 您想问的是 | 试用期最长
        用户按: 都不是
        机器人: 换个说法
        用户: 试用期工资发最低标准吗
        机器人: 还是没有完全对上 | 试用期工资最低
        用户按: 都不是
        机器人: 没有可靠的答案，我不猜
        机器人按钮: 找人工（免费，先看谁会看到）
    """)


async def test_a_number_typed_picks_the_candidate(asked: Dialog) -> None:
    await asked.play("""
        用户: 试用期最低多久
        机器人: 您想问的是
        用户: 1
        机器人: 您选的问题
    """)


async def test_an_unknown_question_is_an_honest_miss(asked: Dialog) -> None:
    await asked.play("""
        用户: 火星上可以注册公司吗？
        机器人: 没有可靠的答案，我不猜 | 库里没有相近的问题
        机器人按钮: 找人工（免费，先看谁会看到）
    """)


async def test_the_side_is_asked_when_it_changes_the_answer(asked: Dialog) -> None:
    await asked.play("""
        用户: 严重违反规章制度辞退
        机器人: 您是哪一方
        用户按: 我是员工
        机器人: 您想问的是 | 严重违反规章制度被辞退了怎么办
    """)


async def test_feedback_is_kept_and_a_miss_offers_a_person(asked: Dialog) -> None:
    await asked.play("""
        用户: 试用期最长可以约定多久？
        机器人: 最长六个月
        用户按: 没解决
        机器人: 换个说法再问一次
        机器人按钮: 找人工
        用户按: 有帮助
        机器人: 谢谢您的反馈
    """)


async def test_the_basis_shows_the_quote_where_no_library_was_imported(asked: Dialog) -> None:
    await asked.play("""
        用户: 试用期最长可以约定多久？
        机器人: 最长六个月
        用户按: 查看依据
        机器人: 《劳动合同法》第十九条 | 引文：试用期不得超过六个月 | 没有导入
    """)


async def test_an_entry_past_its_review_day_says_so(asked: Dialog) -> None:
    await asked.play("""
        用户: 小规模纳税人怎么开票？
        机器人: 待复核
    """)


async def test_an_edited_question_is_answered_anew(asked: Dialog) -> None:
    await asked.play("""
        用户: 火星上可以注册公司吗？
        机器人: 没有可靠的答案
        用户改: 客户拖欠货款怎么办？
        机器人: 按您修改后的文字 | 先催告
    """)
