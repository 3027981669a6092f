"""Case work as one service: rights before the desk, words from readers alone, nothing kept of a refusal."""

from __future__ import annotations

import pytest

from desk.case import CaseId, ConsentKind, FileId, Move, Notify, Satisfaction, Status
from desk.errors import NoSuchCase, NotAllowedNow, StaleCase
from desk.people import Person, Role
from handlers.actions import CaseVerb
from handlers.apologies import sentence
from handlers.casework import WordsNeeded
from handlers.messages import Channel
from handlers.staff_card import case_reply
from tests.handlers.desk_house import CLERK, COLLEAGUE, FAR_CLERK, JUDGE, NOTICES, QUESTION, House
from tests.handlers.samples import BUREAU, CITY_LAWYER, LAWYER, OWNER, POLICE, SUPERVISOR


async def test_a_stranger_and_nobodys_case_raise_the_same(house: House) -> None:
    case = await house.signed()
    for who in (JUDGE, POLICE, CLERK, COLLEAGUE):
        for key in (case.id, CaseId("nothing-there")):
            with pytest.raises(NoSuchCase):
                await house.act(who, key, Move.ANSWER, "内容")
        with pytest.raises(NoSuchCase):
            await house.look(who, case)


@pytest.mark.parametrize("move", [Move.SIGN, Move.ANSWER, Move.NOTE, Move.ASK_BACK])
async def test_before_the_conflict_check_there_is_nothing_but_the_check(house: House, move: Move) -> None:
    case = await house.open()
    with pytest.raises(NoSuchCase):
        await house.act(LAWYER, case, move, "内容")
    seen = await house.look(LAWYER, case)
    assert (seen.question, seen.said, seen.contact, seen.notes) == (None, (), None, ())
    assert seen.parties is not None
    assert set(seen.verbs) == {CaseVerb.CLEAR_CONFLICT, CaseVerb.DECLARE_CONFLICT, CaseVerb.RETURN}


@pytest.mark.parametrize("move", [Move.FOLLOW_UP, Move.WITHDRAW, Move.RATE, Move.CONSENT, Move.CONFIRM, Move.CLOSE])
async def test_a_recording_clerk_does_nothing_in_the_owners_name(house: House, move: Move) -> None:
    case = await house.signed(actor=CLERK)
    with pytest.raises((NoSuchCase, NotAllowedNow)):
        await house.act(CLERK, case, move, "内容", rating=Satisfaction.SATISFIED, consent=ConsentKind.BOTH_ANSWERS)
    assert (await house.now(case)).version == case.version


async def test_a_recording_clerk_hands_in_what_was_asked_for(house: House) -> None:
    case = await house.signed(actor=CLERK)
    await house.act(LAWYER, case, Move.ASK_BACK, "请补充合同。")
    await house.act(CLERK, case, Move.SUPPLY, "合同在此。")
    assert (await house.said(case))[-1][:2] == ("supply", "合同在此。")


async def test_a_clerk_with_a_phone_task_sees_the_contact_and_nothing_more(house: House) -> None:
    case = await house.answered(notify=Notify.PHONE)
    seen = await house.look(CLERK, case)
    assert seen.contact is not None
    assert (seen.question, seen.parties, seen.said, seen.notes, seen.verbs) == (None, None, (), (), ())
    reply = case_reply(seen, CLERK, Channel.TELEGRAM, NOTICES)
    assert "13800000000" in reply.text
    assert "13800000000" not in reply.public
    assert reply.private
    assert not any(word in reply.text for word in (QUESTION, "催告函", "甲公司"))
    with pytest.raises(NoSuchCase):
        await house.look(FAR_CLERK, case)
    async with house.store.work() as work:
        for task, *_ in await work.tasks.of_case(case.id):
            assert await work.tasks.done(task, CLERK.id, house.at)
        await work.commit()
    with pytest.raises(NoSuchCase):
        await house.look(CLERK, case)


