"""转办 and 退回: the first who signed stays responsible until another has signed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desk.case import ConsentKind, Move, Status
from desk.errors import NoSuchCase, NotAllowedNow, ReasonNeeded
from desk.events import Tell
from desk.people import Absence, Role
from tests.desk.house import LAWYER, LAWYER_B, MONDAY, OWNER, POLICE, SUPERVISOR, house, member, person, when

LAWYER_C = person("lawyer-c", Role.LAWYER)


async def test_the_signer_stays_responsible_until_the_other_accepts() -> None:
    home = house(LAWYER, LAWYER_B)
    case = await home.signed()
    offered = await home.move(case, Move.TRANSFER, LAWYER, MONDAY, reason="workload", to=LAWYER_B.id, words="请接手")
    assert offered.case.responsible == LAWYER.id
    assert [(n.tell, n.to) for n in offered.notices] == [(Tell.HANDOVER_OFFERED, LAWYER_B.id)]
    assert [note.body for note in home.shelf.noted] == ["请接手"]
    with pytest.raises(NotAllowedNow, match="conflict_first"):
        await home.move(case, Move.ACCEPT, LAWYER_B, MONDAY)
    await home.move(case, Move.CLEAR_CONFLICT, LAWYER_B, MONDAY)
    step = await home.move(case, Move.ACCEPT, LAWYER_B, MONDAY)
    assert (step.case.responsible, step.case.handover, step.case.status) == (LAWYER_B.id, None, Status.SIGNED)
    assert step.case.experts == (LAWYER.id, LAWYER_B.id)
    assert {(n.tell, n.to) for n in step.notices} == {
        (Tell.HANDOVER_ACCEPTED, LAWYER.id),
        (Tell.HANDOVER_ACCEPTED, OWNER.id),
    }
    with pytest.raises(NoSuchCase):
        await home.move(case, Move.ANSWER, LAWYER, MONDAY)


async def test_a_transfer_without_a_name_goes_to_whoever_fits_and_after_a_refusal_to_the_next() -> None:
    home = house(LAWYER, LAWYER_B, member(LAWYER_C, open_cases=5))
    case = await home.signed()
    case = (await home.move(case, Move.TRANSFER, LAWYER, MONDAY, reason="workload")).case
    assert case.handover is not None
    assert case.handover.to == LAWYER_B.id
    step = await home.move(case, Move.DECLINE, LAWYER_B, MONDAY, reason="absence")
    assert step.case.handover is not None
    assert step.case.handover.to == LAWYER_C.id
    step = await home.move(case, Move.DECLINE, LAWYER_C, MONDAY, reason="workload")
    assert (step.case.handover, step.case.responsible) == (None, LAWYER.id)
    assert [event.move for event in step.events] == [Move.DECLINE, Move.DECLINE]


async def test_not_mine_is_no_reason_before_another_has_signed() -> None:
    home = house(LAWYER, LAWYER_B)
    case = (await home.open()).step.case
    for move in (Move.CLEAR_CONFLICT, Move.SIGN):
        with pytest.raises(NotAllowedNow, match="nobody_else_signed"):
            await home.move(case, Move.RETURN, LAWYER, MONDAY, reason="not_mine")
        await home.move(case, move, LAWYER, MONDAY)
    with pytest.raises(NotAllowedNow, match="nobody_else_signed"):
        await home.move(case, Move.RETURN, LAWYER, MONDAY, reason="not_mine")
    await home.move(case, Move.TRANSFER, LAWYER, MONDAY, reason="workload", to=LAWYER_B.id)
    await home.move(case, Move.CLEAR_CONFLICT, LAWYER_B, MONDAY)
    await home.move(case, Move.ACCEPT, LAWYER_B, MONDAY)
    step = await home.move(case, Move.RETURN, LAWYER_B, MONDAY, reason="not_mine")
    assert step.case.handover is not None
    assert (step.case.handover.to, step.case.responsible) == (LAWYER.id, LAWYER_B.id)


async def test_an_unsigned_case_that_is_returned_goes_to_another() -> None:
    home = house(LAWYER, LAWYER_B)
    case = (await home.open()).step.case
    step = await home.move(case, Move.RETURN, LAWYER, MONDAY, reason="absence")
    assert (step.case.status, step.case.assignee) == (Status.NEW, LAWYER_B.id)


async def test_from_a_lawyer_to_an_official_only_with_the_owners_consent() -> None:
    home = house(LAWYER, POLICE)
    case = await home.signed(lawyer_only=True)
    with pytest.raises(NotAllowedNow, match="consent_to_official"):
        await home.move(case, Move.TRANSFER, LAWYER, MONDAY, reason="other_profession", role=Role.POLICE)
    await home.move(case, Move.CONSENT, OWNER, MONDAY, consent=ConsentKind.TO_OFFICIAL)
    await home.move(case, Move.TRANSFER, LAWYER, MONDAY, reason="other_profession", role=Role.POLICE)
    await home.move(case, Move.CLEAR_CONFLICT, POLICE, MONDAY)
    await home.move(case, Move.REVOKE_CONSENT, OWNER, MONDAY, consent=ConsentKind.TO_OFFICIAL)
    with pytest.raises(NotAllowedNow, match="consent_to_official"):
        await home.move(case, Move.ACCEPT, POLICE, MONDAY)
    await home.move(case, Move.CONSENT, OWNER, MONDAY, consent=ConsentKind.TO_OFFICIAL)
    step = await home.move(case, Move.ACCEPT, POLICE, MONDAY)
    assert (step.case.role, step.case.lawyer_only, step.case.responsible) == (Role.POLICE, False, POLICE.id)


async def test_a_conflict_before_signing_sends_the_case_to_another_firm() -> None:
    colleague = replace(LAWYER_B, unit=LAWYER.unit)
    home = house(LAWYER, colleague, member(LAWYER_C, open_cases=9))
    case = (await home.open()).step.case
    step = await home.move(case, Move.DECLARE_CONFLICT, LAWYER, MONDAY)
    assert step.case.assignee == LAWYER_C.id
    assert LAWYER.unit in step.case.excluded_units


async def test_a_conflict_found_later_ends_the_responsibility_and_starts_the_sign_clock_anew() -> None:
    home = house(LAWYER, LAWYER_B)
    case = await home.signed()
    at = when("2026-11-24 10:00")
    step = await home.move(case, Move.DECLARE_CONFLICT, LAWYER, at)
    assert (step.case.status, step.case.responsible, step.case.assignee) == (Status.NEW, None, LAWYER_B.id)
    assert step.case.timers.sign_due == when("2026-11-24 15:30")
    assert step.case.timers.answer_due == case.timers.answer_due


async def test_whoever_is_offered_a_case_declares_a_conflict_by_the_same_move() -> None:
    home = house(LAWYER, LAWYER_B)
    case = await home.signed()
    await home.move(case, Move.TRANSFER, LAWYER, MONDAY, reason="workload", to=LAWYER_B.id)
    step = await home.move(case, Move.DECLARE_CONFLICT, LAWYER_B, MONDAY)
    assert (step.case.responsible, step.case.handover) == (LAWYER.id, None)
    assert LAWYER_B.unit in step.case.excluded_units


async def test_only_one_hand_over_at_a_time_and_the_giver_may_take_it_back() -> None:
    home = house(LAWYER, LAWYER_B)
    case = await home.signed()
    await home.move(case, Move.TRANSFER, LAWYER, MONDAY, reason="workload", to=LAWYER_B.id)
    with pytest.raises(NotAllowedNow, match="handover_pending"):
        await home.move(case, Move.TRANSFER, LAWYER, MONDAY, reason="workload")
    step = await home.move(case, Move.DECLINE, LAWYER, MONDAY, reason="taken_back")
    assert step.case.handover is None
    assert (Tell.HANDOVER_CAME_BACK, LAWYER_B.id) in {(n.tell, n.to) for n in step.notices}


async def test_a_reason_belongs_to_whoever_may_give_it() -> None:
    home = house(LAWYER, LAWYER_B, SUPERVISOR)
    case = await home.signed()
    await home.move(case, Move.TRANSFER, LAWYER, MONDAY, reason="workload", to=LAWYER_B.id)
    with pytest.raises(NotAllowedNow, match="not_your_reason"):
        await home.move(case, Move.DECLINE, LAWYER_B, MONDAY, reason="taken_back")
    for actor, move, reason in (
        (LAWYER_B, Move.DECLINE, "not_in_time"),
        (SUPERVISOR, Move.RAISE, "dissatisfied"),
        (OWNER, Move.WITHDRAW, "对方已经付款了"),  # words of a person never go into the history
    ):
        with pytest.raises(ReasonNeeded):
            await home.move(case, move, actor, MONDAY, reason=reason)


async def test_a_supervisor_reassigns_a_signed_case_by_metadata() -> None:
    home = house(LAWYER, LAWYER_B, SUPERVISOR)
    case = await home.signed()
    step = await home.move(case, Move.TRANSFER, SUPERVISOR, MONDAY, reason="absence", to=LAWYER_B.id)
    assert step.case.handover is not None
    assert (step.case.responsible, step.case.handover.to) == (LAWYER.id, LAWYER_B.id)


@pytest.mark.parametrize("why", ["profession", "own_case", "absent"])
async def test_nobody_is_named_who_must_not_have_the_case(why: str) -> None:
    away = (Absence(start=MONDAY, end=when("2026-11-30 09:00")),)
    other = {
        "profession": POLICE,
        "own_case": person("owner", Role.LAWYER),
        "absent": replace(LAWYER_B, absences=away),
    }[why]
    home = house(LAWYER, other)
    case = await home.signed()
    with pytest.raises(NotAllowedNow, match=why):
        await home.move(case, Move.TRANSFER, LAWYER, MONDAY, reason="workload", to=other.id)


async def test_an_answer_given_meanwhile_ends_the_offer() -> None:
    home = house(LAWYER, LAWYER_B)
    case = await home.signed()
    await home.move(case, Move.TRANSFER, LAWYER, MONDAY, reason="workload", to=LAWYER_B.id)
    step = await home.move(case, Move.ANSWER, LAWYER, MONDAY, words="可以起诉。")
    assert step.case.handover is None
    assert (Tell.HANDOVER_CAME_BACK, LAWYER_B.id) in {(n.tell, n.to) for n in step.notices}
