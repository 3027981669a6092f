"""Which profession is competent, and who will read what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.case import Case, CaseId, ConsentKind, Handover, Move
from desk.competence import (
    Elsewhere,
    Intake,
    Matter,
    acts_for_other_side,
    competent,
    readers,
    readers_before,
)
from desk.people import EnterpriseId, Role
from tests.desk.house import CLERK, JUDGE, LAWYER, MONDAY, OWNER, POLICE, REGION

FIRM = EnterpriseId("e1")
CASE = Case(id=CaseId("c"), number="", owner=OWNER.id, role=Role.LAWYER, opened_at=MONDAY, region=REGION)


def intake(*matters: Matter, **more: object) -> Intake:
    return Intake(matters=frozenset(matters), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("matters", "role", "lawyer_only"),
    [
        ([Matter.CRIME_VICTIM], Role.POLICE, False),
        ([Matter.CRIME_REPORT], Role.POLICE, False),
        ([Matter.CRIME_REPORT, Matter.DISPUTE], Role.POLICE, False),
        ([Matter.SUSPECTED], Role.LAWYER, True),
        ([Matter.SUSPECTED, Matter.CRIME_VICTIM], Role.LAWYER, True),
        ([Matter.SUSPECTED, Matter.POLICE_REFUSED], Role.LAWYER, True),
        ([Matter.UNCLEAR], Role.LAWYER, True),
        ([Matter.UNCLEAR, Matter.CRIME_VICTIM], Role.LAWYER, True),
        ([], Role.LAWYER, True),
        ([Matter.POLICE_REFUSED], Role.PROSECUTOR, False),
        ([Matter.POLICE_REFUSED, Matter.CRIME_VICTIM], Role.PROSECUTOR, False),
        ([Matter.PROCEDURE], Role.JUDGE, False),
        ([Matter.DISPUTE], Role.LAWYER, False),
        ([Matter.DISPUTE, Matter.PROCEDURE], Role.LAWYER, False),
        ([Matter.RECONSIDERATION], Role.BUREAU, False),
        ([Matter.CREDIT_REPAIR], Role.BUREAU, False),
        ([Matter.JOINT_INSPECTION], Role.BUREAU, False),
        ([Matter.HARASSMENT], Role.BUREAU, False),
        ([Matter.ADVICE], Role.LAWYER, False),
    ],
)
def test_the_competent_profession(matters: list[Matter], role: Role, lawyer_only: bool) -> None:
    found = competent(intake(*matters))
    assert (found.role, found.lawyer_only) == (role, lawyer_only)


@given(st.frozensets(st.sampled_from(Matter)), st.booleans(), st.sampled_from([None, FIRM]))
def test_whoever_may_be_suspected_is_read_by_a_lawyer_alone(
    matters: frozenset[Matter], employee: bool, employer: EnterpriseId | None
) -> None:
    found = competent(Intake(matters=matters, employee=employee, employer=employer))
    if not matters or matters & {Matter.SUSPECTED, Matter.UNCLEAR}:
        assert readers_before(found) == (Role.LAWYER,)
        assert found.lawyer_only
    if employee and employer and found.role is Role.LAWYER:
        assert found.lawyer_only
        assert found.opponent == employer


def test_an_employee_with_the_employer_on_file_is_sent_elsewhere_not_to_its_lawyer() -> None:
    found = competent(intake(Matter.DISPUTE, employee=True, employer=FIRM))
    assert (found.role, found.elsewhere) == (None, (Elsewhere.LABOUR_HOTLINE, Elsewhere.LEGAL_AID))
    assert competent(intake(Matter.DISPUTE, employee=True)).role is Role.LAWYER
    assert competent(intake(Matter.CRIME_VICTIM, employee=True, employer=FIRM)).role is Role.POLICE
    suspect = competent(intake(Matter.SUSPECTED, employee=True, employer=FIRM))
    assert (suspect.role, suspect.opponent, suspect.elsewhere) == (Role.LAWYER, FIRM, (Elsewhere.LEGAL_AID,))


def test_a_procedure_is_kept_from_the_court_of_the_dispute_or_from_the_courts_of_the_place() -> None:
    assert competent(intake(Matter.PROCEDURE, court="德清县法院")).excluded_units == {"德清县法院"}
    assert competent(intake(Matter.PROCEDURE, region=REGION)).excluded_units == {REGION}
    assert competent(intake(Matter.ADVICE, court="德清县法院", region=REGION)).excluded_units == frozenset()


def test_the_readers_are_the_profession_the_recording_clerk_and_an_allowed_successor() -> None:
    assert readers(CASE) == (Role.LAWYER,)
    assert readers(replace(CASE, recorded_by=CLERK.id)) == (Role.LAWYER, Role.CLERK)
    offer = Handover(
        kind=Move.TRANSFER, by=LAWYER.id, to=POLICE.id, role=Role.POLICE, reason="", since=MONDAY, until=MONDAY
    )
    offered = replace(CASE, handover=offer)
    assert readers(offered) == (Role.LAWYER,)
    agreed = replace(offered, consents=frozenset({ConsentKind.TO_OFFICIAL}))
    assert readers(agreed) == (Role.LAWYER, Role.POLICE)
    assert readers_before(competent(intake(Matter.CRIME_REPORT)), recorded=True) == (Role.POLICE, Role.CLERK)


def test_what_is_on_file_already_shows_a_conflict() -> None:
    assert not acts_for_other_side(LAWYER, CASE)
    assert acts_for_other_side(OWNER, CASE)
    assert acts_for_other_side(replace(LAWYER, enterprise=FIRM), replace(CASE, opponent=FIRM))
    assert acts_for_other_side(JUDGE, replace(CASE, excluded_units=frozenset({JUDGE.unit})))
    assert not acts_for_other_side(replace(LAWYER, unit=""), replace(CASE, excluded_units=frozenset({""})))
