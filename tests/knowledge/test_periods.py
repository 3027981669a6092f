"""Legal deadlines: first and last day, rolls over rest days, and quotes that stand in the library."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.audit_basis import stands_whole
from knowledge.entry import Basis
from knowledge.periods import PeriodRule, Unit, deadline, find_papers, shipped_papers
from knowledge.statute_files import load_library
from knowledge.statutes import ArticleStatus
from tests.knowledge.samples import shared

RULES = {rule.id: rule for paper in shipped_papers() for rule in paper.rules}


class Days:
    """Weekdays work; 2026-10-01 to 10-07 rest; Saturday 2026-10-10 is made up; from 2027 on all is provisional."""

    def is_working_day(self, day: date) -> bool:
        if day == date(2026, 10, 10):
            return True
        return day.weekday() < 5 and not date(2026, 10, 1) <= day <= date(2026, 10, 7)

    def is_provisional(self, day: date) -> bool:
        return day.year > 2026


class Never:
    """A calendar without any working day."""

    def is_working_day(self, day: date) -> bool:
        return day.year < 0

    def is_provisional(self, day: date) -> bool:
        return day.year < 0


@pytest.mark.parametrize(
    ("rule", "received", "first", "nominal", "last"),
    [
        # fifteen days after 17 September end in the holiday and roll to the first day after it
        ("civil-judgment.appeal", "2026-09-17", "2026-09-18", "2026-10-02", "2026-10-08"),
        ("civil-ruling.appeal", "2026-11-02", "2026-11-03", "2026-11-12", "2026-11-12"),
        # a make-up Saturday is no rest day
        ("civil-judgment.appeal", "2026-09-25", "2026-09-26", "2026-10-10", "2026-10-10"),
        ("civil-judgment.appeal", "2026-10-02", "2026-10-03", "2026-10-17", "2026-10-19"),
        # five working days over the holiday, the make-up Saturday counted
        ("penalty-notice.hearing", "2026-09-29", "2026-09-30", "2026-10-12", "2026-10-12"),
        ("penalty-decision.review", "2026-09-01", "2026-09-02", "2026-10-31", "2026-11-02"),
        # months end on the corresponding day, or on the month's last
        ("penalty-decision.suit", "2026-03-16", "2026-03-17", "2026-09-16", "2026-09-16"),
        ("penalty-decision.suit", "2026-08-31", "2026-09-01", "2027-02-28", "2027-03-01"),
        # no rule says that the payment period rolls
        ("penalty-decision.pay", "2026-09-17", "2026-09-18", "2026-10-02", "2026-10-02"),
        ("labour-award.suit", "2026-11-01", "2026-11-02", "2026-11-16", "2026-11-16"),
        ("payment-order.objection", "2026-11-06", "2026-11-07", "2026-11-21", "2026-11-23"),
        ("effective-judgment.enforce", "2024-02-29", "2024-03-01", "2026-02-28", "2026-03-02"),
    ],
)
def test_a_deadline_is_reckoned_by_its_rule(rule: str, received: str, first: str, nominal: str, last: str) -> None:
    found = deadline(RULES[rule], date.fromisoformat(received), Days())
    assert (str(found.first_day), str(found.nominal_last_day), str(found.last_day)) == (first, nominal, last)
    assert found.rolled is (nominal != last)


def test_an_unknown_day_gives_the_rule_only() -> None:
    found = deadline(RULES["civil-judgment.appeal"], None, Days())
    assert (found.first_day, found.last_day, found.days_left(date(2026, 1, 1))) == (None, None, None)
    assert found.rule.basis


def test_a_changed_rule_gives_no_last_day() -> None:
    found = deadline(RULES["commercial-award.annul"], date(2026, 11, 1), Days())
    assert found.last_day is None
    assert found.rule.changed == date(2026, 3, 1)
    assert all(basis.changed == date(2026, 3, 1) for basis in found.rule.basis)


def test_a_year_without_published_holidays_is_marked() -> None:
    assert deadline(RULES["civil-judgment.appeal"], date(2026, 12, 25), Days()).provisional
    assert deadline(RULES["penalty-notice.hearing"], date(2026, 12, 29), Days()).provisional
    assert not deadline(RULES["civil-judgment.appeal"], date(2026, 11, 25), Days()).provisional


def test_days_left_count_down_past_zero() -> None:
    found = deadline(RULES["civil-ruling.appeal"], date(2026, 11, 2), Days())
    assert [found.days_left(date(2026, 11, day)) for day in (10, 12, 13)] == [2, 0, -1]


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
@given(received=st.dates(min_value=date(1990, 1, 1)))
def test_no_day_breaks_a_rule_and_the_order_of_days_holds(rule: PeriodRule, received: date) -> None:
    found = deadline(rule, received, Days())
    if found.last_day is None:
        assert rule.changed or received > date(9990, 1, 1)
        return
    assert found.first_day is not None
    assert found.nominal_last_day is not None
    assert received < found.first_day <= found.nominal_last_day <= found.last_day
    if rule.counting.roll:
        assert Days().is_working_day(found.last_day)
        assert found.last_day - found.nominal_last_day < timedelta(days=15)


def test_a_calendar_without_working_days_does_not_hang() -> None:
    assert deadline(RULES["civil-judgment.appeal"], date(2026, 1, 1), Never()).last_day == date(2026, 1, 16)


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        ("收到行政处罚决定书，不服怎么办", ["penalty-decision"]),
        ("税务行政处罚决定书到了", ["tax-penalty"]),
        ("法院判决书拿到了", ["civil-judgment", "criminal-judgment", "administrative-judgment"]),
        ("民事判决书拿到了", ["civil-judgment"]),
        ("劳动仲裁裁决书今天收到", ["labour-award"]),
        ("收到支付令了", ["payment-order"]),
        ("行政處罰告知書", ["penalty-notice"]),
        ("今天天气不错", []),
        ("", []),
    ],
)
def test_a_paper_is_known_by_its_name(text: str, papers: list[str]) -> None:
    assert [paper.id for paper in find_papers(text)] == papers


def test_papers_and_rules_have_unique_ids_and_every_rule_a_basis() -> None:
    papers = shipped_papers()
    assert len({paper.id for paper in papers}) == len(papers)
    assert len(RULES) == sum(len(paper.rules) for paper in papers)
    assert all(rule.basis and all(basis.quote for basis in rule.all_basis) for rule in RULES.values())
    assert all(rule.counting.basis for rule in RULES.values() if rule.counting.roll or rule.unit is Unit.WORKING_DAY)


def test_every_quote_stands_in_its_article() -> None:
    library = load_library(shared("laws", "articles.jsonl.gz"))

    def stands(basis: Basis) -> bool:
        article = library.article(basis.law, basis.article)
        return (
            article is not None
            and article.version == basis.version
            and article.status is ArticleStatus.COLLECTED
            and stands_whole(basis.quote, article.text) is True
        )

    assert [(rule.id, basis.law) for rule in RULES.values() for basis in rule.all_basis if not stands(basis)] == []
