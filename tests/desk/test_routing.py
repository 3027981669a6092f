"""Who gets a case: what must fit, and what decides among those who fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.case import Case, CaseId
from desk.people import Absence, EnterpriseId, Level, Member, Person, PersonId, Role
from desk.routing import Criterion, Need, Unfit, fits, load_rules, need_of, region_fits, route, unfit
from tests.desk.house import (
    CITY,
    CITY_LAWYER,
    DESK,
    LAWYER,
    LAWYER_B,
    MONDAY,
    OWNER,
    POLICE,
    PROVINCE_LAWYER,
    REGION,
    member,
    person,
    when,
)

NEED = Need(owner=OWNER.id, role=Role.LAWYER, level=Level.COUNTY, region=REGION)
FIRM = EnterpriseId("e1")
NIGHT = when("2026-11-20 22:00")


def chosen(need: Need, *members: Member, at: object = MONDAY) -> tuple[PersonId | None, tuple[str, ...]]:
    found = route(need, members, at=at, calendar=DESK.calendar, rules=DESK.rules)  # type: ignore[arg-type]
    return (found.person.id if found.person else None), found.why


def test_the_liaison_comes_before_rota_and_load() -> None:
    need = replace(NEED, enterprise=FIRM)
    liaison = member(LAWYER_B, open_cases=30, liaison_for=frozenset({FIRM}))
    assert chosen(need, member(LAWYER, on_rota=True), liaison) == (LAWYER_B.id, ("liaison",))


def test_the_rota_comes_before_the_lowest_load() -> None:
    busy = member(LAWYER, on_rota=True, open_cases=9)
    assert chosen(NEED, busy, member(LAWYER_B)) == (LAWYER.id, ("rota",))


def test_then_the_lowest_load_and_then_whoever_had_nothing_for_longest() -> None:
    assert chosen(NEED, member(LAWYER, open_cases=2), member(LAWYER_B, open_cases=1)) == (LAWYER_B.id, ("load",))
    early, late = MONDAY - timedelta(days=3), MONDAY - timedelta(days=1)
    both = member(LAWYER, last_assigned=late), member(LAWYER_B, last_assigned=early)
    assert chosen(NEED, *both) == (LAWYER_B.id, ("idle",))
    assert chosen(NEED, both[1], member(LAWYER)) == (LAWYER.id, ("idle",))


@pytest.mark.parametrize(
    ("who", "need", "why"),
    [
        (POLICE, NEED, Unfit.PROFESSION),
        (replace(LAWYER, active=False), NEED, Unfit.PROFESSION),
        (replace(LAWYER, id=OWNER.id), NEED, Unfit.OWN_CASE),
        (LAWYER, replace(NEED, excluded=frozenset({LAWYER.id})), Unfit.EXCLUDED),
        (LAWYER, replace(NEED, excluded_units=frozenset({LAWYER.unit})), Unfit.EXCLUDED_UNIT),
        (LAWYER, replace(NEED, excluded_units=frozenset({REGION})), Unfit.EXCLUDED_UNIT),
        (replace(LAWYER, enterprise=FIRM), replace(NEED, opponent=FIRM), Unfit.CONFLICT),
        (LAWYER, replace(NEED, level=Level.CITY), Unfit.LEVEL),
        (CITY_LAWYER, replace(NEED, exact_level=True), Unfit.LEVEL),
        (replace(LAWYER, region="浙江省/湖州市/安吉县"), NEED, Unfit.REGION),
        (replace(LAWYER, topics=frozenset({"tax"})), replace(NEED, topic="labour"), Unfit.TOPIC),
        (replace(LAWYER, absences=(Absence(start=MONDAY, end=MONDAY + timedelta(days=1)),)), NEED, Unfit.ABSENT),
    ],
    ids=lambda value: value.value if isinstance(value, Unfit) else "",
)
def test_who_does_not_fit_never_gets_the_case(who: Person, need: Need, why: Unfit) -> None:
    assert unfit(who, need, MONDAY) is why
    found, reasons = chosen(need, member(who, on_rota=True))
    assert found is None
    assert why in reasons


def test_the_liaison_of_the_other_party_never_gets_the_case() -> None:
    need = replace(NEED, opponent=FIRM)
    theirs = member(LAWYER, liaison_for=frozenset({FIRM}))
    assert chosen(need, theirs) == (None, ("conflict",))
    assert chosen(need, theirs, member(LAWYER_B, open_cases=50))[0] == LAWYER_B.id


def test_nor_does_a_lawyer_of_the_same_firm_but_an_official_of_the_same_office_may() -> None:
    need = replace(NEED, opponent=FIRM)
    theirs = member(LAWYER, liaison_for=frozenset({FIRM}))
    assert chosen(need, theirs, member(replace(LAWYER_B, unit=LAWYER.unit)))[0] is None
    officer = member(POLICE, liaison_for=frozenset({FIRM}))
    colleague = replace(POLICE, id=PersonId("police-b"))
    assert chosen(replace(need, role=Role.POLICE), officer, member(colleague))[0] == colleague.id


def test_regions_fit_where_one_lies_in_the_other() -> None:
    assert region_fits(CITY, REGION)
    assert region_fits(REGION, CITY)
    assert region_fits("", REGION)
    assert region_fits("全国", REGION)
    assert not region_fits("浙江省/湖州市/德清", REGION)
    assert not region_fits("浙江省/嘉兴市", REGION)


def test_a_county_without_the_profession_turns_to_the_city_and_then_to_the_province() -> None:
    assert chosen(NEED, member(PROVINCE_LAWYER), member(CITY_LAWYER))[0] == CITY_LAWYER.id
    assert chosen(NEED, member(PROVINCE_LAWYER), member(CITY_LAWYER), member(LAWYER, open_cases=99))[0] == LAWYER.id


def test_after_a_raise_only_the_level_above_will_do() -> None:
    need = replace(NEED, level=Level.CITY, exact_level=True)
    assert chosen(need, member(LAWYER), member(PROVINCE_LAWYER))[0] is None
    assert chosen(need, member(LAWYER), member(CITY_LAWYER))[0] == CITY_LAWYER.id


def test_a_question_of_procedure_goes_to_a_judge_of_another_court() -> None:
    own = person("judge-own", Role.JUDGE, unit="德清县法院")
    next_door = person("judge-next", Role.JUDGE, unit="安吉县法院", region="浙江省/湖州市/安吉县")
    far = person("judge-far", Role.JUDGE, unit="海盐县法院", region="浙江省/嘉兴市/海盐县")
    need = replace(NEED, role=Role.JUDGE, excluded_units=frozenset({"德清县法院"}))
    assert chosen(need, member(own), member(far), member(next_door, open_cases=9))[0] == next_door.id
    assert chosen(need, member(own), member(far))[0] is None
    assert chosen(replace(NEED, role=Role.JUDGE), member(own), member(next_door))[0] == own.id


def test_at_night_only_the_rota_is_on_duty() -> None:
    found = route(NEED, [member(LAWYER)], at=NIGHT, calendar=DESK.calendar)
    assert (found.person, found.why, found.earliest) == (None, ("off_duty",), when("2026-11-23 09:00"))
    assert chosen(NEED, member(LAWYER), member(LAWYER_B, on_rota=True, open_cases=9), at=NIGHT)[0] == LAWYER_B.id


def test_the_earliest_moment_is_when_the_first_who_fits_is_back_in_working_time() -> None:
    back = when("2026-11-25 12:30")
    gap = (Absence(start=MONDAY, end=MONDAY + timedelta(hours=2)), Absence(start=MONDAY + timedelta(hours=2), end=back))
    longer = (Absence(start=MONDAY, end=when("2026-12-01 00:00")),)
    crowd = [member(replace(LAWYER, absences=gap)), member(replace(LAWYER_B, absences=longer))]
    found = route(NEED, crowd, at=MONDAY, calendar=DESK.calendar)
    assert (found.why, found.earliest) == (("absent",), when("2026-11-25 13:30"))


def test_without_any_such_expert_no_time_is_promised() -> None:
    found = route(NEED, [], at=MONDAY, calendar=DESK.calendar)
    assert (found.person, found.why, found.earliest) == (None, ("no_such_expert",), None)


def test_a_reopened_case_prefers_who_knows_it_and_a_raised_one_never_takes_them() -> None:
    case = Case(id=CaseId("c"), number="", owner=OWNER.id, role=Role.LAWYER, opened_at=MONDAY, region=REGION)
    again = replace(case, round=2, responsible=LAWYER_B.id, experts=(LAWYER_B.id,))
    assert chosen(need_of(again), member(LAWYER), member(LAWYER_B, open_cases=9)) == (LAWYER_B.id, ("continuity",))
    raised = replace(again, level=Level.CITY, refused_by=frozenset({LAWYER_B.id}))
    assert not fits(LAWYER_B, raised, MONDAY)
    assert fits(CITY_LAWYER, raised, MONDAY)


CROWD = st.lists(
    st.builds(
        lambda number, role, level, region, topics, load, rota, away: member(
            person(
                f"p{number}",
                role,
                level=level,
                region=region,
                topics=topics,
                absences=(Absence(start=MONDAY, end=MONDAY + timedelta(days=1)),) if away else (),
            ),
            open_cases=load,
            on_rota=rota,
        ),
        st.integers(0, 50),
        st.sampled_from([Role.LAWYER, Role.JUDGE, Role.POLICE]),
        st.sampled_from(Level),
        st.sampled_from([REGION, CITY, "浙江省", "", "浙江省/嘉兴市"]),
        st.sampled_from([frozenset[str](), frozenset({"tax"}), frozenset({"labour", "ip"})]),
        st.integers(0, 9),
        st.booleans(),
        st.booleans(),
    ),
    max_size=8,
    unique_by=lambda one: one.person.id,
)


@given(CROWD, st.sampled_from(["", "tax", "labour"]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_in_any_crowd_the_chosen_fits_and_somebody_is_chosen_whenever_one_does(
    crowd: list[Member], topic: str, exact: bool
) -> None:
    need = replace(NEED, topic=topic, exact_level=exact)
    found = route(need, crowd, at=MONDAY, calendar=DESK.calendar, rules=DESK.rules)
    fitting = [one.person for one in crowd if unfit(one.person, need, MONDAY) is None]
    assert (found.person is not None) is bool(fitting)
    if found.person is not None:
        assert found.person in fitting
        assert found.person.level == min(one.level for one in fitting)
    shuffled = route(need, crowd[::-1], at=MONDAY, calendar=DESK.calendar, rules=DESK.rules)
    assert shuffled == found


def test_the_shipped_rules_name_every_criterion_and_a_wrong_file_is_named(tmp_path: Path) -> None:
    assert DESK.rules.order == tuple(Criterion)
    file = tmp_path / "routing.yaml"
    file.write_text("order: [luck]\nwiden_level: true\nneighbours: []\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"routing\.yaml"):
        load_rules(file)
