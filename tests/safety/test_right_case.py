"""Words reach the case and the field they were written for, and no other."""

from __future__ import annotations

import pytest

from bot.store.blobs import once
from desk.case import Case, Wrote
from desk.people import Person, PersonId
from handlers.actions import CaseVerb, OnCase
from handlers.conversation import Intaking, read
from handlers.dispatch import Dispatcher
from handlers.messages import Channel, FileRef
from tests.dialogs import Dialog

STRANGER = PersonId("stranger")


async def kept(dialog: Dialog, case: Case) -> list[str]:
    async with dialog.store.reading() as work:
        return [item.body for item in await work.cases.messages(case.id) if item.kind is not Wrote.QUESTION]


async def test_an_edited_message_is_no_answer_to_the_interview(chat: Dialog) -> None:
    await chat.play("""
        用户: 找人工
        机器人: 对方是谁
        用户改: 我们和乙公司的事不用了
        机器人: 请再发一条新消息
        用户: 甲公司
        机器人: 哪一种情况
    """)
    async with chat.store.reading() as work:
        row = await work.conversations.load(chat.person, Channel.TELEGRAM)
    assert row is not None
    state = read(row.state).state
    assert isinstance(state, Intaking)
    assert state.draft.party == "甲公司"


async def test_an_edited_message_goes_to_no_case_that_waits_for_words(chat: Dialog, case: Case) -> None:
    await chat.send(action=OnCase(CaseVerb.FOLLOW_UP, case.id, case.version))
    chat.unread.clear()
    await chat.send("说给别人的话", edited=True)
    assert "请再发一条新消息" in chat.unread.pop().text
    assert await kept(chat, case) == []
    await chat.send("说给这个案件的话")
    assert await kept(chat, case) == ["说给这个案件的话"]


async def test_an_edited_message_names_no_day_for_a_deadline(chat: Dialog) -> None:
    await chat.send("收到法院的判决书，什么时候前上诉？")
    chat.unread.clear()
    before = chat.number
    await chat.send("2026年1月1日", edited=True)
    assert chat.number == before + 1
    assert all("最后一天" not in reply.text for reply in chat.unread)


@pytest.mark.parametrize("digit", ["²", "①", "９９９"])
async def test_odd_digits_pick_no_candidate_and_break_nothing(chat: Dialog, digit: str) -> None:
    await chat.send("被辞退怎么办")
    chat.unread.clear()
    await chat.send(digit)
    assert chat.unread


async def test_who_opened_a_case_by_its_code_can_send_it_a_picture(
    asked: Dialog, web: Dialog, case: Case, dispatcher: Dispatcher
) -> None:
    async with asked.store.work() as work:
        opened = await dispatcher.open_by_pickup(
            work, Person(id=STRANGER), asked.names["number"], asked.names["code"], at=asked.at, key="k"
        )
        await work.people.add(Person(id=STRANGER))
        await work.commit()
    assert opened
    web.person = STRANGER
    await web.send("照片在这里", case=case.id, files=(await picture(web),))
    assert "没有找到" not in web.unread.pop().text
    assert await kept(web, case) == ["照片在这里"]


async def picture(dialog: Dialog) -> FileRef:
    blob = await dialog.store.blobs.put(once(b"\xff\xd8\xff picture"), limit=100)
    async with dialog.store.work() as work:
        ref = await work.files.add(blob, name="a.jpg", media_type="image/jpeg", person=dialog.person, at=dialog.at)
        await work.commit()
    return ref
