"""The FAQ folder while the program serves: what becomes a draft, what goes live, what leaves the old base serving."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import base_keeper
from bot.base_keeper import BaseKeeper, merge
from bot.store import SqlStore, open_store
from bot.store.errors import DiskFull
from desk.calendar import SHANGHAI
from desk.people import Person, PersonId, Role
from handlers.faq_keeping import FaqKeeping
from handlers.records import ReleaseRow
from knowledge.entry import Entry, EntryId, EntryStatus, Review, Risk
from knowledge.errors import BrokenContent, MissingFolder
from knowledge.export import write
from knowledge.tokens import Tokenizer
from tests.channels.running import until
from tests.knowledge.samples import entry, other

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ADMIN = Person(id=PersonId("admin"), name="冯管理员", roles=frozenset({Role.ADMIN}))
KEEPING = FaqKeeping(zone=SHANGHAI)
FIRST, SECOND = EntryId("labour.probation"), EntryId("tax.invoice")
NEW = "合同期限决定试用期。"


@dataclass(frozen=True, slots=True)
class House:
    """A store, a folder of files, and who looks after it."""

    store: SqlStore
    folder: Path

    def keeper(self, *, auto_publish: bool = False) -> BaseKeeper:
        return BaseKeeper(
            store=self.store, keeping=KEEPING, folder=self.folder, auto_publish=auto_publish, clock=lambda: AT,
            zone=SHANGHAI,
        )  # fmt: skip

    def put(self, *entries: Entry) -> None:
        """The folder holds these entries and no others."""
        new = self.folder / "faq.new"
        new.write_bytes(write(entries, "yaml"))
        new.replace(self.folder / "faq.yaml")

    async def started(self, *entries: Entry, auto_publish: bool = False) -> BaseKeeper:
        self.put(*entries)
        keeper = self.keeper(auto_publish=auto_publish)
        await keeper.prepare()
        return keeper

    async def looked(self, keeper: BaseKeeper, *entries: Entry) -> None:
        """The folder changes, the keeper sees it."""
        self.put(*entries)
        await keeper.look_at_folder()
        await keeper.reload()

    async def drafts(self) -> list[ReleaseRow]:
        async with self.store.reading() as work:
            return [row for row in await work.releases.history() if row.number is None]

    async def published(self, draft: ReleaseRow) -> None:
        async with self.store.work() as work:
            await KEEPING.publish(work, ADMIN, draft.id, AT)
            await work.commit()

    async def imported(self, one: Entry) -> None:
        """A clerk's file goes live past the folder."""
        async with self.store.work() as work:
            trial = await KEEPING.dry_run(work, ADMIN, "clerk.yaml", write([one], "yaml"), AT)
            assert trial.draft is not None, trial.run
            await KEEPING.publish(work, ADMIN, trial.draft, AT)
            await work.commit()


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return Tokenizer(tmp_path_factory.mktemp("cache"))


@pytest.fixture(autouse=True)
def one_tokenizer(monkeypatch: pytest.MonkeyPatch, tokenizer: Tokenizer) -> None:
    """Its word list takes a second to load: once for all tests."""
    monkeypatch.setattr(base_keeper, "Tokenizer", lambda _: tokenizer)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    folder = tmp_path / "faq"
    folder.mkdir()
    async with open_store(f"sqlite+aiosqlite:///{tmp_path / 'tijian.db'}", tmp_path / "state") as store:
        async with store.work() as work:
            await work.people.add(ADMIN)
            await work.commit()
        yield House(store, folder)


def answer(keeper: BaseKeeper, which: EntryId = FIRST) -> str:
    return keeper.holder.current.entries[which].answer


async def test_the_first_start_publishes_the_folder(house: House) -> None:
    keeper = await house.started(entry(), other())
    assert keeper.holder.current.release == 1
    assert keeper.holder.current.entries.keys() == {FIRST, SECOND}
    assert await house.drafts() == []


async def test_without_anything_to_serve_a_missing_or_broken_folder_ends_the_start(house: House) -> None:
    with pytest.raises(MissingFolder):
        await house.keeper().prepare()
    (house.folder / "faq.yaml").write_text("topic: x\nentries: [", encoding="utf-8")
    with pytest.raises(BrokenContent):
        await house.keeper().prepare()


async def test_a_change_becomes_one_draft_and_nothing_goes_live(house: House) -> None:
    keeper = await house.started(entry(), other())
    await house.looked(keeper, entry(answer=NEW), other())
    (draft,) = await house.drafts()
    assert not draft.waiting_approval
    assert answer(keeper) != NEW
    await house.looked(keeper, entry(answer=NEW), other())
    await house.keeper().prepare()
    assert len(await house.drafts()) == 1, "the same content again, also after a restart"


async def test_a_clean_change_goes_live_where_that_is_allowed(house: House) -> None:
    keeper = await house.started(entry(), other(), auto_publish=True)
    await house.looked(keeper, entry(answer=NEW), other())
    assert (answer(keeper), keeper.holder.current.release) == (NEW, 2)
    await house.looked(keeper, entry(answer=NEW))
    assert keeper.holder.current.entries.keys() == {FIRST}
    assert await house.drafts() == []


async def test_high_risk_waits_for_a_second_person_even_then(house: House) -> None:
    keeper = await house.started(entry(), auto_publish=True)
    await house.looked(keeper, entry(answer=NEW, risk=Risk.HIGH))
    (draft,) = await house.drafts()
    assert draft.waiting_approval
    assert answer(keeper) != NEW
    await house.published(draft)
    await keeper.reload()
    assert answer(keeper) == NEW


