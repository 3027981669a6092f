"""One process a database: a second one refuses to start. The system frees the lease when the process dies."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engine import Database, PostgresDatabase, SqliteDatabase
from bot.store.errors import DatabaseBusyElsewhere

LOOK_EVERY_S: Final = 2.0
_ADVISORY_KEY: Final = 7_311_045_522_901
"""Any fixed number; PostgreSQL keeps advisory locks apart by database."""


@asynccontextmanager
async def exclusive(database: Database, lost: Callable[[], None]) -> AsyncIterator[None]:
    """Holds the lease inside the block. Raises DatabaseBusyElsewhere at once if another process has it.

    ``lost`` is called should PostgreSQL give the lease to another process after a broken connection.
    """
    if isinstance(database, PostgresDatabase):
        async with _advisory(database, lost):
            yield
    elif isinstance(database, SqliteDatabase):
        with_lock = database.path.with_name(database.path.name + ".lock")
        handle = _lock(with_lock, str(database.path))
        try:
            yield
        finally:
            os.close(handle)
    else:
        raise TypeError(type(database).__name__)


def _lock(path: Path, where: str) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 20).decode(errors="replace").strip()
        os.close(handle)
        raise DatabaseBusyElsewhere(where, holder) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)
    return handle


class _AdvisoryLock:
    """A lock that lives as long as its connection; when that breaks it is taken again, or ``lost`` is told."""

    def __init__(self, database: PostgresDatabase, lost: Callable[[], None]) -> None:
        self._database = database
        self._lost = lost
        self._connection: AsyncConnection | None = None

    async def take(self) -> bool:
        """Whether it is ours now."""
        connection = await self._database.engine.connect()
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        if await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_KEY}):
            self._connection = connection
            return True
        await connection.close()
        return False

    async def watch(self) -> None:
        """Looks after the connection until cancelled or lost."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                if self._connection is not None:
                    await self._connection.scalar(text("SELECT 1"))
                    continue
                ours = await self.take()
            except (DBAPIError, InvalidRequestError):
                await self.drop()  # while the server is away, nobody else can have it either
                continue
            if not ours:
                self._lost()
                return

    async def drop(self) -> None:
        """Closes the connection for good, and with it the lock."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.invalidate()
            await connection.close()


@asynccontextmanager
async def _advisory(database: PostgresDatabase, lost: Callable[[], None]) -> AsyncIterator[None]:
    lock = _AdvisoryLock(database, lost)
    if not await lock.take():
        raise DatabaseBusyElsewhere(database.url.render_as_string(hide_password=True))
    watch = asyncio.create_task(lock.watch())
    try:
        yield
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        await lock.drop()
