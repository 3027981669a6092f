"""One unit of work: every part of what is kept, over one transaction."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.store.audit import SqlAudit
from bot.store.blobs import Blobs
from bot.store.cases import SqlCases
from bot.store.chat import SqlChat
from bot.store.conversations import SqlConversations, SqlQuestions
from bot.store.duties import SqlDuties
from bot.store.files import SqlFiles
from bot.store.inbox import SqlInbox
from bot.store.people import SqlPeople
from bot.store.releases import SqlReleases
from bot.store.replies import SqlReplies
from bot.store.roster import SqlRoster
from bot.store.sessions import SqlSessions
from bot.store.statutes import SqlStatutes
from bot.store.tasks import SqlTasks
from bot.store.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What the store keeps outside the database."""

    state_dir: Path
    blobs: Blobs
    audit_key: bytes


class SqlWork:
    """See ``handlers.ports.Work``; ``tx``, ``chat``, ``sessions`` and ``duties`` are for the adapters beside it."""

    def __init__(self, tx: Transaction, beside: Beside) -> None:
        self.tx = tx
        self.chat = SqlChat(tx)
        self.replies = SqlReplies(tx, self.chat)
        self.inbox = SqlInbox(tx)
        self.conversations = SqlConversations(tx)
        self.questions = SqlQuestions(tx)
        self.cases = SqlCases(tx)
        self.roster = SqlRoster(tx)
        self.duties = SqlDuties(tx)
        self.people = SqlPeople(tx, beside.blobs)
        self.sessions = SqlSessions(tx)
        self.files = SqlFiles(tx, beside.blobs)
        self.releases = SqlReleases(tx)
        self.statutes = SqlStatutes(tx)
        self.audit = SqlAudit(tx, beside.audit_key)
        self.tasks = SqlTasks(tx)

    async def commit(self) -> None:
        """Makes all of it true at once."""
        await self.tx.commit()

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """A part that may fail alone: an exception inside rolls back to here and goes on up."""
        return self.tx.savepoint()


class Doors(Protocol):
    """How the adapters around the store open transactions."""

    def work(self) -> AbstractAsyncContextManager[SqlWork]:
        """A transaction that may write."""

    def reading(self) -> AbstractAsyncContextManager[SqlWork]:
        """A consistent view; writing in it is an error."""
