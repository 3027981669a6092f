"""The store: opens units of work, tells what was committed, and holds what lies beside the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from bot.store.blobs import FolderBlobs
from bot.store.changes import Changes, Listener
from bot.store.engine import Database, address, connect
from bot.store.errors import DatabaseBusyElsewhere, DatabaseUnreachable
from bot.store.inbox_queue import Inbox
from bot.store.keys import kept_key, private_folder
from bot.store.lease import exclusive
from bot.store.migrate import migrate
from bot.store.outbox import Outbox
from bot.store.tables import forgotten
from bot.store.tombstones import Tombstones
from bot.store.work import Beside, SqlWork
from desk.people import PersonId


class SqlStore:
    """See ``handlers.ports.Store``. Made by ``open_store``."""

    def __init__(self, database: Database, state_dir: Path, lost: asyncio.Event) -> None:
        self.database = database
        self.state_dir = state_dir
        self.lost = lost
        """Set when another process got the lease: nothing can be written any more, the program should end."""
        self.blobs = FolderBlobs(state_dir / "blobs")
        self.tombstones = Tombstones(state_dir / "forgotten.jsonl")
        self.inbox = Inbox(self)
        self.outbox = Outbox(self)
        self._beside = Beside(state_dir=state_dir, blobs=self.blobs, audit_key=kept_key(state_dir / "audit.key"))
        self._changes = Changes()

    @asynccontextmanager
    async def work(self) -> AsyncIterator[SqlWork]:
        """A new transaction (SQLite: BEGIN IMMEDIATE); leaving without ``commit`` rolls back.

        Never open one inside another: on SQLite the inner one waits for the outer (WaitedTooLong).
        """
        if self.lost.is_set():
            raise DatabaseBusyElsewhere(self.database.url.render_as_string(hide_password=True))
        async with AsyncExitStack() as stack:
            tx = await stack.enter_async_context(self.database.transaction(write=True))
            try:
                yield SqlWork(tx, self._beside)
            finally:
                await stack.aclose()
                if tx.committed:
                    self._changes.tell(tx.touched)
                    if any(name.startswith("forgotten:") for name in tx.touched):
                        await self.keep_tombstones()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqlWork]:
        """A consistent view beside whoever writes; nothing can be written in it."""
        async with self.database.transaction(write=False) as tx:
            yield SqlWork(tx, self._beside)

    def changes(self, wants: Callable[[str], bool] | None = None) -> Listener:
        """Names of what is committed from now on, those it wants; ``*`` to a listener that was too slow.

        ``replies:<person>``, ``cases:<id>``, ``cases``, ``outbox``, ``undeliverable``, ``inbox``, ``releases``,
        ``drafts``, ``tasks``, ``people``, ``statutes``, ``audit``, ``forgotten:<person>``.
        """
        return self._changes.listen(wants)

    async def keep_tombstones(self) -> Mapping[PersonId, datetime]:
        """Copies the deletions that the database knows into the file beside it; returns all of them."""
        async with self.reading() as work:
            rows = await work.tx.rows(select(forgotten))
        self.tombstones.add({PersonId(row.person): row.at for row in rows})
        return self.tombstones.all()

    def close(self) -> None:
        """Ends the listeners."""
        self._changes.close()


@asynccontextmanager
async def open_store(database_url: str, state_dir: Path, *, alone: bool = True) -> AsyncIterator[SqlStore]:
    """Opens, migrates and takes the lease. Raises DatabaseUnreachable, DatabaseBusyElsewhere, DatabaseNewer.

    ``alone=False`` is for short commands beside a running program: no lease; they must not claim from the queues.
    """
    private_folder(state_dir)
    url = address(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise DatabaseUnreachable(url.database, str(error)) from error
    async with AsyncExitStack() as stack:
        database = await connect(database_url)
        stack.push_async_callback(database.close)
        lost = asyncio.Event()
        if alone:
            await stack.enter_async_context(exclusive(database, lost.set))
        await migrate(database)
        store = SqlStore(database, state_dir, lost)
        stack.callback(store.close)
        await store.keep_tombstones()
        yield store
