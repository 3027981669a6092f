"""What outlives an accident: backup and restore, uploads, the chained audit log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.store import SqlStore
from bot.store.backup import backup, restore
from bot.store.errors import BrokenBackup, FileTooLarge
from desk.case import CaseId, FileId, Status
from desk.people import Person, PersonId
from handlers.messages import Nudge
from tests.store.test_people import SECRET, WHO, everything, write_everything

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def test_a_backup_brings_everything_back_and_forgets_again(store: SqlStore, tmp_path: Path) -> None:
    await write_everything(store, Status.SIGNED)
    async with store.work() as work:
        await work.people.add(Person(id=PersonId("p9"), name="赵六"))
        await work.commit()
    [claimed] = await store.outbox.claim(5, AT)
    before = await everything(store)
    path = tmp_path / "backup.tar.gz"
    assert await backup(store, path, AT) == path.stat().st_size
    async with store.work() as work:
        await work.people.save(Person(id=PersonId("p9"), name="改名"))
        await work.commit()
    done = await restore(store, path)
    assert done.forgotten == ()
    again = await everything(store)
    assert again.replace("'[]', True", "'[]', False") == before
    store.outbox.release([claimed.id])
    [row] = await store.outbox.claim(5, AT)
    assert row.maybe_repeat
    async with store.work() as work:
        await work.people.forget(WHO, AT + timedelta(hours=1))
        await work.commit()
    done = await restore(store, path)
    assert done.forgotten == (WHO,)
    assert SECRET not in await everything(store)
    assert list(store.blobs.names()) == []
    async with store.work() as work:
        await work.people.add(Person(id=PersonId("new")))
        await work.replies.nudge(
            Nudge(to=WHO, case=CaseId("c"), way="webhook", subject="", text="", link=""), at=AT, key="after"
        )
        await work.commit()


async def test_a_changed_backup_is_refused_before_anything_is_touched(store: SqlStore, tmp_path: Path) -> None:
    await write_everything(store, Status.SIGNED)
    path = tmp_path / "backup.tar.gz"
    await backup(store, path, AT)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    for broken in (path, tmp_path / "none", tmp_path):
        with pytest.raises(BrokenBackup):
            await restore(store, broken)
    assert SECRET in await everything(store)


async def test_an_upload_is_whole_or_not_there(store: SqlStore) -> None:
    kept = await store.blobs.put_bytes(b"x" * 10, limit=10)
    assert await store.blobs.read(kept.id) == b"x" * 10
    assert [chunk async for chunk in store.blobs.chunks(kept.id)] == [b"x" * 10]
    with pytest.raises(FileTooLarge):
        await store.blobs.put_bytes(b"x" * 11, limit=10)
    assert list(store.blobs.names()) == [kept.id]
    assert list((store.blobs.folder / "incoming").iterdir()) == []
    for name in ("../../etc/passwd", "x", ""):
        with pytest.raises(FileNotFoundError):
            await store.blobs.read(FileId(name))
    async with store.work() as work:
        assert await work.files.sweep(older_than_s=0.0) == 1


async def test_every_line_of_the_audit_log_vouches_for_the_one_before(store: SqlStore) -> None:
    async with store.work() as work:
        for number in range(5):
            await work.audit.write(at=AT, actor=None, what="read", on=f"c{number}", detail={"n": str(number)})
        await work.commit()
    async with store.reading() as work:
        verdict = await work.audit.verify()
        assert (verdict.lines, verdict.broken_at) == (5, None)
        assert [line.on for line in await work.audit.lines(limit=2)] == ["c4", "c3"]
    for change, broken in (
        ("UPDATE audit SET detail = '{}' WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 2", 3),
        ("UPDATE audit SET actor = 'me' WHERE seq = 5", 5),
    ):
        async with store.work() as work:
            await work.tx.run(partial(Connection.exec_driver_sql, statement=change))
            assert (await work.audit.verify()).broken_at == broken
