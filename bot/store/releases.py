"""Releases and drafts of the FAQ base: immutable content, one of them active."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select, update

from bot.store.codec import to_text
from bot.store.tables import release_contents, releases
from bot.store.transaction import AnyRow, Transaction
from desk.people import PersonId
from handlers.records import ReleaseRow
from knowledge.entry import Entry
from knowledge.errors import NoSuchRelease
from knowledge.releases import deserialise, serialise

_ADD: Final = insert(releases)
_CONTENT: Final = insert(release_contents)
_GET: Final = select(releases).where(releases.c.id == bindparam("release"))
_BY_NUMBER: Final = select(releases).where(releases.c.number == bindparam("number"))
_ACTIVE: Final = select(releases).where(releases.c.active)
_BODY: Final = select(release_contents.c.body).where(release_contents.c.release == bindparam("release"))
_HISTORY: Final = select(releases).order_by(releases.c.at.desc(), releases.c.number.desc()).limit(bindparam("most"))
_NEXT: Final = select(func.coalesce(func.max(releases.c.number), 0) + 1)
_LOCK: Final = select(releases.c.id).with_for_update()
_NONE_ACTIVE: Final = update(releases).where(releases.c.active).values(active=False)
_PUBLISH: Final = (
    update(releases)
    .where(releases.c.id == bindparam("release"), releases.c.number.is_(None))
    .values(
        number=bindparam("next_number"), active=True, waiting_approval=False, approver=bindparam("who"),
        at=bindparam("moment"),
    )
)  # fmt: skip
_ACTIVATE: Final = update(releases).where(releases.c.number == bindparam("which")).values(active=True)
_WAIT: Final = update(releases).where(releases.c.id == bindparam("release")).values(waiting_approval=True)


class SqlReleases:
    """See ``handlers.ports.Releases``."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def active(self) -> ReleaseRow | None:
        """The serving release."""
        return _release(await self._tx.row(_ACTIVE))

    async def entries(self, release: str) -> Sequence[Entry]:
        """The content of a release or draft. Raises NoSuchRelease."""
        row = await self._tx.row(_BODY, {"release": release})
        if row is None:
            raise NoSuchRelease(release)
        return await asyncio.to_thread(deserialise, row.body)

    async def add_draft(self, row: ReleaseRow, entries: Sequence[Entry]) -> None:
        """A draft (number None)."""
        body = await asyncio.to_thread(serialise, entries)
        values = {
            "id": row.id, "number": None, "content_hash": row.content_hash, "author": row.author,
            "approver": row.approver, "note": row.note, "at": row.at, "active": False, "entries": row.entries,
            "high_risk": to_text(row.high_risk), "waiting_approval": row.waiting_approval, "parent": row.parent,
        }  # fmt: skip
        self._tx.write_later(_ADD, values)
        self._tx.write_later(_CONTENT, {"release": row.id, "body": body})
        self._tx.touch("drafts")

    async def get(self, release: str) -> ReleaseRow | None:
        """By id."""
        return _release(await self._tx.row(_GET, {"release": release}))

    async def by_number(self, number: int) -> ReleaseRow | None:
        """By release number."""
        return _release(await self._tx.row(_BY_NUMBER, {"number": number}))

    async def history(self, limit: int = 50) -> Sequence[ReleaseRow]:
        """Newest first, drafts included."""
        rows = await self._tx.rows(_HISTORY, {"most": limit})
        return [made for row in rows if (made := _release(row)) is not None]

    async def publish(self, release: str, *, approver: PersonId | None, at: datetime) -> ReleaseRow:
        """Gives the draft the next number and makes it the active one. Raises NoSuchRelease if it is no draft."""

        def act(connection: Connection) -> bool:
            connection.execute(_LOCK).all()
            number = connection.execute(_NEXT).scalar_one()
            connection.execute(_NONE_ACTIVE)
            values = {"release": release, "next_number": number, "who": approver, "moment": at}
            return connection.execute(_PUBLISH, values).rowcount == 1

        return await self._switch(act, _GET, {"release": release}, release)

    async def activate(self, number: int, *, by: PersonId | None, at: datetime) -> ReleaseRow:
        """Rollback: an earlier release becomes active again. Raises NoSuchRelease. Who and when is the audit's."""
        del by, at

        def act(connection: Connection) -> bool:
            connection.execute(_LOCK).all()
            connection.execute(_NONE_ACTIVE)
            return connection.execute(_ACTIVATE, {"which": number}).rowcount == 1

        return await self._switch(act, _BY_NUMBER, {"number": number}, str(number))

    async def wait_for_approval(self, release: str) -> None:
        """Marks a draft as waiting for a second person."""
        self._tx.write_later(_WAIT, {"release": release})
        self._tx.touch("drafts")

    async def discard(self, release: str) -> None:
        """Drops a draft; a release stays."""
        draft = select(releases.c.id).where(releases.c.id == release, releases.c.number.is_(None))
        self._tx.later(
            lambda connection: connection.execute(
                delete(release_contents).where(release_contents.c.release.in_(draft.scalar_subquery()))
            )
        )
        self._tx.later(
            lambda connection: connection.execute(
                delete(releases).where(releases.c.id == release, releases.c.number.is_(None))
            )
        )
        self._tx.touch("drafts")

    async def _switch(
        self, act: Callable[[Connection], bool], statement: Select[Any], values: dict[str, Any], name: str
    ) -> ReleaseRow:
        async with self._tx.savepoint():
            if not await self._tx.run(act):
                raise NoSuchRelease(name)
        self._tx.touch("releases")
        made = _release(await self._tx.row(statement, values))
        if made is None:
            raise NoSuchRelease(name)
        return made


def _release(row: AnyRow | None) -> ReleaseRow | None:
    if row is None:
        return None
    return ReleaseRow(
        id=row.id, number=row.number, content_hash=row.content_hash, author=row.author and PersonId(row.author),
        approver=row.approver and PersonId(row.approver), note=row.note, at=row.at, active=row.active,
        entries=row.entries, high_risk=tuple(json.loads(row.high_risk)), waiting_approval=row.waiting_approval,
        parent=row.parent,
    )  # fmt: skip
