"""The durable inbox: what came in, before it is confirmed to whoever sent it, until a decision has taken effect.

Working it off is in ``inbox_queue``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from bot.store.put import put_new
from bot.store.tables import inbox
from bot.store.transaction import Transaction
from handlers.messages import Channel, InboxId

NEW: Final = "new"
DONE: Final = "done"
FAILED: Final = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One thing that came in: ``external_id`` is the sender's own id of it within ``source``.

    ``lane`` orders (see ``lane_of``); ``position`` is the number from which a polling source goes on (update_id).
    ``words`` are what the person wrote, apart from the raw ``payload``: they may have to wait for a consent.
    """

    source: str
    external_id: str
    lane: str
    payload: str
    at: datetime
    position: int | None = None
    words: str = ""


def lane_of(channel: Channel, who: str | int) -> str:
    """The lane of a Telegram chat (its id) or of a person on the web (the person's id)."""
    return f"{channel.value}:{who}"


_ADD: Final = put_new(inbox).returning(inbox.c.id)
_WORDS: Final = select(inbox.c.words).where(inbox.c.id == bindparam("row"))
_KEEP: Final = update(inbox).where(inbox.c.id == bindparam("row")).values(kept=True)
_DROP: Final = update(inbox).where(inbox.c.id == bindparam("row")).values(kept=False, words=None)


class SqlInbox:
    """See ``handlers.ports.Inbox``: the words of stored messages, inside one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add_many(self, rows: Sequence[Incoming]) -> list[InboxId | None]:
        """Stores them; None in place of an id: it was there already."""
        values = [_values(row) for row in rows]
        self._tx.touch("inbox")

        def act(connection: Connection) -> list[InboxId | None]:
            ids = [connection.execute(_ADD, each).scalar() for each in values]
            return [None if each is None else InboxId(each) for each in ids]

        return await self._tx.run(act)

    async def text(self, inbox: InboxId) -> str:
        """The words of a stored message; "" once they were blanked."""
        row = await self._tx.row(_WORDS, {"row": inbox})
        return "" if row is None else row.words or ""

    async def keep(self, inbox: InboxId) -> None:
        """The words survive being worked off (24 h at most)."""
        self._tx.write_later(_KEEP, {"row": inbox})

    async def blank(self, inbox: InboxId) -> None:
        """The words are no longer needed."""
        self._tx.write_later(_DROP, {"row": inbox})


def _values(row: Incoming) -> dict[str, Any]:
    return {
        "source": row.source, "external_id": row.external_id, "position": row.position, "lane": row.lane,
        "payload": row.payload, "words": row.words, "kept": False, "at": row.at, "state": NEW, "attempts": 0,
        "next_at": row.at, "why": "",
    }  # fmt: skip
