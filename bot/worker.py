"""Works off the inbox: slow things first and beside each other, then many messages in one transaction.

Each message has a savepoint of its own: one that fails is rolled back alone and its sender gets an apology with a
number that is also in the log. When the database fails, nothing is lost: the same rows are tried again.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog

from bot import killpoints, metrics
from bot.channels.inbound import FetchFailed, Parcel, Reader
from bot.store.changes import EVERYTHING
from bot.store.errors import StoreError
from bot.store.inbox_queue import ATTEMPTS, InboxRow
from bot.store.store import SqlStore
from bot.store.work import SqlWork
from handlers.dispatch import Dispatcher

MOST_AT_ONCE: Final = 32
"""Messages in one transaction."""
MOST_SLOW: Final = 8
LONGEST_TURN_S: Final = 0.05
"""The outbox and the pages wait for the writer meanwhile."""
_LOOK_AGAIN_S: Final = 1.0
_FIRST_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 15.0
log = structlog.get_logger()


class Worker:
    """``readers`` by the part of a row's source before the colon. ``run`` until cancelled."""

    def __init__(
        self, *, store: SqlStore, dispatcher: Dispatcher, readers: Mapping[str, Reader], clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._readers = readers
        self._clock = clock
        self._wake = asyncio.Event()
        self._ready: deque[Parcel] = deque()
        self._slow: set[asyncio.Task[None]] = set()
        self.handled = 0

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    async def run(self) -> None:
        """Never ends by itself: trouble with the database is waited out."""
        pause = _FIRST_PAUSE_S
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            while True:
                try:
                    await self._round(group)
                    pause = _FIRST_PAUSE_S
                except StoreError as error:
                    log.warning("worker.store", error=str(error), again_in_s=pause)
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def _listen(self) -> None:
        async for name in self._store.changes():
            if name in {"inbox", EVERYTHING}:
                self._wake.set()

    async def _round(self, group: asyncio.TaskGroup) -> None:
        self._wake.clear()
        room = MOST_AT_ONCE - len(self._ready)
        if room > 0 and len(self._slow) < MOST_SLOW:
            for row in await self._store.inbox.claim(room, self._clock()):
                await self._take(row, group)
        if self._ready:
            await self._turn()
            return
        try:
            async with asyncio.timeout(_LOOK_AGAIN_S):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _take(self, row: InboxRow, group: asyncio.TaskGroup) -> None:
        reader = self._readers.get(row.source.partition(":")[0])
        try:
            parcel = None if reader is None else reader.open(row)
        except (ValueError, KeyError, TypeError) as error:
            log.warning("worker.unreadable", inbox=row.id, source=row.source, error=type(error).__name__)
            parcel = None
        if parcel is None:
            await self._later(row, "unreadable")  # an error here would leave the rows claimed with it to nobody
        elif parcel.slow:
            task = group.create_task(self._fetch(parcel))
            self._slow.add(task)
            task.add_done_callback(self._slow.discard)
        else:
            self._ready.append(parcel)

    async def _fetch(self, parcel: Parcel) -> None:
        row = parcel.row
        try:
            await parcel.fetch(last=row.attempts + 1 >= ATTEMPTS)
        except FetchFailed as error:
            await self._later(row, error.why)
        except Exception:
            log.exception("worker.fetch", inbox=row.id)
            await self._later(row, "fetch")
        else:
            self._ready.append(parcel)
        self._wake.set()

    async def _later(self, row: InboxRow, why: str) -> None:
        """Again in some seconds; if even that cannot be written, as soon as it is claimed again."""
        try:
            await self._store.inbox.failed(row.id, why, self._clock())
        except StoreError:
            self._store.inbox.release([row.id])

    async def _turn(self) -> None:
        """One transaction. Rows whose transaction failed stay ready and keep their place."""
        taken: list[Parcel] = []
        try:
            await self._decide(taken)
        except StoreError:
            self._ready.extendleft(reversed(taken))
            raise
        except Exception:
            log.exception("worker.turn", rows=len(taken))
            await self._one_by_one(taken)

    async def _decide(self, taken: list[Parcel]) -> None:
        ends = asyncio.get_running_loop().time() + LONGEST_TURN_S
        async with self._store.work() as work:
            while self._ready and (not taken or asyncio.get_running_loop().time() < ends):
                taken.append(self._ready.popleft())
                await self._handle(work, taken[-1])
            killpoints.reach("decision.before")
            await work.commit()
            self.handled += len(taken)
        killpoints.reach("decision.after")

    async def _one_by_one(self, parcels: Sequence[Parcel]) -> None:
        """After a transaction that failed as a whole: whichever row did it fails alone."""
        for place, parcel in enumerate(parcels):
            try:
                async with self._store.work() as work:
                    await self._handle(work, parcel)
                    await work.commit()
                    self.handled += 1
            except StoreError:
                self._ready.extendleft(reversed(parcels[place:]))
                raise
            except Exception:
                log.exception("worker.row", inbox=parcel.row.id)
                await self._later(parcel.row, "error")

    async def _handle(self, work: SqlWork, parcel: Parcel) -> None:
        try:
            async with work.savepoint():
                message = await parcel.message(work)
                if message is not None:
                    with metrics.DECISIONS.time():
                        await self._dispatcher.handle(work, message)
                self._store.inbox.done(work, parcel.row.id)
        except StoreError:
            raise
        except Exception:
            number = secrets.token_hex(4).upper()
            log.exception("message.failed", number=number, inbox=parcel.row.id)
            await self._apologise(work, parcel, number)

    async def _apologise(self, work: SqlWork, parcel: Parcel, number: str) -> None:
        async with work.savepoint():
            message = await parcel.message(work)
            if message is not None:
                await self._dispatcher.apologise(work, message, number)
            self._store.inbox.done(work, parcel.row.id)
