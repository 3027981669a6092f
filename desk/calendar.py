"""Working time: which moments count, and when a period of working time is over. Legal periods are not here.

Everything is exact to the microsecond. What rests on a year whose holidays are not yet published is marked
``provisional`` (暂定). A calendar never fails for a date: at the ends of time it answers with the last moment it can.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from desk import holidays

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
MAX_DAYS_AHEAD: Final = 36_525
"""A hundred years: the farthest a search for an opening goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a period ends (aware, in the calendar's zone); ``provisional``: unpublished holidays lie on the way."""

    at: datetime
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Opening hours by day. ``hours`` are (from, to) in local time, ascending and without overlap.

    ``working_days`` and ``holidays`` override the library and the reckoning; ``published_years`` are complete there.
    """

    zone: ZoneInfo = SHANGHAI
    hours: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13, 30), time(17, 30)))
    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    working_days: frozenset[date] = frozenset()
    holidays: frozenset[date] = frozenset()
    published_years: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        """Refuses hours that cannot be counted."""
        edges = [edge for span in self.hours for edge in span]
        if not edges or edges != sorted(set(edges)):
            raise ValueError(f"opening hours must ascend without overlap: {self.hours}")
        if not self.weekdays and not self.working_days:
            raise ValueError("a calendar needs at least one weekday")

    @property
    def day_length(self) -> timedelta:
        """The working time of one full day."""
        midnight = date.min
        spans = ((datetime.combine(midnight, a), datetime.combine(midnight, b)) for a, b in self.hours)
        return sum((end - start for start, end in spans), timedelta())

    def is_working_day(self, day: date) -> bool:
        """Whether the desk works on that day (make-up Saturdays included)."""
        if day in self.working_days:
            return True
        if day in self.holidays:
            return False
        known = holidays.published(day)
        if known is None:
            return day.isoweekday() in self.weekdays and day not in holidays.statutory(day.year)
        # A make-up day of the published arrangement counts whatever the weekday; else the house's own weekdays.
        return known and (day.isoweekday() in self.weekdays or day.isoweekday() > 5)  # noqa: PLR2004 - ISO weekend

    def is_provisional(self, day: date) -> bool:
        """Whether the answer for that day rests on our own reckoning."""
        if day in self.working_days or day in self.holidays or day.year in self.published_years:
            return False
        return holidays.published(day) is None

    def is_open(self, at: datetime) -> bool:
        """Whether the moment lies in working time (the start of a span does, its end does not)."""
        local = self._local(at)
        return any(start <= local < end for start, end in self._spans(local.date()))

    def next_opening(self, at: datetime) -> datetime:
        """The first moment of working time at or after ``at``."""
        local = self._local(at)
        for start, end in self._from(local):
            if local < end:
                return max(start, local)
        return local

    def add_working_time(self, start: datetime, amount: timedelta) -> Due:
        """The moment at which ``amount`` of working time has passed since ``start``.

        The end of a day rather than the next morning: eight hours that are used up at 17:30 are due at 17:30.
        ``amount`` zero or less gives ``start`` itself.
        """
        local = self._local(start)
        left, provisional = amount, False
        if left <= timedelta():
            return Due(at=local, provisional=False)
        last = local
        for begin, end in self._from(local):
            last = end
            provisional = provisional or self._any_provisional(local.date(), end.date())
            usable = end - max(begin, local)
            if usable <= timedelta():
                continue
            if left <= usable:
                return Due(at=max(begin, local) + left, provisional=provisional)
            left -= usable
        return Due(at=last, provisional=True)

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from ``start`` to ``end``; zero if ``end`` is not later."""
        first, last = self._local(start), self._local(end)
        total = timedelta()
        if last <= first:
            return total
        for begin, close in self._from(first):
            if begin >= last:
                break
            total += max(min(close, last) - max(begin, first), timedelta())
        return total

    def _any_provisional(self, first: date, last: date) -> bool:
        # Within a year the library knows all days or none, so both ends and the turn of the year suffice.
        return self.is_provisional(first) or self.is_provisional(last)

    def _local(self, at: datetime) -> datetime:
        if at.tzinfo is None:
            raise ValueError("a moment needs its zone")
        try:
            return at.astimezone(self.zone)
        except OverflowError:  # within hours of the last moment there is
            return at.replace(tzinfo=self.zone)

    def _spans(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        if not self.is_working_day(day):
            return ()
        return tuple(
            (datetime.combine(day, a, tzinfo=self.zone), datetime.combine(day, b, tzinfo=self.zone))
            for a, b in self.hours
        )

    def _from(self, local: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = local.date()
        for _ in range(MAX_DAYS_AHEAD):
            yield from self._spans(day)
            if day == date.max:
                return
            day += timedelta(days=1)


def load_calendar(path: Path | None = None) -> Calendar:
    """The calendar of a YAML file (the shipped ``calendar.yaml`` without one). Raises ValueError naming the key."""
    source = path or Path(__file__).with_name("calendar.yaml")
    data: dict[str, Any] = YAML(typ="safe").load(source.read_text(encoding="utf-8")) or {}
    try:
        return Calendar(
            zone=ZoneInfo(str(data.get("timezone", "Asia/Shanghai"))),
            hours=tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in data["hours"]),
            weekdays=frozenset(int(day) for day in data.get("weekdays", range(1, 6))),
            working_days=frozenset(_dates(data.get("working_days"))),
            holidays=frozenset(_dates(data.get("holidays"))),
            published_years=frozenset(int(year) for year in data.get("published_years") or ()),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{source.name}: {error}") from error


def _dates(raw: object) -> Iterator[date]:
    for item in raw if isinstance(raw, list) else ():
        yield item if isinstance(item, date) else date.fromisoformat(str(item))