@pytest.mark.parametrize("spoil", ["topic: labour\nentries: [", "", None], ids=["broken", "empty", "gone"])
async def test_a_broken_folder_leaves_the_old_base_serving_and_says_why(house: House, spoil: str | None) -> None:
    keeper = await house.started(entry(), auto_publish=True)
    if spoil is None:
        (house.folder / "faq.yaml").unlink()
    else:
        (house.folder / "faq.yaml").write_text(spoil, encoding="utf-8")
    await keeper.look_at_folder()
    await keeper.reload()
    assert keeper.holder.current.entries.keys() == {FIRST}
    assert all(problem.message and problem.remedy for problem in keeper.folder_problems)
    assert keeper.folder_problems
    again = house.keeper(auto_publish=True)
    await again.prepare()
    assert again.holder.current.entries.keys() == {FIRST}, "a restart serves the old base too"
    await house.looked(keeper, entry(answer=NEW))
    assert (keeper.folder_problems, answer(keeper)) == ((), NEW)


async def test_content_that_may_not_be_published_is_refused_with_its_reasons(house: House) -> None:
    keeper = await house.started(entry(), auto_publish=True)
    await house.looked(keeper, entry(), other(basis=(), source=()))
    assert [problem.entry for problem in keeper.folder_problems] == [SECOND]
    assert keeper.holder.current.entries.keys() == {FIRST}
    await house.looked(keeper, entry(), other())
    assert keeper.holder.current.entries.keys() == {FIRST, SECOND}


async def test_what_was_imported_elsewhere_survives_a_change_in_the_folder(house: House) -> None:
    keeper = await house.started(entry(), auto_publish=True)
    await house.imported(other())
    await house.looked(keeper, entry(answer=NEW))
    assert keeper.holder.current.entries.keys() == {FIRST, SECOND}
    assert answer(keeper) == NEW


async def test_a_second_change_keeps_the_first_that_still_waits(house: House) -> None:
    keeper = await house.started(entry(), other())
    await house.looked(keeper, entry(answer=NEW), other())
    await house.looked(keeper, entry(answer=NEW), other(answer=NEW))
    (draft,) = await house.drafts()
    await house.published(draft)
    await keeper.reload()
    assert (answer(keeper), answer(keeper, SECOND)) == (NEW, NEW)


async def test_a_draft_that_another_release_overtook_is_made_anew(house: House) -> None:
    keeper = await house.started(entry())
    await house.looked(keeper, entry(answer=NEW))
    await house.imported(other())
    await keeper.look_at_folder(again=True)
    (draft,) = await house.drafts()
    await house.published(draft)
    await keeper.reload()
    assert keeper.holder.current.entries.keys() == {FIRST, SECOND}
    assert answer(keeper) == NEW


async def test_a_dropped_draft_is_not_proposed_again(house: House) -> None:
    keeper = await house.started(entry())
    await house.looked(keeper, entry(answer=NEW))
    (draft,) = await house.drafts()
    async with house.store.work() as work:
        await KEEPING.discard(work, ADMIN, draft.id, AT)
        await work.commit()
    await keeper.look_at_folder(again=True)
    await house.keeper().prepare()
    assert await house.drafts() == []


async def test_a_rollback_is_not_undone_by_the_next_change(house: House) -> None:
    keeper = await house.started(entry(), other(), auto_publish=True)
    old = answer(keeper)
    await house.looked(keeper, entry(answer=NEW), other())
    async with house.store.work() as work:
        await KEEPING.rollback(work, ADMIN, 1, AT)
        await work.commit()
    await house.looked(keeper, entry(answer=NEW), other(answer=NEW))
    assert (answer(keeper), answer(keeper, SECOND)) == (old, NEW)


async def test_what_the_folder_calls_a_draft_stays_one_and_no_file_claims_a_lawyers_review(house: House) -> None:
    claimed = entry(review=Review.LAWYER, reviewer="李律师")
    keeper = await house.started(claimed, auto_publish=True)
    await house.looked(keeper, claimed, other(status=EntryStatus.DRAFT))
    entries = keeper.holder.current.entries
    assert entries[SECOND].status is EntryStatus.DRAFT
    assert (entries[FIRST].review, entries[FIRST].reviewer) == (Review.MACHINE, "")


async def test_trouble_with_the_disk_is_waited_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base_keeper, "_LOOK_EVERY_S", 0.02)
    keeper = await house.started(entry(), auto_publish=True)
    publish, failed = KEEPING.publish, asyncio.Event()

    async def once(*given: Any) -> ReleaseRow:  # noqa: ANN401 - handed on
        if not failed.is_set():
            failed.set()
            raise DiskFull
        return await publish(*given)

    monkeypatch.setattr(KEEPING, "publish", once)
    house.put(entry(answer=NEW))
    following = asyncio.create_task(keeper.follow())
    try:
        await until(lambda: keeper.holder.current.release == 2)
        assert answer(keeper) == NEW
    finally:
        following.cancel()


def test_merging_takes_what_changed_in_the_folder_and_leaves_the_rest() -> None:
    kept, changed, gone = entry(), other(), replace(entry(), id=EntryId("a.gone"))
    elsewhere = replace(entry(), id=EntryId("b.imported"))
    mended = replace(kept, answer="改过的")
    new = replace(changed, answer=NEW)
    result = merge((mended, changed, gone, elsewhere), (kept, changed, gone), (kept, new))
    assert {one.id: one.answer for one in result} == {
        kept.id: "改过的", changed.id: NEW, elsewhere.id: elsewhere.answer,
    }  # fmt: skip
