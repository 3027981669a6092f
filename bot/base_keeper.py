"""The serving base: built from the active release, swapped when another becomes active, fed from the FAQ folder.

A broken folder leaves the old release serving; ``folder_problems`` says why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from bot.clock import Clock
from bot.store import SqlStore
from handlers.base import BaseHolder, KnowledgeBase
from handlers.faq_keeping import FaqKeeping
from handlers.ports import ReleaseRow
from knowledge.confidence import load_shipped
from knowledge.entry import Entry, EntryId
from knowledge.errors import BrokenContent, MissingFolder, Problem
from knowledge.files import Reading, load_folder, read_folder
from knowledge.matcher import Matcher
from knowledge.releases import content_hash, deserialise, serialise
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
        self._seen = store.state_dir / "folder.jsonl"
        self._signature: Mapping[str, tuple[int, int]] = {}
        self._built: tuple[str, date] | None = None

    async def prepare(self) -> None:
        """Seeds the first release where there is none, takes in a changed folder, builds the serving base.

        Raises MissingFolder or BrokenContent only where there is no release to serve yet.
        """
        async with self._store.reading() as work:
            active = await work.releases.active()
        if active is None:
            entries = await asyncio.to_thread(load_folder, self._folder)
            async with self._store.work() as work:
                await self._keeping.seed(work, entries, self._folder.name, self._clock())
                await work.commit()
            await asyncio.to_thread(self._remember, entries)
            self._signature = _signature(self._folder)
        else:
            await self.look_at_folder()
        await self.reload()

    async def follow(self) -> None:
        """Swaps the base when a release becomes active or the day changes, and watches the folder. Never returns."""
        changes = self._store.changes()
        while True:
            try:
                name = await asyncio.wait_for(anext(changes), _LOOK_EVERY_S)
            except TimeoutError:
                name = ""
            except StopAsyncIteration:
                return
            if name in {"releases", "*"}:
                await self.reload()
            elif not name:
                await self.look_at_folder()
                await self.reload()

    async def reload(self) -> None:
        """Builds the base of the active release unless it serves already (today's; another process may publish)."""
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

    async def look_at_folder(self) -> None:
        """Takes in what changed in the folder since it was last seen: a draft, or live where that is allowed."""
        signature = _signature(self._folder)
        if signature == self._signature:
            return
        self._signature = signature
        try:
            reading = await asyncio.to_thread(read_folder, self._folder)
        except MissingFolder:
            _log.warning("folder.missing", folder=str(self._folder))
            return
        self.folder_problems = reading.fatal
        if reading.fatal:
            _log.warning("folder.broken", problems=len(reading.fatal), first=reading.fatal[0].message)
            return
        before = await asyncio.to_thread(self._last_seen)
        if before is not None and content_hash(before) == content_hash(reading.entries):
            return
        await self._take_in(before or (), reading)
        await asyncio.to_thread(self._remember, reading.entries)

    async def _take_in(self, before: Sequence[Entry], reading: Reading) -> None:
        at = self._clock()
        async with self._store.work() as work:
            active = await work.releases.active()
            running = await work.releases.entries(active.id) if active is not None else ()
            wanted = merge(running, before, reading.entries)
            trial = await self._keeping.try_reading(
                work, None, self._folder.name, Reading(entries=wanted), at, whole=True
            )
            if trial.draft is None:
                self.folder_problems = (*trial.run.problems, *trial.run.conflicts, *trial.run.duplicates)
                _log.warning("folder.refused", problems=len(self.folder_problems))
            elif self._auto_publish and not trial.run.high_risk:
                await self._keeping.publish(work, None, trial.draft, at)
            elif self._auto_publish:
                await self._keeping.wait_for_second(work, None, trial.draft, at)
            await work.commit()

    def _last_seen(self) -> tuple[Entry, ...] | None:
        try:
            return deserialise(self._seen.read_text(encoding="utf-8"))
        except (OSError, BrokenContent):
            return None

    def _remember(self, entries: Sequence[Entry]) -> None:
        waiting = self._seen.with_suffix(".new")
        waiting.write_text(serialise(entries), encoding="utf-8")
        waiting.replace(self._seen)


def merge(running: Sequence[Entry], before: Sequence[Entry], after: Sequence[Entry]) -> tuple[Entry, ...]:
    """The running base with what changed in the folder: entries kept elsewhere (imports) stay as they are."""
    old = {entry.id: entry for entry in before}
    new = {entry.id: entry for entry in after}
    result: dict[EntryId, Entry] = {entry.id: entry for entry in running}
    result |= {entry_id: entry for entry_id, entry in new.items() if old.get(entry_id) != entry}
    for entry_id in old.keys() - new.keys():
        result.pop(entry_id, None)
    return tuple(result.values())


def _signature(folder: Path) -> Mapping[str, tuple[int, int]]:
    files = sorted(folder.iterdir()) if folder.is_dir() else [folder] if folder.exists() else []
    return {file.name: (stat.st_mtime_ns, stat.st_size) for file in files if (stat := file.stat())}


class _Nothing:
    def decide(self, question: str, **_: object) -> object:
        raise RuntimeError(question)


def _empty() -> KnowledgeBase:
    return KnowledgeBase(release=0, entries={}, matcher=_Nothing())  # type: ignore[arg-type]  # replaced by ``prepare``
