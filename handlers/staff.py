"""The hook of the staff side: what staff press and type is offered to it first, and it may keep what it has begun."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from desk.people import Person
from handlers.messages import Message, Reply
from handlers.ports import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffTurn:
    """What the staff side made of a message. ``begun`` (JSON-ready) comes back with the next message; None: done."""

    replies: tuple[Reply, ...] = ()
    begun: Mapping[str, Any] | None = None


class StaffSide(Protocol):
    """The conversation with staff. Errors of the desk may go up: they become sentences."""

    async def handle(
        self, work: Work, person: Person, message: Message, begun: Mapping[str, Any] | None
    ) -> StaffTurn | None:
        """None: this message is none of the staff side's business (an owner's question, a menu of owners)."""
