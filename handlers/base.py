"""The FAQ base that is serving now: one immutable value, swapped whole when a release becomes active."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from knowledge.decision import Decision
from knowledge.entry import Audience, Entry, EntryId


class Decides(Protocol):
    """What a conversation needs of the matcher."""

    def decide(self, question: str, *, audience: Audience | None = None, region: str | None = None) -> Decision:
        """One question, one decision."""


class RiskHit(Protocol):
    """A risk word that was found, as in ``knowledge.risk.Risk``."""

    @property
    def kind(self) -> str:
        """The kind's code (fire, violence, confinement, suspect …)."""

    @property
    def call(self) -> tuple[str, ...]:
        """Emergency numbers, the fitting one first; empty where it is no emergency."""

    @property
    def route(self) -> str:
        """Who may be asked, or a number."""


class Risks(Protocol):
    """What a conversation needs of the risk words."""

    def find(self, text: str) -> Sequence[RiskHit]:
        """Every risk word of a text; empty for a plain one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeBase:
    """One release ready to answer: its number (0 before the first), its entries by id, and the matcher over them."""

    release: int
    entries: Mapping[EntryId, Entry]
    matcher: Decides


class BaseHolder:
    """Holds the serving base. Setting ``current`` is one assignment: a reader sees the old base or the new one."""

    def __init__(self, current: KnowledgeBase) -> None:
        self.current = current
