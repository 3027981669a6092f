"""Group commit: callers that come while a commit is under way share the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from bot.store.transaction import Transaction
from bot.store.work import Doors

T = TypeVar("T")


class Bundle(Generic[T]):
    """``add`` returns when its values are committed; ``write`` puts many values into one transaction."""

    def __init__(self, doors: Doors, write: Callable[[Transaction, Sequence[T]], Awaitable[None]]) -> None:
        self._doors = doors
        self._write = write
        self._waiting: list[T] = []
        self._turn: asyncio.Future[None] | None = None
        self._lock = asyncio.Lock()

    async def add(self, values: Sequence[T]) -> None:
        """Raises what the common transaction raised."""
        if not values:
            return
        self._waiting.extend(values)
        if self._turn is None:
            self._turn = asyncio.ensure_future(self._flush())
        await asyncio.shield(self._turn)

    async def _flush(self) -> None:
        async with self._lock:
            try:
                async with self._doors.work() as work:
                    values = self._take()
                    await self._write(work.tx, values)
                    await work.commit()
            except BaseException:
                self._turn = None if self._turn is asyncio.current_task() else self._turn
                raise

    def _take(self) -> Sequence[T]:
        taken, self._waiting = self._waiting, []
        self._turn = None
        return taken
