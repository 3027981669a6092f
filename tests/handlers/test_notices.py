"""Who is told what, by which way: a sentence for everything the desk tells, content for readers alone."""

from __future__ import annotations

import ast
import json
from datetime import timedelta
from pathlib import Path
from typing import TypeGuard

import pytest

import desk.notices
from desk.case import Case, Handover, Move, Notify, Satisfaction, Status, Timers, Urgency
from desk.events import Notice, Step, Tell
from desk.people import Person, Role
from handlers.messages import Reply
from handlers.notices import Words
from handlers.texts import load
from tests.dialogs import Listening
from tests.handlers.desk_house import CLERK, COLLEAGUE, NOTICES, QUESTION, House
from tests.handlers.samples import CITY_LAWYER, LAWYER, MONDAY, OWNER, POLICE, REGION, SUPERVISOR
from tests.handlers.test_any_notice import BROKEN

TOMORROW = MONDAY + timedelta(days=1)
SIDES = {"owner": "owner", "experts": "expert", "supervisor": "supervisor", "tell": "expert"}


def emitted() -> set[tuple[Tell, str]]:
    """Every (what, to whom) that the desk's own code names."""
    tree = ast.parse(Path(desk.notices.__file__).read_text(encoding="utf-8"))
    found = {(Tell.CALL_OWNER, "clerk")}
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        named = {node.attr for node in ast.walk(function) if is_tell(node)}
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SIDES:
                tells = [arg.attr for arg in node.args if is_tell(arg)] or (sorted(named) if node.args else [])
                found |= {(Tell[tell], SIDES[node.func.attr]) for tell in tells if tell != "CALL_OWNER"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("_to_"):
            side = "owner" if node.func.id == "_to_owner" else "expert"
            found |= {(Tell[arg.attr], side) for arg in node.args if is_tell(arg)}
    return found


def is_tell(node: ast.AST) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Tell"


EMITTED = sorted(emitted())


def test_everything_the_desk_tells_has_a_sentence_and_no_sentence_is_idle() -> None:
    sentences = {key for key in load() if key.startswith("tell.")}
    wanted = {f"tell.{tell}.{side}" for tell, side in EMITTED}
    assert wanted <= sentences
    plain = {key.partition("_public")[0] for key in sentences}
    endings = ("_none", "_undated", "_conflict", "_other", "_gone")
    for ending in endings:
        plain = {key.removesuffix(ending) for key in plain}
    assert plain == wanted
    assert {f"nudge.{tell}" for tell in desk.notices.CALLED} | {"nudge.subject"} == {
        key for key in load() if key.startswith("nudge.")
    }


def data_of(tell: Tell) -> dict[str, str]:
    moment = TOMORROW.isoformat()
    return {
        Tell.NOBODY_ON_DUTY: {"earliest": moment},
        Tell.CLOCK_WARNING: {"clock": "answer", "due": moment},
        Tell.CLOCK_BREACHED: {"clock": "sign", "due": moment},
        Tell.RAISED: {"level": "2", "reason": "breach"},
        Tell.DISSATISFIED: {"reason": "too_late"},
        Tell.HANDOVER_OFFERED: {"reason": "workload"},
        Tell.HANDOVER_DECLINED: {"reason": "workload"},
    }.get(tell, {})


def case_of(identity: str, **more: object) -> Case:
    timers = Timers(sign_due=TOMORROW, answer_due=TOMORROW, close_due=TOMORROW, lapses_at=TOMORROW, provisional=True)
    offer = Handover(
        kind=Move.TRANSFER, by=LAWYER.id, to=COLLEAGUE.id, role=Role.LAWYER, reason="workload", since=MONDAY,
        until=TOMORROW,
    )  # fmt: skip
    facts: dict[str, object] = {
        "id": identity, "number": "FT20261123-0042-7", "owner": OWNER.id, "role": Role.LAWYER, "opened_at": MONDAY,
        "region": REGION, "topic": "contract", "status": Status.SIGNED, "assignee": LAWYER.id,
        "responsible": LAWYER.id, "conflict_cleared": True, "timers": timers, "handover": offer,
        "referred_to": "12345热线", "version": 3,
    }  # fmt: skip
    return Case(**(facts | more))  # type: ignore[arg-type]


async def told(house: House, case: Case, notice: Notice, words: Words | None = None) -> list[Reply]:
    async with house.store.work() as work:
        heard = Listening(work)
        await NOTICES.send(heard, Step(case=case, events=(), notices=(notice,)), at=MONDAY, words=words)
        await work.commit()
    return heard.heard


RECEIVERS = {"owner": OWNER, "expert": LAWYER, "supervisor": SUPERVISOR, "clerk": CLERK}


@pytest.mark.parametrize("state", ["full", "bare", "stranger"])
async def test_every_sentence_reads_whole(house: House, state: str) -> None:
    other = await house.open()
    for tell, side in EMITTED:
        data = data_of(tell) | ({"into": other.id} if tell is Tell.MERGED else {})
        more: dict[str, object] = {}
        if state == "bare" and tell is not Tell.OPENED:
            data = {} if tell is Tell.NOBODY_ON_DUTY else data
            timers = Timers(sign_due=TOMORROW, lapses_at=TOMORROW)
            more = {"timers": timers, "region": "", "topic": "", "responsible": None}
        case = case_of("case", **more)
        by_role = {"supervisor": Role.SUPERVISOR, "clerk": Role.CLERK}.get(side)
        receiver = COLLEAGUE if state == "stranger" and side == "expert" else RECEIVERS[side]
        notice = Notice(tell=tell, case=case.id, data=data, to=None if by_role else receiver.id, role=by_role)
        words = Words(body="请看附件。", author=None if state == "bare" else LAWYER)
        reply = next(one for one in await told(house, case, notice, words) if one.to == receiver.id)
        assert not BROKEN.search(f"{reply.text}\n{reply.public}".replace("\n\n", "\n")), reply.text
        assert case.number in reply.text, (tell, side)
        assert tell is not Tell.MERGED or other.number in reply.text


async def test_an_expert_who_has_not_confirmed_gets_no_word_and_no_file_of_the_owner(house: House) -> None:
    case = await house.open()
    house.heard.clear()
    file = await house.file(OWNER, "借条.png", b"x")
    await house.act(OWNER, case, Move.FOLLOW_UP, "对方是我表弟。", files=(file.id,))
    (reply,) = house.told(LAWYER)
    assert "表弟" not in f"{reply.text}{reply.public}"
    assert reply.files == ()
    assert [button.label for row in reply.buttons for button in row] == ["看案件"]


async def test_whoever_was_asked_before_learns_of_the_answer_but_not_what_it_says(house: House) -> None:
    case = await house.signed()
    assert case.timers.answer_due is not None
    await house.fire(case, case.timers.answer_due)
    raised = await house.now(case)
    assert (raised.assignee, raised.responsible) == (CITY_LAWYER.id, LAWYER.id)
    house.heard.clear()
    file = await house.file(LAWYER, "意见.pdf", b"x")
    await house.act(LAWYER, case, Move.ANSWER, "先发催告函。", files=(file.id,))
    (reply,) = house.told(CITY_LAWYER)
    assert "不用再签收" in reply.text
    assert (reply.files, reply.links, reply.buttons) == ((), (), ())
    assert "催告函" not in reply.text


@pytest.mark.parametrize(
    ("more", "private"),
    [
        ({"role": Role.LAWYER, "topic": "contract"}, False),
        ({"role": Role.LAWYER, "topic": "secret"}, True),
        ({"role": Role.LAWYER, "topic": "crime"}, True),
        ({"role": Role.LAWYER, "lawyer_only": True}, True),
        ({"role": Role.POLICE, "assignee": POLICE.id, "responsible": POLICE.id}, True),
        ({"role": Role.JUDGE}, True),
        ({"role": Role.BUREAU}, False),
    ],
)
async def test_delicate_content_is_private_and_has_a_public_text(
    house: House, more: dict[str, object], private: bool
) -> None:
    case = case_of("case", **more)
    for tell in (Tell.ANSWERED, Tell.ASKED_BACK, Tell.REFERRED_OUT):
        (reply,) = await told(house, case, Notice(tell=tell, case=case.id, to=OWNER.id), Words(body="内容在此。"))
        assert reply.private is private
        assert "内容在此" in reply.text
        assert "内容在此" not in reply.public
        assert case.number in reply.public


async def test_what_the_owner_writes_is_private_to_every_expert(house: House) -> None:
    for expert, role in ((LAWYER, Role.LAWYER), (POLICE, Role.POLICE)):
        case = case_of("case", role=role, assignee=expert.id, responsible=expert.id, handover=None)
        notice = Notice(tell=Tell.OWNER_WROTE, case=case.id, to=expert.id)
        (reply,) = await told(house, case, notice, Words(body="内容在此。"))
        assert reply.private
        assert "内容在此" not in reply.public


@pytest.mark.parametrize("side", [SUPERVISOR, LAWYER])
async def test_of_a_lawyers_case_nothing_but_that_is_told(house: House, side: Person) -> None:
    case = case_of("case", lawyer_only=True, topic="crime", status=Status.NEW, urgency=Urgency.URGENT)
    for tell, where in EMITTED:
        if where != ("supervisor" if side is SUPERVISOR else "expert"):
            continue
        to, role = (None, Role.SUPERVISOR) if side is SUPERVISOR else (side.id, None)
        (reply,) = await told(house, case, Notice(tell=tell, case=case.id, to=to, role=role, data=data_of(tell)))
        assert not any(word in reply.text for word in ("刑事", "德清", "湖州"))
    assert NOTICES.card(case).splitlines()[1] == "律师案件"


@pytest.mark.parametrize("way", [Notify.EMAIL, Notify.WEBHOOK])
async def test_a_nudge_has_number_and_link_and_no_content(house: House, way: Notify) -> None:
    case = await house.answered(notify=way, topic="secret")
    async with house.store.reading() as work:
        from sqlalchemy import text

        rows = await work.tx.rows(text("select payload from outbox where channel = :way"), {"way": way.value})
    assert len(rows) == 2
    for row in rows:
        nudge = json.loads(row.payload)
        told = f"{nudge['subject']}{nudge['text']}"
        assert case.number in told
        assert nudge["link"] == f"https://tijian.example/?case={case.number}"
        assert not any(word in row.payload for word in ("催告函", QUESTION, "商业秘密", "甲公司", "李律师"))


async def test_a_phone_task_is_there_once_for_one_news(house: House) -> None:
    case = await house.open(notify=Notify.PHONE)
    step = Step(case=case, events=(), notices=(Notice(tell=Tell.CALL_OWNER, case=case.id, role=Role.CLERK),))
    async with house.store.work() as work:
        for _ in range(2):
            await NOTICES.send(work, step, at=house.at)
        await work.commit()
    async with house.store.reading() as work:
        assert len(await work.tasks.open()) == 1
        assert len(await work.tasks.of_case(case.id)) == 1


async def test_the_owner_who_chose_the_phone_is_called_about_signing_and_answer(house: House) -> None:
    case = await house.answered(notify=Notify.PHONE)
    async with house.store.reading() as work:
        assert [task[2] for task in await work.tasks.of_case(case.id)] == ["signed", "answered"]
    calls = house.told(CLERK)
    assert len(calls) == 2
    assert all("打电话" in call.text and "催告函" not in call.text for call in calls)


async def test_a_silent_owners_case_is_closed_with_the_rating_and_reopening(house: House) -> None:
    case = await house.answered()
    assert case.timers.lapses_at is not None
    house.heard.clear()
    await house.fire(case, case.timers.lapses_at)
    (reply,) = [one for one in house.told(OWNER) if "自动办结" in one.text]
    labels = [button.label for row in reply.buttons for button in row]
    assert labels == ["重办", "非常满意", "满意", "一般", "不满意"]


async def test_an_offer_names_reason_and_moment(house: House) -> None:
    case = await house.signed()
    house.heard.clear()
    await house.act(LAWYER, case, Move.TRANSFER, reason="workload", to=COLLEAGUE.id)
    (reply,) = house.told(COLLEAGUE)
    offer = (await house.now(case)).handover
    assert offer is not None
    assert "手上案件太多" in reply.text
    assert NOTICES.moment(offer.until) in reply.text


async def test_dissatisfaction_reaches_the_supervisor_with_its_reason_and_a_way_in(house: House) -> None:
    case = await house.answered()
    await house.act(OWNER, case, Move.CLOSE)
    house.heard.clear()
    await house.act(OWNER, case, Move.RATE, rating=Satisfaction.DISSATISFIED, reason="too_late")
    first = house.told(SUPERVISOR)[0]
    assert "太慢" in first.text
    assert first.links[0].url.endswith(f"/console/cases/{case.id}")
    assert first.buttons


async def test_who_may_no_longer_see_a_case_gets_no_link_to_it(house: House) -> None:
    case = await house.open()
    await house.act(OWNER, case, Move.WITHDRAW)
    reply = house.told(LAWYER)[-1]
    assert "撤回" in reply.text
    assert (reply.links, reply.buttons) == ((), ())


def test_the_card_names_the_clock_that_runs_next_and_none_while_the_owner_has_the_word() -> None:
    running = case_of("case", timers=Timers(answer_due=TOMORROW, close_due=TOMORROW))
    assert "首次答复期限" in NOTICES.card(running)
    assert "期限" not in NOTICES.card(case_of("case", timers=Timers(answer_due=TOMORROW, paused_at=MONDAY)))
