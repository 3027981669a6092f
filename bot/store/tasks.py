"""The clerk's phone tasks."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, or_, select, update

from bot.store.put import put_new
from bot.store.tables import cases, tasks
from bot.store.transaction import AnyRow, Transaction
from desk.case import CaseId
from desk.people import PersonId

_ADD: Final = put_new(tasks)
_OPEN: Final = (
    select(tasks.c.id, tasks.c.case, tasks.c.why, tasks.c.at)
    .join(cases, cases.c.id == tasks.c.case, isouter=True)
    .where(
        tasks.c.done_at.is_(None),
        or_(
            bindparam("region") == "",
            cases.c.region == bindparam("region"),
            func.substr(cases.c.region, 1, bindparam("length")) == bindparam("below"),
        ),
    )
    .order_by(tasks.c.at, tasks.c.id)
)
_OF_CASE: Final = (
    select(tasks.c.id, tasks.c.case, tasks.c.why, tasks.c.at)
    .where(tasks.c.case == bindparam("case"), tasks.c.done_at.is_(None))
    .order_by(tasks.c.at, tasks.c.id)
)
_DONE: Final = (
    update(tasks)
    .where(tasks.c.id == bindparam("task"), tasks.c.done_at.is_(None))
    .values(done_at=bindparam("moment"), done_by=bindparam("who"))
)


class SqlTasks:
    """See ``handlers.ports.Tasks``."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, case: CaseId, why: str, *, at: datetime, key: str) -> None:
        """A new task, once for ``key``."""
        values = {"id": secrets.token_hex(8), "key": key, "case": case, "why": why, "at": at}
        self._tx.write_later(_ADD, {**values, "done_at": None, "done_by": None})
        self._tx.touch("tasks")

    async def open(self, *, region: str = "") -> Sequence[tuple[str, CaseId, str, datetime]]:
        """(task id, case, why, since), oldest first; ``region`` is a path prefix."""
        values = {"region": region, "length": len(region) + 1, "below": f"{region}/"}
        return [_task(row) for row in await self._tx.rows(_OPEN, values)]

    async def of_case(self, case: CaseId) -> Sequence[tuple[str, CaseId, str, datetime]]:
        """The open tasks of one case, the same way."""
        return [_task(row) for row in await self._tx.rows(_OF_CASE, {"case": case})]

    async def done(self, task: str, by: PersonId, at: datetime) -> bool:
        """False if it was done already."""
        self._tx.touch("tasks")
        return await self._tx.write(_DONE, {"task": task, "who": by, "moment": at}) == 1


def _task(row: AnyRow) -> tuple[str, CaseId, str, datetime]:
    return row.id, CaseId(row.case), row.why, row.at
