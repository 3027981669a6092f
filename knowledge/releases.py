"""What makes a release of the FAQ base: its canonical text, its hash, and which changes need a second person.

The hash is taken over a canonical serialisation (entries by id, empty fields left out), so the same content has the
same hash whatever file format, column order or entry order it came in. Which release is active, and who published it,
is kept by the store.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace

from knowledge.entry import Entry, EntryId, EntryStatus, Risk
from knowledge.errors import BrokenContent, KnowledgeError
from knowledge.export import fields_of
from knowledge.fields import build
from knowledge.json_lines import read_json_lines


class SecondPersonNeeded(KnowledgeError):
    """High-risk entries were changed and the approver is their author."""

    def __init__(self, entries: tuple[EntryId, ...]) -> None:
        super().__init__(f"{len(entries)} high-risk entries need a second person")
        self.entries = entries


def serialise(entries: Iterable[Entry]) -> str:
    """The canonical text of a base: one JSON object a line, by id, keys sorted, places left out."""
    ordered = sorted(entries, key=lambda item: item.id)
    lines = (json.dumps(fields_of(item), ensure_ascii=False, sort_keys=True, separators=(",", ":")) for item in ordered)
    return "".join(f"{line}\n" for line in lines)


def deserialise(text: str) -> tuple[Entry, ...]:
    """The entries of a canonical text, by id. Raises ``BrokenContent`` where the text is not one."""
    raws, problems = read_json_lines(text, "release")
    entries = []
    for raw in raws:
        entry, wrong = build(raw)
        problems += wrong
        if entry is not None:
            entries.append(replace(entry, place=None))
    if problems:
        raise BrokenContent(tuple(problems))
    return tuple(entries)


def content_hash(entries: Iterable[Entry]) -> str:
    """SHA-256 in hex over the canonical text."""
    return hashlib.sha256(serialise(entries).encode()).hexdigest()


def high_risk_changes(running: Iterable[Entry], incoming: Iterable[Entry]) -> tuple[EntryId, ...]:
    """Ids of entries that are added or changed and are published with a risk above normal, before or after."""
    before = {entry.id: entry for entry in running}
    found = []
    for entry in incoming:
        old = before.get(entry.id)
        if old != entry and (_risky(entry) or (old is not None and _risky(old))):
            found.append(entry.id)
    return tuple(found)


def require_second_person(high_risk: tuple[EntryId, ...], *, author: str | None, approver: str | None) -> None:
    """Raises ``SecondPersonNeeded`` where high-risk changes would be published without a person besides the author."""
    if high_risk and (approver is None or approver == author):
        raise SecondPersonNeeded(high_risk)


def _risky(entry: Entry) -> bool:
    return entry.status is EntryStatus.PUBLISHED and entry.risk is not Risk.NORMAL