async def test_a_lawyers_note_stays_with_lawyers_until_the_owner_consents(house: House) -> None:
    case = await house.signed()
    await house.act(LAWYER, case, Move.NOTE, "当事人有难处。")
    with pytest.raises(NotAllowedNow):
        await house.act(LAWYER, case, Move.TRANSFER, reason="other_profession", role=Role.POLICE)
    await house.act(OWNER, case, Move.CONSENT, consent=ConsentKind.TO_OFFICIAL)
    await house.act(LAWYER, case, Move.TRANSFER, reason="other_profession", role=Role.POLICE)
    await house.act(POLICE, case, Move.CLEAR_CONFLICT)
    await house.act(POLICE, case, Move.ACCEPT)
    assert [note.body for note in (await house.look(POLICE, case)).notes] == ["当事人有难处。"]
    await house.act(OWNER, case, Move.REVOKE_CONSENT, consent=ConsentKind.TO_OFFICIAL)
    assert (await house.look(POLICE, case)).notes == ()


async def test_words_are_needed_and_have_an_end(house: House) -> None:
    case = await house.signed()
    for body, too_long in (("  \n", False), ("长" * 20_001, True)):
        with pytest.raises(WordsNeeded) as raised:
            await house.act(LAWYER, case, Move.ANSWER, body)
        assert raised.value.too_long is too_long
    await house.act(LAWYER, case, Move.ANSWER, "长" * 20_000)


async def test_only_own_free_files_go_with_a_move_and_a_refusal_binds_none(house: House) -> None:
    case, other = await house.signed(), await house.open()
    mine, foreign = await house.file(LAWYER, "a.pdf", b"a"), await house.file(POLICE, "b.pdf", b"b")
    bound = await house.file(LAWYER, "c.pdf", b"c")
    async with house.store.work() as work:
        await work.files.attach(bound.id, other.id)
        await work.commit()
    for wrong in (foreign.id, bound.id, FileId("nothing")):
        with pytest.raises(NoSuchCase):
            await house.act(LAWYER, case, Move.ANSWER, "见附件", files=(mine.id, wrong))
    with pytest.raises(StaleCase):
        await house.act(LAWYER, case, Move.ANSWER, "见附件", files=(mine.id,), version=case.version - 1)
    async with house.store.reading() as work:
        assert (await work.files.owner(mine.id))[1] is None
    await house.act(LAWYER, case, Move.ANSWER, "见附件", files=(mine.id,))
    async with house.store.reading() as work:
        assert (await work.files.owner(mine.id))[1] == case.id


@pytest.mark.parametrize(
    ("who", "may"),
    [(OWNER, True), (LAWYER, True), (POLICE, False), (SUPERVISOR, False), (CLERK, False), (COLLEAGUE, False)],
)
async def test_a_file_is_for_readers_of_its_case(house: House, who: Person, may: bool) -> None:
    case = await house.signed()
    file = await house.file(LAWYER, "意见.pdf", b"x")
    await house.act(LAWYER, case, Move.ANSWER, "见附件", files=(file.id,))
    async with house.store.work() as work:
        if may:
            assert await house.casework.file(work, who, file.id, house.at) == file
        else:
            with pytest.raises(NoSuchCase):
                await house.casework.file(work, who, file.id, house.at)


async def test_who_has_not_confirmed_downloads_nothing(house: House) -> None:
    case = await house.open()
    file = await house.file(OWNER, "借条.png", b"x")
    await house.act(OWNER, case, Move.FOLLOW_UP, "见附件", files=(file.id,))
    async with house.store.work() as work:
        with pytest.raises(NoSuchCase):
            await house.casework.file(work, LAWYER, file.id, house.at)


async def test_every_reading_of_staff_is_in_the_audit_log(house: House) -> None:
    case = await house.signed()
    await house.look(SUPERVISOR, case)
    await house.look(OWNER, case)
    async with house.store.reading() as work:
        lines = [line for line in await work.audit.lines() if line.what == "case.read"]
    assert [line.actor for line in lines] == [SUPERVISOR.id]
    assert lines[0].detail == {"as": "supervisor"}


