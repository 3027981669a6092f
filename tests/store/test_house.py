"""The store as a whole: one process, schema, audit chain, backup and restore, group commit, errors."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store import SqlStore, SqlWork, open_store
from bot.store.columns import metadata
from bot.store.engine import SqliteDatabase
from bot.store.errors import (
    DatabaseNewer,
    DatabaseUnreachable,
    DiskFull,
    WaitedTooLong,
)
from bot.store.migrate import FOLDER, HEAD
from bot.store.outbox import OutboxRow, Sent
from desk.people import Person, PersonId
from handlers.messages import Channel, Reply
from handlers.records import Contact
from knowledge.statutes import Article
from tests.store.test_people import WHO

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def test_the_schema_after_the_chain_is_the_one_the_code_knows(store: SqlStore) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with store.reading() as work:
        assert await work.tx.run(differences) == []


def test_the_newest_revision_is_the_one_named_in_the_code() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


async def test_a_schema_of_a_later_program_is_refused(database_url: str, tmp_path: Path) -> None:
    async with open_store(database_url, tmp_path / "state") as store, store.work() as work:
        await work.tx.run(
            lambda connection: connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        )
        await work.commit()
    with pytest.raises(DatabaseNewer):
        async with open_store(database_url, tmp_path / "state"):
            pass


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite:////proc/none/x.db",
        "sqlite+aiosqlite:////proc/version",
        "postgresql+psycopg://nobody:secret@127.0.0.1:9/none",
        "mysql://nobody:secret@localhost/x",
        "secret",
    ],
)
async def test_an_unreachable_database_is_named_without_its_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnreachable) as error:
        async with open_store(url, tmp_path / "state"):
            pass
    assert "secret" not in str(error.value)
    assert error.value.__cause__ is None or "secret" not in str(error.value.__cause__)


async def add_person(store: SqlStore, name: str) -> None:
    async with store.work() as work:
        await work.people.add(Person(id=WHO, name=name))
        await work.commit()


async def test_a_full_disk_is_told_and_nothing_is_half_kept(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path / 't.db'}", tmp_path / "state") as store:
        async with store.work() as work:
            pages = await work.tx.run(lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar_one())
            await work.tx.run(lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}"))
        with pytest.raises(DiskFull):
            await add_person(store, "x" * 100_000)
        async with store.reading() as work:
            assert await work.people.get(WHO) is None
        assert isinstance(store.database, SqliteDatabase)


async def test_marks_that_come_together_share_a_commit(store: SqlStore) -> None:
    async with store.work() as work:
        for number in range(20):
            who = PersonId(f"p{number}")
            await work.people.save_contact(Contact(person=who, telegram_chat=number + 1))
            await work.replies.put(Reply(to=who, text="x", channel=Channel.TELEGRAM), at=AT, key=str(number))
        await work.commit()
    rows = await store.outbox.claim(20, AT)
    assert len(rows) == 20

    async def send(row: OutboxRow) -> None:
        await store.outbox.sending([row])
        await store.outbox.sent_many([Sent(id=row.id, parts=(row.id,))], AT)

    await asyncio.gather(*(send(row) for row in rows))
    assert await store.outbox.depth() == {("telegram", "sent"): 20}


async def test_a_caller_that_is_cancelled_leaves_the_next_transaction_clean(store: SqlStore) -> None:
    started = asyncio.Event()

    async def slow() -> None:
        async with store.work() as work:
            await work.people.add(Person(id=WHO))
            await work.people.get(WHO)
            started.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(slow())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with store.work() as work:
        assert await work.people.get(WHO) is None
        await work.people.add(Person(id=WHO))
        await work.commit()


async def test_a_transaction_inside_another_is_told_not_waited_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.engine.PATIENCE_S", 0.05)
    async with open_store(f"sqlite:///{tmp_path / 't.db'}", tmp_path / "state") as store, store.work():
        with pytest.raises(WaitedTooLong):
            async with store.work():
                pass


async def test_a_reader_sees_one_moment_while_another_writes(store: SqlStore) -> None:
    async with store.reading() as look:
        assert await look.people.get(WHO) is None
        async with store.work() as work:
            await work.people.add(Person(id=WHO))
            await work.commit()
        assert await look.people.get(WHO) is None


async def test_the_newest_version_of_an_article_is_found_by_any_name_of_its_law(store: SqlStore) -> None:
    def article(law: str, version: str, text: str) -> Article:
        return Article(law=law, article="十九", version=datetime.fromisoformat(version).date(), text=text)

    async with store.work() as work:
        shelf = work.statutes.shelf
        await shelf.replace([article("旧法", "2000-01-01", "旧")])
        size = await shelf.replace(
            [article("中华人民共和国劳动合同法", "2007-06-29", "一"), article("劳动合同法", "2012-12-28", "二")]
        )
        assert size == 2
        assert await work.statutes.article("《劳动合同法》", "十九") == "二"
        assert await work.statutes.article("旧法", "十九") is None


def test_sqlite_is_opened_to_survive_a_power_cut(tmp_path: Path) -> None:
    async def settings() -> list[object]:
        async with open_store(f"sqlite:///{tmp_path / 't.db'}", tmp_path / "state") as store, store.work() as work:
            names = ("journal_mode", "synchronous", "foreign_keys")
            return [
                (await work.tx.run(partial(Connection.exec_driver_sql, statement=f"PRAGMA {name}"))).scalar()
                for name in names
            ]

    assert asyncio.run(settings()) == ["wal", 2, 1]
    assert sqlite3.connect(tmp_path / "t.db").execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_what_runs_after_a_commit_does_not_leak_into_the_next_transaction(store: SqlStore) -> None:
    async with store.work() as work:
        await work.people.add(Person(id=WHO))
        await work.commit()
        await work.people.add(Person(id=PersonId("late")))
        assert await work.people.get(PersonId("late")) is not None
    async with store.work() as work:
        await work.commit()
    async with store.reading() as work:
        assert await work.people.get(WHO) is not None
        assert await work.people.get(PersonId("late")) is None


async def test_listeners_are_told_even_if_something_fails_after_the_commit(store: SqlStore) -> None:
    told = store.changes()
    with pytest.raises(ZeroDivisionError):
        await commit_then_fail(store)
    assert await anext(told) == "replies:p1"


async def commit_then_fail(store: SqlStore) -> None:
    async with store.work() as work:
        work.chat.said(WHO, "x", at=AT, key="k")
        await work.commit()
        raise ZeroDivisionError


async def test_after_a_full_disk_nothing_more_of_that_transaction_is_kept(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path / 't.db'}", tmp_path / "state") as store:
        async with store.work() as work:
            await fill(work)
            with pytest.raises(DiskFull):
                await add_in_part(work, "x" * 100_000)
            with pytest.raises(DiskFull):
                await work.people.get(WHO)
            with pytest.raises(DiskFull):
                await work.commit()
        async with store.reading() as work:
            assert await work.people.get(PersonId("before")) is None


async def fill(work: SqlWork) -> None:
    pages = await work.tx.run(lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    await work.tx.run(lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}"))
    await work.people.add(Person(id=PersonId("before")))


async def add_in_part(work: SqlWork, name: str) -> None:
    async with work.savepoint():
        await work.people.add(Person(id=WHO, name=name))
