"""Keeping the FAQ base: nothing goes live by itself, no file claims a review, a changed base refuses old drafts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

import pytest

from bot.store import SqlStore
from desk.people import Person
from handlers.faq_keeping import FaqKeeping, NoSuchDraft, NotAKeeper, StaleDraft, Trial
from handlers.records import ReleaseRow
from knowledge.entry import Entry, EntryId, EntryStatus, Review
from knowledge.export import Format
from knowledge.releases import SecondPersonNeeded
from tests.handlers.desk_house import ADMIN, KEEPING, SECOND, House
from tests.handlers.faq_files import OVERTIME, row, workbook
from tests.handlers.samples import LAWYER, MONDAY

NAME = "FAQ.xlsx"
PROBATION = EntryId("labour.probation")


async def tried(house: House, *rows: tuple[str, ...], who: Person | None = ADMIN) -> Trial:
    async with house.store.work() as work:
        trial = await KEEPING.dry_run(work, who, NAME, workbook(*rows), MONDAY)
        await work.commit()
    return trial


async def published(house: House, draft: str | None, who: Person | None = ADMIN) -> ReleaseRow:
    assert draft is not None
    async with house.store.work() as work:
        made = await KEEPING.publish(work, who, draft, MONDAY)
        await work.commit()
    return made


async def served(store: SqlStore) -> dict[EntryId, Entry]:
    async with store.reading() as work:
        active = await work.releases.active()
        return {entry.id: entry for entry in await work.releases.entries(active.id)} if active is not None else {}


async def test_a_dry_run_changes_nothing_and_a_draft_is_published_by_a_press(house: House) -> None:
    trial = await tried(house, row())
    assert trial.run.clean, trial.run.problems
    assert await served(house.store) == {}
    made = await published(house, trial.draft)
    assert (made.number, made.author, made.approver, made.active) == (1, ADMIN.id, ADMIN.id, True)
    assert (await served(house.store))[PROBATION].status is EntryStatus.PUBLISHED


async def test_what_is_internal_or_withdrawn_stays_so(house: House) -> None:
    await published(house, (await tried(house, row(状态="内部"))).draft)
    assert (await served(house.store))[PROBATION].status is EntryStatus.INTERNAL


async def test_a_file_claims_no_lawyers_review(house: House) -> None:
    trial = await tried(house, row(审校方式="律师", 审校人="李律师"))
    await published(house, trial.draft)
    entry = (await served(house.store))[PROBATION]
    assert (entry.review, entry.reviewer) == (Review.MACHINE, "")


async def test_a_lawyers_review_lasts_as_long_as_the_entry_reads_as_it_did(house: House) -> None:
    await published(house, (await tried(house, row())).draft)
    (entry,) = (await served(house.store)).values()
    reviewed = replace(entry, review=Review.LAWYER, reviewer="李律师", reviewed=date(2026, 11, 20))
    async with house.store.work() as work:
        await KEEPING.seed(work, (reviewed,), "审校", MONDAY)
        await work.commit()
    again = await tried(house, row())
    assert again.run.empty
    assert again.draft is None
    changed = await tried(house, row(答案="最长六个月。"))
    await published(house, changed.draft)
    assert (await served(house.store))[PROBATION].review is Review.MACHINE


async def test_an_export_read_again_changes_nothing(house: House) -> None:
    await published(house, (await tried(house, row(), OVERTIME)).draft)
    for kind in get_args(Format):
        async with house.store.work() as work:
            data = await KEEPING.export(work, ADMIN, kind)
            trial = await KEEPING.dry_run(work, ADMIN, f"f.{kind}", data, MONDAY, whole=True)
        assert trial.run.empty, (kind, trial.run.changed, trial.run.problems)


async def test_a_draft_of_an_older_base_is_refused(house: House) -> None:
    await published(house, (await tried(house, row())).draft)
    old = await tried(house, row(答案="最长六个月。"))
    await published(house, (await tried(house, OVERTIME)).draft)
    with pytest.raises(StaleDraft) as raised:
        await published(house, old.draft)
    assert raised.value.active == 2
    assert set(await served(house.store)) == {PROBATION, EntryId("labour.overtime")}


async def test_a_rollback_is_one_step_and_makes_drafts_stale(house: House) -> None:
    await published(house, (await tried(house, row())).draft)
    await published(house, (await tried(house, row(答案="最长六个月。"))).draft)
    draft = (await tried(house, row(答案="最多六个月。"))).draft
    async with house.store.work() as work:
        made = await KEEPING.rollback(work, ADMIN, 1, MONDAY)
        await work.commit()
    assert made.number == 1
    assert (await served(house.store))[PROBATION].answer == "最长六个月，看合同期限。"
    with pytest.raises(StaleDraft):
        await published(house, draft)
    with pytest.raises(NoSuchDraft):
        async with house.store.work() as work:
            await KEEPING.rollback(work, ADMIN, 99, MONDAY)


async def test_high_risk_needs_another_admin(house: House) -> None:
    draft = (await tried(house, row(风险="高"))).draft
    for who in (ADMIN, None):
        with pytest.raises(SecondPersonNeeded):
            await published(house, draft, who)
    made = await published(house, draft, SECOND)
    assert (made.author, made.approver) == (ADMIN.id, SECOND.id)


async def test_a_draft_is_published_or_dropped_once(house: House) -> None:
    draft = (await tried(house, row())).draft
    assert draft is not None
    await published(house, draft)
    with pytest.raises(NoSuchDraft):
        await published(house, draft)
    dropped = (await tried(house, row(答案="最长六个月。"))).draft
    assert dropped is not None
    async with house.store.work() as work:
        await KEEPING.discard(work, SECOND, dropped, MONDAY)
        await work.commit()
    with pytest.raises(NoSuchDraft):
        await published(house, dropped)


async def test_whoever_is_no_admin_may_nothing(house: House) -> None:
    draft = (await tried(house, row())).draft
    assert draft is not None
    for who in (LAWYER, replace(ADMIN, active=False)):
        async with house.store.work() as work:
            for call in (
                KEEPING.dry_run(work, who, NAME, b"", MONDAY),
                KEEPING.publish(work, who, draft, MONDAY),
                KEEPING.wait_for_second(work, who, draft, MONDAY),
                KEEPING.discard(work, who, draft, MONDAY),
                KEEPING.rollback(work, who, 1, MONDAY),
                KEEPING.history(work, who),
                KEEPING.trial(work, who, draft, MONDAY),
                KEEPING.export(work, who, "csv"),
            ):
                with pytest.raises(NotAKeeper):
                    await call


async def test_everything_done_to_the_base_is_in_the_audit_log(house: House) -> None:
    await published(house, (await tried(house, row())).draft)
    async with house.store.reading() as work:
        lines = [(line.what, line.actor) for line in await work.audit.lines()]
    assert {("faq.draft", ADMIN.id), ("faq.publish", ADMIN.id)} <= set(lines)


def test_days_are_those_of_the_place() -> None:
    evening = MONDAY.replace(hour=1)
    assert FaqKeeping(zone=KEEPING._zone).day(evening.astimezone(tz=None)) == date(2026, 11, 23)
    assert KEEPING.day(evening + timedelta(days=1)) == date(2026, 11, 24)
