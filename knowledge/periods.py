"""Legal deadlines of received papers: which rule, from which day to which day, on what basis. Not the desk's clocks.

The day of receipt never counts. What the paper itself says comes first (以文书载明为准); the sentences are not here.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.entry import Basis
from knowledge.ports import WorkCalendar
from knowledge.text import normalise
from knowledge.yaml_files import load_shipped

_LONGEST_REST = 60
"""Days after which a search for a working day gives up: no holiday is longer."""
_MONTHS_A_YEAR = 12


class Unit(StrEnum):
    """What a period counts."""

    WORKING_DAY = "working_day"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """How a kind of period is counted: ``roll`` over rest days at the end, ``transit`` time left out (在途)."""

    roll: bool
    transit: bool
    basis: tuple[Basis, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRule:
    """One deadline of one paper: within ``amount`` ``unit`` from ``counts_from`` one may do ``action``.

    ``changed``: the law was revised from that day and the new period is not known here; no last day is reckoned.
    """

    id: str
    paper: str
    action: str
    amount: int
    unit: Unit
    counts_from: str
    counting: Counting
    basis: tuple[Basis, ...]
    note: str = ""
    changed: date | None = None

    @property
    def all_basis(self) -> tuple[Basis, ...]:
        """The articles for the period, then those for its counting."""
        return (*self.basis, *self.counting.basis)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A kind of paper people receive, the words they call it by, and its deadlines."""

    id: str
    name: str
    phrases: tuple[str, ...]
    rules: tuple[PeriodRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A rule applied to a day. All days are None where the day of receipt is unknown or the rule has changed.

    ``nominal_last_day`` is the last day before any roll: who acts by then is safe either way. ``provisional``:
    holidays that are not yet published were looked at (暂定).
    """

    rule: PeriodRule
    received: date | None = None
    first_day: date | None = None
    nominal_last_day: date | None = None
    last_day: date | None = None
    provisional: bool = False

    @property
    def rolled(self) -> bool:
        """Whether the last day moved because of a rest day."""
        return self.last_day != self.nominal_last_day

    def days_left(self, today: date) -> int | None:
        """Days until the last day, 0 on it, negative after it; None where there is none."""
        return None if self.last_day is None else (self.last_day - today).days


def deadline(rule: PeriodRule, received: date | None, calendar: WorkCalendar) -> Deadline:
    """The deadline for a paper received (or a day counted from) on ``received``; None gives the rule only."""
    if received is None or rule.changed is not None:
        return Deadline(rule=rule, received=received)
    try:
        if rule.unit is Unit.WORKING_DAY:
            first = _working_day(received + timedelta(days=1), calendar)
            nominal = first
            for _ in range(rule.amount - 1):
                nominal = _working_day(nominal + timedelta(days=1), calendar)
        else:
            first = received + timedelta(days=1)
            nominal = _end(received, rule)
        last = _working_day(nominal, calendar) if rule.counting.roll else nominal
    except OverflowError:  # a day at the end of time
        return Deadline(rule=rule, received=received)
    looked_at = received if rule.unit is Unit.WORKING_DAY else nominal
    provisional = (rule.counting.roll or rule.unit is Unit.WORKING_DAY) and (
        calendar.is_provisional(looked_at) or calendar.is_provisional(last)
    )
    return Deadline(
        rule=rule, received=received, first_day=first, nominal_last_day=nominal, last_day=last, provisional=provisional
    )


def find_papers(text: str, papers: Iterable[Paper] | None = None) -> tuple[Paper, ...]:
    """The papers a message names, the longest name first; a shorter name inside a longer one does not count again."""
    plain = normalise(text)
    hits = []
    for paper in papers if papers is not None else shipped_papers():
        found = [phrase for phrase in (normalise(phrase) for phrase in paper.phrases) if phrase in plain]
        if found:
            hits.append((max(found, key=len), paper))
    hits.sort(key=lambda hit: len(hit[0]), reverse=True)
    kept: list[tuple[str, Paper]] = []
    for phrase, paper in hits:
        if not any(phrase in longer and phrase != longer for longer, _ in kept):
            kept.append((phrase, paper))
    return tuple(paper for _, paper in kept)


@cache
def shipped_papers() -> tuple[Paper, ...]:
    """The papers and rules this project ships (``periods.yaml``)."""
    document: Mapping[str, Any] = load_shipped(Path(__file__).with_suffix(".yaml"))
    counting = {
        name: Counting(roll=row["roll"], transit=row["transit"], basis=_basis(row["basis"]), note=row.get("note", ""))
        for name, row in document["counting"].items()
    }
    return tuple(
        Paper(
            id=row["id"],
            name=row["name"],
            phrases=tuple(row["phrases"]),
            rules=tuple(_rule(rule, row["name"], counting) for rule in row["rules"]),
        )
        for row in document["papers"]
    )


def _rule(row: Mapping[str, Any], paper: str, counting: Mapping[str, Counting]) -> PeriodRule:
    return PeriodRule(
        id=row["id"],
        paper=paper,
        action=row["action"],
        amount=row["amount"],
        unit=Unit(row["unit"]),
        counts_from=row["from"],
        counting=counting[row["counting"]],
        basis=_basis(row["basis"]),
        note=row.get("note", ""),
        changed=row.get("changed"),
    )


def _basis(rows: Iterable[Mapping[str, Any]]) -> tuple[Basis, ...]:
    return tuple(Basis(**row) for row in rows)


def _end(received: date, rule: PeriodRule) -> date:
    """The last day by days, or the corresponding day of the last month (its last day where it has none)."""
    if rule.unit is Unit.DAY:
        return received + timedelta(days=rule.amount)
    count = rule.amount * (_MONTHS_A_YEAR if rule.unit is Unit.YEAR else 1)
    year, month = divmod(received.year * _MONTHS_A_YEAR + received.month - 1 + count, _MONTHS_A_YEAR)
    if year > date.max.year:
        raise OverflowError
    longest = months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(received.day, longest))


def _working_day(day: date, calendar: WorkCalendar) -> date:
    """The first working day from ``day`` on."""
    for ahead in range(_LONGEST_REST):
        if calendar.is_working_day(day + timedelta(days=ahead)):
            return day + timedelta(days=ahead)
    return day
