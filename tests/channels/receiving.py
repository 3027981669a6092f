"""A receiver that runs as long as a block, and what it has kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from sqlalchemy import select

from bot.channels.telegram import TelegramReceiver
from bot.store import SqlStore
from bot.store.tables import inbox


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def running(receiver: TelegramReceiver) -> AsyncIterator[None]:
    task = asyncio.create_task(receiver.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def kept(store: SqlStore) -> list[str]:
    async with store.reading() as work:
        rows = await work.tx.rows(select(inbox.c.words).order_by(inbox.c.id))
    return [row.words or "" for row in rows]


def has(store: SqlStore, count: int) -> Callable[[], Awaitable[bool]]:
    async def enough() -> bool:
        return len(await kept(store)) >= count

    return enough
