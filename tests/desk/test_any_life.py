"""Whatever people press, in any order and at any time, a case keeps its promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.case import Case, ConsentKind, Move, Satisfaction, Status
from desk.clocks import next_timer
from desk.errors import DeskError
from desk.events import Event
from desk.lifecycle import MOVES, REASONS, standing
from desk.people import OFFICIALS, Person, PersonId, Role
from tests.desk.house import (
    CITY_LAWYER,
    CLERK,
    LAWYER,
    LAWYER_B,
    MONDAY,
    OWNER,
    POLICE,
    PROVINCE_LAWYER,
    STRANGER,
    SUPERVISOR,
    house,
)

MORE = tuple(
    replace(base, id=PersonId(f"{base.id}-{n}"), unit=f"{base.unit}{n}")
    for base in (LAWYER, CITY_LAWYER, PROVINCE_LAWYER, POLICE)
    for n in range(3)
)
PEOPLE = (*MORE, OWNER, LAWYER, LAWYER_B, CITY_LAWYER, PROVINCE_LAWYER, POLICE, CLERK, SUPERVISOR, STRANGER)
ONWARD = {Move.CLEAR_CONFLICT, Move.SIGN, Move.ANSWER, Move.ASK_BACK, Move.SUPPLY, Move.TRANSFER, Move.ACCEPT}
ONWARD |= {Move.CLOSE, Move.RATE, Move.SIGN_OFF}
NEW_SIGNER = {Move.SIGN, Move.ACCEPT, Move.DECLARE_CONFLICT}


@dataclass(frozen=True)
class Press:
    """Somebody tries something after a while."""

    who: Person
    move: Move
    pick: int
    reason: int
    to: Person
    role: Role | None
    rating: Satisfaction
    consent: ConsentKind
    wait: timedelta


def presses(seed: int, count: int = 60) -> list[Press]:
    """What a crowd of people tries, evenly spread (drawn lists lean towards the first of everything)."""
    dice = Random(seed)  # noqa: S311 - a test's dice
    moves = [move for move in Move if move is not Move.OPEN]
    waits = [timedelta(0), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=5)]
    return [
        Press(
            who=dice.choice(PEOPLE),
            move=dice.choice(moves),
            pick=dice.randrange(10_000),
            reason=dice.randrange(10),
            to=dice.choice(PEOPLE),
            role=dice.choice([None, None, Role.POLICE, Role.LAWYER]),
            rating=dice.choice([Satisfaction.SATISFIED, Satisfaction.DISSATISFIED]),
            consent=dice.choice(list(ConsentKind)),
            wait=dice.choice(waits) if dice.random() < 0.97 else timedelta(days=6),
        )
        for _ in range(count)
    ]


def possible(case: Case, at: datetime) -> list[tuple[Person, Move]]:
    """Who may do what now, by the table alone; what moves a case onward comes up more often."""
    found = [
        (who, move)
        for (status, move), rule in MOVES.items()
        if status is case.status
        for who in PEOPLE
        if standing(case, who, at) & rule.who
    ]
    return [pair for pair in found if pair[1] in ONWARD] * 12 + found


@given(st.integers(0, 2**32), st.booleans())
@settings(max_examples=100, deadline=None)
async def test_no_order_of_presses_breaks_a_promise(seed: int, lawyer_only: bool) -> None:
    home = house(*PEOPLE)
    at = MONDAY
    case = (await home.open(at, lawyer_only=lawyer_only)).step.case
    for count, press in enumerate(presses(seed)):
        at += press.wait
        before = case
        move, who = press.move, press.who
        if count % 4:  # most of the time, somebody does what the table gives them
            allowed = possible(case, at)
            who, move = allowed[press.pick % len(allowed)]
        codes = REASONS.get(move, ("",))
        more = {"to": press.to.id} if move in {Move.ASSIGN, Move.TRANSFER} and press.reason % 2 else {}
        try:
            await home.move(
                case,
                move,
                who,
                at,
                reason=codes[press.reason % len(codes)],
                role=press.role,
                rating=press.rating,
                consent=press.consent,
                referred_to="12345",
                **more,
            )
        except DeskError:
            assert await home.shelf.get(case.id) == before
        for due in await home.shelf.due(at):
            await home.desk.fire(home.shelf, home.staff, due, at=at)
        await home.desk.assign_waiting(home.shelf, home.staff, at=at)
        stored = await home.shelf.get(case.id)
        assert stored is not None
        case = stored
        events = await home.shelf.events(case.id)
        check(before, case, events)
        assert (moment := next_timer(case)) is None or moment > at


def check(before: Case, case: Case, events: Sequence[Event]) -> None:
    """What holds for every case, and between any two moments of one."""
    fresh = events[before.version :]
    assert len(events) == case.version
    for old, new in pairwise(events):
        assert new.before is old.after
    for event in events[1:]:
        assert event.before is not None
        assert MOVES[event.before, event.move].target is event.after
    assert events[-1].after is case.status
    assert case.level >= before.level
    if case.responsible != before.responsible:
        assert NEW_SIGNER & {event.move for event in fresh}
    if case.role in OFFICIALS and before.role is Role.LAWYER:
        assert ConsentKind.TO_OFFICIAL in before.consents
    if case.lawyer_only:
        assert case.role is Role.LAWYER
    if case.status is Status.CLOSED:
        assert case.closing is not None
        assert case.handover is None
        assert next_timer(case) is None
    else:
        assert case.closing is None
    if case.status in {Status.SIGNED, Status.WAITING, Status.ANSWERED, Status.REFERRED}:
        assert case.responsible is not None
        assert case.assignee == case.responsible
    assert case.owner not in {case.assignee, case.responsible}
    assert (case.timers.paused_at is not None) is (case.status is Status.WAITING)
    assert case.waits <= 2
    if case.handover is not None:
        assert case.handover.to not in {None, case.responsible, case.owner}
