"""The two databases behind one interface: where a transaction gets its connection and how driver errors are named.

SQLite runs in threads of our own, one a connection: the asynchronous driver hops between threads four times a
statement (0.5 ms), this once for as many statements as wait (0.04 ms each).
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final, Protocol, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.store.errors import DatabaseBusyElsewhere, DatabaseUnreachable, DiskFull, StoreError, WaitedTooLong
from bot.store.transaction import Transaction

T = TypeVar("T")

PATIENCE_S: Final = 30.0
BUSY_TIMEOUT_MS: Final = 5_000
READERS: Final = 4
POOL_SIZE: Final = 10
_LEAST_ROOM: Final = 64 * 1024
"""Bytes that a transaction needs on the disk at least."""

_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_NO_FILE: Final = frozenset(
    {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}
)
_NO_SERVER: Final = frozenset({"08", "28", "3D", "57"})
"""Classes of PostgreSQL errors: connection, authorisation, no such database, shut down by the operator."""


class Database(Protocol):
    """What the store needs of a database."""

    dialect: str
    url: URL

    def transaction(self, *, write: bool) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that is rolled back unless committed; without ``write`` a consistent view."""

    async def close(self) -> None:
        """Gives all connections back."""


def address(database_url: str) -> URL:
    """The address, read. Raises DatabaseUnreachable for what is no address of SQLite or PostgreSQL."""
    try:
        url = make_url(database_url)
    except ArgumentError:
        raise DatabaseUnreachable("", "not a database address") from None
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise DatabaseUnreachable(url.render_as_string(hide_password=True), "neither SQLite nor PostgreSQL")
    return url


async def connect(database_url: str) -> Database:
    """Opens ``sqlite+aiosqlite:///PATH``, ``sqlite:///PATH`` or ``postgresql+psycopg://…``.

    Raises DatabaseUnreachable.
    """
    url = address(database_url)
    opened: Database = SqliteDatabase(url) if url.get_backend_name() == "sqlite" else PostgresDatabase(url)
    try:
        async with opened.transaction(write=False) as probe:
            await probe.run(lambda connection: connection.exec_driver_sql("SELECT 1").scalar())
    except StoreError:
        await opened.close()
        raise
    return opened


class _Lane:
    """One SQLite connection in a thread of its own."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._connection: Connection | None = None

    async def run(self, act: Callable[[Connection], T], /) -> T:
        """Runs in the thread; a cancelled caller still waits for the statement to end, so that none overlap."""

        def work() -> T:
            if self._connection is None:
                self._connection = self._engine.connect()
            return act(self._connection)

        future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await asyncio.wait([future])
            raise
        except DBAPIError as error:
            raise named(error, self._engine.url) from error

    async def close(self) -> None:
        """Closes connection and thread."""

        def work() -> None:
            if self._connection is not None:
                self._connection.close()

        await asyncio.get_running_loop().run_in_executor(self._thread, work)
        self._thread.shutdown()


class SqliteDatabase:
    """One writer, whose turns are given in the order asked for, and a few readers on WAL snapshots."""

    dialect = "sqlite"

    def __init__(self, url: URL) -> None:
        self.url = url.set(drivername="sqlite")
        self.path = Path(self.url.database or "")
        self._turn = asyncio.Lock()
        self._writer = _Lane(_sqlite_engine(self.url, "BEGIN IMMEDIATE"), "store-write")
        reading = _sqlite_engine(self.url, "BEGIN")
        self._lanes = [_Lane(reading, "store-read") for _ in range(READERS)]
        self._readers: asyncio.Queue[_Lane] = asyncio.Queue()
        for lane in self._lanes:
            self._readers.put_nowait(lane)

    @asynccontextmanager
    async def transaction(self, *, write: bool) -> AsyncIterator[Transaction]:
        """Raises WaitedTooLong when another transaction does not end."""
        lane = await self._take(write=write)
        made = Transaction(lane.run, self.dialect, writes=write)
        try:
            yield made
        finally:
            try:
                if made.open:
                    await made.rollback()
            finally:
                if write:
                    self._turn.release()
                else:
                    self._readers.put_nowait(lane)

    async def _take(self, *, write: bool) -> _Lane:
        try:
            async with asyncio.timeout(PATIENCE_S):
                if not write:
                    return await self._readers.get()
                await self._turn.acquire()
                return self._writer
        except TimeoutError:
            raise WaitedTooLong(PATIENCE_S) from None

    async def close(self) -> None:
        """Closes the readers first, so that the writer can fold the WAL into the file."""
        for lane in (*self._lanes, self._writer):
            await lane.close()


class PostgresDatabase:
    """A pool of connections; rows are locked where a read precedes a write."""

    dialect = "postgresql"

    def __init__(self, url: URL) -> None:
        self.url = url.set(drivername="postgresql+psycopg")
        self.engine = create_async_engine(
            self.url,
            pool_size=POOL_SIZE,
            max_overflow=0,
            pool_timeout=PATIENCE_S,
            pool_pre_ping=True,
            hide_parameters=True,
        )

    @asynccontextmanager
    async def transaction(self, *, write: bool) -> AsyncIterator[Transaction]:
        """A read is one snapshot (REPEATABLE READ), a write READ COMMITTED."""
        try:
            connection = await self.engine.connect()
        except PoolTimeout:
            raise WaitedTooLong(PATIENCE_S) from None
        except DBAPIError as error:
            raise named(error, self.url) from error

        async def run(act: Callable[[Connection], T], /) -> T:
            try:
                return await connection.run_sync(act)
            except DBAPIError as error:
                raise named(error, self.url) from error

        made = Transaction(run, self.dialect, writes=write)
        try:
            if not write:
                await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield made
        finally:
            try:
                if made.open:
                    await made.rollback()
            finally:
                await asyncio.shield(connection.close())

    async def close(self) -> None:
        """Closes the pool."""
        await self.engine.dispose()


def _sqlite_engine(url: URL, begin: str) -> Engine:
    # An error's text goes into the log: the values of a statement are people's words.
    engine = create_engine(
        url, poolclass=NullPool, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def prepare(dbapi_connection: sqlite3.Connection, record: object) -> None:
        del record
        dbapi_connection.isolation_level = None  # the driver's own BEGIN is deferred and comes too late
        for setting in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "secure_delete = ON",  # what `forget` deletes does not stay in free pages
        ):
            dbapi_connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def named(error: DBAPIError, url: URL) -> Exception:
    """The driver's error as one of ours where the caller can act on it, else unchanged."""
    where = url.render_as_string(hide_password=True)
    first = (str(error.orig).splitlines() or [""])[0]
    if isinstance(error.orig, sqlite3.Error):
        code = (getattr(error.orig, "sqlite_errorcode", None) or 0) & 0xFF
        full, busy = code == sqlite3.SQLITE_FULL, code in _BUSY
        # Where not even the file for shared memory can be made, SQLite says "disk I/O error".
        full = full or (code == sqlite3.SQLITE_IOERR and _no_room(Path(url.database or "")))
        unreachable = code in _NO_FILE
    else:
        state = getattr(error.orig, "sqlstate", None)
        full, busy = state == "53100", False
        unreachable = error.connection_invalidated or state is None or state[:2] in _NO_SERVER
    if full:
        return DiskFull(first)
    if busy:
        return DatabaseBusyElsewhere(where)
    return DatabaseUnreachable(where, first) if unreachable else error


def _no_room(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _LEAST_ROOM
    except OSError:
        return False
