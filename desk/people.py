"""Who takes part: roles, professions, levels, and what routing must know of a member of staff.

How a person is reached (e-mail, chat) is not here: the desk never sends anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NewType

PersonId = NewType("PersonId", str)
EnterpriseId = NewType("EnterpriseId", str)


class Role(StrEnum):
    """What a person may be; everybody may be an owner, staff roles come by invitation."""

    OWNER = "owner"
    JUDGE = "judge"
    PROSECUTOR = "prosecutor"
    POLICE = "police"
    LAWYER = "lawyer"
    BUREAU = "bureau"
    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"


EXPERTS = frozenset({Role.JUDGE, Role.PROSECUTOR, Role.POLICE, Role.LAWYER, Role.BUREAU})
OFFICIALS = EXPERTS - {Role.LAWYER}


class Level(IntEnum):
    """Where 提级 goes: county → city → province."""

    COUNTY = 1
    CITY = 2
    PROVINCE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Away from ``start`` (inclusive) to ``end`` (exclusive); aware datetimes."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One human being. ``region`` is a path such as ``浙江省/湖州市/德清县``; ``topics`` empty means every topic.

    ``unit`` is the office or firm; ``enterprise`` the company on file of an owner or employee.
    ``test`` marks demo and staff traffic that no figure counts.
    """

    id: PersonId
    name: str = ""
    roles: frozenset[Role] = frozenset({Role.OWNER})
    unit: str = ""
    level: Level = Level.COUNTY
    region: str = ""
    topics: frozenset[str] = frozenset()
    absences: tuple[Absence, ...] = ()
    enterprise: EnterpriseId | None = None
    active: bool = True
    test: bool = False

    @property
    def staff(self) -> bool:
        """Whether any role was given by invitation."""
        return bool(self.roles - {Role.OWNER})

    def has(self, role: Role) -> bool:
        """Whether the person is active and holds the role."""
        return self.active and role in self.roles

    def absent(self, at: datetime) -> bool:
        """Whether the person is away at that moment."""
        return any(item.start <= at < item.end for item in self.absences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What routing weighs of one expert: open cases, enterprises served as liaison (挂联), on the rota, last given."""

    person: Person
    open_cases: int = 0
    liaison_for: frozenset[EnterpriseId] = frozenset()
    on_rota: bool = False
    last_assigned: datetime | None = None
