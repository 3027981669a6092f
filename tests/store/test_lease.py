"""One process a database: who comes second is refused, and who lost the lease stops writing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from bot.store import lease, open_store
from bot.store.errors import DatabaseBusyElsewhere
from tests.postgres import Server

_DROP_LEASE = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
_TAKE_LEASE = f"SELECT pg_advisory_lock({lease._ADVISORY_KEY})".encode()


@pytest.mark.usefixtures("store")
async def test_a_second_process_refuses_to_start(database_url: str, tmp_path: Path) -> None:
    program = f"""
import asyncio, pathlib
from bot.store import open_store
from bot.store.errors import DatabaseBusyElsewhere
async def main():
    try:
        async with open_store({database_url!r}, pathlib.Path({str(tmp_path / "other")!r})):
            print("open")
    except DatabaseBusyElsewhere as busy:
        print("busy", busy.holder)
asyncio.run(main())
"""
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("busy")
    with pytest.raises(DatabaseBusyElsewhere):
        async with open_store(database_url, tmp_path / "other"):
            pass
    async with open_store(database_url, tmp_path / "other", alone=False) as beside, beside.reading() as work:
        assert await work.people.staff() == []


async def test_the_lease_is_free_after_the_end(database_url: str, tmp_path: Path) -> None:
    for _ in range(2):
        async with open_store(database_url, tmp_path / "state"):
            pass


@pytest.mark.postgres
async def test_a_lease_whose_connection_broke_is_taken_again(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.lease.LOOK_EVERY_S", 0.05)
    with postgres.database() as url:
        async with open_store(url, tmp_path / "state") as store, await _connection(url) as other:
            await other.execute(_DROP_LEASE)
            async with asyncio.timeout(20):
                while await _holders(other) == 0:  # noqa: ASYNC110 - the server has no event for it
                    await asyncio.sleep(0.01)
            assert not store.lost.is_set()
            with pytest.raises(DatabaseBusyElsewhere):
                async with open_store(url, tmp_path / "state"):
                    pass


@pytest.mark.postgres
async def test_a_store_whose_lease_went_to_another_writes_no_more(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.lease.LOOK_EVERY_S", 0.05)
    with postgres.database() as url:
        async with open_store(url, tmp_path / "state") as store, await _connection(url) as next_in_line:
            async with await _connection(url) as other:
                taking = asyncio.create_task(next_in_line.execute(_TAKE_LEASE))
                async with asyncio.timeout(20):
                    while await _holders(other, granted=False) == 0:  # noqa: ASYNC110 - as above
                        await asyncio.sleep(0.01)
                    await other.execute(_DROP_LEASE)
                    await taking
                    await store.lost.wait()
            with pytest.raises(DatabaseBusyElsewhere):
                async with store.work():
                    pass


async def _connection(url: str) -> psycopg.AsyncConnection:
    return await psycopg.AsyncConnection.connect(url.replace("+psycopg", ""), autocommit=True)


async def _holders(connection: psycopg.AsyncConnection, *, granted: bool = True) -> int:
    query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted = %s"
    row = await (await connection.execute(query, (granted,))).fetchone()
    return 0 if row is None else int(row[0])
