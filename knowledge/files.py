"""Reading FAQ files and folders into frozen entries: YAML, JSONL, CSV, Excel.

``load_folder`` is for a base that must be whole; ``read_folder`` and ``read_file`` collect problems instead of raising.
What may be published is ``audit``'s business.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.entry import Entry, EntryId, Place
from knowledge.errors import BrokenContent, MissingFolder, Problem
from knowledge.fields import Raw, build
from knowledge.json_lines import read_json_lines
from knowledge.yaml_files import read_yaml

FORMATS = {".yaml": "yaml", ".yml": "yaml", ".jsonl": "jsonl", ".csv": "csv", ".xlsx": "xlsx"}
"""File name ending → format."""
MAX_BYTES = 32 * 1024 * 1024
"""A larger file is not read."""
TOLERATED = frozenset({"unknown-field", "no-title", "control-character"})
"""Codes that do not keep a folder from serving: something was left out, nothing was misread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read: the entries, every problem, and a sheet's column titles in the clerk's order (else empty)."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def fatal(self) -> tuple[Problem, ...]:
        """The problems because of which the content must not be served."""
        return tuple(problem for problem in self.problems if problem.code not in TOLERATED)


def read_file(source: Path | bytes, name: str | None = None) -> Reading:
    """Read one file of any of the four formats; ``name`` (with its ending) is what problems call it.

    Never raises for bad content: a file that cannot be read at all is a Reading with a problem and no entries.
    """
    shown = name or (source.name if isinstance(source, Path) else "上传文件")
    try:
        data = source if isinstance(source, bytes) else _bytes(source)
    except OSError as error:
        return _failed(shown, "unreadable", f"文件读不出来：{error.strerror}", "检查文件是否存在、有没有读取权限")
    if len(data) > MAX_BYTES:
        message = f"文件超过 {MAX_BYTES // 1024 // 1024} MB，没有读入"
        return _failed(shown, "too-large", message, "FAQ 文件只放文字；分成几个文件再导入")
    kind = FORMATS.get(Path(shown).suffix.lower())
    if kind in {"yaml", "jsonl"}:
        return _read_text(data, shown, kind)
    if kind in {"csv", "xlsx"}:
        return _read_sheet(data, shown, kind)
    message = f"不认识“{Path(shown).suffix or shown}”这种文件"
    return _failed(shown, "unknown-format", message, "只能导入 .yaml .jsonl .csv .xlsx；旧的 .xls 请另存为 .xlsx")


def read_folder(path: Path | str) -> Reading:
    """Read every FAQ file of a folder (or one file), in the order of their names; duplicate ids are problems.

    Names that begin with ``.``, ``_`` or ``~`` are passed over. Raises ``MissingFolder`` where the path does not exist
    or holds no FAQ file.
    """
    folder = Path(path)
    files = [folder] if folder.is_file() else _faq_files(folder)
    if not files:
        raise MissingFolder(str(folder))
    readings = [read_file(file, file.name) for file in files]
    entries = tuple(entry for reading in readings for entry in reading.entries)
    problems = tuple(problem for reading in readings for problem in reading.problems)
    return Reading(entries=entries, problems=problems + duplicate_ids(entries))


def load_folder(path: Path | str) -> tuple[Entry, ...]:
    """The entries of a folder that can serve. Raises ``BrokenContent`` with every problem, or ``MissingFolder``."""
    reading = read_folder(path)
    if reading.fatal:
        raise BrokenContent(reading.fatal)
    return reading.entries


def duplicate_ids(entries: Iterable[Entry]) -> tuple[Problem, ...]:
    """One problem for every entry whose id an earlier one has."""
    first: dict[EntryId, Entry] = {}
    problems = []
    for entry in entries:
        earlier = first.setdefault(entry.id, entry)
        if earlier is not entry:
            where = f"（{earlier.place}）" if earlier.place else ""
            problems.append(
                Problem(
                    place=entry.place.of("id") if entry.place else None,
                    code="duplicate-id",
                    message=f"编号“{entry.id}”已经用过{where}",
                    remedy="换一个编号；如果是同一条，只留一份",
                    entry=entry.id,
                )
            )
    return tuple(problems)


def _faq_files(folder: Path) -> list[Path]:
    try:
        names = sorted(folder.iterdir())
    except OSError:
        return []
    return [path for path in names if path.suffix.lower() in FORMATS and path.name[0] not in "._~" and path.is_file()]


def _bytes(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _read_text(data: bytes, name: str, kind: str) -> Reading:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return _failed(name, "encoding", "文件不是 UTF-8 编码", "用编辑器另存为 UTF-8", line=line)
    raws, problems = (read_yaml if kind == "yaml" else read_json_lines)(text, name)
    return _built(raws, problems)


def _read_sheet(data: bytes, name: str, kind: str) -> Reading:
    from knowledge.sheets import read_csv, read_xlsx

    table = (read_csv if kind == "csv" else read_xlsx)(data, name)
    return _built(table.raws, table.problems, table.columns)


def _built(raws: Sequence[Raw], problems: Sequence[Problem], columns: tuple[str, ...] = ()) -> Reading:
    entries: list[Entry] = []
    found = list(problems)
    for raw in raws:
        entry, wrong = build(raw)
        found += wrong
        if entry is not None:
            entries.append(entry)
    return Reading(entries=tuple(entries), problems=tuple(found), columns=columns)


def _failed(name: str, code: str, message: str, remedy: str, line: int | None = None) -> Reading:
    problem = Problem(place=Place(file=name, line=line), code=code, message=message, remedy=remedy)
    return Reading(problems=(problem,))
