"""The contract suite's database: SQLite (a temporary file) and PostgreSQL (a database of its own) for every test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy.engine import make_url

from bot.store import SqlStore, open_store
from tests.postgres import Server, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated(postgres: Server) -> Iterator[str]:
    """The name of a database that has the schema already: copying it is faster than the chain."""
    with postgres.database() as url, TemporaryDirectory() as folder:
        asyncio.run(_migrate(url, Path(folder)))
        yield make_url(url).database or ""


async def _migrate(url: str, folder: Path) -> None:
    async with open_store(url, folder):
        pass


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'tijian.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    with server.database(request.getfixturevalue("migrated")) as url:
        yield url


@pytest.fixture
async def store(database_url: str, tmp_path: Path) -> AsyncIterator[SqlStore]:
    async with open_store(database_url, tmp_path / "state") as opened:
        yield opened
