"""What the knowledge needs kept, named after the need. ``bot/store`` implements it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from knowledge.statutes import Article


class WorkCalendar(Protocol):
    """Which days people work in mainland China."""

    def is_working_day(self, day: date) -> bool:
        """False on weekends and statutory holidays, True on make-up Saturdays and Sundays (调休)."""

    def is_provisional(self, day: date) -> bool:
        """Whether the holidays of that day's year are not published yet (暂定)."""


class StatuteShelf(Protocol):
    """The imported statute library, for 查看依据."""

    async def article(self, law: str, article: str) -> Article | None:
        """The newest version; the law is found by ``statutes.law_key`` or ``short_key``, the number is bare (十九)."""

    async def replace(self, articles: Iterable[Article]) -> int:
        """Put a whole library in place of the old one, all or nothing; returns how many articles it has."""

    async def size(self) -> int:
        """How many articles are stored; 0 where none was imported."""
