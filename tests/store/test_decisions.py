"""The way of one message through the store: inbox, conversation, question, reply, outbox, in one transaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.store import SqlStore, SqlWork
from bot.store.inbox import Incoming, lane_of
from bot.store.outbox import Sent
from bot.store.replies_json import read_reply_text
from desk.case import CaseId
from desk.people import Person, PersonId
from handlers.actions import Menu, OpenMenu, Pick
from handlers.messages import Button, Channel, Nudge, Reply
from handlers.records import Asked, Contact, ConversationRow

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WHO = PersonId("p1")


def incoming(number: int, who: int = 7, source: str = "telegram") -> Incoming:
    lane = lane_of(Channel.TELEGRAM, who)
    return Incoming(source=source, external_id=str(number), lane=lane, payload="{}", at=AT, position=number,
                    words=f"问题{number}")  # fmt: skip


async def known_by_telegram(store: SqlStore, chat: int = 7) -> None:
    async with store.work() as work:
        await work.people.add(Person(id=WHO, name="王五"))
        await work.people.save_contact(Contact(person=WHO, telegram_chat=chat, email="a@b.cn"))
        await work.commit()


async def test_leaving_without_commit_keeps_nothing(store: SqlStore) -> None:
    async with store.work() as work:
        await work.people.add(Person(id=WHO))
    async with store.reading() as work:
        assert await work.people.get(WHO) is None


async def test_a_state_comes_back_as_it_was_saved(store: SqlStore) -> None:
    row = ConversationRow(person=WHO, channel=Channel.WEB, state={"v": 1, "is": "Idle", "n": [1, "二"]}, version=3)
    async with store.work() as work:
        assert await work.conversations.load(WHO, Channel.WEB) is None
        await work.conversations.save(row)
        assert await work.conversations.load(WHO, Channel.WEB) == row
        await work.commit()
    async with store.reading() as work:
        assert await work.conversations.load(WHO, Channel.WEB) == row


async def add_then_fail(work: SqlWork, who: str, *, look: bool) -> None:
    async with work.savepoint():
        await work.people.add(Person(id=PersonId(who)))
        if look:
            await work.people.get(PersonId(who))
        raise ZeroDivisionError


async def add_twice(work: SqlWork) -> None:
    async with work.savepoint():
        await work.people.add(Person(id=WHO))


async def test_a_failed_part_takes_only_itself_back(store: SqlStore) -> None:
    async with store.work() as work:
        async with work.savepoint():
            await work.people.add(Person(id=WHO))
        for who, look in (("p2", True), ("p3", False)):
            with pytest.raises(ZeroDivisionError):
                await add_then_fail(work, who, look=look)
        with pytest.raises(Exception, match=r"(?i)unique"):
            await add_twice(work)
        await work.people.add(Person(id=PersonId("p4")))
        await work.commit()
    async with store.reading() as work:
        found = [await work.people.get(PersonId(f"p{number}")) for number in (1, 2, 3, 4)]
    assert [person is not None for person in found] == [True, False, False, True]


async def test_an_update_that_comes_twice_is_stored_once(store: SqlStore) -> None:
    first = await store.inbox.add_many([incoming(1), incoming(2)])
    again = await store.inbox.add_many([incoming(2), incoming(3)])
    assert None not in first
    assert again[0] is None
    assert again[1] is not None
    assert await store.inbox.last_offset("telegram") == 3
    assert await store.inbox.last_offset("web") is None


async def test_one_person_is_worked_on_one_row_at_a_time(store: SqlStore) -> None:
    await store.inbox.add_many([incoming(1), incoming(2), incoming(3, who=8), incoming(4, who=8)])
    rows = await store.inbox.claim(10, AT)
    assert [row.external_id for row in rows] == ["1", "3"]
    assert await store.inbox.claim(10, AT) == []
    async with store.work() as work:
        store.inbox.done(work, rows[0].id)
        await work.commit()
    assert [row.external_id for row in await store.inbox.claim(10, AT)] == ["2"]


async def test_a_rolled_back_decision_leaves_its_row_to_do(store: SqlStore) -> None:
    await store.inbox.add_many([incoming(1)])
    [row] = await store.inbox.claim(10, AT)
    async with store.work() as work:
        store.inbox.done(work, row.id)
    assert await store.inbox.claim(10, AT) == []
    store.inbox.release([row.id])
    assert [again.id for again in await store.inbox.claim(10, AT)] == [row.id]


async def test_a_failing_row_waits_longer_each_time_and_is_given_up_after_five(store: SqlStore) -> None:
    await store.inbox.add_many([incoming(1), incoming(2)])
    at, given_up = AT, []
    for wait in (1, 2, 4, 8, 16):
        [row] = await store.inbox.claim(10, at)
        assert row.external_id == "1"
        given_up.append(await store.inbox.failed(row.id, "broken", at))
        if not given_up[-1]:
            assert await store.inbox.claim(10, at + timedelta(seconds=wait - 0.5)) == []
        at += timedelta(seconds=wait)
    assert given_up == [False, False, False, False, True]
    assert [row.external_id for row in await store.inbox.claim(10, at)] == ["2"]


async def test_words_are_blanked_once_worked_off_unless_they_wait_for_consent(store: SqlStore) -> None:
    ids = await store.inbox.add_many([incoming(1), incoming(2)])
    assert ids[0] is not None
    assert ids[1] is not None
    async with store.work() as work:
        assert await work.inbox.text(ids[0]) == "问题1"
        await work.inbox.keep(ids[1])
        store.inbox.done(work, ids[0])
        store.inbox.done(work, ids[1])
        await work.commit()
    async with store.reading() as work:
        assert (await work.inbox.text(ids[0]), await work.inbox.text(ids[1])) == ("", "问题2")
    assert await store.inbox.tidy(AT + timedelta(hours=25)) == 1
    async with store.reading() as work:
        assert await work.inbox.text(ids[1]) == ""


async def test_what_was_not_worked_off_in_a_day_is_blanked(store: SqlStore) -> None:
    await store.inbox.add_many([incoming(1)])
    assert await store.inbox.tidy(AT + timedelta(hours=23)) == 0
    assert await store.inbox.tidy(AT + timedelta(hours=25)) == 1
    assert await store.inbox.claim(10, AT + timedelta(hours=25)) == []


async def test_a_reply_with_the_same_key_is_put_once(store: SqlStore) -> None:
    await known_by_telegram(store)
    reply = Reply(to=WHO, text="最长六个月", buttons=((Button(label="菜单", action=OpenMenu(Menu.START)),),))
    for _ in range(2):
        async with store.work() as work:
            for channel in Channel:
                await work.replies.put(
                    Reply(to=WHO, text=reply.text, buttons=reply.buttons, channel=channel), at=AT, key="k"
                )
            await work.commit()
    async with store.reading() as work:
        lines = await work.chat.after(WHO, 0)
    assert [line.reply and line.reply.buttons for line in lines] == [reply.buttons]
    [row] = await store.outbox.claim(10, AT)
    assert (row.channel, row.address) == ("telegram", "7")
    assert read_reply_text(row.payload).buttons == reply.buttons


async def test_a_reply_without_channel_goes_wherever_the_person_is(store: SqlStore) -> None:
    await known_by_telegram(store)
    async with store.work() as work:
        await work.replies.put(Reply(to=WHO, text="一"), at=AT, key="1")
        work.chat.said(WHO, "网页", at=AT, key="m1")
        await work.replies.put(Reply(to=WHO, text="二"), at=AT, key="2")
        await work.people.save_contact(Contact(person=WHO, telegram_chat=7, telegram_blocked=True))
        await work.replies.put(Reply(to=WHO, text="三"), at=AT, key="3")
        await work.replies.put(Reply(to=PersonId("stranger"), text="四"), at=AT, key="4")
        await work.commit()
    async with store.reading() as work:
        lines = await work.chat.latest(WHO)
        assert [line.reply.text if line.reply else line.text for line in lines] == ["网页", "二", "三"]
        assert [line.seq for line in lines] == [1, 2, 3]
        assert len(await work.chat.latest(PersonId("stranger"))) == 1
    assert await store.outbox.depth() == {("telegram", "queued"): 2}


async def test_a_chat_gets_its_messages_in_order_and_one_at_a_time(store: SqlStore) -> None:
    await known_by_telegram(store)
    async with store.work() as work:
        for number in range(3):
            reply = Reply(to=WHO, text=str(number), channel=Channel.TELEGRAM, case=CaseId("c1"))
            await work.replies.put(reply, at=AT, key=str(number))
        await work.commit()
    [first] = await store.outbox.claim(10, AT)
    assert await store.outbox.claim(10, AT) == []
    await store.outbox.sending([first])
    await store.outbox.sent_many([Sent(id=first.id, parts=(41, 42))], AT)
    assert await store.outbox.case_of(7, 42) == "c1"
    assert await store.outbox.case_of(7, 43) is None
    [second] = await store.outbox.claim(10, AT)
    await store.outbox.sending([second])
    await store.outbox.retry(second.id, AT + timedelta(seconds=9), why="flood", parts=[50], counts=False)
    assert await store.outbox.claim(10, AT) == []
    assert await store.outbox.next_at() == AT
    [again] = await store.outbox.claim(10, AT + timedelta(seconds=9))
    assert (again.id, again.attempts, again.parts, again.maybe_repeat) == (second.id, 0, (50,), False)
    await store.outbox.undeliverable(again.id, "blocked")
    states = [(delivery.state, delivery.why) for delivery in await store.outbox.of_case(CaseId("c1"))]
    assert states == [("queued", ""), ("undeliverable", "blocked"), ("sent", "")]


async def test_what_was_being_sent_at_a_kill_is_handed_out_again_and_marked(store: SqlStore) -> None:
    await known_by_telegram(store)
    async with store.work() as work:
        await work.replies.put(Reply(to=WHO, text="一", channel=Channel.TELEGRAM), at=AT, key="1")
        await work.commit()
    [row] = await store.outbox.claim(10, AT)
    assert not row.maybe_repeat
    await store.outbox.sending([row])
    store.outbox.release([row.id])  # what a new process knows: nothing
    [again] = await store.outbox.claim(10, AT)
    assert again.maybe_repeat
    await store.outbox.sending([again])
    await store.outbox.retry(again.id, AT, why="flood")
    [third] = await store.outbox.claim(10, AT)
    assert third.maybe_repeat


async def test_a_nudge_without_address_is_undeliverable_from_the_start(store: SqlStore) -> None:
    await known_by_telegram(store)
    async with store.work() as work:
        for who, key in ((WHO, "a"), (PersonId("nobody"), "b")):
            nudge = Nudge(to=who, case=CaseId("c"), way="email", subject="s", text="t", link="https://x")
            await work.replies.nudge(nudge, at=AT, key=key)
        await work.commit()
    assert await store.outbox.depth() == {("email", "queued"): 1, ("email", "undeliverable"): 1}
    [row] = await store.outbox.claim(10, AT, channel="email")
    assert row.address == "a@b.cn"


async def test_feedback_counts_only_from_the_one_who_asked(store: SqlStore) -> None:
    asked = Asked(
        id="q1", person=WHO, channel=Channel.WEB, question="试用期", verdict="answer", entry="labour.x", confidence=0.9,
        candidates=(("labour.x", "试用期多长", 0.9),), release=1, at=AT,
    )  # fmt: skip
    async with store.work() as work:
        await work.questions.add(asked)
        assert await work.questions.get("q1") == asked
        assert not await work.questions.feedback("q1", PersonId("other"), helpful=True, at=AT)
        assert await work.questions.feedback("q1", WHO, helpful=False, at=AT)
        await work.commit()
    async with store.reading() as work:
        kept = await work.questions.get("q1")
    assert kept is not None
    assert kept.helpful is False


async def test_text_that_a_database_cannot_hold_is_mended_not_refused(store: SqlStore) -> None:
    async with store.work() as work:
        work.chat.said(WHO, "a\0b\ud800c", at=AT, key="odd")
        await work.replies.put(Reply(to=WHO, text="\udfff\0", channel=Channel.WEB), at=AT, key="odd2")
        await work.people.add(Person(id=WHO, name="王\0五\ud83d"))
        await work.commit()
    async with store.reading() as work:
        assert len(await work.chat.after(WHO, 0)) == 2


async def test_a_listener_is_told_what_was_committed_and_nothing_else(store: SqlStore) -> None:
    told = store.changes()
    async with store.work() as work:
        work.chat.said(WHO, "x", at=AT, key="1")
    async with store.work() as work:
        work.chat.said(PersonId("p2"), "x", at=AT, key="2")
        await work.commit()
    assert await anext(told) == "replies:p2"
    told.close()
    assert [name async for name in told] == []


async def test_a_button_of_an_action_that_is_gone_does_not_lose_the_message(store: SqlStore) -> None:
    reply = Reply(to=WHO, text="选", buttons=((Button(label="甲", action=Pick("labour.x")),),), channel=Channel.WEB)
    async with store.work() as work:
        await work.replies.put(reply, at=AT, key="1")
        await work.tx.run(
            lambda connection: connection.exec_driver_sql(
                'UPDATE chat_lines SET body = replace(body, \'"is":"Pick"\', \'"is":"Gone"\')'
            )
        )
        [line] = await work.chat.after(WHO, 0)
    assert line.reply is not None
    assert (line.reply.text, line.reply.buttons) == ("选", ())
