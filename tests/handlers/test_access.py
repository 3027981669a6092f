"""Rights by relation and role, as product.md has them; whoever is nothing to a case is nothing at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desk.case import Case, CaseId, ConsentKind, Handover, InternalNote, Move, Status
from desk.people import Person, PersonId, Role
from handlers.access import MAY, Power, Relation, Right, may, may_read_note, relations, sees
from tests.handlers.desk_house import ADMIN, AUDITOR, CLERK, COLLEAGUE, FAR_CLERK, JUDGE
from tests.handlers.samples import LAWYER, MONDAY, OWNER, POLICE, REGION, SUPERVISOR

NEW = Case(
    id=CaseId("c"), number="FT20261123-0042-7", owner=OWNER.id, role=Role.LAWYER, opened_at=MONDAY, region=REGION,
    assignee=LAWYER.id,
)  # fmt: skip
SIGNED = replace(NEW, status=Status.SIGNED, responsible=LAWYER.id, conflict_cleared=True, experts=(LAWYER.id,))
OFFERED = replace(
    SIGNED,
    handover=Handover(
        kind=Move.TRANSFER, by=LAWYER.id, to=COLLEAGUE.id, role=Role.LAWYER, reason="workload", since=MONDAY,
        until=MONDAY,
    ),
)  # fmt: skip
ALL = frozenset(Right)
CARD = frozenset({Right.CARD})


@pytest.mark.parametrize(
    ("case", "person", "rights"),
    [
        (NEW, OWNER, ALL - {Right.NOTES}),
        (NEW, LAWYER, CARD | {Right.PARTIES}),
        (replace(NEW, conflict_cleared=True), LAWYER, ALL),
        (SIGNED, LAWYER, ALL),
        (SIGNED, COLLEAGUE, frozenset()),
        (OFFERED, COLLEAGUE, CARD | {Right.PARTIES}),
        (replace(NEW, assignee=None), COLLEAGUE, CARD),
        (replace(NEW, assignee=None), POLICE, frozenset()),
        (SIGNED, SUPERVISOR, CARD),
        (SIGNED, replace(SUPERVISOR, region="浙江省/舟山市"), frozenset()),
        (replace(SIGNED, recorded_by=CLERK.id), CLERK, CARD | {Right.PARTIES, Right.TEXT}),
        (SIGNED, CLERK, frozenset()),
        (SIGNED, JUDGE, frozenset()),
        (SIGNED, ADMIN, frozenset()),
        (SIGNED, AUDITOR, frozenset()),
    ],
)
def test_what_a_relation_sees(case: Case, person: Person, rights: frozenset[Right]) -> None:
    held = relations(person, case, at=MONDAY)
    assert {right for right in Right if sees(right, held)} == rights


@pytest.mark.parametrize("person", [OWNER, LAWYER, SUPERVISOR])
def test_nobody_inactive_is_anything_to_a_case(person: Person) -> None:
    assert relations(replace(person, active=False), SIGNED, at=MONDAY) == frozenset()


def test_a_phone_task_gives_a_clerk_of_the_region_the_contact_and_nothing_else() -> None:
    held = relations(CLERK, SIGNED, at=MONDAY, phone_task=True)
    assert {right for right in Right if sees(right, held)} == {Right.CARD, Right.CONTACT}
    for other in (FAR_CLERK, POLICE, ADMIN):
        assert Relation.CALLER not in relations(other, SIGNED, at=MONDAY, phone_task=True)


def test_a_clerk_far_away_may_phone_about_what_they_wrote_down() -> None:
    case = replace(SIGNED, recorded_by=FAR_CLERK.id)
    assert Relation.CALLER in relations(FAR_CLERK, case, at=MONDAY, phone_task=True)


def test_powers_belong_to_roles_and_end_with_the_person() -> None:
    for power, roles in MAY.items():
        for role in Role:
            person = Person(id=PersonId("p"), roles=frozenset({role}))
            assert may(person, power) is (role in roles)
            assert not may(replace(person, active=False), power)
    assert {power for power in Power if may(OWNER, power)} == set()


@pytest.mark.parametrize(
    ("viewer", "author", "consented", "readable"),
    [
        (POLICE, LAWYER, False, False),
        (POLICE, LAWYER, True, True),
        (POLICE, None, False, False),
        (POLICE, JUDGE, False, True),
        (LAWYER, POLICE, False, True),
        (COLLEAGUE, LAWYER, False, True),
        (POLICE, POLICE, False, True),
    ],
)
def test_a_lawyers_note_reaches_an_official_only_with_the_owners_consent(
    viewer: Person, author: Person | None, consented: bool, readable: bool
) -> None:
    case = replace(SIGNED, consents=frozenset({ConsentKind.TO_OFFICIAL}) if consented else frozenset())
    writer = author.id if author is not None else PersonId("gone")
    note = InternalNote(id="n", case=case.id, author=writer, body="备注", at=MONDAY)
    assert may_read_note(viewer, case, note, author) is readable
