"""How many decisions a second the store takes: load and save a conversation, log a question, put a reply, work off.

Run ``python benchmarks/store.py``. SQLite in WAL with synchronous=FULL, in the folder for temporary files.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.store import SqlStore, open_store
from bot.store.inbox import Incoming, lane_of
from bot.store.inbox_queue import InboxRow
from bot.store.outbox import Sent
from desk.people import Person, PersonId
from handlers.actions import Feedback, Menu, OpenMenu
from handlers.messages import Button, Channel, Reply
from handlers.records import Asked, Contact, ConversationRow

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PEOPLE = 100
MESSAGES = 3_000
TEXT = "最长六个月，按合同期限定：三个月以上不满一年的，不超过一个月；一年以上不满三年的，不超过两个月。" * 4


async def decide(store: SqlStore, rows: list[InboxRow]) -> None:
    """One transaction for some messages, a savepoint for each."""
    async with store.work() as work:
        for row in rows:
            async with work.savepoint():
                who = PersonId(row.lane)
                old = await work.conversations.load(who, Channel.TELEGRAM)
                version = 1 if old is None else old.version + 1
                state = {"v": 1, "is": "Idle", "last": row.external_id}
                await work.conversations.save(
                    ConversationRow(person=who, channel=Channel.TELEGRAM, state=state, version=version)
                )
                await work.questions.add(
                    Asked(
                        id=f"q{row.id}", person=who, channel=Channel.TELEGRAM, question="试用期最长多久",
                        verdict="answer",
                        entry="labour.probation-length", confidence=0.97, release=1, at=AT,
                        candidates=(("labour.probation-length", "试用期最长可以约定多久？", 0.97),),
                    )
                )  # fmt: skip
                buttons = (
                    (
                        Button(label="有帮助", action=Feedback(f"q{row.id}", helpful=True)),
                        Button(label="没解决", action=Feedback(f"q{row.id}", helpful=False)),
                    ),
                    (Button(label="菜单", action=OpenMenu(Menu.START)),),
                )
                reply = Reply(to=who, text=TEXT, channel=Channel.TELEGRAM, buttons=buttons)
                await work.replies.put(reply, at=AT, key=f"i{row.id}")
                store.inbox.done(work, row.id)
        await work.commit()


async def measure(batch: int) -> None:
    """Prints decisions and whole rounds (inbox to delivery mark) a second."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        async with open_store(f"sqlite+aiosqlite:///{state / 'tijian.db'}", state) as store:
            async with store.work() as work:
                for number in range(PEOPLE):
                    lane = lane_of(Channel.TELEGRAM, number)
                    await work.people.add(Person(id=PersonId(lane)))
                    await work.people.save_contact(Contact(person=PersonId(lane), telegram_chat=number))
                await work.commit()
            start = time.perf_counter()
            for first in range(0, MESSAGES, batch):
                numbers = range(first, min(first + batch, MESSAGES))
                await store.inbox.add_many(
                    [
                        Incoming(source="telegram", external_id=str(number), position=number, payload="x" * 400, at=AT,
                                 lane=lane_of(Channel.TELEGRAM, number % PEOPLE), words="试用期最长多久")
                        for number in numbers
                    ]
                )  # fmt: skip
            stored = time.perf_counter()
            while rows := list(await store.inbox.claim(batch, AT)):
                await decide(store, rows)
            decided = time.perf_counter()
            while going := await store.outbox.claim(batch, AT):
                await asyncio.gather(*(store.outbox.sending([row]) for row in going))
                await asyncio.gather(*(store.outbox.sent_many([Sent(id=row.id, parts=(row.id,))], AT) for row in going))
            sent = time.perf_counter()
    print(
        f"batch {batch:3}: store {MESSAGES / (stored - start):6.0f}/s, decide {MESSAGES / (decided - stored):6.0f}/s, "
        f"deliver {MESSAGES / (sent - decided):6.0f}/s, all {MESSAGES / (sent - start):6.0f}/s"
    )


async def main() -> None:
    """Batches of one, of sixteen, and of sixty-four."""
    for batch in (1, 16, 64):
        await measure(batch)


if __name__ == "__main__":
    asyncio.run(main())
