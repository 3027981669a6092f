"""What conversations need kept, named after the need. ``bot/store`` implements it; one ``Work`` is one transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

from desk.case import CaseId, FileId
from desk.people import Person, PersonId
from desk.ports import Cases, Roster
from handlers.messages import Channel, FileRef, InboxId, Nudge, Reply
from handlers.records import Asked, Contact, ConversationRow, Invitation, ReleaseRow
from knowledge.entry import Entry


class People(Protocol):
    """People, their contacts and invitations."""

    async def get(self, person: PersonId) -> Person | None:
        """One person or None."""

    async def by_telegram(self, user: int) -> Person | None:
        """The person of a Telegram user id."""

    async def add(self, person: Person) -> None:
        """A new person."""

    async def save(self, person: Person) -> None:
        """Replaces what is kept of a person."""

    async def staff(self) -> Sequence[Person]:
        """Everybody with a staff role, by name."""

    async def contact(self, person: PersonId) -> Contact:
        """How to reach the person (empty values where nothing is known)."""

    async def save_contact(self, contact: Contact) -> None:
        """Replaces the contact; a Telegram chat that belonged to another person moves over."""

    async def invite(self, invitation: Invitation) -> None:
        """A new one-time link."""

    async def invitation(self, digest: str) -> Invitation | None:
        """By digest of the secret."""

    async def use_invitation(self, digest: str, person: PersonId, at: datetime) -> bool:
        """Marks it used; False if it was used or expired meanwhile (exactly one caller gets True)."""

    async def consented(self, person: PersonId, what: str) -> bool | None:
        """The last word of the person on ``what`` (keep, telegram); None if never asked."""

    async def consent(self, person: PersonId, what: str, *, yes: bool, at: datetime) -> None:
        """Keeps a consent or refusal."""

    async def forget(self, person: PersonId, at: datetime) -> Mapping[str, int]:
        """Deletes the person's texts, contacts, consents, files; returns counts by kind; ids and events stay."""

    async def export(self, person: PersonId) -> Mapping[str, Any]:
        """Everything kept of the person as JSON-ready values."""


class Inbox(Protocol):
    """What came in, as the channel stored it before anything was decided."""

    async def text(self, inbox: InboxId) -> str:
        """The words of a stored message of today's inbox; "" once they were blanked (worked off long ago, or 24 h)."""

    async def keep(self, inbox: InboxId) -> None:
        """The words must survive being worked off: they wait for the consent question (24 h at most)."""

    async def blank(self, inbox: InboxId) -> None:
        """The words are no longer needed."""


class Conversations(Protocol):
    """States of conversations; the row is locked for the transaction."""

    async def load(self, person: PersonId, channel: Channel) -> ConversationRow | None:
        """The row, locked until commit; None before the first message."""

    async def save(self, row: ConversationRow) -> None:
        """Inserts or replaces."""


class Questions(Protocol):
    """The log of asked questions."""

    async def add(self, asked: Asked) -> None:
        """Keeps one (never raw words without consent: then ``question`` is empty)."""

    async def get(self, asked: str) -> Asked | None:
        """One by id."""

    async def feedback(self, asked: str, person: PersonId, *, helpful: bool, at: datetime) -> bool:
        """Keeps the press; False if it is not that person's question."""


class Replies(Protocol):
    """Outgoing messages: stored with the decision, delivered afterwards."""

    async def put(self, reply: Reply, *, at: datetime, key: str) -> None:
        """Queues one for every channel it goes to. ``key`` is unique for this cause: a second put has no effect."""

    async def nudge(self, nudge: Nudge, *, at: datetime, key: str) -> None:
        """Queues an e-mail or a webhook call."""


