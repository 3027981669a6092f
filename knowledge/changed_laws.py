"""Which laws changed after the statute library was collected, read from ``changed_laws.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.entry import Basis
from knowledge.statutes import law_key, short_key
from knowledge.yaml_files import load_shipped


class ChangeKind(StrEnum):
    """What happened to the law; ``PENDING``: a text that will absorb it is before the legislature."""

    REVISED = "revised"
    NEW = "new"
    REPEALED = "repealed"
    PENDING = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. ``since`` is the day it came into force (None while pending); no ``articles``: the whole law."""

    law: str
    kind: ChangeKind
    since: date | None = None
    last_known: date | None = None
    articles: tuple[str, ...] = ()


class ChangedLaws:
    """The changes by law, found whatever way the law is named."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._changes: Mapping[str, Change] = {short_key(change.law): change for change in changes}

    def of_law(self, law: str) -> Change | None:
        """The change of a law, whichever article."""
        return self._changes.get(short_key(law)) or self._changes.get(law_key(law))

    def of(self, basis: Basis) -> Change | None:
        """The change that touches a reference; None where it quotes another article or a later version."""
        change = self.of_law(basis.law)
        if change is None or (change.articles and basis.article not in change.articles):
            return None
        newer = change.last_known is not None and basis.version is not None and basis.version > change.last_known
        return None if newer else change


@cache
def shipped_changes() -> ChangedLaws:
    """The changes this project ships."""
    document: dict[str, Any] = load_shipped(Path(__file__).with_suffix(".yaml"))
    return ChangedLaws(
        Change(
            law=row["law"],
            kind=ChangeKind(row["kind"]),
            since=row.get("from"),
            last_known=row.get("last_known"),
            articles=tuple(row.get("articles", ())),
        )
        for row in document["changes"]
    )
