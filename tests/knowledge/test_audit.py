"""The content rules: each names its entry, its place and a remedy, and lets sound content pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from knowledge.audit import Audit, check
from knowledge.audit_basis import stands_whole
from knowledge.changed_laws import Change, ChangedLaws, ChangeKind, shipped_changes
from knowledge.entry import Basis, Entry, EntryStatus, Place, Review, Risk
from knowledge.figures import figures, unquoted
from knowledge.files import read_folder
from knowledge.mirrors import Mirror, check_mirrors, load_mirrors
from knowledge.statute_files import load_library
from tests.knowledge.samples import GOOD, QUOTE, ROOT, TODAY, at, entry, library, other, shared

BASIS = GOOD.basis[0]


def audit(*entries: Entry, changes: ChangedLaws | None = None) -> Audit:
    return check(entries, on=TODAY, library=library(), changes=changes)


def codes(found: Audit) -> list[str]:
    for problem in found.problems:
        assert problem.message
        assert problem.remedy
    return [problem.code for problem in found.problems]


def based(**changes: object) -> Entry:
    return entry(basis=(replace(BASIS, **changes),))  # type: ignore[arg-type]  # any field of a reference


def test_sound_entries_pass() -> None:
    found = audit(GOOD, other())
    assert codes(found) == []
    assert found.counts.sound == {"labour": 1, "tax": 1}
    assert (found.counts.entries, found.counts.published, found.counts.quotes) == (2, 2, 2)


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (entry(answer=" "), "answer-missing"),
        (entry(basis=(), source=()), "basis-missing"),
        (entry(asks=GOOD.asks[:3]), "few-asks"),
        (entry(answer="好" * 501), "answer-long"),
        (entry(review=Review.LAWYER), "reviewer-missing"),
        (entry(related=("gone",)), "related-unknown"),
        (entry(related=(GOOD.id,)), "related-self"),
        (entry(officer=("mayor",)), "officer-unknown"),
        (entry(valid_until=date(2000, 1, 1)), "dates-crossed"),
        (entry(review_by=TODAY), "dates-crossed"),
        (entry(question="？！"), "phrase-empty"),
        (entry(not_asks=("试用期最长可以约定多久",)), "negative-own"),
        (entry(not_asks=("打几折", "打几折？")), "phrase-twice"),
        (entry(asks=(*GOOD.asks, "试用期最长，可以约定多久")), "phrase-twice"),
        (entry(asks=(*GOOD.asks, "试用期最长可以约定多长")), "phrases-alike"),
        (based(version=None), "version-missing"),
        (based(quote=""), "quote-missing"),
        (based(quote="不得超过六个月"), "quote-short"),
        (based(law="没有的法", version=date(2010, 1, 1)), "law-unknown"),
        (based(article="九百"), "article-unknown"),
        (based(version=date(2007, 6, 29)), "version-differs"),
        (based(quote="试用期可以随便约定，想多长就多长"), "quote-not-found"),
        (based(quote=QUOTE[1:]), "quote-cut"),
        (
            based(law="旧条例", article="一", version=date(2000, 1, 1), quote="任何单位不得要求个人垫付货款"),
            "law-repealed",
        ),
        (entry(answer="最长六个月，赔二万元。"), "number-unquoted"),
        (entry(answer="从2031年5月1日起最长六个月。"), "number-unquoted"),
    ],
)
def test_a_broken_rule_is_told(broken: Entry, code: str) -> None:
    assert code in codes(audit(broken))


def test_an_old_interpretation_needs_a_source() -> None:
    basis = Basis(
        law="最高人民法院关于旧事的解释",
        article="二",
        version=date(2005, 1, 1),
        quote="当事人应当在十日内提出书面的异议申请",
    )
    assert "unconfirmed" in codes(audit(entry(answer="能。", basis=(basis,), source=())))
    assert codes(audit(entry(answer="能。", basis=(basis,)))) == []


def test_drafts_need_little_and_withdrawn_entries_nothing() -> None:
    bare = entry(answer="", basis=(), source=(), asks=())
    assert codes(audit(replace(bare, status=EntryStatus.DRAFT))) == []
    assert codes(audit(replace(entry(related=("gone",)), status=EntryStatus.WITHDRAWN))) == []


def test_one_phrase_under_two_entries_is_a_conflict_that_names_the_other() -> None:
    found = audit(GOOD, other(asks=(*other().asks, "签一年的合同，能试三个月吗？")))
    (problem,) = found.problems
    assert (problem.code, problem.entry, problem.values["other"]) == ("phrase-shared", "tax.invoice", GOOD.id)


def test_a_negative_that_is_anothers_phrase_is_shown_but_no_problem() -> None:
    found = audit(GOOD, other(not_asks=(GOOD.asks[0],)))
    assert codes(found) == []
    (crossing,) = found.crossings
    assert (crossing.entry, crossing.values["other"]) == ("tax.invoice", GOOD.id)


def test_a_problem_names_the_cell_or_line_of_its_field() -> None:
    place = Place(file="faq.xlsx", cell="A7", parts=(("answer", "F7"), ("asks", "D7")))
    found = audit(entry(answer="赔二万元", asks=(*GOOD.asks, GOOD.question), place=place))
    assert [(problem.code, str(problem.place)) for problem in found.problems] == [
        ("phrase-twice", "faq.xlsx:D7"),
        ("number-unquoted", "faq.xlsx:F7"),
    ]


def test_a_quote_may_serve_three_entries_and_no_more() -> None:
    def numbered(count: int) -> Sequence[Entry]:
        marks = "甲乙丙丁"
        return [
            entry(id=f"e{n}", question=f"{marks[n]}字头的问题", asks=tuple(f"{marks[n]}{marks[m]}" for m in range(4)))
            for n in range(count)
        ]

    assert "quote-overused" not in codes(audit(*numbered(3)))
    (problem,) = [item for item in audit(*numbered(4)).problems if item.code == "quote-overused"]
    assert problem.entry == "e3"


def test_an_entry_newer_than_the_library_is_counted_and_no_problem() -> None:
    newer = based(version=date(2026, 5, 1), quote="库里还没有的新条文，一共六个月")
    unknown = other(
        basis=(Basis(law="新法", article="一", version=date(2026, 6, 1), quote="新法里的一句完整的话在这里"),)
    )
    found = audit(newer, unknown)
    assert codes(found) == []
    assert {problem.entry for problem in found.cannot_confirm} == {GOOD.id, "tax.invoice"}
    assert found.counts.cannot_confirm == 2
    assert found.counts.sound == {}


def test_without_a_library_quotes_are_not_looked_up() -> None:
    found = check([based(quote="库里没有的一句话，但是够长，六个月")], on=TODAY, library=None)
    assert codes(found) == []


CHANGED = ChangedLaws(
    [
        Change(law="劳动合同法", kind=ChangeKind.REVISED, since=date(2026, 1, 1), last_known=date(2012, 12, 28)),
        Change(law="某税法", kind=ChangeKind.PENDING),
    ]
)


def test_a_published_entry_may_not_rest_on_a_changed_law() -> None:
    found = audit(GOOD, other(), changes=CHANGED)
    assert codes(found) == ["changed-law", "changed-law"]


def test_an_internal_entry_on_a_changed_law_must_say_so() -> None:
    internal = entry(status=EntryStatus.INTERNAL)
    assert codes(audit(internal, changes=CHANGED)) == ["changed-unmarked"]
    marked = entry(status=EntryStatus.INTERNAL, basis=(replace(BASIS, changed=date(2026, 1, 1)),))
    assert codes(audit(marked, changes=CHANGED)) == []


def test_a_later_version_of_a_changed_law_only_waits_for_the_library() -> None:
    found = audit(based(version=date(2025, 12, 1)), changes=CHANGED)
    assert codes(found) == []
    assert len(found.cannot_confirm) == 1


def test_a_marked_change_keeps_an_entry_from_being_published_from_that_day() -> None:
    later = entry(basis=(replace(BASIS, changed=date(2027, 1, 1)),))
    assert codes(audit(later)) == []
    assert codes(check([later], on=date(2027, 1, 1), library=None)) == ["changed-law"]
    assert later.needs_review(date(2027, 1, 1))


@pytest.mark.parametrize(
    "law",
    [
        "反不正当竞争法",
        "《中华人民共和国仲裁法》",
        "食品安全法",
        "快递暂行条例",
        "海商法",
        "网络安全法",
        "治安管理处罚法",
        "环境保护法",
    ],
)
def test_the_laws_changed_in_2025_and_2026_are_known(law: str) -> None:
    assert shipped_changes().of(Basis(law=law, article="一")) is not None


def test_only_the_named_article_of_a_partly_changed_law_counts() -> None:
    law = "最高人民法院关于审理劳动争议案件适用法律问题的解释（一）"
    changes = shipped_changes()
    assert changes.of(Basis(law=law, article="三十二", version=date(2020, 12, 29))) is not None
    assert changes.of(Basis(law=law, article="三十三", version=date(2020, 12, 29))) is None


@pytest.mark.parametrize(
    ("quote", "whole"),
    [
        ("乙，丙丁", True),
        ("丙丁", True),
        ("甲", True),
        ("甲。 乙", True),
        ("乙，丙", False),
        ("丁。", False),
        ("戊", None),
        ("", None),
    ],
)
def test_a_quote_stands_whole_between_punctuation_and_line_ends(quote: str, whole: bool | None) -> None:
    assert stands_whole(quote, "甲。\n乙，丙丁。") is whole


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("六十日", (60, "日")),
        ("60天", (60, "日")),
        ("五个工作日", (5, "日")),
        ("三万元", (30_000, "元")),
        ("3万元", (30_000, "元")),
        ("1,000元", (1_000, "元")),
        ("百分之三", (3, "百分之")),
        ("３％", (3, "百分之")),
        ("万分之五", (5, "万分之")),
        ("半年", (6, "月")),
        ("十二个月", (12, "月")),
        ("1.5倍", (1.5, "倍")),
        ("三十人以上", (30, "人以上")),
    ],
)
def test_a_figure_is_the_same_in_digits_and_numerals(text: str, key: tuple[float, str]) -> None:
    assert [figure.key for figure in figures(text)] == [key]


def test_years_articles_list_marks_and_own_reckoning_are_no_figures_to_quote() -> None:
    answer = "1. 依照第十五条，2026年起执行。2. 举例：欠1万元，每天5元。\n3. 拨12345。二〇二五年的事。"
    assert unquoted(answer, []) == ()
    assert [figure.text for figure in unquoted("先付三万元；推算一共五万元", ["六日"])] == ["三万元"]


def mirror(ask: str, identity: str = GOOD.id) -> Mirror:
    return Mirror(entry=identity, ask=ask, topic="labour", place=at(line=1))  # type: ignore[arg-type]


def test_every_published_entry_needs_three_unseen_test_questions() -> None:
    asked = [mirror("先干着看看最多能看几个月"), mirror("试多久才转"), mirror(GOOD.asks[0]), mirror("x", "gone")]
    found = check_mirrors([GOOD, other(status=EntryStatus.DRAFT)], asked)
    assert [problem.code for problem in found.problems] == ["mirror-copied", "mirror-unknown"]
    assert found.likenesses[0].dice == 1.0
    assert found.likenesses[-1].dice < 0.5
    assert [problem.code for problem in check_mirrors([GOOD], asked[:2]).problems] == ["few-mirrors"]


def test_the_audit_counts_mirrors_and_high_risk() -> None:
    found = check([entry(risk=Risk.HIGH)], on=TODAY, library=None, mirrors=[mirror("先干着看看最多能看几个月")])
    assert "few-mirrors" in codes(found)
    assert (found.counts.mirrored, found.counts.high_risk) == (1, 1)


def test_the_shipped_base_is_clean_against_the_whole_library() -> None:
    statutes = load_library(shared("laws", "articles.jsonl.gz"))
    reading = read_folder(ROOT / "knowledge" / "faq")
    found = check(reading.entries, on=TODAY, library=statutes)
    assert [f"{problem.place} {problem.message}" for problem in found.problems] == []


def test_the_shipped_test_questions_are_readable() -> None:
    load_mirrors(ROOT / "tests" / "knowledge" / "questions")
