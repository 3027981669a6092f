"""Releases of the FAQ base: drafts, numbers, one active, rollback."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.store import SqlStore
from desk.people import PersonId
from handlers.records import ReleaseRow
from knowledge.entry import Basis, Entry, EntryId, EntryStatus, Risk
from knowledge.errors import NoSuchRelease
from knowledge.releases import content_hash

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ADMIN, SECOND = PersonId("admin"), PersonId("second")
ENTRIES = (
    Entry(
        id=EntryId("labour.probation-length"), question="试用期最长可以约定多久？", asks=("试用期几个月合法",),
        topic="labour",
        answer="最长六个月", basis=(Basis(law="劳动合同法", article="十九", quote="试用期不得超过六个月"),),
        risk=Risk.HIGH, status=EntryStatus.PUBLISHED,
    ),
)  # fmt: skip


def draft(name: str, minutes: int = 0) -> ReleaseRow:
    return ReleaseRow(
        id=name, number=None, content_hash=content_hash(ENTRIES), author=ADMIN, approver=None, note="试", active=False,
        at=AT + timedelta(minutes=minutes), entries=1, high_risk=("labour.probation-length",), waiting_approval=True,
        parent=7,
    )  # fmt: skip


async def test_a_draft_becomes_the_next_number_and_the_only_active_one(store: SqlStore) -> None:
    told = store.changes()
    async with store.work() as work:
        assert await work.releases.active() is None
        await work.releases.add_draft(draft("a"), ENTRIES)
        await work.releases.add_draft(draft("b", 1), ENTRIES)
        assert await work.releases.get("a") == draft("a")
        first = await work.releases.publish("a", approver=SECOND, at=AT)
        second = await work.releases.publish("b", approver=None, at=AT + timedelta(hours=1))
        assert (first.number, first.active, first.approver, first.waiting_approval) == (1, True, SECOND, False)
        assert (second.number, second.active) == (2, True)
        await work.commit()
    assert {await anext(told), await anext(told)} == {"drafts", "releases"}
    async with store.work() as work:
        active = await work.releases.active()
        assert active is not None
        assert active.id == "b"
        assert tuple(await work.releases.entries("b")) == ENTRIES
        back = await work.releases.activate(1, by=ADMIN, at=AT)
        assert (back.id, back.active) == ("a", True)
        assert [(row.number, row.active) for row in await work.releases.history()] == [(2, False), (1, True)]


async def test_what_is_no_draft_cannot_be_published_and_the_active_one_stays(store: SqlStore) -> None:
    async with store.work() as work:
        await work.releases.add_draft(draft("a"), ENTRIES)
        await work.releases.publish("a", approver=None, at=AT)
        for attempt in (
            work.releases.publish("a", approver=None, at=AT),
            work.releases.publish("none", approver=None, at=AT),
            work.releases.activate(9, by=None, at=AT),
            work.releases.entries("none"),
        ):
            with pytest.raises(NoSuchRelease):
                await attempt
        active = await work.releases.active()
        assert active is not None
        assert active.id == "a"


async def test_a_draft_can_be_dropped_a_release_cannot(store: SqlStore) -> None:
    async with store.work() as work:
        await work.releases.add_draft(draft("a"), ENTRIES)
        await work.releases.add_draft(draft("b"), ENTRIES)
        await work.releases.publish("a", approver=None, at=AT)
        await work.releases.discard("a")
        await work.releases.discard("b")
        assert await work.releases.get("a") is not None
        assert len(await work.releases.entries("a")) == 1
        assert await work.releases.get("b") is None
