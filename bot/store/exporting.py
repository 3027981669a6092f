"""Everything kept of one person, as JSON-ready values: what /privacy hands out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from bot.store.codec import Json
from bot.store.tables import (
    case_events,
    case_facts,
    case_messages,
    cases,
    chat_lines,
    consents,
    contacts,
    conversations,
    files,
    people,
    questions,
    sessions,
)
from bot.store.transaction import Transaction
from desk.people import PersonId

_JSON: Final = frozenset({"body", "state", "candidates", "data"})
_SECRET: Final = frozenset({"digest", "csrf", "key", "pickup_digest"})


async def export(tx: Transaction, person: PersonId) -> Mapping[str, Any]:
    """By kind; staff notes and secrets are not part of it."""

    def act(connection: Connection) -> dict[str, Any]:
        def of(table: Table, column: str, value: str) -> list[dict[str, Any]]:
            found = connection.execute(select(table).where(table.c[column] == value).order_by(*table.primary_key))
            return [_readable(dict(row._mapping)) for row in found]  # noqa: SLF001 - SQLAlchemy's public name

        own = of(cases, "owner", person)
        for each in own:
            each["facts"] = of(case_facts, "case", each["id"])
            each["messages"] = of(case_messages, "case", each["id"])
            each["events"] = of(case_events, "case", each["id"])
        return {
            "person": of(people, "id", person), "contact": of(contacts, "person", person),
            "consents": of(consents, "person", person), "questions": of(questions, "person", person),
            "conversations": of(conversations, "person", person), "chat": of(chat_lines, "person", person),
            "sessions": of(sessions, "person", person), "files": of(files, "person", person), "cases": own,
        }  # fmt: skip

    return await tx.run(act)


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    made = {name: _plain(name, value) for name, value in row.items() if name not in _SECRET}
    body = made.get("body")
    if isinstance(body, dict):
        made["body"] = {name: value for name, value in body.items() if name not in _SECRET | {"v"}}
    return made


def _plain(name: str, value: object) -> Json:
    if name in _JSON and isinstance(value, str):
        return json.loads(value)
    return value.isoformat() if isinstance(value, datetime) else value
