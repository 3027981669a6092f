"""The serving base: built from the active release, swapped when another becomes active, fed from the FAQ folder.

A broken folder leaves the old release serving; ``folder_problems`` says why.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from bot.clock import Clock
from bot.folder_memory import FolderMemory
from bot.store import SqlStore
from bot.store.errors import StoreError
from bot.store.work import SqlWork
from handlers.base import BaseHolder, KnowledgeBase
from handlers.faq_keeping import FaqKeeping
from handlers.records import ReleaseRow
from knowledge.confidence import load_shipped
from knowledge.entry import Entry, EntryId, Place, Review
from knowledge.errors import MissingFolder, Problem
from knowledge.files import Reading, load_folder, read_folder
from knowledge.matcher import Matcher
from knowledge.releases import content_hash
from knowledge.tokens import Tokenizer

_log = structlog.get_logger(__name__)
_LOOK_EVERY_S = 10.0


class BaseKeeper:
    """Owns what ``holder`` serves. ``prepare`` once, then ``follow`` for as long as the program runs."""

    def __init__(
        self, *, store: SqlStore, keeping: FaqKeeping, folder: Path, auto_publish: bool, clock: Clock, zone: ZoneInfo
    ) -> None:
        self.holder = BaseHolder(_empty())
        self.folder_problems: tuple[Problem, ...] = ()
        self._store = store
        self._keeping = keeping
        self._folder = folder
        self._auto_publish = auto_publish
        self._clock = clock
        self._zone = zone
        self._tokenizer = Tokenizer(store.state_dir / "cache")
        self._memory = FolderMemory(store.state_dir)
        self._signature: Mapping[str, tuple[int, int]] = {}
        self._built: tuple[str, date] | None = None
        self._building = asyncio.Lock()

    async def prepare(self) -> None:
        """Seeds the first release where there is none, takes in a changed folder, builds the serving base.

        Raises MissingFolder or BrokenContent only where there is no release to serve yet.
        """
        async with self._store.reading() as work:
            active = await work.releases.active()
        if active is None:
            signature = _signature(self._folder)
            entries = _unclaimed(await asyncio.to_thread(load_folder, self._folder))
            async with self._store.work() as work:
                await self._keeping.seed(work, entries, self._folder.name, self._clock())
                await work.commit()
            await asyncio.to_thread(self._memory.take, entries)
            self._signature = signature
        else:
            await self.look_at_folder()
        await self.reload()

    async def follow(self) -> None:
        """Swaps the base when a release becomes active or the day changes, and watches the folder. Never returns.

        Trouble with the database or the disk is waited out: what serves goes on serving.
        """
        changes = self._store.changes()
        while True:
            try:
                # Not wait_for: in Python 3.11 it may swallow a cancellation, and the program would never end.
                async with asyncio.timeout(_LOOK_EVERY_S):
                    name = await anext(changes)
            except TimeoutError:
                name = ""
            except StopAsyncIteration:
                return
            if name not in {"releases", "*", ""}:
                continue
            try:
                await self.reload()
                await self.look_at_folder(again=bool(name))
                await self.reload()
            except (StoreError, OSError) as error:
                _log.warning("base.later", why=str(error))

    async def reload(self) -> None:
        """Builds the base of the active release unless it serves already (today's; another process may publish)."""
        async with self._building:  # one that began earlier must not end later with an older release
            today = self._clock().astimezone(self._zone).date()
            async with self._store.reading() as work:
                active = await work.releases.active()
                if active is None or self._built == (f"{active.id}:{active.number}", today):
                    return
                entries = await work.releases.entries(active.id)
            base = await asyncio.to_thread(self._build, active, entries, today)
            self.holder.current = base
            self._built = (f"{active.id}:{active.number}", today)
            _log.info("base.serving", release=base.release, entries=len(entries))

    def _build(self, row: ReleaseRow, entries: Sequence[Entry], today: date) -> KnowledgeBase:
        matcher = Matcher.build(entries, tokenizer=self._tokenizer, model=load_shipped(), on=today)
        return KnowledgeBase(release=row.number or 0, entries={entry.id: entry for entry in entries}, matcher=matcher)

    async def look_at_folder(self, *, again: bool = False) -> None:
        """Takes in what changed in the folder since it was last seen: a draft, or live where that is allowed.

        ``again``: also where no file changed, as a release may have gone live past a draft that waits.
        """
        signature = _signature(self._folder)
        if signature == self._signature and (not again or await asyncio.to_thread(self._memory.waiting) is None):
            return
        try:
            reading = await asyncio.to_thread(read_folder, self._folder)
        except MissingFolder:
            self.folder_problems = (_missing(self._folder),)
            _log.warning("folder.missing", folder=str(self._folder))
        else:
            self.folder_problems = reading.fatal
            if reading.fatal:
                _log.warning("folder.broken", problems=len(reading.fatal), first=reading.fatal[0].message)
            else:
                await self._take_in(_unclaimed(reading.entries))
        self._signature = signature  # only now: what failed on the way is looked at again

    async def _take_in(self, entries: tuple[Entry, ...]) -> None:
        taken, waiting = await asyncio.to_thread(self._memory.taken), await asyncio.to_thread(self._memory.waiting)
        async with self._store.work() as work:
            row = await work.releases.get(waiting.draft) if waiting is not None else None
            if waiting is not None and row is not None and row.number is not None:  # somebody published it
                taken, waiting, row = waiting.entries, None, None
            active = await work.releases.active()
            known = content_hash(taken) == content_hash(entries)
            same = waiting is not None and content_hash(waiting.entries) == content_hash(entries)
            if same and (row is None or active is None or row.parent == active.number):
                return  # it waits still, or somebody dropped it
            draft, live = (None, True) if known else await self._propose(work, active, taken, entries)
            if row is not None and (live or draft is not None):
                await self._keeping.discard(work, None, row.id, self._clock())
            await work.commit()
        if live:
            await asyncio.to_thread(self._memory.take, entries)
        elif draft is not None:
            await asyncio.to_thread(self._memory.take, taken)
            await asyncio.to_thread(self._memory.wait, draft, entries)

    async def _propose(
        self, work: SqlWork, active: ReleaseRow | None, taken: Sequence[Entry], entries: Sequence[Entry]
    ) -> tuple[str | None, bool]:
        """The draft that waits, if one does, and whether the running base holds the folder's content now."""
        at = self._clock()
        running = await work.releases.entries(active.id) if active is not None else ()
        reading = Reading(entries=merge(running, taken, entries))
        trial = await self._keeping.try_reading(work, None, self._folder.name, reading, at, whole=True, as_written=True)
        if trial.draft is None:
            self.folder_problems = (*trial.run.problems, *trial.run.conflicts, *trial.run.duplicates)
            if self.folder_problems:
                _log.warning(
                    "folder.refused", problems=len(self.folder_problems), first=self.folder_problems[0].message
                )
            return None, not self.folder_problems
        if self._auto_publish and not trial.run.high_risk:
            await self._keeping.publish(work, None, trial.draft, at)
            return None, True
        if trial.run.high_risk:
            await self._keeping.wait_for_second(work, None, trial.draft, at)
        return trial.draft, False


def merge(running: Sequence[Entry], before: Sequence[Entry], after: Sequence[Entry]) -> tuple[Entry, ...]:
    """The running base with what changed in the folder: entries kept elsewhere (imports) stay as they are."""
    old = {entry.id: entry for entry in before}
    new = {entry.id: entry for entry in after}
    result: dict[EntryId, Entry] = {entry.id: entry for entry in running}
    result |= {entry_id: entry for entry_id, entry in new.items() if old.get(entry_id) != entry}
    for entry_id in old.keys() - new.keys():
        result.pop(entry_id, None)
    return tuple(result.values())


def _unclaimed(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """No file can claim a lawyer's review: only a lawyer's account gives one."""
    return tuple(replace(entry, review=Review.MACHINE, reviewer="") for entry in entries)


def _missing(folder: Path) -> Problem:
    return Problem(
        place=Place(file=folder.name),
        code="missing-folder",
        message="FAQ 文件夹不在了，或者里面没有 FAQ 文件",
        remedy="把文件夹放回原处；现在的版本照常使用",
    )


def _signature(folder: Path) -> Mapping[str, tuple[int, int]]:
    found = {}
    for file in sorted(folder.iterdir()) if folder.is_dir() else [folder]:
        with contextlib.suppress(FileNotFoundError):  # an editor replaces files
            stat = file.stat()
            found[file.name] = (stat.st_mtime_ns, stat.st_size)
    return found


class _Nothing:
    def decide(self, question: str, **_: object) -> object:
        raise RuntimeError(question)


def _empty() -> KnowledgeBase:
    return KnowledgeBase(release=0, entries={}, matcher=_Nothing())  # type: ignore[arg-type]  # replaced by ``prepare``
