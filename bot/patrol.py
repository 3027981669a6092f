"""What happens without anybody asking: delivery of the outbox, the cases' timers, tidying up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot import metrics
from bot.channels.channel import Arrived, GivenUp, Outbound, Result, TryAgain
from bot.store.changes import EVERYTHING
from bot.store.errors import StoreError
from bot.store.outbox import OutboxRow, Sent
from bot.store.store import SqlStore
from handlers.casework import CaseWork

MOST_AT_ONCE: Final = 16
"""Calls on the network at once; more makes the Bot API's answers no faster."""
AHEAD: Final = 2 * MOST_AT_ONCE
"""Rows handed out, those included whose mark is being written."""
TOO_OLD: Final = timedelta(hours=48)
MOST_FAULTS: Final = 8
"""Tries of a message on which the program itself fails: the messages behind it in its chat must not wait for days."""
_BACK_OFF_S: Final = (1, 2, 5, 15, 30, 60, 120, 300)
_MARK_AGAIN_S: Final = (0.2, 1.0, 5.0, 15.0)
_LOOK_AGAIN_S: Final = 1.0
_BREATH_S: Final = 0.01
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something done every ``every`` (of the program's clock), the first time ``first`` after the start."""

    name: str
    every: timedelta
    run: Callable[[datetime], Awaitable[object]]
    first: timedelta = timedelta()


class Patrol:
    """``channels`` by name (telegram, email, webhook); what has none is undeliverable. ``run`` until cancelled."""

    def __init__(
        self, *, store: SqlStore, channels: Mapping[str, Outbound], casework: CaseWork, clock: Callable[[], datetime],
        jobs: Sequence[Job] = (),
    ) -> None:  # fmt: skip
        self._store = store
        self._channels = channels
        self._casework = casework
        self._clock = clock
        self._jobs = (
            Job(name="timers", every=timedelta(seconds=1), run=self.fire_due),
            Job(name="assign", every=timedelta(minutes=1), run=self._assign),
            Job(name="unsendable", every=timedelta(seconds=5), run=self._unsendable),
            # Not at once: what lay in the inbox during a long outage is to be worked off, not thrown away as too old.
            Job(name="tidy", every=timedelta(hours=1), run=self._tidy, first=timedelta(minutes=5)),
            *jobs,
        )
        self._wake = asyncio.Event()
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)
        self._out = 0
        self._seen_unsendable = 0

    def wake(self) -> None:
        """There is something to send."""
        self._wake.set()

    async def run(self) -> None:
        """Never ends by itself."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._keep_sending(group))
            group.create_task(self._keep_watch())

    async def _listen(self) -> None:
        async for name in self._store.changes():
            if name in {"outbox", EVERYTHING}:
                self._wake.set()

    # --- the outbox ---------------------------------------------------------------------------------------------------

    async def _keep_sending(self, group: asyncio.TaskGroup) -> None:
        while True:
            self._wake.clear()
            try:
                await self._hand_out(group)
            except StoreError as error:
                log.warning("patrol.store", error=str(error))
                await asyncio.sleep(_LOOK_AGAIN_S)
            try:
                async with asyncio.timeout(_LOOK_AGAIN_S):
                    await self._wake.wait()
            except TimeoutError:
                continue
            await asyncio.sleep(_BREATH_S)  # many commits, one look

    async def _hand_out(self, group: asyncio.TaskGroup) -> None:
        while self._out < AHEAD:
            rows = await self._store.outbox.claim(AHEAD - self._out, self._clock())
            if not rows:
                return
            self._out += len(rows)
            try:
                await self._store.outbox.sending(rows)
            except BaseException:
                self._out -= len(rows)
                self._store.outbox.release([row.id for row in rows])
                raise
            for row in rows:
                group.create_task(self._send(row))

    async def _send(self, row: OutboxRow) -> None:
        try:
            result = await self._deliver(row)
            for pause in _MARK_AGAIN_S:
                try:
                    await self._note(row, result)
                except StoreError as error:
                    log.warning("patrol.mark", outbox=row.id, error=str(error))
                    await asyncio.sleep(pause)
                else:
                    return
        except StoreError as error:
            log.warning("patrol.store", outbox=row.id, error=str(error))
        finally:
            self._store.outbox.release([row.id])  # what could not be noted goes out again, marked 可能重复
            self._out -= 1
            self._wake.set()

    async def _deliver(self, row: OutboxRow) -> Result:
        channel = self._channels.get(row.channel)
        if channel is None:
            return GivenUp(why="not-configured")
        if self._clock() - row.queued_at > TOO_OLD:
            return GivenUp(why="too-old")
        async with self._slots:
            try:
                return await channel.deliver(row)
            except StoreError:
                raise
            except Exception:
                log.exception("patrol.deliver", outbox=row.id, channel=row.channel)
                if row.attempts + 1 >= MOST_FAULTS:
                    return GivenUp(why="fault")
                return TryAgain(why="fault", maybe_repeat=True)

    async def _note(self, row: OutboxRow, result: Result) -> None:
        match result:
            case Arrived(parts=parts):
                await self._store.outbox.sent_many([Sent(id=row.id, parts=parts)], self._clock())
                metrics.MESSAGES.labels(row.channel, "sent").inc()
            case TryAgain():
                wait = (
                    _BACK_OFF_S[min(row.attempts, len(_BACK_OFF_S) - 1)] if result.after_s is None else result.after_s
                )
                await self._store.outbox.retry(
                    row.id, self._clock() + timedelta(seconds=wait), why=result.why, parts=result.parts,
                    maybe_repeat=result.maybe_repeat, counts=result.counts,
                )  # fmt: skip
            case GivenUp():
                await self._give_up(row, result)

    async def _give_up(self, row: OutboxRow, result: GivenUp) -> None:
        """First the consequences, which may be written twice without harm, then the mark."""
        log.warning("patrol.undeliverable", outbox=row.id, channel=row.channel, why=result.why)
        async with self._store.work() as work:
            if result.unreachable and row.person:
                contact = await work.people.contact(row.person)
                if row.channel == "telegram" and str(contact.telegram_chat) == row.address:
                    await work.people.save_contact(replace(contact, telegram_blocked=True))
                elif row.channel == "email" and contact.email == row.address:
                    await work.people.save_contact(replace(contact, email_bad=True))
            await work.commit()
        await self._for_the_clerk([(row, result.why)])
        await self._store.outbox.undeliverable(row.id, result.why)

    async def _for_the_clerk(self, lost: Sequence[tuple[OutboxRow, str]]) -> None:
        """A phone task where an owner was not told about a case; once for each message."""
        at = self._clock()
        async with self._store.work() as work:
            for row, why in lost:
                case = None if row.case is None else await work.cases.get(row.case)
                if case is not None and case.owner == row.person:
                    await work.tasks.add(case.id, why, at=at, key=f"outbox:{row.id}")
            await work.commit()

    async def _unsendable(self, at: datetime) -> None:
        """What could not even be queued (no address, known as bad) is found here."""
        del at
        lost = await self._store.outbox.unsendable(self._seen_unsendable)
        if lost:
            await self._for_the_clerk(lost)
            self._seen_unsendable = max(row.id for row, _ in lost)

    # --- timers -------------------------------------------------------------------------------------------------------

    async def _keep_watch(self) -> None:
        began = self._clock()
        due = {job.name: began + job.first for job in self._jobs}
        while True:
            at = self._clock()
            for job in self._jobs:
                if due[job.name] <= at or due[job.name] - at > job.every:  # the second: the clock went back
                    due[job.name] = at + job.every
                    await self._run(job, at)
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def _run(self, job: Job, at: datetime) -> None:
        try:
            await job.run(at)
        except StoreError as error:
            log.warning("patrol.job", job=job.name, error=str(error))
        except Exception:
            log.exception("patrol.job", job=job.name)

    async def fire_due(self, at: datetime) -> None:
        """Every due timer, one transaction a case; one that fails does not hold up the others."""
        async with self._store.reading() as reading:
            due = await reading.cases.due(at)
        for case in due:
            try:
                async with self._store.work() as work:
                    await self._casework.fire(work, case, at)
                    await work.commit()
            except StoreError:
                raise
            except Exception:
                log.exception("patrol.timer", case=case)

    async def _assign(self, at: datetime) -> None:
        async with self._store.work() as work:
            await self._casework.assign_waiting(work, at)
            await work.commit()

    async def _tidy(self, at: datetime) -> None:
        await self._store.inbox.tidy(at)
        await self._store.outbox.tidy(at)
        async with self._store.work() as work:
            await work.sessions.tidy(at)
            await work.files.sweep()
            await work.commit()
