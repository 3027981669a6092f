"""One running program for all pages' tests: every test brings visitors of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.web.program import House, Visitor, running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with running(tmp_path_factory.mktemp("house") / "state") as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def owner(house: House) -> AsyncIterator[Visitor]:
    async with Visitor(house) as visitor:
        yield visitor


@pytest_asyncio.fixture(loop_scope="session")
async def other(house: House) -> AsyncIterator[Visitor]:
    async with Visitor(house) as visitor:
        yield visitor
