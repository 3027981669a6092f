"""The append-only audit log, chained: each line's MAC covers the one before it, with a key outside the database."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, text

from bot.store.codec import to_text
from bot.store.tables import audit
from bot.store.transaction import AnyRow, Transaction
from desk.people import PersonId

_CHAIN_LOCK: Final = text("SELECT pg_advisory_xact_lock(7311045522902)")
_HEAD: Final = select(audit.c.seq, audit.c.mac).order_by(audit.c.seq.desc()).limit(1)
_ADD: Final = insert(audit)
_AFTER: Final = select(audit).where(audit.c.seq > bindparam("after")).order_by(audit.c.seq).limit(bindparam("most"))
_BACK: Final = (
    select(audit).where(audit.c.seq < bindparam("before")).order_by(audit.c.seq.desc()).limit(bindparam("most"))
)
_BEYOND: Final = 2**31 - 1
_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """Who did or read what: codes and ids only."""

    seq: int
    at: datetime
    actor: PersonId | None
    what: str
    on: str
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``broken_at`` is the first line that does not fit its MAC or its number; None: all ``lines`` are as written."""

    lines: int
    broken_at: int | None
    head: str


class SqlAudit:
    """See ``handlers.ports.Audit``."""

    def __init__(self, tx: Transaction, key: bytes) -> None:
        self._tx = tx
        self._key = key

    async def write(
        self, *, at: datetime, actor: PersonId | None, what: str, on: str, detail: Mapping[str, str]
    ) -> None:
        """One line."""
        values: dict[str, Any] = {"at": at, "actor": actor, "what": what, "on": on, "detail": to_text(dict(detail))}
        dialect = self._tx.dialect

        def act(connection: Connection) -> None:
            if dialect == "postgresql":
                connection.execute(_CHAIN_LOCK)
            head = connection.execute(_HEAD).first()
            seq, before = (1, "") if head is None else (head.seq + 1, head.mac)
            mac = _mac(self._key, before, {**values, "seq": seq})
            connection.execute(_ADD, {**values, "seq": seq, "mac": mac})

        self._tx.later(act)
        self._tx.touch("audit")

    async def lines(self, *, before: int = _BEYOND, limit: int = 100) -> list[AuditLine]:
        """Newest first."""
        return [_line(row) for row in await self._tx.rows(_BACK, {"before": before, "most": limit})]

    async def verify(self) -> Verdict:
        """Checks every line from the first on. A cut-off end shows only against a ``head`` noted elsewhere."""
        seq, mac = 0, ""
        while page := await self._tx.rows(_AFTER, {"after": seq, "most": _PAGE}):
            for row in page:
                values = {name: getattr(row, name) for name in ("at", "actor", "what", "on", "detail", "seq")}
                right = hmac.compare_digest(row.mac, _mac(self._key, mac, values))
                if row.seq != seq + 1 or not right:
                    return Verdict(lines=seq, broken_at=row.seq, head=mac)
                seq, mac = row.seq, row.mac
        return Verdict(lines=seq, broken_at=None, head=mac)


def _mac(key: bytes, before: str, values: Mapping[str, Any]) -> str:
    line = to_text([before, values["seq"], int(values["at"].timestamp() * 1_000_000), values["actor"], values["what"],
                    values["on"], values["detail"]])  # fmt: skip
    return hmac.new(key, line.encode("utf-8", "surrogatepass"), sha256).hexdigest()


def _line(row: AnyRow) -> AuditLine:
    import json

    return AuditLine(
        seq=row.seq, at=row.at, actor=row.actor and PersonId(row.actor), what=row.what, on=row.on,
        detail=json.loads(row.detail),
    )  # fmt: skip
