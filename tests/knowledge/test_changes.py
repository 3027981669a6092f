"""The dry run of an import shows what would change, and keeps what is wrong from being published."""

from __future__ import annotations

from knowledge.changes import compare
from knowledge.entry import Risk
from knowledge.export import write
from knowledge.files import read_file
from tests.knowledge.samples import GOOD, TODAY, at, entry, library, other


def test_added_changed_removed_and_unchanged_are_told_apart() -> None:
    third = other(id="tax.third", question="丙丁戊", asks=("子丑寅卯", "辰巳午未", "申酉戌亥", "天地玄黄"))
    run = compare([GOOD, other()], [entry(answer="新答案", risk=Risk.HIGH), third], on=TODAY)
    assert [item.id for item in run.added] == ["tax.third"]
    assert [(item.after.id, item.fields) for item in run.changed] == [(GOOD.id, ("answer", "risk"))]
    assert [item.id for item in run.removed] == ["tax.invoice"]
    assert run.unchanged == ()
    assert [item.id for item in run.result] == [GOOD.id, "tax.third"]
    assert not run.empty


def test_the_same_content_in_another_format_changes_nothing() -> None:
    running = [GOOD, other()]
    run = compare(running, read_file(write(running[::-1], "xlsx"), "f.xlsx").entries, on=TODAY, library=library())
    assert run.empty
    assert run.clean
    assert len(run.unchanged) == 2


def test_a_partial_file_removes_nothing() -> None:
    run = compare([GOOD, other()], [entry(answer="新答案")], on=TODAY, partial=True)
    assert run.removed == ()
    assert [(item.id, item.answer) for item in run.result] == [(GOOD.id, "新答案"), ("tax.invoice", "要申报。")]


def test_an_id_that_stands_twice_in_the_file_is_a_duplicate() -> None:
    run = compare([], [entry(place=at("A2")), entry(place=at("A3"))], on=TODAY)
    assert [(item.code, str(item.place)) for item in run.duplicates] == [("duplicate-id", "faq.xlsx:A3")]
    assert not run.clean


def test_a_phrase_of_a_running_entry_is_a_conflict_in_a_partial_import() -> None:
    incoming = other(asks=(*other().asks, GOOD.asks[1]))
    run = compare([GOOD], [incoming], on=TODAY, partial=True)
    assert [(item.code, item.entry) for item in run.conflicts] == [("phrase-shared", "tax.invoice")]


def test_a_negative_that_crosses_is_shown_and_blocks_nothing() -> None:
    run = compare([GOOD], [GOOD, other(not_asks=(GOOD.question,))], on=TODAY, library=library())
    assert [item.code for item in run.crossings] == ["negative-crosses"]
    assert run.clean


def test_reading_problems_and_content_problems_stand_in_the_way() -> None:
    reading = read_file(b"id,question,status\na,b,live\n", "f.csv")
    run = compare([], [*reading.entries, entry(answer="")], on=TODAY, read_problems=reading.problems)
    assert [item.code for item in run.problems] == ["bad-choice", "answer-missing"]
    assert str(run.problems[0].place) == "f.csv:C2"


def test_old_problems_of_the_running_base_are_not_the_imports_fault() -> None:
    old = other(answer="")
    assert compare([old], [GOOD], on=TODAY, library=library(), partial=True).clean


def test_high_risk_changes_name_the_entries_for_a_second_person() -> None:
    risky = entry(risk=Risk.HIGH)
    assert compare([GOOD], [risky], on=TODAY).high_risk == (GOOD.id,)
    assert compare([risky], [GOOD], on=TODAY).high_risk == (GOOD.id,)
    assert compare([risky], [risky, other()], on=TODAY).high_risk == ()
