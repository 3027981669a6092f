"""The frozen values of the FAQ base: one entry, its legal basis, its place in a file.

Reading files lives in ``files`` and ``sheets``; rules about what may be published in ``audit``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import NewType

EntryId = NewType("EntryId", str)


class Audience(StrEnum):
    """Whose question the entry answers; ``BOTH`` where the answer is the same."""

    EMPLOYER = "employer"
    EMPLOYEE = "employee"
    BOTH = "both"


class Risk(StrEnum):
    """``HIGH`` needs a second person to publish; ``URGENT`` also puts the emergency line first."""

    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Review(StrEnum):
    """Who checked the answer: a program, or a person with a lawyer's account."""

    MACHINE = "machine"
    LAWYER = "lawyer"


class EntryStatus(StrEnum):
    """Only ``PUBLISHED`` entries answer owners."""

    DRAFT = "draft"
    INTERNAL = "internal"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value was read: a file with a line (YAML, JSONL) or a sheet cell such as ``B7`` (CSV, Excel).

    ``parts`` leads from a field name (``answer``, ``asks[2]``) to its own line or cell; it takes no part in equality.
    """

    file: str
    line: int | None = None
    cell: str | None = None
    parts: tuple[tuple[str, int | str], ...] = field(default=(), compare=False, repr=False)

    def of(self, name: str) -> Place:
        """The place of one field or item; of the whole field where the item is unknown, else of the entry."""
        known = dict(self.parts)
        spot = known.get(name, known.get(name.partition("[")[0]))
        if spot is None:
            return replace(self, parts=())
        if isinstance(spot, int):
            return Place(file=self.file, line=spot)
        return Place(file=self.file, cell=spot)

    def __str__(self) -> str:
        spot = self.cell if self.cell is not None else self.line
        return self.file if spot is None else f"{self.file}:{spot}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """One article of a law: ``article`` is the Chinese numeral without 第…条 (``十九``, ``一百八十八``, ``十五之一``).

    ``quote`` is verbatim; ``changed`` is the day a revision of the law came into force that the quote does not show.
    """

    law: str
    article: str
    version: date | None = None
    quote: str = ""
    changed: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document without articles (公告, 清单, 批复)."""

    title: str
    issuer: str = ""
    number: str = ""
    date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One question with its answer. Only ``id`` and ``question`` are needed to match; see ``audit`` for publishing."""

    id: EntryId
    question: str
    topic: str = ""
    asks: tuple[str, ...] = ()
    not_asks: tuple[str, ...] = ()
    answer: str = ""
    basis: tuple[Basis, ...] = ()
    source: tuple[Source, ...] = ()
    regions: tuple[str, ...] = ("全国",)
    industries: tuple[str, ...] = ()
    audience: Audience = Audience.BOTH
    officer: tuple[str, ...] = ()
    risk: Risk = Risk.NORMAL
    related: tuple[EntryId, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    review: Review = Review.MACHINE
    reviewed: date | None = None
    reviewer: str = ""
    review_by: date | None = None
    status: EntryStatus = EntryStatus.DRAFT
    place: Place | None = field(default=None, compare=False)

    @property
    def phrases(self) -> tuple[str, ...]:
        """The standard question first, then the similar ones."""
        return (self.question, *self.asks)

    def answerable(self, on: date) -> bool:
        """Whether the entry may answer an owner on that day at all (published, has an answer, in force)."""
        return (
            self.status is EntryStatus.PUBLISHED
            and bool(self.answer.strip())
            and (self.valid_from is None or self.valid_from <= on)
            and (self.valid_until is None or on <= self.valid_until)
        )

    def needs_review(self, on: date) -> bool:
        """待复核: past its review-by date, or resting on an article that was revised since."""
        overdue = self.review_by is not None and self.review_by < on
        return overdue or any(item.changed is not None and item.changed <= on for item in self.basis)
