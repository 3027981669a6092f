"""How a case reads in a list: due times in words, the order, the filter."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.web.console_diff import pieces
from bot.web.console_lines import due_of_case, span
from desk.case import Case, CaseId, Status, Timers
from desk.people import Role
from tests.desk.house import MONDAY, OWNER

CASE = Case(id=CaseId("c"), number="FT20261123-0001-0", owner=OWNER.id, role=Role.LAWYER, opened_at=MONDAY)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0.2, "1 分钟"), (45, "45 分钟"), (119, "119 分钟"), (120, "2 小时"), (47 * 60, "47 小时"), (48 * 60, "2 天")],
)
def test_a_length_of_time_is_told_in_one_unit(minutes: float, words: str) -> None:
    assert span(timedelta(minutes=minutes)) == words


def test_the_nearest_clock_counts_and_late_is_said_as_late() -> None:
    timers = Timers(sign_due=MONDAY - timedelta(days=1), answer_due=MONDAY + timedelta(hours=20))
    due = due_of_case(replace(CASE, timers=timers), MONDAY)
    assert (due.state, due.words, due.clock) == ("late", "超期 24 小时", "sign")
    due = due_of_case(replace(CASE, status=Status.SIGNED, timers=replace(timers, sign_due=None)), MONDAY)
    assert (due.state, due.words, due.clock) == ("fine", "还剩 20 小时", "answer")


def test_a_case_that_waits_for_its_owner_is_never_late() -> None:
    timers = Timers(answer_due=MONDAY - timedelta(days=3), paused_at=MONDAY, lapses_at=MONDAY + timedelta(days=5))
    due = due_of_case(replace(CASE, status=Status.WAITING, timers=timers), MONDAY)
    assert due.state == "waiting"
    assert "还剩 5 天" in due.words


def test_a_provisional_due_moment_says_so() -> None:
    timers = Timers(sign_due=MONDAY + timedelta(hours=1), provisional=True)
    assert due_of_case(replace(CASE, timers=timers), MONDAY).provisional


def test_a_small_change_marks_the_letters_that_went_and_came() -> None:
    found = [(piece.kind, piece.text) for piece in pieces("最长六个月", "最长三个月")]
    assert found == [("same", "最长"), ("gone", "六"), ("new", "三"), ("same", "个月")]


def test_texts_without_much_in_common_are_shown_one_after_the_other() -> None:
    assert [piece.kind for piece in pieces("甲乙丙丁", "完全不同的另一句话")] == ["gone", "new"]
    assert [piece.kind for piece in pieces("", "新写的")] == ["new"]
