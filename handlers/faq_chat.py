"""Keeping the FAQ by chat: an admin sends the file, sees the dry run, presses 发布."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from desk.people import Person
from handlers.access import Power, may
from handlers.actions import Menu, OpenMenu, Publish
from handlers.faq_keeping import FaqKeeping, Trial
from handlers.faq_report import report_lines
from handlers.messages import Button, Message, Reply, Tone
from handlers.ports import Work
from handlers.staff import StaffTurn
from handlers.texts import say
from knowledge.files import FORMATS, MAX_BYTES
from knowledge.releases import SecondPersonNeeded

PUBLISH: Final = "publish"
DISCARD: Final = "discard"


class FaqChat:
    """The part of the staff side that admins use."""

    def __init__(self, *, keeping: FaqKeeping) -> None:
        self._keeping = keeping

    async def handle(self, work: Work, person: Person, message: Message) -> StaffTurn | None:
        """None: nothing of the FAQ, or no admin."""
        if not may(person, Power.KEEP_FAQ):
            return None
        if isinstance(message.action, OpenMenu) and message.action.item is Menu.FAQ:
            return await self._overview(work, person, message)
        if isinstance(message.action, Publish):
            return await self._decide(work, person, message, message.action)
        sheets = [file for file in message.files if PurePath(file.name).suffix.lower() in FORMATS]
        if message.action is None and message.case is None and sheets:
            replies = [await self._try(work, person, message, index) for index in range(len(sheets))]
            return StaffTurn(replies=tuple(replies))
        return None

    async def _overview(self, work: Work, person: Person, message: Message) -> StaffTurn:
        rows = await self._keeping.history(work, person, 5)
        lines = [say("faq.send_file")]
        for row in rows:
            when = row.at.date().isoformat()
            if row.number is None:
                lines.append(say("faq.draft_line", when=when, entries=row.entries, note=row.note))
            else:
                mark = "▶ " if row.active else ""
                lines.append(
                    say("faq.history_line", mark=mark, number=row.number, when=when, entries=row.entries, note=row.note)
                )
        return StaffTurn(replies=(_reply(person, message, "\n".join(lines)),))

    async def _try(self, work: Work, person: Person, message: Message, index: int) -> Reply:
        files = [file for file in message.files if PurePath(file.name).suffix.lower() in FORMATS]
        file = files[index]
        if file.size > MAX_BYTES:
            return _reply(person, message, say("faq.too_large"))
        data = await work.files.content(file.id)
        trial = await self._keeping.dry_run(work, person, file.name, data, message.at)
        return _trial_reply(person, message, trial)

    async def _decide(self, work: Work, person: Person, message: Message, press: Publish) -> StaffTurn:
        if press.verb == DISCARD:
            await self._keeping.discard(work, person, press.draft, message.at)
            return StaffTurn(replies=(_reply(person, message, say("faq.discarded")),))
        try:
            made = await self._keeping.publish(work, person, press.draft, message.at)
        except SecondPersonNeeded:
            row = await self._keeping.wait_for_second(work, person, press.draft, message.at)
            told = await self._tell_others(work, person, message, row.id, row.note)
            return StaffTurn(replies=(_reply(person, message, say("faq.waits")), *told))
        return StaffTurn(replies=(_reply(person, message, say("faq.published", number=made.number)),))

    async def _tell_others(
        self, work: Work, person: Person, message: Message, draft: str, note: str
    ) -> tuple[Reply, ...]:
        others = [one for one in await work.people.staff() if one.id != person.id and may(one, Power.KEEP_FAQ)]
        _, run = await self._keeping.trial(work, person, draft, message.at)
        text = "\n".join(report_lines(Trial(name=note, run=run, draft=draft)))
        rows = (_buttons(draft, say("faq.approve")),)
        return tuple(Reply(to=one.id, text=text, tone=Tone.NOTICE, buttons=rows) for one in others)


def _trial_reply(person: Person, message: Message, trial: Trial) -> Reply:
    lines = report_lines(trial)
    if trial.draft is None:
        return _reply(person, message, "\n".join(lines))
    lines.append(say("faq.ready"))
    return _reply(person, message, "\n".join(lines), (_buttons(trial.draft, say("faq.publish")),))


def _buttons(draft: str, label: str) -> tuple[Button, ...]:
    return (
        Button(label=label, action=Publish(draft, PUBLISH)),
        Button(label=say("faq.discard"), action=Publish(draft, DISCARD)),
    )


def _reply(person: Person, message: Message, text: str, buttons: tuple[tuple[Button, ...], ...] = ()) -> Reply:
    return Reply(to=person.id, text=text, channel=message.channel, tone=Tone.NOTICE, buttons=buttons)