class Files(Protocol):
    """Uploaded files' records (the bytes lie behind ``bot/store/blobs``)."""

    async def get(self, file: FileId) -> FileRef | None:
        """The record or None."""

    async def owner(self, file: FileId) -> tuple[PersonId | None, CaseId | None]:
        """Who uploaded it and to which case it belongs."""

    async def attach(self, file: FileId, case: CaseId) -> None:
        """Binds an upload to a case."""

    async def content(self, file: FileId) -> bytes:
        """The bytes as they came."""


class Releases(Protocol):
    """Releases and drafts of the FAQ base."""

    async def active(self) -> ReleaseRow | None:
        """The serving release."""

    async def entries(self, release: str) -> Sequence[Entry]:
        """The content of a release or draft."""

    async def add_draft(self, row: ReleaseRow, entries: Sequence[Entry]) -> None:
        """A draft (number None)."""

    async def get(self, release: str) -> ReleaseRow | None:
        """By id."""

    async def by_number(self, number: int) -> ReleaseRow | None:
        """By release number."""

    async def history(self, limit: int = 50) -> Sequence[ReleaseRow]:
        """Newest first, drafts included."""

    async def publish(self, release: str, *, approver: PersonId | None, at: datetime) -> ReleaseRow:
        """Gives the draft the next number and makes it the active one, atomically."""

    async def activate(self, number: int, *, by: PersonId | None, at: datetime) -> ReleaseRow:
        """Rollback: an earlier release becomes active again."""

    async def wait_for_approval(self, release: str) -> None:
        """Marks a draft as waiting for a second person."""

    async def discard(self, release: str) -> None:
        """Drops a draft."""


class Statutes(Protocol):
    """The imported statute library."""

    async def article(self, law: str, article: str) -> str | None:
        """The article's text, or None where no library (or no such article) was imported."""


class Audit(Protocol):
    """The append-only log of who did or read what."""

    async def write(
        self, *, at: datetime, actor: PersonId | None, what: str, on: str, detail: Mapping[str, str]
    ) -> None:
        """One line: codes and ids only."""


class Tasks(Protocol):
    """The clerk's phone tasks."""

    async def add(self, case: CaseId, why: str, *, at: datetime, key: str) -> None:
        """A new task, once for ``key``."""

    async def open(self, *, region: str = "") -> Sequence[tuple[str, CaseId, str, datetime]]:
        """(task id, case, why, since), oldest first."""

    async def of_case(self, case: CaseId) -> Sequence[tuple[str, CaseId, str, datetime]]:
        """The open tasks of one case, the same way."""

    async def done(self, task: str, by: PersonId, at: datetime) -> bool:
        """False if it was done already."""


class Work(Protocol):
    """One transaction over everything that is kept. Leaving without ``commit`` rolls back."""

    @property
    def cases(self) -> Cases:
        """Cases with their history."""

    @property
    def roster(self) -> Roster:
        """The people cases can go to."""

    @property
    def people(self) -> People:
        """People, contacts, invitations."""

    @property
    def inbox(self) -> Inbox:
        """Inbox."""

    @property
    def conversations(self) -> Conversations:
        """States of conversations."""

    @property
    def questions(self) -> Questions:
        """The log of asked questions."""

    @property
    def replies(self) -> Replies:
        """Outgoing messages."""

    @property
    def files(self) -> Files:
        """Records of uploads."""

    @property
    def releases(self) -> Releases:
        """Releases of the FAQ base."""

    @property
    def statutes(self) -> Statutes:
        """The imported statute library."""

    @property
    def audit(self) -> Audit:
        """Who did or read what."""

    @property
    def tasks(self) -> Tasks:
        """The clerk's phone tasks."""

    async def commit(self) -> None:
        """Makes all of it true at once."""

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """A part that may fail alone: an exception inside rolls back to here and goes on up."""


class Store(Protocol):
    """Opens units of work."""

    def work(self) -> AbstractAsyncContextManager[Work]:
        """A new transaction (SQLite: BEGIN IMMEDIATE)."""

    def changes(self) -> AsyncIterator[str]:
        """Names of what was committed (``replies:<person>``, ``releases`` …), for live pages."""
