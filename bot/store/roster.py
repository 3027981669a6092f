"""The people cases can go to, with what routing weighs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, func, or_, select

from bot.store import codec
from bot.store.tables import assignments, cases, liaisons, people, person_roles, rota
from bot.store.transaction import Transaction
from desk.case import Status
from desk.people import EnterpriseId, Member, Person, PersonId, Role

_ONE: Final = select(people.c.body).where(people.c.id == bindparam("person"))
_OF_ROLE: Final = (
    select(people.c.id, people.c.body)
    .join(person_roles, person_roles.c.person == people.c.id)
    .where(person_roles.c.role == bindparam("role"), people.c.active)
    .order_by(people.c.id)
)
_IDS: Final = (
    select(people.c.id)
    .join(person_roles, person_roles.c.person == people.c.id)
    .where(person_roles.c.role == bindparam("role"), people.c.active)
)
_LOAD: Final = (
    select(people.c.id, func.count())
    .join(cases, or_(cases.c.assignee == people.c.id, cases.c.responsible == people.c.id))
    .where(cases.c.status != Status.CLOSED.value, people.c.id.in_(_IDS))
    .group_by(people.c.id)
)
_LIAISONS: Final = select(liaisons.c.person, liaisons.c.enterprise).where(liaisons.c.person.in_(_IDS))
_ROTA: Final = select(rota.c.person).where(
    rota.c.start <= bindparam("moment"), rota.c.end > bindparam("moment"), rota.c.person.in_(_IDS)
)
_LAST: Final = (
    select(assignments.c.person, func.max(assignments.c.at))
    .where(assignments.c.person.in_(_IDS))
    .group_by(assignments.c.person)
)


class SqlRoster:
    """See ``desk.ports.Roster``."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def person(self, person: PersonId) -> Person | None:
        """One person, or None."""
        row = await self._tx.row(_ONE, {"person": person})
        return None if row is None else codec.loads(Person, row.body)

    async def members(self, role: Role, at: datetime) -> Sequence[Member]:
        """Every active person of that role with load, liaison and rota at that moment."""

        def act(connection: Connection) -> list[Member]:
            values = {"role": role.value}
            load = {row[0]: row[1] for row in connection.execute(_LOAD, values)}
            last = {row[0]: row[1] for row in connection.execute(_LAST, values)}
            duty = {row[0] for row in connection.execute(_ROTA, {**values, "moment": at})}
            served: dict[str, set[EnterpriseId]] = {}
            for person, enterprise in connection.execute(_LIAISONS, values):
                served.setdefault(person, set()).add(EnterpriseId(enterprise))
            return [
                Member(
                    person=codec.loads(Person, row.body), open_cases=load.get(row.id, 0),
                    liaison_for=frozenset(served.get(row.id, ())), on_rota=row.id in duty,
                    last_assigned=last.get(row.id),
                )
                for row in connection.execute(_OF_ROLE, values)
            ]  # fmt: skip

        return await self._tx.run(act)

    async def with_role(self, role: Role, *, region: str = "") -> Sequence[Person]:
        """Active people of the role whose region is the given path, above it or below it."""
        found = [codec.loads(Person, row.body) for row in await self._tx.rows(_OF_ROLE, {"role": role.value})]
        return [person for person in found if _same_line(person.region, region)]


def _same_line(one: str, other: str) -> bool:
    return not one or not other or f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")
