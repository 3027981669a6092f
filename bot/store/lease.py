"""One process a database: a second one refuses to start. The system frees the lease when the process dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import text

from bot.store.engine import Database, PostgresDatabase, SqliteDatabase
from bot.store.errors import DatabaseBusyElsewhere

_ADVISORY_KEY: Final = 7_311_045_522_901
"""Any fixed number; PostgreSQL keeps advisory locks apart by database."""


@asynccontextmanager
async def exclusive(database: Database) -> AsyncIterator[None]:
    """Holds the lease inside the block. Raises DatabaseBusyElsewhere at once if another process has it."""
    if isinstance(database, PostgresDatabase):
        async with _advisory(database):
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


@asynccontextmanager
async def _advisory(database: PostgresDatabase) -> AsyncIterator[None]:
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        taken = await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_KEY})
        if not taken:
            raise DatabaseBusyElsewhere(database.url.render_as_string(hide_password=True))
        try:
            yield
        finally:
            await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_KEY})
