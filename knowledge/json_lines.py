"""FAQ files as JSONL: one entry a line, with the field names of the YAML files."""

from __future__ import annotations

import json

from knowledge.entry import Place
from knowledge.errors import Problem
from knowledge.fields import Raw, RawItem, RawValue


def read_json_lines(text: str, name: str) -> tuple[list[Raw], list[Problem]]:
    """The raw entries and one problem for each line that is none; empty lines are skipped."""
    raws: list[Raw] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = Place(file=name, line=number)
        try:
            values = json.loads(line)
        except (ValueError, RecursionError):
            problems.append(_broken(place, "这一行不是完整的 JSON"))
            continue
        if not isinstance(values, dict):
            problems.append(_broken(place, "这一行不是一个 JSON 对象"))
            continue
        raws.append(Raw(values={key: _value(value) for key, value in values.items()}, place=place))
    return raws, problems


def _broken(place: Place, message: str) -> Problem:
    remedy = '每行写一个 {"id": …, "question": …}，行内不要换行'
    return Problem(place=place, code="json-syntax", message=message, remedy=remedy)


def _value(value: object) -> RawValue:
    if isinstance(value, list):
        return [_item(item) for item in value]
    return [_item(value)] if isinstance(value, dict) else _scalar(value)


def _item(value: object) -> RawItem:
    if isinstance(value, dict):
        return {str(key): _scalar(item) for key, item in value.items()}
    return _scalar(value)


def _scalar(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
