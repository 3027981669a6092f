"""One transaction, whatever the database: functions over a SQLAlchemy connection, run where the connection lives.

Statements that need no answer wait (``later``) and run together with the next one that does: one hop between threads
for many statements is what makes hundreds of decisions a second possible.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Row
from sqlalchemy.sql import Executable

from bot.store.errors import StoreError

T = TypeVar("T")
Act = Callable[[Connection], object]
AnyRow = Row[*tuple[Any, ...]]


class Runner(Protocol):
    """Runs a function with the connection and waits for it."""

    def __call__(self, act: Callable[[Connection], T], /) -> Awaitable[T]:
        """Raises the errors of ``bot.store.errors`` in place of the driver's where one fits."""


class Transaction:
    """Begun with its first statement, ended by ``commit`` or by whoever opened it (rollback).

    ``touched`` names what will have changed, ``after_commit`` runs once that is true. ``open``: something ran since the
    last commit. After a StoreError (disk full, connection lost) the database may have rolled back by itself: every
    later statement raises it again, so that nothing is kept in part.
    """

    def __init__(self, run: Runner, dialect: str, *, writes: bool) -> None:
        self.dialect = dialect
        self.writes = writes
        self.committed = False
        self.open = False
        self._broken: StoreError | None = None
        self.touched: dict[str, None] = {}
        self._run = run
        self._waiting: list[Act] = []
        self._after: list[Callable[[], None]] = []
        self._savepoints = count(1)

    async def run(self, act: Callable[[Connection], T]) -> T:
        """Runs what waits, then ``act``; returns its value."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return await self._guarded(act)

        def together(connection: Connection) -> T:
            for each in waiting:
                each(connection)
            return act(connection)

        return await self._guarded(together)

    async def _guarded(self, act: Callable[[Connection], T]) -> T:
        if self._broken is not None:
            raise self._broken
        self.open = True
        try:
            return await self._run(act)
        except StoreError as error:
            self._broken = error
            raise

    def later(self, act: Act) -> None:
        """Keeps ``act`` until the next statement that needs an answer, a savepoint's end or the commit."""
        self._waiting.append(act)

    def write_later(self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
        """The same for one statement."""
        if values:
            self._waiting.append(lambda connection: connection.execute(statement, values))

    async def rows(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Sequence[AnyRow]:
        """All rows."""
        return await self.run(lambda connection: connection.execute(statement, values or {}).all())

    async def row(self, statement: Executable, values: Mapping[str, Any] | None = None) -> AnyRow | None:
        """The first row or None."""
        return await self.run(lambda connection: connection.execute(statement, values or {}).first())

    async def write(self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> int:
        """How many rows it changed."""
        return await self.run(lambda connection: connection.execute(statement, values).rowcount)

    def touch(self, name: str) -> None:
        """Will be told to whoever listens to changes, after the commit."""
        self.touched[name] = None

    def after_commit(self, act: Callable[[], None]) -> None:
        """Runs ``act`` once the transaction is true; never after a rollback."""
        self._after.append(act)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part that may fail alone: its statements, touches and hooks go when an exception leaves it."""
        name = f"sp{next(self._savepoints)}"
        touched, hooks = dict(self.touched), len(self._after)
        began = False

        def begin(connection: Connection) -> None:
            nonlocal began
            connection.exec_driver_sql(f"SAVEPOINT {name}")
            began = True

        self.later(begin)
        mark = len(self._waiting)
        try:
            yield
            await self.run(lambda connection: connection.exec_driver_sql(f"RELEASE SAVEPOINT {name}"))
        except BaseException:
            self.touched = touched
            del self._after[hooks:]
            if began:
                self._waiting.clear()
            if began and self._broken is None:
                await self._guarded(lambda connection: connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {name}"))
            elif not began:
                del self._waiting[mark - 1 :]
            raise

    async def commit(self) -> None:
        """Runs what waits and makes all of it true."""
        await self.run(lambda connection: connection.commit())
        self.committed, self.open = True, False
        for act in self._after:
            act()
        self._after.clear()

    async def rollback(self) -> None:
        """Forgets what is not committed."""
        self._waiting.clear()
        self._after.clear()
        await self._run(lambda connection: connection.rollback())
