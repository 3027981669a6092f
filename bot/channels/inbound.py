"""What the worker needs of a way in: a stored inbox row becomes a parcel, the parcel a Message inside a transaction."""

from __future__ import annotations

from typing import Protocol

from bot.store.inbox_queue import InboxRow
from bot.store.work import SqlWork
from handlers.messages import Message


class FetchFailed(Exception):
    """What belongs to the row could not be had just now (a download); ``why`` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Parcel(Protocol):
    """One row being worked off."""

    @property
    def row(self) -> InboxRow:
        """The row."""

    @property
    def slow(self) -> bool:
        """Whether ``fetch`` has something to do."""

    async def fetch(self, *, last: bool) -> None:
        """Slow things, outside any transaction. Raises FetchFailed; on the ``last`` try it does without instead."""

    async def message(self, work: SqlWork) -> Message | None:
        """Writes what belongs to the row (person, files) and gives the message; None: nothing to be decided.

        May be called again after a rollback.
        """


class Reader(Protocol):
    """Reads the rows of one source."""

    def open(self, row: InboxRow) -> Parcel:
        """The row made ready. Raises ValueError for a payload that is none."""
