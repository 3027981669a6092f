"""People, contacts, one-time links, sessions, limits; what deletion takes and what it leaves."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from bot.store import SqlStore
from bot.store.blobs import once
from bot.store.inbox import Incoming, lane_of
from bot.store.passwords import hash_password, password_fits
from bot.store.sessions import Session
from desk.case import Case, CaseFacts, CaseId, CaseMessage, InternalNote, Move, Status, Wrote
from desk.events import Event
from desk.people import Absence, Person, PersonId, Role
from handlers.messages import Channel, Reply
from handlers.records import Asked, Contact, ConversationRow, Invitation

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WHO, OTHER = PersonId("p1"), PersonId("p2")
SECRET = "王五的秘密"


async def test_a_person_comes_back_and_staff_are_listed_by_name(store: SqlStore) -> None:
    lawyer = Person(
        id=WHO, name="乙", roles=frozenset({Role.OWNER, Role.LAWYER}), topics=frozenset({"labour"}),
        absences=(Absence(start=AT, end=AT + HOUR),),
    )  # fmt: skip
    async with store.work() as work:
        await work.people.add(lawyer)
        await work.people.add(Person(id=OTHER, name="丙"))
        assert await work.people.get(WHO) == lawyer
        assert await work.people.staff() == [lawyer]
        await work.people.save(Person(id=WHO, name="乙"))
        assert await work.people.staff() == []
        assert await work.roster.with_role(Role.LAWYER) == []


async def test_a_telegram_chat_belongs_to_the_last_who_claimed_it(store: SqlStore) -> None:
    async with store.work() as work:
        for who in (WHO, OTHER):
            await work.people.add(Person(id=who))
            await work.people.save_contact(Contact(person=who, telegram_chat=5_000_000_000, email=f"{who}@x.cn"))
        found = await work.people.by_telegram(5_000_000_000)
        assert found is not None
        assert found.id == OTHER
        assert await work.people.contact(WHO) == Contact(person=WHO, email="p1@x.cn")
        assert await work.people.contact(PersonId("none")) == Contact(person=PersonId("none"))


async def test_a_one_time_link_opens_once_and_not_after_its_time(store: SqlStore) -> None:
    for digest, until in (("d", AT + HOUR), ("old", AT - HOUR)):
        invitation = Invitation(digest=digest, role=Role.LAWYER, person=None, topics=("labour",), expires_at=until)
        async with store.work() as work:
            await work.people.invite(invitation)
            assert await work.people.invitation(digest) == invitation
            await work.commit()
    async with store.work() as work:
        assert await work.people.use_invitation("d", WHO, AT)
        assert not await work.people.use_invitation("d", OTHER, AT)
        assert not await work.people.use_invitation("old", WHO, AT)
        assert not await work.people.use_invitation("none", WHO, AT)
        used = await work.people.invitation("d")
    assert used is not None
    assert used.used_at == AT


async def test_the_last_word_on_a_consent_counts(store: SqlStore) -> None:
    async with store.work() as work:
        assert await work.people.consented(WHO, "keep") is None
        for yes in (True, False):
            await work.people.consent(WHO, "keep", yes=yes, at=AT)
            assert await work.people.consented(WHO, "keep") is yes


async def test_a_session_ends_when_it_expires_or_is_revoked(store: SqlStore) -> None:
    def session(digest: str) -> Session:
        return Session(
            digest=digest, person=WHO, kind="device", csrf="c", created_at=AT, seen_at=AT, expires_at=AT + HOUR
        )

    async with store.work() as work:
        for digest in "abc":
            await work.sessions.add(session(digest))
        assert await work.sessions.get("a", AT) == session("a")
        assert await work.sessions.get("a", AT + HOUR) is None
        await work.sessions.seen("a", AT + timedelta(seconds=30), AT + 2 * HOUR)
        assert await work.sessions.get("a", AT + HOUR) is None
        await work.sessions.seen("a", AT + timedelta(minutes=2), AT + 2 * HOUR)
        assert await work.sessions.get("a", AT + HOUR) is not None
        await work.sessions.revoke("b")
        assert [each.digest for each in await work.sessions.of(WHO)] == ["a", "c"]
        assert await work.sessions.revoke_all(WHO, but="c") == 1
        assert await work.sessions.tidy(AT + HOUR) == 1


async def test_attempts_are_counted_in_a_window_and_told_how_long_to_wait(store: SqlStore) -> None:
    async def hit(seconds: int) -> timedelta | None:
        async with store.work() as work:
            wait = await work.sessions.hit(
                "pickup:1", limit=2, per=timedelta(minutes=1), at=AT + timedelta(seconds=seconds)
            )
            await work.commit()
        return wait

    assert [await hit(0), await hit(20)] == [None, None]
    assert await hit(45) == timedelta(seconds=15)
    assert await hit(60) is None


async def test_a_login_name_belongs_to_one_person(store: SqlStore) -> None:
    digest = await hash_password("correct horse")
    async with store.work() as work:
        assert await work.sessions.set_password(WHO, "wang", digest)
        assert not await work.sessions.set_password(OTHER, "wang", digest)
        assert await work.sessions.password("wang") == (WHO, digest)
        assert await work.sessions.password("li") is None
    assert await password_fits("correct horse", digest)
    assert not await password_fits("wrong", digest)
    assert not await password_fits("nobody", None)
    assert not await password_fits("x", "no hash")


async def write_everything(store: SqlStore, status: Status) -> None:
    blob = await store.blobs.put(once(SECRET.encode()), limit=1_000)
    made = Case(id=CaseId("c1"), number="N1", owner=WHO, role=Role.LAWYER, opened_at=AT, version=1, status=status)
    opened = Event(case=made.id, seq=1, at=AT, move=Move.OPEN, actor=WHO, before=None, after=status)
    asked = Asked(
        id="q", person=WHO, channel=Channel.WEB, question=SECRET, verdict="answer", entry="e", confidence=1.0,
        candidates=(("e", SECRET, 1.0),), release=1, at=AT,
    )  # fmt: skip
    async with store.work() as work:
        await work.people.add(Person(id=WHO, name=SECRET))
        await work.people.save_contact(Contact(person=WHO, email=SECRET, phone=SECRET, telegram_chat=9))
        await work.people.consent(WHO, "keep", yes=True, at=AT)
        await work.people.invite(Invitation(digest="i", role=None, person=WHO, name=SECRET, expires_at=AT))
        await work.cases.add(made, CaseFacts(case=made.id, question=SECRET, pickup_digest="geheim"), [opened])
        await work.cases.say(
            CaseMessage(id="m", case=made.id, kind=Wrote.QUESTION, author=WHO, role=None, body=SECRET, at=AT)
        )
        await work.cases.note(InternalNote(id="n", case=made.id, author=OTHER, body=SECRET, at=AT))
        await work.questions.add(asked)
        state = {"text": SECRET}
        await work.conversations.save(ConversationRow(person=WHO, channel=Channel.WEB, state=state, version=1))
        work.chat.said(WHO, SECRET, at=AT, key="s")
        await work.replies.put(Reply(to=OTHER, text=SECRET, channel=Channel.WEB, case=made.id), at=AT, key="o")
        await work.replies.put(Reply(to=OTHER, text=SECRET, channel=Channel.TELEGRAM, case=made.id), at=AT, key="o")
        await work.replies.put(Reply(to=WHO, text=SECRET), at=AT, key="r")
        await work.files.add(blob, name=SECRET, media_type="text/plain", person=WHO, at=AT, case=made.id)
        await work.sessions.set_password(WHO, SECRET, "hash")
        lane = lane_of(Channel.TELEGRAM, 9)
        await work.inbox.add_many(
            [Incoming(source="telegram", external_id="1", lane=lane, payload=SECRET, at=AT, words=SECRET)]
        )
        await work.audit.write(at=AT, actor=WHO, what="read", on="c1", detail={"field": "facts"})
        await work.commit()


async def everything(store: SqlStore) -> str:
    """Every value of every table as one text."""
    from sqlalchemy import select

    from bot.store.columns import metadata

    async with store.reading() as work:
        rows = [row for table in metadata.tables.values() for row in await work.tx.rows(select(table))]
    return str(rows)


async def test_deletion_leaves_no_word_anywhere_and_history_as_it_was(store: SqlStore) -> None:
    await write_everything(store, Status.CLOSED)
    assert SECRET in await everything(store)
    [file] = store.blobs.names()
    later = AT + HOUR
    async with store.work() as work:
        await work.replies.put(
            Reply(to=OTHER, text="已撤回", channel=Channel.WEB, case=CaseId("c1")), at=later, key="w"
        )
        counts = await work.people.forget(WHO, later)
        await work.commit()
    assert counts["open_cases"] == 0
    assert "已撤回" in await everything(store)
    assert counts["case_facts"] == counts["case_messages"] == counts["notes"] == counts["files"] == 1
    assert SECRET not in await everything(store)
    assert list(store.blobs.names()) == []
    async with store.reading() as work:
        assert await work.files.get(file) is None
        assert await work.cases.facts(CaseId("c1")) is None
        kept = await work.cases.get(CaseId("c1"))
        assert kept is not None
        assert kept.owner == WHO
        assert len(await work.cases.events(CaseId("c1"))) == 1
        assert (await work.audit.verify()).lines == 1
        person = await work.people.get(WHO)
        assert person == Person(id=WHO, roles=frozenset(), active=False)


async def test_deletion_that_is_rolled_back_keeps_the_bytes(store: SqlStore) -> None:
    await write_everything(store, Status.CLOSED)
    async with store.work() as work:
        await work.people.forget(WHO, AT)
    [file] = store.blobs.names()
    assert await store.blobs.read(file) == SECRET.encode()
    assert dict(store.tombstones.all()) == {}


async def test_text_of_open_cases_waits_until_they_are_withdrawn(store: SqlStore) -> None:
    await write_everything(store, Status.SIGNED)
    async with store.work() as work:
        counts = await work.people.forget(WHO, AT)
        assert (counts["open_cases"], counts["case_facts"]) == (1, 0)
        assert await work.cases.facts(CaseId("c1")) is not None
        await work.commit()
    assert dict(store.tombstones.all()) == {WHO: AT}


async def test_an_export_holds_every_word_but_no_note_and_no_secret(store: SqlStore) -> None:
    await write_everything(store, Status.SIGNED)
    async with store.reading() as work:
        found = await work.people.export(WHO)
    text = json.dumps(found, ensure_ascii=False)
    assert found["cases"][0]["facts"][0]["body"]["question"] == SECRET
    assert found["chat"][0]["body"]["text"] == SECRET
    assert "notes" not in text
    assert "geheim" not in text
    assert "hash" not in text.replace("sha", "")
