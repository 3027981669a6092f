"""From an error to one line on stderr and an exit code; operators read English, content problems stay Chinese."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterable

from bot.settings import BadSettings
from knowledge.errors import BrokenContent, KnowledgeError, MissingFolder, Problem

FINE, WRONG, USAGE, ENVIRONMENT = 0, 1, 2, 3
_MOST_PROBLEMS = 50
_FULL = "the disk is full: make room under TIJIAN_STATE_DIR; nothing that was confirmed is lost"


class Refused(Exception):
    """The request cannot be done; ``text`` is the line to print, ``code`` the exit code."""

    def __init__(self, text: str, code: int = WRONG) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


def problem_line(problem: Problem) -> str:
    """``labour.yaml:12 labour.x: what is wrong → remedy``."""
    place = problem.place
    where = ""
    if place is not None:
        spot = f":{place.line}" if place.line is not None else f" {place.cell}" if place.cell else ""
        where = f"{place.file}{spot} "
    entry = f"{problem.entry}: " if problem.entry else ""
    return f"{where}{entry}{problem.message} → {problem.remedy}"


def print_problems(problems: Iterable[Problem]) -> None:
    """Each problem on a line of stderr, fifty at most."""
    listed = list(problems)
    for problem in listed[:_MOST_PROBLEMS]:
        print(problem_line(problem), file=sys.stderr)
    if len(listed) > _MOST_PROBLEMS:
        print(f"… {len(listed) - _MOST_PROBLEMS} more", file=sys.stderr)


def explain(error: BaseException) -> tuple[str, int] | None:
    """The line and exit code for a known error; None: it is a fault of the program."""
    from bot.store.errors import StoreError

    found: tuple[str, int] | None = None
    if isinstance(error, Refused):
        found = error.text, error.code
    elif isinstance(error, BadSettings):
        lines = "\n".join(f"  {name}: {wrong}" for name, wrong in error.mistakes)
        found = f"these settings cannot be used:\n{lines}", ENVIRONMENT
    elif isinstance(error, KnowledgeError):
        found = _content_line(error)
    elif isinstance(error, StoreError):
        found = _store_line(error), ENVIRONMENT
    elif isinstance(error, UnicodeDecodeError):
        found = "the file is not UTF-8 text", WRONG
    elif isinstance(error, OSError):
        found = _system_line(error), ENVIRONMENT
    return found


def _content_line(error: KnowledgeError) -> tuple[str, int]:
    if isinstance(error, BrokenContent):
        print_problems(error.problems)
        return f"{len(error.problems)} problem(s) in the content", WRONG
    if isinstance(error, MissingFolder):
        return f"there is no FAQ folder or file at {error.path} (TIJIAN_KNOWLEDGE_DIR)", ENVIRONMENT
    return str(error), WRONG


def _system_line(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "the port is taken: set TIJIAN_HTTP_PORT to another, or stop what uses it"
    if error.errno == errno.ENOSPC:
        return _FULL
    return f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")


def _store_line(error: Exception) -> str:
    from bot.store import errors as store

    if isinstance(error, store.DatabaseBusyElsewhere):
        return "another tijian already works on this database: one process a database"
    if isinstance(error, store.DatabaseUnreachable):
        return f"the database cannot be reached (TIJIAN_DATABASE_URL): {error}"
    if isinstance(error, store.DiskFull):
        return _FULL
    return str(error)
