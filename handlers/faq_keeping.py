"""Keeping the FAQ base: dry run, draft, second person, publish, rollback, export. Storing is the store's business.

An import never goes live by itself: it becomes a draft whatever its status column says, and 发布 publishes it. Entries
that the file marks ``draft`` are published with the release; ``internal`` and ``withdrawn`` stay what they are. A file
cannot claim a lawyer's review: an entry has it only as long as it reads as the lawyer left it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from desk.people import Person, PersonId
from handlers.access import Power, may
from handlers.ports import Work
from handlers.records import ReleaseRow
from knowledge.changes import DryRun, compare
from knowledge.entry import Entry, EntryId, EntryStatus, Review
from knowledge.export import Format, write
from knowledge.files import Reading, read_file
from knowledge.releases import SecondPersonNeeded, content_hash


class NotAKeeper(Exception):
    """The person may not keep the FAQ; to them nothing of it exists."""


class NoSuchDraft(Exception):
    """The draft is gone: published, discarded, or never there."""


class StaleDraft(Exception):
    """Another release became active since the dry run; ``active`` is its number."""

    def __init__(self, active: int | None) -> None:
        super().__init__(active)
        self.active = active


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The dry run of one file. ``draft`` is the id to publish, None where something must be mended first."""

    name: str
    run: DryRun
    draft: str | None
    columns: tuple[str, ...] = ()


