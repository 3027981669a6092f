"""From an error to one line on stderr and an exit code; operators read English, content problems stay Chinese."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Iterable
from pathlib import Path

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


def present(path: Path | None) -> None:
    """Raises Refused where a file or folder that was named on the command line is not there."""
    if path is not None and not path.exists():
        raise Refused(f"there is no file or folder {path}")


def one_line(text: str) -> str:
    """The text without line breaks."""
    return " ".join(text.split())


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
    from bot.store.errors import BrokenBackup, StoreError

    found: tuple[str, int] | None = None
    if isinstance(error, ExceptionGroup):  # a job beside the web server failed, and the others ended with it
        found = next((line for each in error.exceptions if (line := explain(each)) is not None), None)
    elif isinstance(error, Refused):
        found = error.text, error.code
    elif isinstance(error, BadSettings):
        found = f"these settings cannot be used: {one_line(str(error))}", ENVIRONMENT
    elif isinstance(error, KnowledgeError):
        found = _content_line(error)
    elif isinstance(error, StoreError):
        found = one_line(_store_line(error)), WRONG if isinstance(error, BrokenBackup) else ENVIRONMENT
    elif isinstance(error, UnicodeError):
        found = "the file or the question is not UTF-8 text", WRONG
    elif isinstance(error, OSError):
        found = _system_line(error), ENVIRONMENT
    return found


def _content_line(error: KnowledgeError) -> tuple[str, int]:
    if isinstance(error, BrokenContent):
        print_problems(error.problems)
        return f"{len(error.problems)} problem(s) in the content", WRONG
    if isinstance(error, MissingFolder):
        return f"there is no FAQ folder or file at {error.path} (TIJIAN_KNOWLEDGE_DIR)", ENVIRONMENT
    return one_line(str(error)), WRONG


def _system_line(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "the port is taken: set TIJIAN_HTTP_PORT to another, or stop what uses it"
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _FULL
    if isinstance(error, socket.gaierror):
        return f"a host name leads nowhere (TIJIAN_HTTP_HOST?): {error.strerror}"
    return one_line(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))


def _store_line(error: Exception) -> str:
    from bot.store import errors as store

    match error:
        case store.DatabaseBusyElsewhere():
            found = "another tijian already works on this database: one process a database"
        case store.DatabaseUnreachable():
            found = f"the database cannot be reached (TIJIAN_DATABASE_URL): {error}"
        case store.DatabaseNewer(revision=revision):
            found = f"the database was made by a later version of tijian (schema {revision}): install that version"
        case store.BrokenBackup(path=path, why=why):
            found = f"{path} is no whole backup of this version of tijian ({why}); nothing was changed"
        case store.BrokenKey(path=path):
            found = f"the key {path} was changed or cut off: put the kept copy back, or delete it to get a new one"
        case store.DiskFull():
            found = _FULL
        case _:
            found = str(error)
    return found
