"""Which profession is competent, and who will read a case: decided before anything is sent, shown to the owner.

In doubt always the narrower circle: a lawyer, and nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from desk.case import Case, ConsentKind
from desk.people import OFFICIALS, EnterpriseId, Person, Role


class Matter(StrEnum):
    """What the owner says it is about; several may apply."""

    ADVICE = "advice"  # a legal question
    DISPUTE = "dispute"  # a dispute itself: who is right
    PROCEDURE = "procedure"  # 立案、诉前调解、执行流程
    CRIME_VICTIM = "crime_victim"
    CRIME_REPORT = "crime_report"
    SUSPECTED = "suspected"  # suspected, summoned, detained or searched
    POLICE_REFUSED = "police_refused"  # police do not take the report
    RECONSIDERATION = "reconsideration"  # 复议
    CREDIT_REPAIR = "credit_repair"  # 信用修复
    JOINT_INSPECTION = "joint_inspection"  # 综合查一次
    HARASSMENT = "harassment"  # 执法扰企
    UNCLEAR = "unclear"  # a criminal matter, but on which side


FOR_BUREAU: Final = frozenset(
    {Matter.RECONSIDERATION, Matter.CREDIT_REPAIR, Matter.JOINT_INSPECTION, Matter.HARASSMENT}
)
VICTIM: Final = frozenset({Matter.CRIME_VICTIM, Matter.CRIME_REPORT})


NARROW: Final = frozenset({Matter.SUSPECTED, Matter.UNCLEAR})
"""Where only a lawyer may read: whatever else the owner says."""
ORDER: Final[tuple[tuple[frozenset[Matter], Role], ...]] = (
    (frozenset({Matter.POLICE_REFUSED}), Role.PROSECUTOR),
    (VICTIM, Role.POLICE),
    (frozenset({Matter.DISPUTE}), Role.LAWYER),
    (FOR_BUREAU, Role.BUREAU),
    (frozenset({Matter.PROCEDURE}), Role.JUDGE),
    (frozenset({Matter.ADVICE}), Role.LAWYER),
)
"""Who is competent, the first that applies: a dispute itself never reaches a judge, even with its procedure."""


class Elsewhere(StrEnum):
    """Where else to go; the numbers and addresses are knowledge, not the desk's."""

    LABOUR_HOTLINE = "12333"
    LEGAL_AID = "legal_aid"
    MEDIATION = "mediation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The answers before a case is opened. ``employee``: asks as an employee; ``employer``: the enterprise on file.

    ``court``: the court of the dispute, where named; ``opponent``: the other party, where it is on file.
    """

    matters: frozenset[Matter]
    employee: bool = False
    employer: EnterpriseId | None = None
    opponent: EnterpriseId | None = None
    court: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Competence:
    """Who is competent. ``role`` None: nobody here, only ``elsewhere``. ``why`` is the code of the rule.

    ``opponent`` and ``excluded_units`` go into the case: routing keeps it from whoever is bound to the other side.
    """

    role: Role | None
    lawyer_only: bool = False
    why: str
    elsewhere: tuple[Elsewhere, ...] = ()
    opponent: EnterpriseId | None = None
    excluded_units: frozenset[str] = frozenset()


def competent(intake: Intake) -> Competence:
    """The profession for an intake. No answers at all count as unclear."""
    matters = intake.matters or frozenset({Matter.UNCLEAR})
    against_employer = intake.employee and intake.employer is not None
    opponent = intake.employer if against_employer else intake.opponent
    narrow = matters & NARROW
    if narrow:
        why = "both_sides" if matters & VICTIM and Matter.SUSPECTED in matters else next(iter(sorted(narrow)))
        aid = (Elsewhere.LEGAL_AID,) if against_employer else ()
        return Competence(role=Role.LAWYER, lawyer_only=True, why=why, elsewhere=aid, opponent=opponent)
    role = next((role for some, role in ORDER if matters & some), Role.LAWYER)
    if role not in {Role.PROSECUTOR, Role.POLICE} and against_employer:
        return Competence(role=None, why="employee", elsewhere=(Elsewhere.LABOUR_HOTLINE, Elsewhere.LEGAL_AID))
    # The court of the dispute where it is named, else every court of the place.
    away = frozenset({intake.court or intake.region} - {""}) if role is Role.JUDGE else frozenset[str]()
    why = next((min(matters & some) for some, _ in ORDER if matters & some), Matter.ADVICE)
    mediation = (Elsewhere.MEDIATION,) if why is Matter.DISPUTE else ()
    return Competence(role=role, why=why, elsewhere=mediation, opponent=opponent, excluded_units=away)


def readers_before(competence: Competence, *, recorded: bool = False) -> tuple[Role, ...]:
    """Which professions will read the words of a case that is about to be opened; beside them only the owner."""
    experts = (competence.role,) if competence.role is not None else ()
    return (*experts, Role.CLERK) if recorded else experts


def readers(case: Case) -> tuple[Role, ...]:
    """Which roles read the words of the case now, the competent profession first; the owner is understood.

    A pending hand-over adds its profession, from a lawyer to an official only with the owner's consent.
    """
    found = [case.role]
    offer = case.handover
    if offer is not None and (
        case.role is not Role.LAWYER or offer.role not in OFFICIALS or ConsentKind.TO_OFFICIAL in case.consents
    ):
        found.append(offer.role)
    if case.recorded_by is not None:
        found.append(Role.CLERK)
    return tuple(dict.fromkeys(found))


def acts_for_other_side(person: Person, case: Case) -> bool:
    """Whether what is on file already shows a conflict: own case, the other party's people, an excluded office."""
    theirs = case.opponent is not None and person.enterprise == case.opponent
    barred = bool({person.unit, person.region} & case.excluded_units - {""})
    return person.id == case.owner or theirs or barred
