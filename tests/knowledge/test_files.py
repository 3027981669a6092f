"""Reading files and folders: what is accepted, and that every refusal names file, line and remedy."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from knowledge.entry import Audience, EntryStatus, Risk
from knowledge.errors import BrokenContent, MissingFolder, Problem
from knowledge.export import write
from knowledge.files import MAX_BYTES, load_folder, read_file, read_folder
from tests.knowledge.samples import GOOD, ROOT, entry, other, shared

EXAMPLE = """topic: labour
entries:
  - id: labour.a
    question: 试用期多久？
    asks: [能试几个月, 试多久]
    answer: |
      最长六个月。
      看合同。
    basis:
      - {law: 中国法, article: 19, version: 2012-12-28, quote: 原文, changed: 2026-01-01}
    source: []
    valid_until:
    audience: employer
    risk: high
    status: published
"""


def only(problems: tuple[Problem, ...]) -> Problem:
    assert len(problems) == 1, problems
    assert problems[0].message
    assert problems[0].remedy
    return problems[0]


def read(text: str, name: str = "faq.yaml") -> tuple[Problem, ...]:
    return read_file(text.encode(), name).problems


def test_the_fields_of_the_contract_are_read() -> None:
    reading = read_file(EXAMPLE.encode(), "labour.yaml")
    assert reading.problems == ()
    (found,) = reading.entries
    assert (found.id, found.topic, found.question) == ("labour.a", "labour", "试用期多久？")
    assert found.asks == ("能试几个月", "试多久")
    assert found.answer == "最长六个月。\n看合同。"
    assert found.basis[0].article == "十九"
    assert str(found.basis[0].changed) == "2026-01-01"
    assert (found.audience, found.risk, found.status) == (Audience.EMPLOYER, Risk.HIGH, EntryStatus.PUBLISHED)
    assert found.valid_until is None
    assert found.regions == ("全国",)


def test_only_id_and_question_are_required() -> None:
    reading = read_file(b'{"id": "q1", "question": "\xe9\x97\xae"}\n\n{"id": 2, "question": "x"}', "q.jsonl")
    assert reading.problems == ()
    assert [item.id for item in reading.entries] == ["q1", "2"]
    assert reading.entries[0].status is EntryStatus.DRAFT


def test_a_place_knows_the_line_of_each_field_and_item() -> None:
    place = read_file(EXAMPLE.encode(), "labour.yaml").entries[0].place
    assert place is not None
    assert (str(place), str(place.of("answer")), str(place.of("basis[0]"))) == (
        "labour.yaml:3",
        "labour.yaml:6",
        "labour.yaml:10",
    )
    assert str(place.of("asks[9]")) == "labour.yaml:5"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("topic: a\nentries:\n  - id: x\n   question: y\n", "yaml-syntax", 4),
        ("topic: a\nentries:\n  - id: x\n", "missing-question", 3),
        ("topic: a\nentries:\n  - question: x\n", "missing-id", 3),
        ("topic: a\nentries:\n  - id: x\n    question: y\n    status: live\n", "bad-choice", 5),
        ("topic: a\nentries:\n  - id: x\n    question: y\n    reviewed: 2026-13-01\n", "bad-date", 5),
        ("topic: a\nentries:\n  - id: x\n    question: y\n    anwser: z\n", "unknown-field", 5),
        ("topic: a\nentries:\n  - id: x\n    id: z\n    question: y\n", "field-twice", 4),
        ("topic: a\nentries:\n  - id: x\n    question: [y]\n    answer: {a: b}\n", "not-text", 4),
        ("topic: a\nentries:\n  - id: x\n    question: y\n    basis: [{law: 某法}]\n", "bad-basis", 5),
        ("topic: a\nentries:\n  - id: &a x\n    question: y\n    related: &b [z]\n    asks: *b\n", "yaml-anchor", 6),
        ("topic: a\nentries:\n  - just words\n", "not-an-entry", 3),
        ("topic: a\nentries: words\n", "no-entries", 2),
        ("topic: a\nentry: []\n", "unknown-field", 2),
        ("- id: x\n", "no-entries", 1),
        ("", "no-entries", 1),
    ],
)
def test_a_broken_yaml_file_is_told_by_line_and_remedy(text: str, code: str, line: int) -> None:
    found = read(text)[0]
    assert (found.code, found.place.line if found.place else None) == (code, line)
    assert found.remedy


@pytest.mark.parametrize("text", ["topic: \x00", "[" * 100_000, "? {" * 5_000])
def test_hostile_yaml_is_refused_without_harm(text: str) -> None:
    assert only(read(text)).code == "yaml-syntax"


def test_an_alias_bomb_is_refused_at_once() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
    )
    start = time.perf_counter()
    assert only(read(bomb)).code == "yaml-anchor"
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize("line", ["{", "[1]", '{"id": }', "null"])
def test_a_broken_jsonl_line_is_named_and_the_others_are_read(line: str) -> None:
    reading = read_file(f'{{"id": "a", "question": "b"}}\n{line}\n'.encode(), "q.jsonl")
    assert len(reading.entries) == 1
    problem = only(reading.problems)
    assert (problem.code, problem.place.line if problem.place else None) == ("json-syntax", 2)


def test_control_characters_are_dropped_and_told() -> None:
    reading = read_file((json.dumps({"id": "a", "question": "b\x07\ud800c"}) + "\n").encode(), "q.jsonl")
    assert reading.entries[0].question == "bc"
    assert only(reading.problems).code == "control-character"
    assert reading.fatal == ()


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        ("题".encode("gbk"), "a.yaml", "encoding"),
        (b"x", "a.doc", "unknown-format"),
        (b"x", "a", "unknown-format"),
        (b" " * (MAX_BYTES + 1), "a.yaml", "too-large"),
        (b"not a zip", "a.xlsx", "not-excel"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem_not_an_exception(data: bytes, name: str, code: str) -> None:
    reading = read_file(data, name)
    assert reading.entries == ()
    assert only(reading.problems).code == code


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    assert only(read_file(tmp_path / "gone.yaml").problems).code == "unreadable"


def test_a_folder_of_all_formats_is_one_base(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(write([GOOD], "yaml"))
    (tmp_path / "b.jsonl").write_bytes(write([other()], "jsonl"))
    (tmp_path / "c.csv").write_bytes(write([entry(id="c")], "csv"))
    (tmp_path / "d.xlsx").write_bytes(write([entry(id="d")], "xlsx"))
    (tmp_path / "_notes.yaml").write_text("broken: [")
    (tmp_path / "~$d.xlsx").write_bytes(b"lock")
    (tmp_path / "readme.txt").write_text("x")
    assert [item.id for item in load_folder(tmp_path)] == [GOOD.id, "tax.invoice", "c", "d"]


def test_an_id_used_twice_names_both_places(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(write([GOOD], "yaml"))
    (tmp_path / "b.yaml").write_bytes(write([GOOD], "yaml"))
    with pytest.raises(BrokenContent) as caught:
        load_folder(tmp_path)
    problem = only(caught.value.problems)
    assert str(problem.place) == "b.yaml:3"
    assert "a.yaml:3" in problem.message


def test_a_broken_folder_tells_every_problem(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("entries: [")
    (tmp_path / "b.jsonl").write_text("{\n{\n")
    with pytest.raises(BrokenContent) as caught:
        load_folder(tmp_path)
    assert {problem.place.file for problem in caught.value.problems if problem.place} == {"a.yaml", "b.jsonl"}
    assert len(caught.value.problems) == 3


def test_an_unknown_field_is_told_but_does_not_stop_the_base(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "a", "question": "b", "note": "c"}\n')
    assert len(load_folder(tmp_path)) == 1
    assert only(read_folder(tmp_path).problems).code == "unknown-field"


@pytest.mark.parametrize("name", ["gone", "."])
def test_a_missing_or_empty_folder_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(MissingFolder) as caught:
        load_folder(tmp_path / name)
    assert str(tmp_path) in caught.value.path


def test_the_design_examples_are_read_whole() -> None:
    reading = read_file(shared("design", "entries-example.yaml"))
    assert reading.problems == ()
    assert len(reading.entries) == 3


def test_the_shipped_base_loads_without_a_problem() -> None:
    folder = ROOT / "knowledge" / "faq"
    if not any(folder.glob("*.yaml")):
        pytest.skip("no FAQ file is there yet")
    assert read_folder(folder).problems == ()


def test_250_entries_load_in_a_third_of_a_second(tmp_path: Path) -> None:
    long = entry(answer="一" * 400, asks=tuple(f"这是第{n}种说法，长短像真的一样" for n in range(8)))
    for part in range(10):
        many = [entry(id=f"t{part}.e{n}", answer=long.answer, asks=long.asks) for n in range(25)]
        (tmp_path / f"t{part}.yaml").write_bytes(write(many, "yaml"))
    load_folder(tmp_path)
    best = min(_timed(tmp_path) for _ in range(5))
    assert best < 0.35


def _timed(folder: Path) -> float:
    start = time.perf_counter()
    assert len(load_folder(folder)) == 250
    return time.perf_counter() - start
