"""The dry run of an import: what a file would change in the running base, and what is wrong with it. Keeps nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from knowledge.audit import Audit, check
from knowledge.entry import Entry, EntryId
from knowledge.errors import Problem
from knowledge.labels import TITLES
from knowledge.releases import high_risk_changes
from knowledge.statutes import StatuteLibrary

DUPLICATES = frozenset({"duplicate-id", "phrase-twice"})
CONFLICTS = frozenset({"phrase-shared", "negative-own"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One entry that the import changes; ``fields`` names what differs, in the order of the files."""

    before: Entry
    after: Entry
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What would happen, and ``result``: the whole base as it would be.

    ``duplicates``, ``conflicts`` and ``problems`` hold each finding once and stand in the way of publishing;
    ``crossings`` (a negative question that is another entry's phrase) and ``cannot_confirm`` do not.
    ``high_risk`` names the entries for which a second person must approve.
    """

    result: tuple[Entry, ...]
    added: tuple[Entry, ...] = ()
    changed: tuple[Difference, ...] = ()
    removed: tuple[Entry, ...] = ()
    unchanged: tuple[Entry, ...] = ()
    duplicates: tuple[Problem, ...] = ()
    conflicts: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()
    crossings: tuple[Problem, ...] = ()
    cannot_confirm: tuple[Problem, ...] = ()
    high_risk: tuple[EntryId, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether nothing stands in the way of publishing."""
        return not (self.duplicates or self.conflicts or self.problems)

    @property
    def empty(self) -> bool:
        """Whether the import changes nothing."""
        return not (self.added or self.changed or self.removed)


def compare(
    running: Sequence[Entry],
    incoming: Sequence[Entry],
    *,
    on: date,
    library: StatuteLibrary | None = None,
    read_problems: Sequence[Problem] = (),
    partial: bool = False,
) -> DryRun:
    """Compare an import with the running base.

    ``partial``: the file holds only some entries; what is not in it stays instead of being removed. ``read_problems``
    are those of reading the file. The rules of ``audit.check`` are applied to the result as of the day ``on``; findings
    are kept that concern an entry the import brings, or one that newly conflicts with it.
    """
    before = {entry.id: entry for entry in running}
    after = {entry.id: entry for entry in incoming}
    added, changed, unchanged = [], [], []
    for entry in after.values():
        old = before.get(entry.id)
        if old is None:
            added.append(entry)
        elif differing := _differing(old, entry):
            changed.append(Difference(before=old, after=entry, fields=differing))
        else:
            unchanged.append(entry)
    missing = tuple(entry for entry in running if entry.id not in after)
    kept = [after.get(entry.id, entry) for entry in running] if partial else []
    result = (*kept, *added) if partial else tuple(after.values())
    found = _audit(result, incoming, on, library)
    problems = _new(found, _audit(running, running, on, library), {entry.id for entry in incoming})
    blocking = [problem for problem in problems if problem.code not in DUPLICATES | CONFLICTS]
    return DryRun(
        result=result,
        added=tuple(added),
        changed=tuple(changed),
        removed=() if partial else missing,
        unchanged=tuple(unchanged),
        duplicates=tuple(problem for problem in problems if problem.code in DUPLICATES),
        conflicts=tuple(problem for problem in problems if problem.code in CONFLICTS),
        problems=(*read_problems, *blocking),
        crossings=found.crossings,
        cannot_confirm=found.cannot_confirm,
        high_risk=high_risk_changes(running, result),
    )


def _differing(old: Entry, new: Entry) -> tuple[str, ...]:
    changed = {
        item.name for item in fields(Entry) if item.compare and getattr(old, item.name) != getattr(new, item.name)
    }
    return tuple(name for name in TITLES if name in changed)


def _audit(result: Sequence[Entry], incoming: Sequence[Entry], on: date, library: StatuteLibrary | None) -> Audit:
    """The rules over the result; an id that stands twice in the file is looked at twice."""
    ids = {entry.id for entry in incoming}
    others = [entry for entry in result if entry.id not in ids]
    return check([*others, *incoming], on=on, library=library)


def _new(found: Audit, was: Audit, incoming: set[EntryId]) -> tuple[Problem, ...]:
    """Findings that the import brings: those of its own entries, and those that the running base did not have."""
    old = {(problem.entry, problem.code, problem.message) for problem in was.problems}
    return tuple(
        problem
        for problem in found.problems
        if problem.entry in incoming or (problem.entry, problem.code, problem.message) not in old
    )
