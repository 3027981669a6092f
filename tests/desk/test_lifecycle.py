"""The table is the life of a case: every cell of Status × Move is tried, by everybody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product

import pytest

from desk.case import Case, CaseId, Clock, Closing, ConsentKind, Handover, Move, Rating, Satisfaction, Status, Timers
from desk.errors import NoSuchCase, NotAllowedNow, ReasonNeeded
from desk.events import Step
from desk.lifecycle import DESK_REASONS, MOVES, OPEN, REASONS, MoveRequest, Who, apply, owner_word, standing, start
from desk.people import Person, PersonId, Role
from tests.desk.house import CITY, CLERK, DESK, LAWYER, LAWYER_B, MONDAY, OWNER, REGION, STRANGER, SUPERVISOR, person

OFFERED = person("lawyer-offered", Role.LAWYER)
POOL = person("lawyer-pool", Role.LAWYER)
EARLIER = person("lawyer-earlier", Role.LAWYER)
CITY_SUPERVISOR = person("supervisor-city", Role.SUPERVISOR, region=CITY)
ACTORS: dict[Who, Person | None] = {
    Who.OWNER: OWNER,
    Who.ASSIGNEE: LAWYER,
    Who.RESPONSIBLE: LAWYER_B,
    Who.OFFERED: OFFERED,
    Who.POOL: POOL,
    Who.EARLIER: EARLIER,
    Who.RECORDER: CLERK,
    Who.SUPERVISOR: SUPERVISOR,
    Who.DESK: None,
}
HANDED = {Move.ACCEPT, Move.DECLINE, Move.CLEAR_CONFLICT, Move.ASSIGN}


def case_at(status: Status, move: Move, who: Who | None = None) -> Case:
    """A case in that status for which every guard of the move is content."""
    late = MONDAY - timedelta(hours=1)
    timers = Timers(sign_due=late, sign_warn=late, lapses_at=late if move is Move.LAPSE else None)
    case = Case(
        id=CaseId("case"),
        number="FT20261122-0042-7",
        owner=OWNER.id,
        role=Role.LAWYER,
        opened_at=late,
        version=7,
        status=status,
        region=REGION,
        recorded_by=CLERK.id,
        confirmed_by_owner=move is not Move.CONFIRM,
        assignee=LAWYER.id if status is Status.NEW else LAWYER_B.id,
        responsible=LAWYER_B.id,
        conflict_cleared=move is not Move.CLEAR_CONFLICT,
        experts=(EARLIER.id, LAWYER_B.id),
        waits=2 if move is Move.ALLOW_WAIT else 0,
        awaiting_sign_off=move is Move.SIGN_OFF,
        timers=timers,
    )
    if status is not Status.NEW and move in HANDED:
        case = replace(case, handover=offer(cleared=move is Move.ACCEPT))
    if status is Status.NEW and (move is Move.NOBODY or who is Who.POOL):
        case = replace(case, assignee=None)
    if status is Status.CLOSED:
        case = replace(case, closing=Closing.DONE, closed_at=late)
    if move is Move.RATE and status is not Status.CLOSED:
        case = replace(case, rating=Rating(value=Satisfaction.NEUTRAL, first_at=late, at=late))
    return case


def offer(*, cleared: bool = False) -> Handover:
    """A hand-over that waits for ``OFFERED``."""
    since, until = MONDAY - timedelta(hours=1), MONDAY + timedelta(hours=1)
    return Handover(
        kind=Move.TRANSFER,
        by=LAWYER_B.id,
        to=OFFERED.id,
        role=Role.LAWYER,
        reason="workload",
        since=since,
        until=until,
        cleared=cleared,
    )


def request_of(move: Move, who: Who) -> tuple[MoveRequest, Person | None]:
    """A complete request for the move, and the person it names."""
    reason = (DESK_REASONS if who is Who.DESK else REASONS).get(move, ("",))[0]
    whole = MoveRequest(
        move=move,
        reason=reason,
        rating=Satisfaction.NEUTRAL,
        consent=ConsentKind.BOTH_ANSWERS,
        clock=Clock.SIGN,
        referred_to="12345",
    )
    if move is Move.ASSIGN:
        return replace(whole, to=POOL.id), POOL
    if move is Move.MERGE:
        return replace(whole, into=CaseId("other")), None
    return whole, None if who is Who.POOL else LAWYER


@dataclass(frozen=True)
class Cell:
    status: Status
    move: Move
    who: Who

    def __str__(self) -> str:
        return f"{self.status}-{self.move}-{self.who}"


def cells(*, allowed: bool) -> list[Cell]:
    return [
        Cell(status, move, who) for (status, move), rule in MOVES.items() for who in Who if (who in rule.who) is allowed
    ]


def take(cell: Cell) -> Step:
    case = case_at(cell.status, cell.move, cell.who)
    request, target = request_of(cell.move, cell.who)
    other = replace(case, id=CaseId("other"), status=Status.SIGNED)
    actor = ACTORS[cell.who]
    return apply(case, request, actor=actor, clocks=DESK.clocks, at=MONDAY, target=target, other=other)


@pytest.mark.parametrize("cell", cells(allowed=True), ids=str)
def test_whoever_may_leads_the_case_to_the_target_with_one_event(cell: Cell) -> None:
    step = take(cell)
    (event,) = step.events
    assert step.case.status is MOVES[cell.status, cell.move].target
    assert step.case.version == event.seq == 8
    assert (event.move, event.before, event.after) == (cell.move, cell.status, step.case.status)
    actor = ACTORS[cell.who]
    assert event.actor == (actor.id if actor else None)
    assert all(event.data.values())


@pytest.mark.parametrize("cell", cells(allowed=False), ids=str)
def test_everybody_else_finds_no_such_case(cell: Cell) -> None:
    with pytest.raises(NoSuchCase):
        take(cell)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("move", Move)
def test_what_is_not_in_the_table_cannot_happen(status: Status, move: Move) -> None:
    if (status, move) in MOVES:
        return
    for actor in (OWNER, LAWYER_B, SUPERVISOR, None):
        with pytest.raises(NotAllowedNow) as refused:
            apply(
                case_at(status, move),
                MoveRequest(move=move),
                actor=actor,
                clocks=DESK.clocks,
                at=MONDAY,
            )
        assert (refused.value.status, refused.value.move, refused.value.why) == (status, move, "")


def test_every_status_and_every_move_but_birth_stand_in_the_table() -> None:
    assert {status for status, _ in MOVES} == set(Status)
    assert {move for _, move in MOVES} == set(Move) - {Move.OPEN}
    assert {rule.target for rule in MOVES.values()} == set(Status)
    assert OPEN.target is Status.NEW


def test_every_status_can_be_left_and_the_closed_one_only_upwards_or_by_reopening() -> None:
    for status in Status:
        assert {rule.target for (at, _), rule in MOVES.items() if at is status} - {status}
    out = {move for (at, move), rule in MOVES.items() if at is Status.CLOSED and rule.target is not at}
    assert out == {Move.REOPEN, Move.RAISE}


@pytest.mark.parametrize(("status", "move"), [key for key, rule in MOVES.items() if rule.reason])
def test_a_move_that_needs_a_reason_takes_only_one_from_the_list(status: Status, move: Move) -> None:
    who = next(iter(sorted(MOVES[status, move].who)))
    for reason in ("", "because"):
        with pytest.raises(ReasonNeeded):
            apply(
                case_at(status, move),
                MoveRequest(move=move, reason=reason),
                actor=ACTORS[who],
                clocks=DESK.clocks,
                at=MONDAY,
            )


def test_dissatisfied_needs_a_reason_and_satisfied_needs_none() -> None:
    case = case_at(Status.CLOSED, Move.RATE)
    with pytest.raises(ReasonNeeded):
        rate(case, Satisfaction.DISSATISFIED)
    assert rate(case, Satisfaction.SATISFIED).case.rating is not None


def rate(case: Case, value: Satisfaction, after: timedelta = timedelta()) -> Step:
    request = MoveRequest(move=Move.RATE, rating=value)
    return apply(case, request, actor=OWNER, clocks=DESK.clocks, at=MONDAY + after)


def test_a_rating_may_be_changed_for_24_hours_and_not_longer() -> None:
    case = rate(case_at(Status.CLOSED, Move.RATE), Satisfaction.NEUTRAL).case
    changed = rate(case, Satisfaction.SATISFIED, timedelta(hours=23, minutes=59)).case.rating
    assert changed is not None
    assert (changed.value, changed.first_at) == (Satisfaction.SATISFIED, MONDAY)
    with pytest.raises(NotAllowedNow, match="too_late"):
        rate(case, Satisfaction.SATISFIED, timedelta(hours=24))


def test_a_withdrawn_case_is_not_rated() -> None:
    case = replace(case_at(Status.CLOSED, Move.RATE), closing=Closing.WITHDRAWN)
    with pytest.raises(NotAllowedNow, match="not_ratable"):
        rate(case, Satisfaction.SATISFIED)


def test_asking_back_a_third_time_needs_the_supervisor() -> None:
    case = replace(case_at(Status.SIGNED, Move.ASK_BACK), waits=2)
    ask = MoveRequest(move=Move.ASK_BACK)
    with pytest.raises(NotAllowedNow, match="ask_supervisor"):
        apply(case, ask, actor=LAWYER_B, clocks=DESK.clocks, at=MONDAY)
    allowed = apply(case, MoveRequest(move=Move.ALLOW_WAIT), actor=SUPERVISOR, clocks=DESK.clocks, at=MONDAY).case
    assert apply(allowed, ask, actor=LAWYER_B, clocks=DESK.clocks, at=MONDAY).case.status is Status.WAITING


def test_nobody_signs_off_work_of_their_own() -> None:
    both = replace(SUPERVISOR, id=EARLIER.id, roles=frozenset({Role.SUPERVISOR, Role.LAWYER}))
    case = case_at(Status.CLOSED, Move.SIGN_OFF)
    with pytest.raises(NotAllowedNow, match="own_work"):
        apply(case, MoveRequest(move=Move.SIGN_OFF), actor=both, clocks=DESK.clocks, at=MONDAY)


def test_a_case_is_merged_only_into_an_open_one_of_the_same_owner_and_readers() -> None:
    case = case_at(Status.SIGNED, Move.MERGE)
    other = replace(case, id=CaseId("other"))
    wrong = {
        "no_case": replace(other, owner=PersonId("somebody")),
        "same_case": case,
        "closed": replace(other, status=Status.CLOSED),
        "other_readers": replace(other, role=Role.POLICE),
    }
    request = MoveRequest(move=Move.MERGE, into=other.id)
    for why, bad in wrong.items():
        with pytest.raises(NotAllowedNow, match=why):
            apply(case, request, actor=OWNER, clocks=DESK.clocks, at=MONDAY, other=bad)
    step = apply(case, request, actor=OWNER, clocks=DESK.clocks, at=MONDAY, other=other)
    assert (step.case.closing, step.case.merged_into) == (Closing.MERGED, other.id)
    reopen = MoveRequest(move=Move.REOPEN)
    with pytest.raises(NotAllowedNow, match="merged"):
        apply(step.case, reopen, actor=OWNER, clocks=DESK.clocks, at=MONDAY)


def test_only_the_owner_or_a_recording_clerk_opens_a_case() -> None:
    blank = replace(case_at(Status.NEW, Move.SIGN), assignee=None, responsible=None, experts=(), version=0)
    step = start(blank, actor=CLERK, clocks=DESK.clocks, at=MONDAY)
    assert (step.case.version, step.case.status, step.events[0].before) == (1, Status.NEW, None)
    for actor in (STRANGER, SUPERVISOR):
        with pytest.raises(NoSuchCase):
            start(blank, actor=actor, clocks=DESK.clocks, at=MONDAY)


def test_a_supervisor_sees_to_the_own_region_and_what_lies_below() -> None:
    case = case_at(Status.NEW, Move.ASSIGN)
    assert standing(case, CITY_SUPERVISOR, MONDAY) == {Who.SUPERVISOR}
    assert standing(case, replace(SUPERVISOR, region="浙江省/湖州市/安吉县"), MONDAY) == frozenset()
    assert standing(case, replace(SUPERVISOR, active=False), MONDAY) == frozenset()


def test_a_word_of_the_owner_is_what_the_status_makes_it() -> None:
    words = {status: owner_word(status) for status in Status}
    assert words.pop(Status.CLOSED) is None
    assert words.pop(Status.WAITING) is Move.SUPPLY
    assert set(words.values()) == {Move.FOLLOW_UP}
    assert all((status, move) in MOVES for status, move in words.items() if move)


def test_every_pair_of_status_and_move_was_looked_at() -> None:
    assert len(list(product(Status, Move))) == len(Status) * len(Move)
    assert len(cells(allowed=True)) + len(cells(allowed=False)) == len(MOVES) * len(Who)
