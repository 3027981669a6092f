"""States of conversations and the log of asked questions."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, insert, select, update

from bot import metrics
from bot.store.codec import to_text
from bot.store.put import put
from bot.store.tables import conversations, questions
from bot.store.transaction import AnyRow, Transaction
from desk.people import PersonId
from handlers.messages import Channel
from handlers.records import Asked, ConversationRow

_LOAD: Final = select(conversations.c.state, conversations.c.version).where(
    conversations.c.person == bindparam("person"), conversations.c.channel == bindparam("channel")
)
_LOCK: Final = _LOAD.with_for_update()
_SAVE: Final = put(conversations)
_ASKED: Final = insert(questions)
_ONE: Final = select(questions).where(questions.c.id == bindparam("id"))
_FEEDBACK: Final = (
    update(questions)
    .where(questions.c.id == bindparam("asked"), questions.c.person == bindparam("by"))
    .values(helpful=bindparam("yes"), feedback_at=bindparam("moment"))
)


class SqlConversations:
    """See ``handlers.ports.Conversations``."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def load(self, person: PersonId, channel: Channel) -> ConversationRow | None:
        """The row, locked until commit; None before the first message."""
        row = await self._tx.row(_LOCK if self._tx.writes else _LOAD, {"person": person, "channel": channel.value})
        if row is None:
            return None
        return ConversationRow(person=person, channel=channel, state=json.loads(row.state), version=row.version)

    async def save(self, row: ConversationRow) -> None:
        """Inserts or replaces."""
        values = {
            "person": row.person, "channel": row.channel.value, "version": row.version, "state": to_text(row.state),
        }  # fmt: skip
        self._tx.write_later(_SAVE, values)


class SqlQuestions:
    """See ``handlers.ports.Questions``."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, asked: Asked) -> None:
        """Keeps one."""
        values = {
            "id": asked.id, "person": asked.person, "channel": asked.channel.value, "question": asked.question,
            "verdict": asked.verdict, "entry": asked.entry, "confidence": asked.confidence,
            "candidates": to_text(asked.candidates), "release": asked.release, "at": asked.at,
            "helpful": asked.helpful, "feedback_at": None, "test": asked.test,
        }  # fmt: skip
        self._tx.write_later(_ASKED, values)
        self._tx.after_commit(metrics.QUESTIONS.labels(asked.verdict).inc)

    async def get(self, asked: str) -> Asked | None:
        """One by id."""
        row = await self._tx.row(_ONE, {"id": asked})
        return None if row is None else asked_of(row)

    async def feedback(self, asked: str, person: PersonId, *, helpful: bool, at: datetime) -> bool:
        """Keeps the press; False if it is not that person's question."""
        values = {"asked": asked, "by": person, "yes": helpful, "moment": at}
        return await self._tx.write(_FEEDBACK, values) == 1


def asked_of(row: AnyRow) -> Asked:
    """The value of a row of ``questions``."""
    return Asked(
        id=row.id, person=PersonId(row.person), channel=Channel(row.channel), question=row.question,
        verdict=row.verdict, entry=row.entry, confidence=row.confidence,
        candidates=tuple((entry, phrase, sure) for entry, phrase, sure in json.loads(row.candidates)),
        release=row.release, at=row.at, helpful=row.helpful, test=row.test,
    )  # fmt: skip
