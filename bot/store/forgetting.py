"""Deleting a person's words: texts, contacts, consents, files. Ids, times, statuses, events and audit stay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, ScalarSelect, delete, or_, select, update
from sqlalchemy.sql.dml import Delete, Update

from bot.store import codec
from bot.store.blobs import Blobs
from bot.store.put import put
from bot.store.tables import (
    case_facts,
    case_messages,
    case_notes,
    cases,
    chat_heads,
    chat_lines,
    consents,
    contacts,
    conversations,
    files,
    forgotten,
    inbox,
    invitations,
    liaisons,
    outbox,
    passwords,
    people,
    person_roles,
    questions,
    rota,
    sessions,
    telegram_messages,
)
from bot.store.transaction import Transaction
from desk.case import FileId, Status
from desk.people import Person, PersonId

_FORGOTTEN: Final = put(forgotten)


async def forget(
    tx: Transaction, blobs: Blobs, person: PersonId, at: datetime, *, open_cases_too: bool = False
) -> Mapping[str, int]:
    """Deletes; returns counts by kind. Bytes of files go after the commit.

    ``open_cases`` counts cases whose text stays because they are still open. ``open_cases_too`` is for a restored
    backup, in which cases may be open that were withdrawn before the deletion it repeats.
    """
    counts, gone = await tx.run(lambda connection: _delete(connection, person, at, every=open_cases_too))

    def discard() -> None:
        for file in gone:
            blobs.discard(file)

    tx.after_commit(discard)
    tx.touch(f"forgotten:{person}")
    return counts


def _delete(
    connection: Connection, person: PersonId, at: datetime, *, every: bool
) -> tuple[dict[str, int], list[FileId]]:
    still_open = [
        row.id
        for row in connection.execute(
            select(cases.c.id).where(cases.c.owner == person, cases.c.status != Status.CLOSED.value)
        )
    ]
    mine = select(cases.c.id).where(cases.c.owner == person)
    ended = (mine if every else mine.where(cases.c.status == Status.CLOSED.value)).scalar_subquery()
    here = or_(files.c.case.in_(ended), (files.c.person == person) & (files.c.case.is_(None)))
    gone = [FileId(row.id) for row in connection.execute(select(files.c.id).where(here))]
    counts: dict[str, int] = {}
    for kind, statement in (_statements(connection, person, ended) | _told_to_others(ended, at)).items():
        counts[kind] = connection.execute(statement).rowcount
    counts["files"] = connection.execute(delete(files).where(files.c.id.in_(gone))).rowcount if gone else 0
    counts["open_cases"] = 0 if every else len(still_open)
    row = connection.execute(select(people.c.body).where(people.c.id == person)).first()
    if row is not None:
        empty = Person(id=person, roles=frozenset(), active=False, test=codec.loads(Person, row.body).test)
        values = {"name": "", "active": False, "staff": False, "body": codec.dumps(empty)}
        connection.execute(update(people).where(people.c.id == person), values)
    connection.execute(_FORGOTTEN, {"person": person, "at": at})
    return counts, gone


def _statements(connection: Connection, person: PersonId, ended: ScalarSelect[str]) -> dict[str, Delete | Update]:
    chat = connection.execute(select(contacts.c.telegram_chat).where(contacts.c.person == person)).scalar()
    lanes = [f"web:{person}", *([] if chat is None else [f"telegram:{chat}"])]
    return {
        "case_facts": delete(case_facts).where(case_facts.c.case.in_(ended)),
        "case_messages": delete(case_messages).where(case_messages.c.case.in_(ended)),
        "notes": delete(case_notes).where(case_notes.c.case.in_(ended)),
        "chat_lines": delete(chat_lines).where(chat_lines.c.person == person),
        "chat": delete(chat_heads).where(chat_heads.c.person == person),
        "questions": update(questions).where(questions.c.person == person).values(question="", candidates="[]"),
        "conversations": delete(conversations).where(conversations.c.person == person),
        "inbox": delete(inbox).where(inbox.c.lane.in_(lanes)),
        "outbox": delete(outbox).where(outbox.c.person == person),
        "messages_shown": delete(telegram_messages).where(telegram_messages.c.chat == (chat or 0)),
        "contacts": delete(contacts).where(contacts.c.person == person),
        "consents": delete(consents).where(consents.c.person == person),
        "sessions": delete(sessions).where(sessions.c.person == person),
        "passwords": delete(passwords).where(passwords.c.person == person),
        "invitations": delete(invitations).where(
            or_(invitations.c.used_by == person, invitations.c.body.contains(f'"person":"{person}"'))
        ),
        "roles": delete(person_roles).where(person_roles.c.person == person),
        "liaisons": delete(liaisons).where(liaisons.c.person == person),
        "rota": delete(rota).where(rota.c.person == person),
    }


def _told_to_others(ended: ScalarSelect[str], at: datetime) -> dict[str, Delete | Update]:
    """What others were told of the person's ended cases before now (the word of the withdrawal itself goes out)."""
    return {
        "told_on_the_web": delete(chat_lines).where(chat_lines.c.case.in_(ended), chat_lines.c.at < at),
        "told_outside": delete(outbox).where(outbox.c.case.in_(ended), outbox.c.queued_at < at),
    }
