"""What patrol needs of a way out: one outbox row goes in, what became of it comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.store.outbox import OutboxRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """The other side took it; ``parts`` are all ids it gave, those of earlier tries included."""

    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TryAgain:
    """Not now. ``after_s`` None: by the usual back-off. ``counts`` False: not this message's fault.

    ``maybe_repeat``: it may have arrived (the answer was lost), so the next try is marked 可能重复.
    """

    why: str
    parts: tuple[int, ...] = ()
    after_s: float | None = None
    counts: bool = True
    maybe_repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """It will never arrive. ``why`` is a code (blocked, no-chat, bounced, refused, too-old, not-configured).

    ``unreachable``: the address itself is dead, so the person's contact is marked.
    """

    why: str
    unreachable: bool = False


Result = Arrived | TryAgain | GivenUp


class Outbound(Protocol):
    """One way out."""

    async def deliver(self, row: OutboxRow) -> Result:
        """Sends it. Whatever goes wrong on the way is a Result; an exception is a fault of the program."""
