"""A power cut, and days without power: what was confirmed before is worked off after."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bot.app import compose, serving
from bot.settings import read_settings
from bot.store.tables import inbox
from bot.web.incoming import incoming
from desk.people import Person, PersonId
from tests.web.program import MovedClock

OWNER = PersonId("owner-before-the-cut")
MANY = 60


async def test_what_was_confirmed_before_two_days_without_power_is_answered_after(tmp_path: Path) -> None:
    clock = MovedClock()
    settings = read_settings(
        _env_file=None, state_dir=tmp_path / "state", http_port=0, public_url="http://127.0.0.1:1", database_url=""
    )
    async with compose(settings, clock=clock) as program, program.store.work() as work:
        await work.people.add(Person(id=OWNER))
        await work.people.consent(OWNER, "keep", yes=True, at=clock())
        await work.inbox.add_many(
            [incoming(OWNER, str(uuid.uuid4()), clock(), text="客户拖欠货款怎么要回来？") for _ in range(MANY)]
        )
        await work.commit()
    clock.ahead = timedelta(hours=50)
    states: Counter[str] = Counter()
    async with compose(settings, clock=clock) as program, serving(program), asyncio.timeout(30):
        while states["new"] or not states:
            await asyncio.sleep(0.2)
            async with program.store.reading() as reading:
                states = Counter(row.state for row in await reading.tx.rows(select(inbox.c.state)))
    assert states == {"done": MANY}
