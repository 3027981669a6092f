"""What a decision is given and what it gives back: pure values between ``dispatch`` and the deciding modules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from desk.people import Person
from handlers.base import KnowledgeBase
from handlers.commands import Command
from handlers.conversation import Talk
from handlers.messages import Channel
from knowledge.entry import Entry, EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a decision may rest on.

    ``keep``: the person's words may be stored. ``inbox`` names the message: ids of everything that follows from it
    derive from it, so that a repeated run writes the same ids. ``urgent``: an emergency line stands before the reply;
    ``suspect``: the words are such that only a lawyer may read them.
    """

    person: Person
    channel: Channel
    at: datetime
    inbox: int
    base: KnowledgeBase
    keep: bool
    public_url: str
    zone: ZoneInfo
    urgent: bool = False
    suspect: bool = False

    @property
    def today(self) -> date:
        """The calendar day of the message where the bot serves."""
        return self.at.astimezone(self.zone).date()

    def entry(self, entry: str) -> Entry | None:
        """The entry, if it may answer an owner today."""
        found = self.base.entries.get(EntryId(entry))
        return found if found is not None and found.answerable(self.today) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A decision: the conversation afterwards, and what is to be done."""

    talk: Talk
    commands: tuple[Command, ...] = ()
