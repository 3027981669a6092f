"""Who gets a case: liaison (挂联) first, then the rota, then the lowest load, then whoever had nothing for longest.

Profession, level, region and topic must fit; never an absent person, never one who is excluded or in conflict.
Pure: the members with their load come as an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ruamel.yaml import YAML

from desk.calendar import Calendar
from desk.case import Case
from desk.people import EnterpriseId, Level, Member, Person, PersonId, Role


class Criterion(StrEnum):
    """What may decide among people who fit."""

    CONTINUITY = "continuity"
    LIAISON = "liaison"
    OWN_REGION = "own_region"
    ROTA = "rota"
    LOAD = "load"
    IDLE = "idle"


class Unfit(StrEnum):
    """Why a person cannot take a case; in this order they are reported."""

    PROFESSION = "profession"
    OWN_CASE = "own_case"
    EXCLUDED = "excluded"
    EXCLUDED_UNIT = "excluded_unit"
    CONFLICT = "conflict"
    LEVEL = "level"
    REGION = "region"
    TOPIC = "topic"
    ABSENT = "absent"
    OFF_DUTY = "off_duty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a case asks of the person. ``exact_level``: nobody from another level (after 提级)."""

    owner: PersonId
    role: Role
    level: Level
    region: str
    topic: str = ""
    exact_level: bool = False
    enterprise: EnterpriseId | None = None
    opponent: EnterpriseId | None = None
    excluded: frozenset[PersonId] = frozenset()
    excluded_units: frozenset[str] = frozenset()
    prefer: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRules:
    """What ``routing.yaml`` says."""

    order: tuple[Criterion, ...] = tuple(Criterion)
    widen_level: bool = True
    neighbours: frozenset[Role] = frozenset({Role.JUDGE})


DEFAULT_RULES: Final = RoutingRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """The outcome. ``why``: the criteria that decided, or, with nobody found, what stood in the way (codes).

    ``earliest`` (only with nobody found): when somebody who fits is next on duty; None: there is no such person.
    """

    person: Person | None
    why: tuple[str, ...]
    earliest: datetime | None = None


def need_of(case: Case, *, role: Role | None = None) -> Need:
    """What a case needs now; for a hand-over, of the given profession.

    After 提级 the level is binding; those who had the case before it are among ``refused_by``. A case that the owner
    reopened prefers the one who knows it.
    """
    raised = case.awaiting_sign_off or (case.round > 1 and case.level > Level.COUNTY)
    handed = case.handover is not None or role is not None
    giver = frozenset({case.responsible}) if handed and case.responsible is not None else frozenset[PersonId]()
    return Need(
        owner=case.owner,
        role=role or (case.handover.role if case.handover else case.role),
        level=case.level,
        region=case.region,
        topic=case.topic,
        exact_level=raised and not handed,
        enterprise=case.enterprise,
        opponent=case.opponent,
        excluded=case.refused_by | giver,
        excluded_units=case.excluded_units,
        prefer=None if handed else case.responsible,
    )


def under(path: str, root: str) -> bool:
    """Whether a region path is the root or lies below it; everything lies below the empty path."""
    return root in {"", "全国"} or path == root or path.startswith(f"{root}/")


def region_fits(person: str, case: str) -> bool:
    """Whether a person's region and a case's go together: one lies in the other."""
    return under(case, person) or under(person, case)


def unfit(person: Person, need: Need, at: datetime, rules: RoutingRules = DEFAULT_RULES) -> Unfit | None:
    """The first reason why the person cannot take the case (levels above are judged by ``route``); None: fits."""
    checks: tuple[tuple[Unfit, bool], ...] = (
        (Unfit.PROFESSION, not person.has(need.role)),
        (Unfit.OWN_CASE, person.id == need.owner),
        (Unfit.EXCLUDED, person.id in need.excluded),
        (Unfit.EXCLUDED_UNIT, bool({person.unit, person.region} & need.excluded_units - {""})),
        (Unfit.CONFLICT, need.opponent is not None and person.enterprise == need.opponent),
        (Unfit.LEVEL, person.level != need.level if need.exact_level else person.level < need.level),
        (Unfit.REGION, not _region(person, need, rules)),
        (Unfit.TOPIC, bool(person.topics) and bool(need.topic) and need.topic not in person.topics),
        (Unfit.ABSENT, person.absent(at)),
    )
    return next((code for code, failed in checks if failed), None)


def fits(person: Person, case: Case, at: datetime) -> bool:
    """Whether an unassigned case, or its pending hand-over, could go to the person."""
    return unfit(person, need_of(case), at) is None


