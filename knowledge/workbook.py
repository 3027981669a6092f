"""Excel workbooks as rows of texts, and back. Knows no FAQ columns.

An .xlsx file is a zip of XML and comes from strangers: sizes are checked before anything is unpacked, and openpyxl
parses with defusedxml, so that neither a zip bomb nor an entity bomb reaches the memory.
"""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MAX_UNPACKED = 64 * 1024 * 1024
"""Bytes that all parts of a workbook may hold together when unpacked."""
MAX_RATIO = 200
"""How many times larger than its zip a workbook may be; checked from ``RATIO_FROM`` unpacked bytes on."""
RATIO_FROM = 4 * 1024 * 1024
MAX_PARTS = 1_000
MAX_ROWS = 100_000
MAX_COLUMNS = 60

_OPENING_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    KeyError,
    ValueError,  # defusedxml's refusals among them
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    EOFError,
    NotImplementedError,  # zipfile, of a compression it does not know
    RecursionError,
)


class RefusedWorkbook(Exception):
    """A file that is not opened: ``code`` (``zip-bomb``, ``not-excel``, ``too-many-rows``), message and remedy."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetCell:
    """One cell's text; ``formula`` where the file holds a formula instead of a value."""

    text: str
    formula: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A worksheet: its name and its rows from row 1 on, each at most ``MAX_COLUMNS`` cells."""

    name: str
    rows: tuple[tuple[SheetCell, ...], ...]


def guard(data: bytes) -> None:
    """Raises ``RefusedWorkbook`` unless the bytes are a zip whose parts are of a sensible number and size."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise _not_excel() from error
    unpacked = sum(part.file_size for part in parts)
    swollen = unpacked > RATIO_FROM and unpacked > MAX_RATIO * len(data)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or swollen:
        raise RefusedWorkbook(
            "zip-bomb", "文件解压后大得不正常，没有打开", "只保留需要的一张表，清除多余的格式和空行后另存为新的 .xlsx"
        )
    if any(part.flag_bits & 1 for part in parts):
        raise RefusedWorkbook("not-excel", "文件有密码保护，打不开", "在 Excel 里取消密码后另存")


def read_workbook(data: bytes) -> tuple[Sheet, ...]:
    """Every worksheet as texts; days as 2026-11-22, whole numbers without a point. Raises ``RefusedWorkbook``."""
    guard(data)
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
            try:
                return tuple(Sheet(name=sheet.title, rows=tuple(_rows(sheet))) for sheet in book.worksheets)
            finally:
                book.close()
        except _OPENING_ERRORS as error:
            raise _not_excel() from error


def write_workbook(title: str, rows: Sequence[Sequence[str]], choices: Sequence[Sequence[str]]) -> bytes:
    """A workbook of one sheet; the first row is the frozen header, every cell is text and never a formula.

    ``choices`` gives for each column the labels a drop-down offers there, empty for none.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet: Worksheet = book.active  # type: ignore[assignment]  # a fresh workbook has a worksheet
    sheet.title = title
    wrapped = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(row=number, column=column)
            if text:
                cell.value = text
                cell.data_type = "s"
            cell.alignment = wrapped
            cell.number_format = "@"
            if number == 1:
                cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for column, texts in enumerate(zip(*rows, strict=True), start=1):
        longest = max((len(line) for text in texts for line in text.split("\n")), default=0)
        sheet.column_dimensions[get_column_letter(column)].width = min(60, max(10, longest * 2))
    _add_choices(sheet, choices)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _add_choices(sheet: Worksheet, choices: Sequence[Sequence[str]]) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for column, labels in enumerate(choices, start=1):
        if labels:
            letter = get_column_letter(column)
            rule = DataValidation(
                type="list", formula1=f'"{",".join(labels)}"', allow_blank=True, showErrorMessage=False
            )
            rule.add(f"{letter}2:{letter}{max(sheet.max_row, 2) + 200}")
            sheet.add_data_validation(rule)


def _rows(sheet: object) -> Iterator[tuple[SheetCell, ...]]:
    sheet.reset_dimensions()  # type: ignore[attr-defined]  # the file's own claim of its size is not believed
    waiting = 0
    for count, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):  # type: ignore[attr-defined]
        if count > MAX_ROWS:
            raise RefusedWorkbook("too-many-rows", f"表格超过 {MAX_ROWS} 行", "删去多余的行，或者分成几个文件")
        cells = tuple(_cell(cell) for cell in row)
        if not any(cell.text for cell in cells):
            waiting += 1
            continue
        for _ in range(waiting):
            yield ()
        waiting = 0
        yield cells


def _cell(cell: object) -> SheetCell:
    value = getattr(cell, "value", None)
    if getattr(cell, "data_type", "") == "f":
        return SheetCell(text=str(getattr(value, "text", value)), formula=True)
    return SheetCell(text=_text(value))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _not_excel() -> RefusedWorkbook:
    return RefusedWorkbook(
        "not-excel", "不是能打开的 Excel 文件（.xlsx）", "在 Excel 或 WPS 里另存为 .xlsx 或 CSV 再导入"
    )