async def test_lists_are_for_those_they_concern(house: House) -> None:
    case = await house.signed()
    free = await house.open(role=Role.JUDGE, excluded_units=frozenset({JUDGE.unit}))
    async with house.store.reading() as work:
        lists = house.casework
        assert [card.case.id for card in await lists.mine(work, LAWYER, house.at)] == [case.id]
        assert await lists.mine(work, POLICE, house.at) == []
        assert [card.case.id for card in await lists.unassigned(work, SUPERVISOR, house.at)] == [free.id]
        assert await lists.unassigned(work, JUDGE, house.at) == []
        assert {card.case.id for card in await lists.unit(work, SUPERVISOR, house.at)} == {case.id, free.id}
        assert await lists.unit(work, LAWYER, house.at) == ()
        assert case.timers.answer_due is not None
        for who in (LAWYER, SUPERVISOR):
            late = await lists.overdue(work, who, case.timers.answer_due)
            assert case.id in {card.case.id for card in late}
        assert await lists.overdue(work, BUREAU, case.timers.answer_due) == []


async def test_verbs_are_what_makes_sense_now(house: House) -> None:
    case = await house.signed()
    signed = await house.look(LAWYER, case)
    assert {CaseVerb.TRANSFER, CaseVerb.RETURN, CaseVerb.ANSWER} <= set(signed.verbs)
    assert CaseVerb.DECLINE not in signed.verbs
    await house.act(LAWYER, case, Move.TRANSFER, reason="workload", to=COLLEAGUE.id)
    offered = await house.look(LAWYER, case)
    assert CaseVerb.DECLINE in offered.verbs
    assert not {CaseVerb.TRANSFER, CaseVerb.RETURN} & set(offered.verbs)
    assert CaseVerb.ANOTHER_LEVEL in (await house.look(SUPERVISOR, case)).verbs


async def test_at_the_top_there_is_no_higher_level_to_offer(house: House) -> None:
    case = await house.signed()
    await house.act(SUPERVISOR, case, Move.RAISE, reason="difficult")
    await house.act(SUPERVISOR, case, Move.RAISE, reason="difficult")
    assert CaseVerb.ANOTHER_LEVEL not in (await house.look(SUPERVISOR, case)).verbs
    with pytest.raises(NotAllowedNow) as raised:
        await house.act(SUPERVISOR, case, Move.RAISE, reason="difficult")
    assert "最高一级" in (sentence(raised.value) or "")


async def test_who_worked_on_a_case_does_not_sign_it_off(house: House) -> None:
    async with house.store.work() as work:
        both = Person(
            id=SUPERVISOR.id, name=SUPERVISOR.name, unit=SUPERVISOR.unit, region="浙江省/湖州市",
            roles=frozenset({Role.SUPERVISOR, Role.LAWYER}), level=CITY_LAWYER.level,
        )  # fmt: skip
        await work.people.save(both)
        await work.commit()
    case = await house.answered()
    await house.act(OWNER, case, Move.CLOSE)
    raised = (await house.act(OWNER, case, Move.RATE, rating=Satisfaction.DISSATISFIED, reason="wrong")).case
    if raised.assignee != both.id:
        await house.act(both, case, Move.ASSIGN, to=both.id)
    await house.act(both, case, Move.CLEAR_CONFLICT)
    await house.act(both, case, Move.SIGN)
    await house.act(both, case, Move.ANSWER, "再看一遍。")
    await house.act(OWNER, case, Move.CLOSE)
    seen = await house.look(both, case)
    assert seen.case.status is Status.CLOSED
    assert CaseVerb.SIGN_OFF not in seen.verbs
    with pytest.raises(NotAllowedNow):
        await house.act(both, case, Move.SIGN_OFF)
