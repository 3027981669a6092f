"""A staffed house over the real store: cases in any state, everybody's chat, and what was sent to whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.store import SqlStore
from desk.calendar import SHANGHAI
from desk.case import Case, CaseId, FileId, Move
from desk.desk import OpenRequest, load_desk
from desk.moves import MoveRequest
from desk.people import Person, PersonId, Role
from handlers.actions import CaseVerb, OnCase
from handlers.base import BaseHolder
from handlers.case_view import CaseView
from handlers.casework import CaseWork, Order
from handlers.dispatch import Dispatcher
from handlers.faq_chat import FaqChat
from handlers.faq_keeping import FaqKeeping
from handlers.messages import Channel, FileRef, Reply
from handlers.notices import Notices, Words
from handlers.staff_chat import StaffChat
from knowledge.risk import RiskWords
from tests.dialogs import Dialog, Listening
from tests.handlers.samples import LAWYER, MONDAY, OWNER, REGION, base, staff

JUDGE = staff("孙法官", Role.JUDGE)
COLLEAGUE = staff("钱律师", Role.LAWYER)
CLERK = staff("郑受理", Role.CLERK)
FAR_CLERK = staff("远受理", Role.CLERK, region="浙江省/舟山市/嵊泗县")
ADMIN = staff("冯管理", Role.ADMIN)
SECOND = staff("何管理", Role.ADMIN)
AUDITOR = staff("韩审计", Role.AUDITOR)
MORE = (JUDGE, COLLEAGUE, CLERK, FAR_CLERK, ADMIN, SECOND, AUDITOR)
DESK = load_desk()
NOTICES = Notices(address="https://tijian.example", zone=SHANGHAI)
KEEPING = FaqKeeping(zone=SHANGHAI)
QUESTION = "客户拖欠货款半年了，我该怎么要？"


@dataclass
class House:
    """``heard`` holds every reply that was stored, oldest first."""

    store: SqlStore
    at: datetime = MONDAY
    heard: list[Reply] = field(default_factory=list)
    casework: CaseWork = field(default_factory=lambda: CaseWork(desk=DESK, notices=NOTICES))
    base: BaseHolder = field(default_factory=base)
    dialogs: dict[tuple[PersonId, Channel], Dialog] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dispatcher = Dispatcher(
            desk=DESK, base=self.base, risk=RiskWords.load(), casework=self.casework, notices=NOTICES,
            public_url="https://tijian.example",
            staff=StaffChat(
                casework=self.casework, notices=NOTICES, faq=FaqChat(keeping=KEEPING), console="https://tijian.example"
            ),
        )  # fmt: skip

    def chat(self, person: Person, channel: Channel = Channel.TELEGRAM) -> Dialog:
        """The person's conversation on that channel, at the moment of the house."""
        key = (person.id, channel)
        if key not in self.dialogs:
            self.dialogs[key] = Dialog(
                store=self.store, dispatcher=self.dispatcher, at=self.at, person=person.id, channel=channel
            )
        self.dialogs[key].at = max(self.at, self.dialogs[key].at)
        return self.dialogs[key]

    async def open(self, actor: Person = OWNER, **more: Any) -> Case:  # noqa: ANN401 - fields of OpenRequest
        """A case of the owner that was routed, with everybody told."""
        facts: dict[str, Any] = {
            "owner": OWNER.id, "role": Role.LAWYER, "question": QUESTION, "region": REGION, "topic": "contract",
            "company": "德清某公司", "other_party": "甲公司", "owner_name": "王老板", "phone": "13800000000",
        }  # fmt: skip
        async with self.store.work() as work:
            heard = Listening(work)
            opened = await DESK.open(work.cases, work.roster, OpenRequest(**(facts | more)), actor=actor, at=self.at)
            await NOTICES.send(heard, opened.step, at=self.at, words=Words(body=QUESTION))
            await work.commit()
        self.heard += heard.heard
        return opened.step.case

    async def act(self, who: Person, case: Case | CaseId, move: Move, body: str = "", **more: Any) -> CaseView:  # noqa: ANN401
        """One move as the service does it, committed. Raises what the service raises."""
        self.at += timedelta(minutes=1)
        key = case.id if isinstance(case, Case) else case
        files = more.pop("files", ())
        order = Order(case=key, request=MoveRequest(move=move, **more), body=body, files=files)
        async with self.store.work() as work:
            heard = Listening(work)
            seen = await self.casework.act(heard, who, order, self.at)
            await work.commit()
        self.heard += heard.heard
        return seen

    async def look(self, who: Person, case: Case) -> CaseView:
        """The case as somebody sees it. Raises NoSuchCase."""
        async with self.store.work() as work:
            seen = await self.casework.look(work, who, case.id, self.at)
            await work.commit()
        return seen

    async def fire(self, case: Case, at: datetime) -> None:
        """The timers of a case at that moment."""
        self.at = at
        async with self.store.work() as work:
            heard = Listening(work)
            await self.casework.fire(heard, case.id, at)
            await work.commit()
        self.heard += heard.heard

    async def now(self, case: Case | CaseId) -> Case:
        """The stored case."""
        async with self.store.reading() as work:
            found = await work.cases.get(case.id if isinstance(case, Case) else case)
        assert found is not None
        return found

    async def signed(self, who: Person = LAWYER, **more: Any) -> Case:  # noqa: ANN401
        """A case that ``who`` signed."""
        case = await self.open(**more)
        assert case.assignee == who.id, case.assignee
        await self.act(who, case, Move.CLEAR_CONFLICT)
        return (await self.act(who, case, Move.SIGN)).case

    async def answered(self, **more: Any) -> Case:  # noqa: ANN401
        """A case with an answer of the lawyer."""
        case = await self.signed(**more)
        return (await self.act(LAWYER, case, Move.ANSWER, "先发催告函。")).case

    async def file(self, who: Person, name: str, data: bytes, media_type: str = "application/octet-stream") -> FileRef:
        """An upload of somebody, bound to no case."""
        blob = await self.store.blobs.put_bytes(data, limit=10_000_000)
        async with self.store.work() as work:
            kept = await work.files.add(blob, name=name, media_type=media_type, person=who.id, at=self.at)
            await work.commit()
        return kept

    async def said(self, case: Case) -> list[tuple[str, str, tuple[FileId, ...]]]:
        """(kind, words, files) of the conversation after the question."""
        async with self.store.reading() as work:
            return [(item.kind.value, item.body, item.files) for item in await work.cases.messages(case.id)][1:]

    async def notes(self, case: Case) -> list[str]:
        """Internal notes."""
        async with self.store.reading() as work:
            return [item.body for item in await work.cases.notes(case.id)]

    def told(self, person: Person) -> list[Reply]:
        """What was sent to somebody, and forgets it."""
        found = [reply for reply in self.heard if reply.to == person.id]
        self.heard = [reply for reply in self.heard if reply.to != person.id]
        return found


async def opened(house: House, who: Person, case: CaseId) -> Dialog:
    """The chat of somebody who has just opened the case."""
    chat = house.chat(who)
    chat.unread.clear()
    await chat.send(action=OnCase(CaseVerb.OPEN, case, 0))
    chat.shown = chat.unread[0]
    await chat.play("机器人: 案件")
    return chat
