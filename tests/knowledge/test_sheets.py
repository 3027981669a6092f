"""Spreadsheets: the clerk's columns and cells, harmless formulas, hostile workbooks."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

import pytest
from openpyxl import Workbook, load_workbook

from knowledge.citations import Mention, mentions, read_basis, split_values
from knowledge.entry import Audience, EntryStatus, Risk
from knowledge.export import write
from knowledge.files import Reading, read_file
from knowledge.labels import COLUMNS
from knowledge.sheets import column_letter
from tests.knowledge.samples import GOOD, entry

TITLES = list(COLUMNS)


def csv_bytes(*rows: list[str], encoding: str = "utf-8-sig") -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode(encoding)


def workbook(*rows: Sequence[object]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def cells(reading: Reading) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.place.cell if problem.place else None) for problem in reading.problems]


def test_a_fresh_export_has_the_columns_of_the_contract() -> None:
    first = next(csv.reader(io.StringIO(write([GOOD], "csv").decode("utf-8-sig"))))
    assert " ".join(first) == (
        "编号 主题 标准问 相似问 反例问 答案 依据 来源 适用地区 适用行业 适用对象 承办 风险 关联 生效日期 失效日期 "
        "审校方式 审校日期 审校人 复核期限 状态"
    )


def test_several_values_stand_on_lines_or_between_double_hashes() -> None:
    reading = read_file(csv_bytes(["编号", "标准问", "相似问"], ["a", "问", "一## 二\n三\n\n"]), "f.csv")
    assert reading.entries[0].asks == ("一", "二", "三")
    assert split_values("a#b") == ["a#b"]


def test_labels_and_codes_both_name_a_choice() -> None:
    header = ["编号", "标准问", "适用对象", "风险", "状态", "承办"]
    rows = [["a", "问", "单位", "高", "发布", "律师##检察官"], ["b", "答", "employer", "high", "published", "lawyer"]]
    reading = read_file(csv_bytes(header, *rows), "f.csv")
    assert reading.problems == ()
    for found in reading.entries:
        assert (found.audience, found.risk, found.status) == (Audience.EMPLOYER, Risk.HIGH, EntryStatus.PUBLISHED)
    assert reading.entries[0].officer == ("lawyer", "prosecutor")


def test_english_field_names_are_titles_too() -> None:
    reading = read_file(csv_bytes(["question", "id"], ["问", "a"]), "f.csv")
    assert reading.entries[0].id == "a"


def test_a_basis_cell_is_read_and_a_bad_line_is_named_by_cell() -> None:
    text = "《劳动合同法》第十九条（2012-12-28）：「原文；「内」文」（已修订：2026-01-01）\n《公司法》第15条\n随便写的"
    reading = read_file(csv_bytes(["编号", "标准问", "依据"], ["a", "问", text]), "f.csv")
    first, second = reading.entries[0].basis
    assert (first.law, first.article, first.version, first.quote, first.changed) == (
        "劳动合同法",
        "十九",
        date(2012, 12, 28),
        "原文；「内」文",
        date(2026, 1, 1),
    )
    assert (second.law, second.article, second.version) == ("公司法", "十五", None)
    assert cells(reading) == [("bad-basis", "C2")]


def test_a_law_name_with_a_law_in_it_is_read_whole() -> None:
    found, odd = read_basis(
        "《最高人民法院关于适用《公司法》若干问题的规定（二）》第一条：「甲」##《公司法》第二条之一"
    )
    assert [(item["law"], item["article"]) for item in found] == [
        ("最高人民法院关于适用《公司法》若干问题的规定（二）", "一"),
        ("公司法", "二之一"),
    ]
    assert odd == []


def test_mentions_in_a_sentence_are_found() -> None:
    assert mentions("《公司法》第15条和第十六条") == (Mention("公司法", "十五"),)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_two_deliberate_errors_are_named_by_cell(kind: str) -> None:
    rows = [["编号", "标准问", "状态", "复核期限"], ["a", "问", "随便", "2027-11-22"], ["b", "答", "发布", "明年"]]
    data = csv_bytes(*rows) if kind == "csv" else workbook(*rows)
    reading = read_file(data, f"f.{kind}")
    assert cells(reading) == [("bad-choice", "C2"), ("bad-date", "D3")]
    assert all(problem.place and problem.place.file == f"f.{kind}" for problem in reading.problems)


def test_the_place_of_a_field_is_its_cell() -> None:
    found = read_file(csv_bytes(["标准问", "编号", "答案"], ["问", "a", "答"]), "f.csv").entries[0]
    assert found.place is not None
    assert found.place.of("answer").cell == "C2"
    assert found.place.of("asks[1]").cell == "A2"


def test_empty_rows_and_rows_above_the_header_are_passed_over() -> None:
    data = workbook(["2026年FAQ"], [], ["编号", "标准问"], [], ["a", "问"], ["  ", None], ["b", ""])
    reading = read_file(data, "f.xlsx")
    assert [item.id for item in reading.entries] == ["a"]
    assert cells(reading) == [("missing-question", "B7")]


def test_excel_days_and_numbers_become_texts() -> None:
    data = workbook(["编号", "标准问", "生效日期", "审校日期"], [7, 12.0, datetime(2026, 1, 2), date(2026, 3, 4)])  # noqa: DTZ001
    found = read_file(data, "f.xlsx").entries[0]
    assert (found.id, found.question) == ("7", "12")
    assert (found.valid_from, found.reviewed) == (date(2026, 1, 2), date(2026, 3, 4))


def test_every_sheet_with_the_columns_is_read_and_others_are_not() -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "说明"
    first.append(["怎么填"])
    for name in ("劳动", "税务"):
        sheet = book.create_sheet(name)
        sheet.append(["编号", "标准问"])
        sheet.append([f"{name}.1", "" if name == "税务" else "问"])
    stream = io.BytesIO()
    book.save(stream)
    reading = read_file(stream.getvalue(), "f.xlsx")
    assert [item.id for item in reading.entries] == ["劳动.1"]
    assert cells(reading) == [("missing-question", "税务!B2")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["a", "b"], ["c", "d"]], ("no-header", "A1")),
        ([["编号", "标准问", "备注"], ["a", "问", "x"]], ("unknown-field", "C1")),
        ([["编号", "标准问", "标准问"], ["a", "问", "x"]], ("field-twice", "C1")),
        ([["编号", "标准问", ""], ["a", "问", "x"], ["b", "问二", "y"]], ("no-title", "C2")),
    ],
)
def test_trouble_with_columns_is_named_by_cell(rows: list[list[str]], expected: tuple[str, str]) -> None:
    assert cells(read_file(csv_bytes(*rows), "f.csv")) == [expected]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encodings_that_excel_writes_are_read(encoding: str) -> None:
    reading = read_file(csv_bytes(["编号", "标准问"], ["a", "试用期多久？"], encoding=encoding), "f.csv")
    assert reading.entries[0].question == "试用期多久？"


@pytest.mark.parametrize("data", [b'id,question\n"a', b"\xff\xff\xfe\x81\x00", b"", b"\x00" * 100])
def test_a_broken_csv_never_raises(data: bytes) -> None:
    assert read_file(data, "f.csv").fatal


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@x", "＝1", "'=x", "''-y", "\t=a"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_text_like_a_formula_is_written_escaped_and_read_back(kind: str, text: str) -> None:
    wanted = entry(question=text.strip(), answer=text.strip())
    data = write([wanted], "csv" if kind == "csv" else "xlsx")
    if kind == "csv":
        row = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))[1]
    else:
        sheet = load_workbook(io.BytesIO(data)).worksheets[0]
        assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
        row = [str(cell.value or "") for cell in sheet[2]]
    assert row[TITLES.index("标准问")].startswith("'")
    assert read_file(data, f"f.{kind}").entries == (wanted,)


def test_a_real_formula_in_a_cell_is_refused_by_cell() -> None:
    data = workbook(["编号", "标准问", "答案"], ["a", "问", '=HYPERLINK("http://x")'])
    reading = read_file(data, "f.xlsx")
    assert cells(reading) == [("formula", "C2")]
    assert reading.entries[0].answer == ""


def zip_of(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        zip_of(xl__worksheets__sheet1=b"0" * 70_000_000),
        zip_of(xl__worksheets__sheet1=b"0" * 8_000_000),
        zip_of(**{f"p{n}": b"" for n in range(1_200)}),
    ],
    ids=["too large", "too dense", "too many parts"],
)
def test_a_zip_bomb_is_refused_before_it_is_unpacked(data: bytes) -> None:
    reading = read_file(data, "f.xlsx")
    assert [problem.code for problem in reading.problems] == ["zip-bomb"]
    assert reading.problems[0].remedy


def test_an_entity_bomb_in_a_workbook_is_refused() -> None:
    good = zipfile.ZipFile(io.BytesIO(workbook(["编号", "标准问"], ["a", "问"])))
    stream = io.BytesIO()
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    with zipfile.ZipFile(stream, "w") as archive:
        for name in good.namelist():
            archive.writestr(name, bomb if name.endswith("sheet1.xml") else good.read(name))
    assert [problem.code for problem in read_file(stream.getvalue(), "f.xlsx").problems] == ["not-excel"]


@pytest.mark.parametrize("data", [zip_of(a=b"b"), b"PK\x03\x04", workbook(["编号"])[:300]])
def test_a_zip_that_is_no_workbook_is_refused(data: bytes) -> None:
    assert [problem.code for problem in read_file(data, "f.xlsx").problems] == ["not-excel"]


def test_a_text_longer_than_an_excel_cell_is_told_at_export() -> None:
    with pytest.raises(ValueError, match="32767"):
        write([entry(answer="长" * 40_000)], "xlsx")


def test_columns_are_counted_as_spreadsheets_do() -> None:
    assert [column_letter(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