def route(
    need: Need,
    members: Sequence[Member],
    *,
    at: datetime,
    calendar: Calendar,
    rules: RoutingRules = DEFAULT_RULES,
    on_duty: bool = True,
) -> Routing:
    """Finds the person, or says why nobody is found and when somebody is next on duty.

    On duty is who is on the rota, and in working time everybody who is not absent. ``on_duty`` False finds people
    off duty too (an offer that may wait for the morning).
    """
    is_open = calendar.is_open(at) or not on_duty
    theirs = _bound(need, members)
    obstacles = {
        one.person.id: Unfit.CONFLICT if one.person.id in theirs else _obstacle(one, need, at, rules, is_open=is_open)
        for one in members
    }
    levels = sorted({member.person.level for member in members if obstacles[member.person.id] in _PRESENCE})
    if not rules.widen_level:
        levels = [level for level in levels if level == need.level]
    for level in levels:
        free = [item for item in members if item.person.level == level and obstacles[item.person.id] is None]
        if free:
            return _best(free, need, rules)
    later = [item for item in members if item.person.level in levels and obstacles[item.person.id] in _PRESENCE]
    if later:
        why = _why(obstacles[item.person.id] for item in later)
        return Routing(person=None, why=why, earliest=_earliest(later, at, calendar))
    return Routing(person=None, why=_why(obstacles.values()) or ("no_such_expert",))


_PRESENCE: Final = frozenset({None, Unfit.ABSENT, Unfit.OFF_DUTY})
"""Obstacles that pass by themselves."""


def _bound(need: Need, members: Sequence[Member]) -> frozenset[PersonId]:
    """Who serves the other party as liaison; with a lawyer, everybody of the same firm."""
    if need.opponent is None:
        return frozenset()
    serving = [member.person for member in members if need.opponent in member.liaison_for]
    firms = {person.unit for person in serving if person.has(Role.LAWYER)} - {""}
    colleagues = {one.person.id for one in members if need.role is Role.LAWYER and one.person.unit in firms}
    return frozenset({person.id for person in serving} | colleagues)


def _obstacle(member: Member, need: Need, at: datetime, rules: RoutingRules, *, is_open: bool) -> Unfit | None:
    found = unfit(member.person, need, at, rules)
    if found is None and not (is_open or member.on_rota):
        return Unfit.OFF_DUTY
    return found


def _region(person: Person, need: Need, rules: RoutingRules) -> bool:
    if region_fits(person.region, need.region):
        return True
    return bool(need.excluded_units) and need.role in rules.neighbours and under(person.region, _parent(need.region))


def _parent(region: str) -> str:
    return region.rpartition("/")[0] or region


_KEYS: Final[Mapping[Criterion, Callable[[Member, Need], float]]] = MappingProxyType(
    {
        Criterion.CONTINUITY: lambda member, need: member.person.id != need.prefer,
        Criterion.LIAISON: lambda member, need: need.enterprise not in member.liaison_for,
        Criterion.OWN_REGION: lambda member, need: not region_fits(member.person.region, need.region),
        Criterion.ROTA: lambda member, _: not member.on_rota,
        Criterion.LOAD: lambda member, _: member.open_cases,
        Criterion.IDLE: lambda member, _: member.last_assigned.timestamp() if member.last_assigned else float("-inf"),
    }
)


def _best(free: Sequence[Member], need: Need, rules: RoutingRules) -> Routing:
    why = list[str]()
    left = list(free)
    for criterion in rules.order:
        values = [_KEYS[criterion](member, need) for member in left]
        best = min(values)
        if best < max(values) or (len(left) == 1 and criterion in _MARKS and not best):
            why.append(criterion)
        left = [member for member, value in zip(left, values, strict=True) if value == best]
    chosen = min(left, key=lambda member: member.person.id)
    return Routing(person=chosen.person, why=tuple(why) or ("only_one",))


_MARKS: Final = frozenset({Criterion.CONTINUITY, Criterion.LIAISON, Criterion.ROTA})
"""Criteria worth naming even where nobody else was left to compare with."""


def _why(obstacles: Iterable[Unfit | None]) -> tuple[str, ...]:
    met = set(obstacles)
    return tuple(code for code in Unfit if code in met)


def _earliest(members: Sequence[Member], at: datetime, calendar: Calendar) -> datetime:
    return min(calendar.next_opening(_back(member.person, at)) for member in members)


def _back(person: Person, at: datetime) -> datetime:
    """When the person is there again; absences may follow one another."""
    for item in sorted(person.absences, key=lambda absence: absence.start):
        if item.start <= at < item.end:
            at = item.end
    return at


def load_rules(path: Path | None = None) -> RoutingRules:
    """The rules of a YAML file (the shipped ``routing.yaml`` without one). Raises ValueError naming the file."""
    source = path or Path(__file__).with_name("routing.yaml")
    data: dict[str, Any] = YAML(typ="safe").load(source.read_text(encoding="utf-8")) or {}
    try:
        return RoutingRules(
            order=tuple(Criterion(item) for item in data["order"]),
            widen_level=bool(data["widen_level"]),
            neighbours=frozenset(Role(item) for item in data["neighbours"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{source.name}: {error}") from error
