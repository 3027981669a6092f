"""Mirrored test questions: for each topic a file of questions by a writer who saw only the answers.

``questions/<topic>.yaml``: ``topic:`` and ``questions: [{entry: id, ask: text}]``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.entry import Entry, EntryId, EntryStatus, Place
from knowledge.errors import BrokenContent, Problem
from knowledge.text import dice, normalise
from knowledge.yaml_files import load_shipped

MIN_QUESTIONS = 3
"""Mirrored questions a published entry must have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """One test question and the entry that should answer it."""

    entry: EntryId
    ask: str
    topic: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How like a test question is to the nearest phrase of its entry; ``dice`` 0..1 over character bigrams."""

    mirror: Mirror
    phrase: str
    dice: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorFindings:
    """Problems, and the likeness of every question, the most alike first."""

    problems: tuple[Problem, ...]
    likenesses: tuple[Likeness, ...]


def load_mirrors(folder: Path | str) -> tuple[Mirror, ...]:
    """Every question of a folder, names that begin with ``_`` passed over. Raises ``BrokenContent``."""
    mirrors: list[Mirror] = []
    problems: list[Problem] = []
    for path in sorted(Path(folder).glob("*.yaml")):
        if not path.name.startswith("_"):
            found, wrong = _file(path)
            mirrors += found
            problems += wrong
    if problems:
        raise BrokenContent(tuple(problems))
    return tuple(mirrors)


def check_mirrors(entries: Sequence[Entry], mirrors: Iterable[Mirror]) -> MirrorFindings:
    """At least three for every published entry, none for an unknown one, none that is a phrase of the base itself."""
    known = {entry.id: entry for entry in entries}
    owned: dict[EntryId, list[Mirror]] = defaultdict(list)
    phrases = {normalise(phrase): entry.id for entry in entries for phrase in entry.phrases}
    problems: list[Problem] = []
    likenesses: list[Likeness] = []
    for mirror in mirrors:
        entry = known.get(mirror.entry)
        if entry is None:
            problems.append(
                _problem(mirror.place, "mirror-unknown", f"没有编号为 {mirror.entry} 的条目", "核对编号", mirror.entry)
            )
            continue
        owned[mirror.entry].append(mirror)
        key = normalise(mirror.ask)
        if key in phrases:
            message = f"测试问题“{mirror.ask}”就是 {phrases[key]} 的问法"
            problems.append(_problem(mirror.place, "mirror-copied", message, "另写一句没有见过的问法", mirror.entry))
        nearest = max(entry.phrases, key=lambda phrase: dice(key, normalise(phrase)))
        likenesses.append(Likeness(mirror=mirror, phrase=nearest, dice=dice(key, normalise(nearest))))
    for entry in entries:
        count = len({normalise(mirror.ask) for mirror in owned[entry.id]})
        if entry.status is EntryStatus.PUBLISHED and count < MIN_QUESTIONS:
            message = f"只有 {count} 个测试问题"
            remedy = f"在 tests/knowledge/questions 里写满 {MIN_QUESTIONS} 个"
            problems.append(_problem(entry.place, "few-mirrors", message, remedy, entry.id))
    likenesses.sort(key=lambda item: item.dice, reverse=True)
    return MirrorFindings(problems=tuple(problems), likenesses=tuple(likenesses))


def _file(path: Path) -> tuple[list[Mirror], list[Problem]]:
    place = Place(file=path.name)
    try:
        document: Any = load_shipped(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else None
        broken = Place(file=path.name, line=line)
        return [], [_problem(broken, "mirror-file", "YAML 格式有误", "检查这一行的缩进和引号")]
    rows = document.get("questions") if isinstance(document, Mapping) else None
    if not isinstance(rows, list):
        return [], [_problem(place, "mirror-file", "没有 questions: 列表", "照其他文件的样子写")]
    mirrors, problems = [], []
    topic = str(document.get("topic") or path.stem)
    for number, row in enumerate(rows, start=1):
        if isinstance(row, Mapping) and row.get("entry") and str(row.get("ask") or "").strip():
            ask = str(row["ask"]).strip()
            mirrors.append(Mirror(entry=EntryId(str(row["entry"])), ask=ask, topic=topic, place=place))
        else:
            problems.append(
                _problem(place, "mirror-file", f"第 {number} 个问题缺 entry 或 ask", "写成 {entry: 编号, ask: 问法}")
            )
    return mirrors, problems


def _problem(place: Place | None, code: str, message: str, remedy: str, entry: str = "") -> Problem:
    return Problem(place=place, code=code, message=message, remedy=remedy, entry=entry)
