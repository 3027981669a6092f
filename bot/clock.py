"""The one place that reads the clock. For drills and tests the present can be moved by a file of seconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.settings import Settings

Clock = Callable[[], datetime]


def real_clock() -> datetime:
    """The aware present moment."""
    return datetime.now(UTC)


def moved_clock(offset_file: Path) -> Clock:
    """The present plus the seconds that stand in the file, read at every call; a missing file moves nothing."""

    def read() -> datetime:
        try:
            seconds = float(offset_file.read_text(encoding="ascii") or 0)
        except (OSError, ValueError):
            seconds = 0.0
        return real_clock() + timedelta(seconds=seconds)

    return read


def clock_of(settings: Settings) -> Clock:
    """The program's clock: the real one, or the one that a drill moves."""
    return moved_clock(settings.clock_offset_file) if settings.clock_offset_file else real_clock
