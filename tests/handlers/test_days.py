"""Days people name, and the periods of received papers."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.days import read_day
from handlers.deadlines import GROUPS, mentioned, paper_of
from knowledge.periods import shipped_papers
from tests.dialogs import Dialog

TODAY = date(2026, 11, 23)  # a Monday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("昨天", date(2026, 11, 22)),
        ("前天收到的", date(2026, 11, 21)),
        ("大前天", date(2026, 11, 20)),
        ("今天", TODAY),
        ("上周五", date(2026, 11, 20)),
        ("上上周三", date(2026, 11, 11)),
        ("周五", date(2026, 11, 20)),
        ("星期日", date(2026, 11, 22)),
        ("本周一", TODAY),
        ("11月3日", date(2026, 11, 3)),
        ("11月3号签收", date(2026, 11, 3)),
        ("十一月三日", date(2026, 11, 3)),
        ("12月3日", date(2025, 12, 3)),
        ("去年12月3日", date(2025, 12, 3)),
        ("2026-11-03", date(2026, 11, 3)),
        ("2026年11月3日", date(2026, 11, 3)),
        ("２０２６．１１．３", date(2026, 11, 3)),
        ("11.3", date(2026, 11, 3)),
        ("3号", date(2026, 11, 3)),
        ("28号", date(2026, 10, 28)),
        ("上个月5号", date(2026, 10, 5)),
        ("三天前", date(2026, 11, 20)),
        ("两周前", date(2026, 11, 9)),
        ("2026-11-30", None),
        ("2月30日", None),
        ("不记得了", None),
        ("明年3月", None),
    ],
)
def test_a_day_is_read_as_people_say_it_and_never_lies_ahead(text: str, day: date | None) -> None:
    assert read_day(text, TODAY) == day


def test_every_shipped_paper_is_offered_in_one_group() -> None:
    offered = [paper for group in GROUPS.values() for paper in group]
    assert sorted(offered) == sorted(paper.id for paper in shipped_papers())
    assert all(paper_of(paper) is not None for paper in offered)


@pytest.mark.parametrize("text", ["判决书是什么", "公司决定裁员怎么办", "试用期最长可以约定多久"])
def test_a_text_that_received_nothing_is_no_paper(text: str) -> None:
    assert mentioned(text) is None


async def test_a_received_paper_is_asked_for_its_day_and_reckoned(asked: Dialog) -> None:
    await asked.play("""
        用户: 收到劳动仲裁裁决书，多久之内可以起诉？
        机器人: 期限要看
        机器人按钮: 劳动仲裁裁决书（非终局）
        用户按: 劳动仲裁裁决书（非终局）
        机器人: 哪一天收到
        用户: 11月3日
        机器人: 2026年11月3日 | 15日内 | 最后一天 | 以文书载明为准 | 依据
    """)


async def test_a_day_named_along_is_not_asked_again(asked: Dialog) -> None:
    await asked.play("""
        用户: 昨天收到支付令，几天内要处理？
        机器人: 支付令
        机器人: 2026年11月22日 | 最后一天：2026年12月7日 | 以文书载明为准
    """)


async def test_an_unknown_day_shows_the_rule_only(asked: Dialog) -> None:
    await asked.play("""
        用户: 算期限
        机器人: 哪一种文书
        用户按: 行政处罚
        机器人: 哪一种文书
        用户按: 行政处罚决定书
        机器人: 哪一天收到
        用户: 下个月吧
        机器人: 没认出日期
        用户按: 不记得
        机器人: 60日内 | 没有算到哪一天 | 以文书载明为准
        机器人没说: 最后一天：
    """)


async def test_another_question_instead_of_the_day_is_answered(asked: Dialog) -> None:
    await asked.play("""
        用户: 算期限
        机器人: 哪一种文书
        用户: 支付令
        机器人: 哪一天收到
        用户: 客户拖欠货款怎么办？
        机器人: 先催告
    """)


async def test_another_paper_instead_of_the_day_is_not_reckoned_for_the_first(asked: Dialog) -> None:
    await asked.play("""
        用户: 算期限
        机器人: 哪一种文书
        用户: 支付令
        机器人: 哪一天收到
        用户: 昨天收到行政处罚决定书，还能复议吗
        机器人: 行政处罚决定书
        机器人: 行政处罚决定书 | 60日内
    """)
