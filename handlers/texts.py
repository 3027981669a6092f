"""Every sentence the bot says, read from ``handlers/texts/*.yaml``: nested keys, ``str.format`` placeholders.

A key names section and text (``ask.no_answer``). Values are put in as they are: they are never read as placeholders.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).with_name("texts")


class BrokenTexts(Exception):
    """A text file is wrong: a value that is no text, a key twice, a placeholder without a plain name."""


@cache
def load(folder: Path = FOLDER) -> Mapping[str, str]:
    """All texts by dotted key. Raises BrokenTexts naming file and key."""
    from ruamel.yaml import YAML

    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        with path.open(encoding="utf-8") as stream:
            content = YAML(typ="safe").load(stream)
        for key, value in _flat(content or {}, ""):
            where = f"{path.name}: {key}"
            if not isinstance(value, str):
                raise BrokenTexts(f"{where}: not a text")
            if key in found:
                raise BrokenTexts(f"{where}: stands in two places")
            _check(where, value)
            found[key] = value.strip("\n")
    return found


def placeholders(text: str) -> frozenset[str]:
    """The names a text wants to have filled in."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def say(key: str, /, **values: object) -> str:
    """The text of ``key`` with its placeholders filled. Raises KeyError for an unknown key or a missing value."""
    return load()[key].format_map(values)


def has(key: str) -> bool:
    """Whether there is such a text; for keys made from codes that may grow."""
    return key in load()


def _flat(content: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, object]]:
    for key, value in content.items():
        name = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(value, Mapping):
            yield from _flat(value, name)
        else:
            yield name, value


def _check(where: str, text: str) -> None:
    try:
        names = placeholders(text)
    except ValueError as error:
        raise BrokenTexts(f"{where}: {error}") from error
    wrong = [name for name in names if not name.isidentifier()]
    if wrong:
        raise BrokenTexts(f"{where}: placeholder {wrong[0]!r} is no plain name")
