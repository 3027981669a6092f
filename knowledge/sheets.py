"""FAQ entries as rows of a spreadsheet: columns, several values in a cell, formula-safe texts, CSV.

The Excel file itself is read and written in ``workbook``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.citations import join_values, read_basis, read_source, split_values, write_basis, write_source
from knowledge.entry import Entry, Place
from knowledge.errors import Problem
from knowledge.fields import Raw, RawValue
from knowledge.labels import CHOICES, COLUMNS, field_of, label_of, title_of
from knowledge.workbook import RefusedWorkbook, Sheet, SheetCell, read_workbook, write_workbook

_LISTS = {"asks", "not_asks", "regions", "industries", "officer", "related"}
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r]")
_HEADER_ROWS = 10
_MAX_CELL = 32_767  # Excel's limit of characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What was read of a sheet: raw entries, problems, and the column titles in the clerk's order."""

    raws: tuple[Raw, ...]
    problems: tuple[Problem, ...]
    columns: tuple[str, ...] = ()


def guard_formula(text: str) -> str:
    """A text that a spreadsheet could take for a formula, made harmless by an apostrophe in front."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguard_formula(text: str) -> str:
    """The reverse of ``guard_formula``."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def column_letter(index: int) -> str:
    """Spreadsheet letters of a column counted from 0 (0 → A, 27 → AB)."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def read_csv(data: bytes, name: str) -> Table:
    """A CSV file in UTF-8 (with or without mark), UTF-16 or GB18030 (Excel's 'CSV' in China); never raises."""
    text = _decode(data)
    if text is None:
        return _refused(name, "encoding", "文件的文字编码认不出来", "另存为“CSV UTF-8（逗号分隔）”再导入")
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [tuple(SheetCell(text=cell) for cell in row) for row in lines]
    except csv.Error:
        return _refused(
            name, "csv-syntax", "CSV 的引号或单元格有误，读不完整", "在 Excel 里打开检查后另存为 .xlsx 再导入"
        )
    return _table([Sheet(name="", rows=tuple(rows))], name)


def read_xlsx(data: bytes, name: str) -> Table:
    """An Excel file; every sheet that has the columns 编号 and 标准问 is read. Never raises."""
    try:
        sheets = read_workbook(data)
    except RefusedWorkbook as refused:
        return _refused(name, refused.code, refused.message, refused.remedy)
    return _table(sheets, name)


def write_csv(entries: Sequence[Entry], column_order: Sequence[str] | None = None) -> bytes:
    """A CSV file in UTF-8 with the mark that Excel needs to see it."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(_written(entries, column_order))
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def write_xlsx(entries: Sequence[Entry], column_order: Sequence[str] | None = None) -> bytes:
    """An Excel file with frozen header and drop-downs; raises ``ValueError`` where a cell exceeds Excel's limit."""
    rows = _written(entries, column_order)
    for row in rows:
        if any(len(cell) > _MAX_CELL for cell in row):
            raise ValueError(f"a cell of {row[0]} exceeds {_MAX_CELL} characters")
    single = [field_of(title) or "" for title in rows[0]]
    choices = [list(CHOICES.get(field, ())) if field not in _LISTS else [] for field in single]
    return write_workbook("FAQ", rows, choices)


def columns_of(entries: Sequence[Entry], column_order: Sequence[str] | None) -> list[str]:
    """The titles to write: the clerk's own order first, then every column that would otherwise lose a value."""
    if column_order is None:
        return list(COLUMNS)
    kept = [title for title in column_order if field_of(title) is not None]
    present = {field_of(title) for title in kept}
    plain = Entry(id="", question="")  # type: ignore[arg-type]  # only its defaults are looked at
    for title, field in COLUMNS.items():
        needed = any(getattr(entry, field) != getattr(plain, field) for entry in entries)
        if field not in present and (needed or field in {"id", "question"}):
            kept.append(title)
    return kept


def _written(entries: Sequence[Entry], column_order: Sequence[str] | None) -> list[list[str]]:
    titles = columns_of(entries, column_order)
    fields = [field_of(title) or "" for title in titles]
    return [titles, *([guard_formula(_cell_text(entry, field)) for field in fields] for entry in entries)]


def _cell_text(entry: Entry, field: str) -> str:
    value = getattr(entry, field)
    if isinstance(value, tuple):
        return _WRITERS.get(field, join_values)(value)
    if value is None:
        return ""
    return label_of(field, str(value)) if field in CHOICES else str(value)


_WRITERS: Mapping[str, Callable[[tuple[Any, ...]], str]] = {
    "basis": lambda items: "\n".join(write_basis(item) for item in items),
    "source": lambda items: "\n".join(write_source(item) for item in items),
    "officer": lambda items: join_values([label_of("officer", item) for item in items]),
}


def _table(sheets: Sequence[Sheet], name: str) -> Table:
    raws: list[Raw] = []
    problems: list[Problem] = []
    columns: tuple[str, ...] = ()
    several = len(sheets) > 1
    found = False
    for sheet in sheets:
        header = _header(sheet)
        if header is None:
            continue
        found = True
        reader = _Rows(file=name, sheet=f"{sheet.name}!" if several else "", row=header, titles=sheet.rows[header])
        reader.read(sheet.rows[header + 1 :])
        raws += reader.raws
        problems += reader.problems
        columns = columns or tuple(cell.text.strip() for cell in sheet.rows[header] if cell.text.strip())
    if not found:
        remedy = f"第一行写上栏目名，至少有“编号”和“标准问”：{' '.join(COLUMNS)}"
        return _refused(name, "no-header", "表里没有找到栏目行", remedy, cell="A1")
    return Table(raws=tuple(raws), problems=tuple(problems), columns=columns)


def _header(sheet: Sheet) -> int | None:
    """Index of the first row that names both the id and the question column."""
    for index, row in enumerate(sheet.rows[:_HEADER_ROWS]):
        if {"id", "question"} <= {field_of(cell.text) for cell in row}:
            return index
    return None


class _Rows:
    """Reads the rows under one header."""

    def __init__(self, *, file: str, sheet: str, row: int, titles: Sequence[SheetCell]) -> None:
        self.file = file
        self.sheet = sheet
        self.raws: list[Raw] = []
        self.problems: list[Problem] = []
        self._row = row + 1
        self._fields: dict[int, str] = {}
        self._known = {index for index, cell in enumerate(titles) if cell.text.strip()}
        for index, cell in enumerate(titles):
            field = field_of(cell.text)
            if not cell.text.strip():
                continue
            if field is None:
                remedy = "检查栏目名；自己用的栏目不会被读入，导出时也不会保留"
                self._report(index, "unknown-field", f"不认识的栏目“{cell.text.strip()[:40]}”", remedy)
            elif field in self._fields.values():
                self._report(index, "field-twice", f"栏目“{cell.text.strip()}”出现两次", "只留一列，现在读的是左边一列")
            else:
                self._fields[index] = field

    def read(self, rows: Sequence[Sequence[SheetCell]]) -> None:
        for row in rows:
            self._row += 1
            if not any(cell.text.strip() for cell in row):
                continue
            cells = {self._fields[i]: (i, cell) for i, cell in enumerate(row) if i in self._fields}
            values: dict[str, RawValue] = {}
            for field, (index, cell) in cells.items():
                if cell.formula:
                    remedy = "复制这一格，用“选择性粘贴→数值”贴回，再导入"
                    self._report(index, "formula", f"“{title_of(field)}”是公式，没有读入", remedy)
                else:
                    values[field] = self._value(field, index, unguard_formula(cell.text))
            for index, cell in enumerate(row):
                if index not in self._known and cell.text.strip():
                    self._known.add(index)  # one report a column
                    remedy = "在栏目行给这一列写上栏目名，或者删去这一列"
                    self._report(index, "no-title", "这一格所在的列没有栏目名，没有读入", remedy)
            parts = tuple((field, self._spot(index)) for index, field in self._fields.items())
            place = Place(file=self.file, cell=self._spot(next(iter(self._fields))), parts=parts)
            self.raws.append(Raw(values=values, place=place))

    def _value(self, field: str, index: int, text: str) -> RawValue:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if field == "basis":
            found, odd = read_basis(text)
            for part in odd:
                message = f"依据“{part[:40]}”看不懂"
                remedy = "每行写一条：《劳动合同法》第十九条（2012-12-28）：「原文」；没有条文的文件写在“来源”里"
                self._report(index, "bad-basis", message, remedy)
            return found
        if field == "source":
            return [read_source(line) for line in text.split("\n") if line.strip()]
        return split_values(text) if field in _LISTS else text

    def _spot(self, index: int) -> str:
        return f"{self.sheet}{column_letter(index)}{self._row}"

    def _report(self, index: int, code: str, message: str, remedy: str) -> None:
        place = Place(file=self.file, cell=self._spot(index))
        self.problems.append(Problem(place=place, code=code, message=message, remedy=remedy))


def _decode(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: Mapping[str, None] = {"utf-16": None}
    else:
        encodings = {"utf-8-sig": None, "gb18030": None}
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _refused(name: str, code: str, message: str, remedy: str, cell: str | None = None) -> Table:
    problem = Problem(place=Place(file=name, cell=cell), code=code, message=message, remedy=remedy)
    return Table(raws=(), problems=(problem,))
