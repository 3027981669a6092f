"""Web sessions as rows (revocable at once), passwords' digests and the counters behind rate limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bot.store.put import put
from bot.store.tables import counters, passwords, sessions
from bot.store.transaction import AnyRow, Transaction
from desk.people import PersonId

SEEN_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser. ``digest`` is that of the cookie's secret; ``kind`` is device (anonymous owner) or login (staff)."""

    digest: str
    person: PersonId
    kind: str
    csrf: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


_ADD: Final = insert(sessions)
_GET: Final = select(sessions).where(
    sessions.c.digest == bindparam("which"), sessions.c.expires_at > bindparam("moment")
)
_SEEN: Final = (
    update(sessions)
    .where(sessions.c.digest == bindparam("which"), sessions.c.seen_at < bindparam("before"))
    .values(seen_at=bindparam("moment"), expires_at=bindparam("until"))
)
_OF: Final = select(sessions).where(sessions.c.person == bindparam("who")).order_by(sessions.c.seen_at.desc())
_REVOKE: Final = delete(sessions).where(sessions.c.digest == bindparam("which"))
_REVOKE_ALL: Final = delete(sessions).where(
    sessions.c.person == bindparam("who"), sessions.c.digest != bindparam("but")
)
_MOVE: Final = update(sessions).where(sessions.c.digest == bindparam("which")).values(person=bindparam("who"))
_EXPIRED: Final = delete(sessions).where(sessions.c.expires_at <= bindparam("moment"))
_PASSWORD: Final = select(passwords.c.person, passwords.c.hash).where(passwords.c.login == bindparam("login"))
_PUT_PASSWORD: Final = put(passwords)
_COUNTER: Final = select(counters).where(counters.c.key == bindparam("which")).with_for_update()
_PUT_COUNTER: Final = put(counters)
_OLD_COUNTERS: Final = delete(counters).where(counters.c.ends <= bindparam("moment"))
_CLEAR: Final = delete(counters).where(counters.c.key == bindparam("which"))


class SqlSessions:
    """Inside one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, session: Session) -> None:
        """A new browser."""
        values = {name: getattr(session, name) for name in Session.__slots__}
        self._tx.write_later(_ADD, values)

    async def get(self, digest: str, at: datetime) -> Session | None:
        """The session, or None once it expired or was revoked."""
        row = await self._tx.row(_GET, {"which": digest, "moment": at})
        return None if row is None else _session(row)

    async def seen(self, digest: str, at: datetime, expires_at: datetime) -> None:
        """Prolongs it; written at most once a minute."""
        values = {"which": digest, "before": at - SEEN_EVERY, "moment": at, "until": expires_at}
        self._tx.write_later(_SEEN, values)

    async def of(self, person: PersonId) -> Sequence[Session]:
        """The person's browsers, last seen first."""
        return [_session(row) for row in await self._tx.rows(_OF, {"who": person})]

    async def revoke(self, digest: str) -> None:
        """Ends one."""
        self._tx.write_later(_REVOKE, {"which": digest})

    async def revoke_all(self, person: PersonId, *, but: str = "") -> int:
        """Ends all of a person's, except one; how many."""
        return await self._tx.write(_REVOKE_ALL, {"who": person, "but": but})

    async def hand_to(self, digest: str, person: PersonId) -> None:
        """The browser becomes another person's (an anonymous device that opened a case by 取件码)."""
        self._tx.write_later(_MOVE, {"which": digest, "who": person})

    async def tidy(self, at: datetime) -> int:
        """Drops expired sessions and counters."""
        await self._tx.write(_OLD_COUNTERS, {"moment": at})
        return await self._tx.write(_EXPIRED, {"moment": at})

    async def password(self, login: str) -> tuple[PersonId, str] | None:
        """Whose login it is and the argon2 hash."""
        row = await self._tx.row(_PASSWORD, {"login": login})
        return None if row is None else (PersonId(row.person), row.hash)

    async def set_password(self, person: PersonId, login: str, digest: str) -> bool:
        """Keeps an argon2 hash; False if the login name is another person's."""
        taken = await self.password(login)
        if taken is not None and taken[0] != person:
            return False
        self._tx.write_later(_PUT_PASSWORD, {"person": person, "login": login, "hash": digest})
        return True

    async def hit(self, key: str, *, limit: int, per: timedelta, at: datetime) -> timedelta | None:
        """Counts one attempt in a window of ``per``; None: allowed, else how long to wait. Survives restarts."""

        def act(connection: Connection) -> timedelta | None:
            row = connection.execute(_COUNTER, {"which": key}).first()
            fresh = row is None or row.ends <= at
            values: dict[str, Any] = {"key": key, "since": at, "ends": at + per, "hits": 1}
            if row is not None and not fresh:
                if row.hits >= limit:
                    wait: timedelta = row.ends - at
                    return wait
                values = {"key": key, "since": row.since, "ends": row.ends, "hits": row.hits + 1}
            connection.execute(_PUT_COUNTER, values)
            return None

        return await self._tx.run(act)

    async def clear(self, key: str) -> None:
        """Forgets the attempts (after a success)."""
        self._tx.write_later(_CLEAR, {"which": key})


def _session(row: AnyRow) -> Session:
    return Session(
        digest=row.digest, person=PersonId(row.person), kind=row.kind, csrf=row.csrf, created_at=row.created_at,
        seen_at=row.seen_at, expires_at=row.expires_at,
    )  # fmt: skip
