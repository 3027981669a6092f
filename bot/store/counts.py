"""How much of what there is, for the metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import func, select

from bot.store.inbox import DONE
from bot.store.tables import cases, inbox
from bot.store.transaction import Transaction
from desk.case import Status

_INBOX: Final = select(inbox.c.state, func.count()).where(inbox.c.state != DONE).group_by(inbox.c.state)
_OPEN: Final = (
    select(cases.c.status, func.count()).where(cases.c.status != Status.CLOSED.value).group_by(cases.c.status)
)


async def inbox_depth(tx: Transaction) -> Mapping[str, int]:
    """Messages not worked off, by state."""
    return {"new": 0} | {row[0]: row[1] for row in await tx.rows(_INBOX)}


async def open_cases(tx: Transaction) -> Mapping[str, int]:
    """Cases that are not closed, by status."""
    return {row[0]: row[1] for row in await tx.rows(_OPEN)}
