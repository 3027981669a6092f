"""A changed entry field by field, in the words of the spreadsheet's columns, with what went and what came marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from knowledge.changes import Difference
from knowledge.entry import Basis, Source
from knowledge.labels import CHOICES, label_of, title_of

_LONG = 4_000
"""Characters above which two texts are shown whole instead of being compared letter by letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text: ``kind`` same, gone or new."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field: its column title and its pieces in reading order."""

    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A changed entry."""

    id: str
    question: str
    fields: tuple[FieldChange, ...]


def changes_of(item: Difference) -> Change:
    """The difference for the page."""
    fields = tuple(
        FieldChange(
            title=title_of(name),
            pieces=tuple(pieces(shown(name, getattr(item.before, name)), shown(name, getattr(item.after, name)))),
        )
        for name in item.fields
    )
    return Change(id=item.after.id, question=item.after.question, fields=fields)


def shown(name: str, value: object) -> str:
    """A field's value as a clerk writes it in a cell."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "\n".join(shown(name, item) for item in value)
    if isinstance(value, Basis):
        version = f"（{value.version}）" if value.version else ""
        changed = f"（{value.changed}起修订）" if value.changed else ""
        return f"《{value.law}》第{value.article}条{version}{changed}：「{value.quote}」"
    if isinstance(value, Source):
        return " ".join(str(part) for part in (value.title, value.issuer, value.number, value.date or "") if part)
    return label_of(name, str(value)) if name in CHOICES else str(value).strip()


def pieces(before: str, after: str) -> Iterator[Piece]:
    """What stayed, went and came; texts that have little in common are shown one after the other."""
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    if len(before) + len(after) > _LONG or matcher.quick_ratio() < 0.5:  # noqa: PLR2004 - half of the letters
        if before:
            yield Piece(kind="gone", text=before)
        if after:
            yield Piece(kind="new", text=after)
        return
    for kind, start, end, left, right in matcher.get_opcodes():
        if kind == "equal":
            yield Piece(kind="same", text=before[start:end])
            continue
        if end > start:
            yield Piece(kind="gone", text=before[start:end])
        if right > left:
            yield Piece(kind="new", text=after[left:right])