class FaqKeeping:
    """The service for every channel. Each call takes the unit of work; nothing is committed here."""

    def __init__(self, *, zone: ZoneInfo) -> None:
        self._zone = zone

    async def dry_run(
        self, work: Work, keeper: Person | None, name: str, data: bytes, at: datetime, *, whole: bool = False
    ) -> Trial:
        """Reads the file and compares it with the active release; a clean difference becomes a draft.

        ``whole``: entries that the file does not hold are removed. ``keeper`` None: the program itself (folder, shell).
        """
        self._check(keeper)
        reading = await asyncio.to_thread(read_file, data, name)
        return await self.try_reading(work, keeper, name, reading, at, whole=whole)

    async def try_reading(
        self, work: Work, keeper: Person | None, name: str, reading: Reading, at: datetime, *, whole: bool = False,
        as_written: bool = False,
    ) -> Trial:  # fmt: skip
        """The same for content that is already read. ``as_written``: what the file calls a draft stays one."""
        self._check(keeper)
        active = await work.releases.active()
        running = await work.releases.entries(active.id) if active is not None else ()
        known = {entry.id: entry for entry in running}
        incoming = reading.entries
        if not as_written:
            incoming = tuple(_to_publish(entry, known.get(entry.id)) for entry in reading.entries)
        run = await asyncio.to_thread(
            compare, running, incoming, on=self.day(at), read_problems=reading.problems, partial=not whole
        )
        if reading.fatal or not run.clean or run.empty:
            return Trial(name=name, run=run, draft=None, columns=reading.columns)
        row = ReleaseRow(
            id=secrets.token_urlsafe(12),
            number=None,
            content_hash=await asyncio.to_thread(content_hash, run.result),
            author=keeper.id if keeper is not None else None,
            approver=None,
            note=name[:200],
            at=at,
            active=False,
            entries=len(run.result),
            high_risk=tuple(run.high_risk),
            parent=active.number if active is not None else None,
        )
        await work.releases.add_draft(row, run.result)
        await self._log(work, keeper, "faq.draft", row.id, at)
        return Trial(name=name, run=run, draft=row.id, columns=reading.columns)

    async def publish(self, work: Work, keeper: Person | None, draft: str, at: datetime) -> ReleaseRow:
        """Makes the draft the active release.

        Raises NoSuchDraft, StaleDraft, and SecondPersonNeeded (the draft then waits for another admin).
        """
        self._check(keeper)
        row = await self._draft(work, draft)
        active = await work.releases.active()
        if (active.number if active is not None else None) != row.parent:
            raise StaleDraft(active.number if active is not None else None)
        who = keeper.id if keeper is not None else None
        if row.high_risk and (who is None or who == row.author):
            raise SecondPersonNeeded(_ids(row))
        made = await work.releases.publish(draft, approver=who, at=at)
        await self._log(work, keeper, "faq.publish", str(made.number), at)
        return made

    async def wait_for_second(self, work: Work, keeper: Person | None, draft: str, at: datetime) -> ReleaseRow:
        """Marks the draft as waiting for another admin."""
        self._check(keeper)
        row = await self._draft(work, draft)
        await work.releases.wait_for_approval(draft)
        await self._log(work, keeper, "faq.wait", draft, at)
        return replace(row, waiting_approval=True)

    async def discard(self, work: Work, keeper: Person | None, draft: str, at: datetime) -> None:
        """Drops the draft. Raises NoSuchDraft."""
        self._check(keeper)
        await self._draft(work, draft)
        await work.releases.discard(draft)
        await self._log(work, keeper, "faq.discard", draft, at)

    async def rollback(self, work: Work, keeper: Person | None, number: int, at: datetime) -> ReleaseRow:
        """Makes an earlier release active again. Raises NoSuchDraft for an unknown number."""
        self._check(keeper)
        if await work.releases.by_number(number) is None:
            raise NoSuchDraft
        made = await work.releases.activate(number, by=keeper.id if keeper is not None else None, at=at)
        await self._log(work, keeper, "faq.rollback", str(number), at)
        return made

    async def history(self, work: Work, keeper: Person | None, limit: int = 50) -> Sequence[ReleaseRow]:
        """Releases and drafts, newest first."""
        self._check(keeper)
        return await work.releases.history(limit)

    async def trial(self, work: Work, keeper: Person | None, draft: str, at: datetime) -> tuple[ReleaseRow, DryRun]:
        """A draft with what it would change now. Raises NoSuchDraft."""
        self._check(keeper)
        row = await self._draft(work, draft)
        entries = await work.releases.entries(draft)
        active = await work.releases.active()
        running = await work.releases.entries(active.id) if active is not None else ()
        return row, await asyncio.to_thread(compare, running, entries, on=self.day(at))

    async def export(
        self, work: Work, keeper: Person | None, kind: Format, *, columns: Sequence[str] | None = None
    ) -> bytes:
        """The active release as a file."""
        self._check(keeper)
        active = await work.releases.active()
        entries = await work.releases.entries(active.id) if active is not None else ()
        return await asyncio.to_thread(write, entries, kind, columns)

    async def seed(self, work: Work, entries: Sequence[Entry], note: str, at: datetime) -> ReleaseRow:
        """The first release, from the shipped folder: reviewed where it is kept, so no second person here."""
        row = ReleaseRow(
            id=secrets.token_urlsafe(12), number=None, content_hash=await asyncio.to_thread(content_hash, entries),
            author=None, approver=None, note=note, at=at, active=False, entries=len(entries),
        )  # fmt: skip
        await work.releases.add_draft(row, entries)
        return await work.releases.publish(row.id, approver=None, at=at)

    def day(self, at: datetime) -> date:
        """The calendar day where the bot serves."""
        return at.astimezone(self._zone).date()

    def _check(self, keeper: Person | None) -> None:
        if keeper is not None and not may(keeper, Power.KEEP_FAQ):
            raise NotAKeeper

    async def _draft(self, work: Work, draft: str) -> ReleaseRow:
        row = await work.releases.get(draft)
        if row is None or row.number is not None:
            raise NoSuchDraft
        return row

    async def _log(self, work: Work, keeper: Person | None, what: str, on: str, at: datetime) -> None:
        actor: PersonId | None = keeper.id if keeper is not None else None
        await work.audit.write(at=at, actor=actor, what=what, on=on, detail={})


def _to_publish(entry: Entry, running: Entry | None) -> Entry:
    status = EntryStatus.PUBLISHED if entry.status is EntryStatus.DRAFT else entry.status
    if running is not None and running.review is Review.LAWYER:
        reviewed = replace(
            entry, status=status, review=running.review, reviewed=running.reviewed, reviewer=running.reviewer
        )
        if reviewed == running:
            return reviewed
    return replace(entry, status=status, review=Review.MACHINE, reviewer="")


def _ids(row: ReleaseRow) -> tuple[EntryId, ...]:
    return tuple(EntryId(item) for item in row.high_risk)
