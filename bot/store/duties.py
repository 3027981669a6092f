"""Who serves which enterprise (挂联) and who is on the rota: what the console writes and routing reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select

from bot.store.put import put, put_new
from bot.store.tables import liaisons, rota
from bot.store.transaction import Transaction
from desk.people import EnterpriseId, PersonId

_SERVE: Final = put_new(liaisons)
_LEAVE: Final = delete(liaisons).where(
    liaisons.c.person == bindparam("who"), liaisons.c.enterprise == bindparam("company")
)
_DUTY: Final = put(rota)
_NO_DUTY: Final = delete(rota).where(rota.c.person == bindparam("who"), rota.c.start == bindparam("since"))
_DUTIES: Final = (
    select(rota).where(rota.c.end > bindparam("moment")).order_by(rota.c.start, rota.c.person).limit(bindparam("most"))
)


class SqlDuties:
    """Inside one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def liaison(self, person: PersonId, enterprise: EnterpriseId, *, serves: bool) -> None:
        """Names or releases a liaison officer of an enterprise."""
        if serves:
            self._tx.write_later(_SERVE, {"person": person, "enterprise": enterprise})
        else:
            self._tx.write_later(_LEAVE, {"who": person, "company": enterprise})

    async def put_on_rota(self, person: PersonId, start: datetime, end: datetime) -> None:
        """On duty from ``start`` (inclusive) to ``end`` (exclusive)."""
        self._tx.write_later(_DUTY, {"person": person, "start": start, "end": end})

    async def take_off_rota(self, person: PersonId, start: datetime) -> None:
        """Drops the duty that begins at ``start``."""
        self._tx.write_later(_NO_DUTY, {"who": person, "since": start})

    async def rota(self, at: datetime, *, limit: int = 200) -> Sequence[tuple[PersonId, datetime, datetime]]:
        """Present and coming duties (person, start, end), soonest first."""
        rows = await self._tx.rows(_DUTIES, {"moment": at, "most": limit})
        return [(PersonId(row.person), row.start, row.end) for row in rows]
