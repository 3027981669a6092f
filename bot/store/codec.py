"""Frozen values ↔ JSON texts, once for all types: dataclasses, enums, times, tuples, sets, mappings and unions.

A dataclass that is one arm of a union carries its class name under ``is``. Keys that today's class does not know are
left out, keys that are missing take the field's default. ``dumps`` writes the version under ``v``; ``UPGRADES`` leads
older texts forward.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from bot.store.errors import BrokenValue

Json = Any
"""Plain JSON values: None, bool, numbers, text, lists and objects of them."""
Kind = Any
"""A type, also one that is no class (``X | None``, ``tuple[X, ...]``)."""

T = TypeVar("T")
Read = Callable[[Json], Any]
Upgrade = Callable[[dict[str, Any]], dict[str, Any]]

UPGRADES: Final[dict[type, tuple[Upgrade, ...]]] = {}
"""For each class the steps from version 1 to 2, 2 to 3 …; its version today is one more than the steps."""

_PLAIN: Final = (str, int, float, bool)


def dumps(value: object) -> str:
    """The JSON text of a dataclass, with its version."""
    version = len(UPGRADES.get(type(value), ())) + 1
    return to_text({"v": version, **to_json(value)})


def loads(kind: type[T], text: str) -> T:
    """The value of a text that ``dumps`` wrote. Raises BrokenValue."""
    try:
        data = json.loads(text)
        for step in UPGRADES.get(kind, ())[data.pop("v") - 1 :]:
            data = step(data)
        made: T = from_json(kind, data)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BrokenValue(kind.__name__, str(error)) from error
    return made


def to_text(data: Json) -> str:
    """Compact JSON of plain values."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=False)


def to_json(value: object) -> Json:  # noqa: PLR0911 - one line a kind of value
    """Plain JSON values of a frozen value. Raises TypeError for what has no form here."""
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value):
        writers = _writers(value.__class__)
        return {name: write(getattr(value, name)) for name, write in writers}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted((to_json(item) for item in value), key=repr)
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    raise TypeError(type(value).__name__)


def from_json(kind: Kind, data: Json) -> Kind:
    """The value of type ``kind`` from plain JSON values."""
    return _reader(kind)(data)


@functools.cache
def _writers(kind: Kind) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    hints = get_type_hints(kind)
    fields = dataclasses.fields(kind)
    return tuple((item.name, _tagged if _arms(hints[item.name]) else to_json) for item in fields)


def _tagged(value: object) -> Json:
    if isinstance(value, tuple | list):
        return [_tagged(item) for item in value]
    if dataclasses.is_dataclass(value):
        return {"is": type(value).__name__, **to_json(value)}
    return to_json(value)


def _arms(kind: Kind) -> tuple[type, ...]:
    """The dataclasses of a union of two or more (also inside a tuple), else nothing."""
    kind = _bare(kind)
    origin: Kind = get_origin(kind)
    if origin is tuple:
        return _arms(get_args(kind)[0])
    if origin not in {Union, types.UnionType}:
        return ()
    arms = tuple(arm for arm in get_args(kind) if dataclasses.is_dataclass(arm))
    return arms if len(arms) > 1 else ()  # type: ignore[return-value]  # types, as get_args gives them


def _bare(kind: Kind) -> Kind:
    while hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    return kind


@functools.cache
def _reader(kind: Kind) -> Read:  # noqa: PLR0911 - one line a kind of type
    kind = _bare(kind)
    origin: Kind = get_origin(kind)
    args = get_args(kind)
    if kind is Any or kind is object or kind in _PLAIN:
        return _same
    if origin in {Union, types.UnionType}:
        return _union(kind)
    if origin is tuple:
        return _tuple(args)
    if origin in {frozenset, set}:
        item = _reader(args[0])
        return lambda data: frozenset(item(each) for each in data)
    if origin is list:
        item = _reader(args[0])
        return lambda data: [item(each) for each in data]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        item = _reader(args[1])
        return lambda data: {key: item(each) for key, each in data.items()}
    if kind is datetime or kind is date:
        made: Read = kind.fromisoformat
        return made
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind)
    raise TypeError(f"no JSON form for {kind}")


def _same(data: Json) -> Json:
    return data


def _tuple(args: tuple[Any, ...]) -> Read:
    if len(args) == 2 and args[1] is Ellipsis:  # noqa: PLR2004 - tuple[X, ...]
        item = _reader(args[0])
        return lambda data: tuple([item(each) for each in data])
    items = tuple(_reader(arg) for arg in args)
    return lambda data: tuple(read(each) for read, each in zip(items, data, strict=True))


def _union(kind: Kind) -> Read:
    arms = _arms(kind)
    if arms:
        by_name = {arm.__name__: _reader(arm) for arm in arms}
        return lambda data: None if data is None else by_name[data["is"]](data)
    rest = [arm for arm in get_args(kind) if arm is not type(None)]
    if len(rest) == 1:
        one = _reader(rest[0])
        return lambda data: None if data is None else one(data)
    if all(arm in _PLAIN for arm in rest):
        return _same
    raise TypeError(f"no JSON form for {kind}")


def _dataclass(kind: Kind) -> Read:
    hints = get_type_hints(kind)
    fields = tuple((item.name, _reader(hints[item.name])) for item in dataclasses.fields(kind))

    def read(data: Json) -> Kind:
        return kind(**{name: one(data[name]) for name, one in fields if name in data})

    return read
