"""Whatever happens to a case, everybody concerned is told in whole sentences, and nobody more than they may know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.calendar import SHANGHAI
from desk.case import Case, CaseId, FileId, Move, Notify
from desk.errors import DeskError
from desk.lifecycle import REASONS
from desk.moves import MoveRequest
from desk.people import OFFICIALS, Person, PersonId, Role
from handlers.access import Right, relations, sees
from handlers.case_card import card
from handlers.casework import CaseWork, Order, WordsNeeded
from handlers.messages import Channel, FileRef, Nudge, Reply
from handlers.notices import Notices
from handlers.ports import Work
from handlers.staff_card import case_reply
from handlers.turn import Facts
from tests.desk.house import MONDAY, OWNER, House, house
from tests.desk.test_any_life import PEOPLE, possible, presses
from tests.handlers.samples import base

NOTICES = Notices(address="https://tijian.example", zone=SHANGHAI)
NOTE, OWNERS, EXPERTS = "只给同事看", "老板自己的话", "专家写的话"
BROKEN = re.compile(r"—|（）|[{}]|None|，，|  |：$|\n\n\n|（：|最晚 前|最早 签收|在 前")


@dataclass
class Shop:
    """A unit of work in memory: cases and people of the desk's own tests, and everything that would be sent."""

    home: House
    told: list[Reply] = field(default_factory=list)
    nudged: list[Nudge] = field(default_factory=list)
    called: dict[str, CaseId] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cases, self.roster = self.home.shelf, self.home.staff
        self.replies = self.tasks = self.audit = self.files = self

    async def put(self, reply: Reply, **_: object) -> None:
        self.told.append(reply)

    async def nudge(self, nudge: Nudge, **_: object) -> None:
        self.nudged.append(nudge)

    async def add(self, case: CaseId, *_: object, key: str, **__: object) -> None:
        self.called[key] = case

    async def of_case(self, case: CaseId) -> Sequence[tuple[str, CaseId]]:
        return [(key, one) for key, one in self.called.items() if one == case]

    async def write(self, **detail: object) -> None:
        assert detail["what"]

    async def owner(self, file: FileId) -> tuple[PersonId, None]:
        return PersonId(file.partition(":")[0]), None

    async def get(self, file: FileId) -> FileRef:
        return FileRef(id=file, name="证据.pdf", media_type="application/pdf", size=1, sha256="0")

    async def attach(self, *_: object) -> None:
        """Nothing to keep."""


def words(move: Move, who: Person) -> str:
    said = {Move.ANSWER, Move.ASK_BACK, Move.REFER_OUT}
    noted = {Move.NOTE, Move.TRANSFER, Move.RETURN, Move.DECLINE}
    return EXPERTS if move in said else NOTE if move in noted else OWNERS if who == OWNER else NOTE


@given(
    st.integers(0, 2**32), st.sampled_from(["", "crime", "secret", "contract"]), st.booleans(),
    st.sampled_from(list(Notify)),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
async def test_everybody_is_told_in_whole_sentences_and_no_more_than_they_may_know(
    seed: int, topic: str, lawyer_only: bool, notify: Notify
) -> None:
    home = house(*PEOPLE)
    shop = Shop(home=home)
    work = cast("Work", shop)
    casework = CaseWork(desk=home.desk, notices=NOTICES)
    at = MONDAY
    opened = await home.open(at, lawyer_only=lawyer_only, topic=topic, notify=notify, question=OWNERS)
    await NOTICES.send(work, opened.step, at=at)
    case = opened.step.case
    looked_through(shop, case, at)
    for press in presses(seed, 40):
        at += press.wait
        allowed = possible(case, at)
        who, move = allowed[press.pick % len(allowed)]
        codes = REASONS.get(move, ("",))
        request = MoveRequest(
            move=move, reason=codes[press.reason % len(codes)], role=press.role, rating=press.rating,
            consent=press.consent, referred_to="12345",
            to=press.to.id if move in {Move.ASSIGN, Move.TRANSFER} and press.reason % 2 else None,
        )  # fmt: skip
        file = (FileId(f"{who.id}:1"),) if press.reason == 3 else ()
        try:
            await casework.act(work, who, Order(case=case.id, request=request, body=words(move, who), files=file), at)
        except (DeskError, WordsNeeded):
            assert not shop.told
        case = home.shelf.cases[case.id]
        looked_through(shop, case, at)
        await casework.fire(work, case.id, at)
        case = home.shelf.cases[case.id]
        looked_through(shop, case, at)
        await casework.assign_waiting(work, at)
        case = home.shelf.cases[case.id]
        looked_through(shop, case, at)
        await seen_by_everybody(casework, work, shop, case, at)


def looked_through(shop: Shop, case: Case, at: datetime) -> None:
    """What was sent by the last step; forgets it."""
    for reply in shop.told:
        person = shop.home.staff.all[reply.to].person if reply.to != OWNER.id else OWNER
        held = relations(person, case, at=at, phone_task=bool(shop.called))
        everything = f"{reply.text}\n{reply.public}"
        assert reply.text.strip()
        assert not BROKEN.search(everything.replace("\n\n", "\n")), everything
        assert NOTE not in everything
        assert not reply.files or sees(Right.TEXT, held)
        carried = OWNERS in reply.text or EXPERTS in reply.text
        assert not carried or sees(Right.TEXT, held), (reply.to, reply.text)
        assert OWNERS not in reply.public
        assert EXPERTS not in reply.public
        if carried and (reply.to != OWNER.id or lawyers_or_delicate(case)):
            assert reply.private, everything
        assert not reply.private or reply.public
        if case.lawyer_only:
            assert "刑事" not in everything
            assert "商业秘密" not in everything
            assert "德清" not in everything
        for row in reply.buttons:
            assert held, (reply.to, row)
    for nudge in shop.nudged:
        assert case.number in nudge.text
        assert nudge.link.endswith(f"/?case={case.number}")
        assert not any(word in f"{nudge.subject}{nudge.text}" for word in (OWNERS, EXPERTS, NOTE, "刑事", "商业秘密"))
    shop.told.clear()
    shop.nudged.clear()


def lawyers_or_delicate(case: Case) -> bool:
    return case.lawyer_only or case.topic in {"crime", "secret"} or case.role in OFFICIALS - {Role.BUREAU}


async def seen_by_everybody(casework: CaseWork, work: Work, shop: Shop, case: Case, at: datetime) -> None:
    for person in {*PEOPLE, OWNER}:
        held = relations(person, case, at=at, phone_task=bool(shop.called))
        if not held:
            continue
        seen = await casework.look(work, person, case.id, at)
        if person == OWNER:
            facts = Facts(
                person=OWNER, channel=Channel.WEB, at=at, inbox=1, base=base().current, keep=True, public_url="",
                zone=SHANGHAI,
            )  # fmt: skip
            shown = card(seen, NOTICES, facts)
            assert NOTE not in f"{shown.text}{shown.public}"
            continue
        reply = case_reply(seen, person, Channel.TELEGRAM, NOTICES)
        if not sees(Right.NOTES, held):
            assert NOTE not in reply.text
        if not sees(Right.TEXT, held):
            assert OWNERS not in reply.text
        assert not any(word in reply.public for word in (NOTE, OWNERS, EXPERTS))
        assert reply.private or not any(word in reply.text for word in (NOTE, OWNERS, EXPERTS))


def test_the_marks_of_these_tests_are_not_in_the_names_of_people() -> None:
    assert not any(word in person.name for person in PEOPLE for word in (NOTE, OWNERS, EXPERTS))
    assert replace(OWNER) == OWNER
