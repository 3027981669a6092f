"""Writing entries as YAML, JSONL, CSV or Excel so that reading them back gives the same entries."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any, Literal

import yaml

from knowledge.entry import Basis, Entry, Source
from knowledge.sheets import write_csv, write_xlsx

Format = Literal["yaml", "jsonl", "csv", "xlsx"]

_ORDER = (
    "id", "topic", "question", "asks", "not_asks", "answer", "basis", "source", "regions", "industries", "audience",
    "officer", "risk", "related", "valid_from", "valid_until", "review", "reviewed", "reviewer", "review_by", "status",
)  # fmt: skip
_ALWAYS = {"id", "question", "regions", "audience", "risk", "review", "status"}


def write(entries: Sequence[Entry], format: Format, column_order: Sequence[str] | None = None) -> bytes:  # noqa: A002
    """The file's bytes. ``column_order`` keeps a clerk's own order of column titles in CSV and Excel.

    Raises ``ValueError`` where a text is longer than an Excel cell may be.
    """
    if format == "yaml":
        return _yaml(entries)
    if format == "jsonl":
        lines = (json.dumps(fields_of(entry), ensure_ascii=False) for entry in entries)
        return "".join(f"{line}\n" for line in lines).encode()
    if format == "csv":
        return write_csv(entries, column_order)
    return write_xlsx(entries, column_order)


def fields_of(entry: Entry) -> dict[str, Any]:
    """The entry as plain JSON values in the order of the files; empty fields left out, dates as 2026-11-22."""
    plain = {name: _plain(getattr(entry, name)) for name in _ORDER}
    return {name: value for name, value in plain.items() if value or name in _ALWAYS}


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON values
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Basis | Source):
        parts = {name: _plain(getattr(value, name)) for name in value.__slots__}
        return {name: part for name, part in parts.items() if part}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


class _Flow(dict[str, Any]):
    """A mapping written on one line."""


class _FlowList(list[Any]):
    """A list written on one line."""


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # the C class has no stub
    """Writes answers as blocks, references on one line, days bare."""


def _text(dumper: yaml.Dumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Flow, lambda d, v: d.represent_mapping("tag:yaml.org,2002:map", v, flow_style=True))
_Dumper.add_representer(_FlowList, lambda d, v: d.represent_sequence("tag:yaml.org,2002:seq", v, flow_style=True))


def _yaml(entries: Sequence[Entry]) -> bytes:
    topics = {entry.topic for entry in entries}
    shared = topics.pop() if len(topics) == 1 else ""
    listed = [_for_yaml(fields_of(entry), shared) for entry in entries]
    document: Mapping[str, Any] = {"topic": shared, "entries": listed} if shared else {"entries": listed}
    text: str = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=2**20, indent=2)
    return text.encode()


def _for_yaml(fields: dict[str, Any], shared_topic: str) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "topic" and value == shared_topic:
            continue
        if name == "answer":
            written[name] = f"{value}\n" if "\n" in value else value
        elif name in {"basis", "source"}:
            written[name] = [_Flow({key: _day(key, part) for key, part in item.items()}) for item in value]
        elif name in {"regions", "industries", "officer", "related"}:
            written[name] = _FlowList(value)
        else:
            written[name] = _day(name, value)
    return written


def _day(name: str, value: Any) -> Any:  # noqa: ANN401 - YAML values
    """A day as a date, so that it is written without quotes."""
    days = {"version", "changed", "date", "valid_from", "valid_until", "reviewed", "review_by"}
    return date.fromisoformat(value) if name in days else value
