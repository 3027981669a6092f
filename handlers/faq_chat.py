"""Keeping the FAQ by chat: an admin sends the file, sees the dry run, presses 发布; older releases by one press."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from desk.people import Person
from handlers.access import Power, may
from handlers.actions import Menu, OpenMenu, Publish
from handlers.faq_keeping import FaqKeeping, NoSuchDraft, Trial
from handlers.faq_report import report_lines
from handlers.messages import Button, FileRef, Message, Reply, Tone
from handlers.ports import Work
from handlers.staff import StaffTurn
from handlers.texts import say
from knowledge.files import FORMATS, MAX_BYTES
from knowledge.releases import SecondPersonNeeded

PUBLISH: Final = "publish"
DISCARD: Final = "discard"
ROLLBACK: Final = "rollback"
_MOST_LISTED: Final = 5

Rows = tuple[tuple[Button, ...], ...]


class FaqChat:
    """The part of the staff side that admins use."""

    def __init__(self, *, keeping: FaqKeeping) -> None:
        self._keeping = keeping

    async def handle(self, work: Work, person: Person, message: Message) -> StaffTurn | None:
        """None: nothing of the FAQ, or no admin."""
        if not may(person, Power.KEEP_FAQ):
            return None
        match message.action:
            case OpenMenu(item=Menu.FAQ):
                return StaffTurn(replies=(await self._overview(work, person, message),))
            case Publish() as press:
                return StaffTurn(replies=await self._decide(work, person, message, press))
            case None:
                sheets = [file for file in message.files if PurePath(file.name).suffix.lower() in FORMATS]
                if message.case is None and sheets:
                    replies = [await self._try(work, person, message, file) for file in sheets]
                    return StaffTurn(replies=tuple(replies))
        return None

    async def _overview(self, work: Work, person: Person, message: Message) -> Reply:
        lines, rows = [say("faq.send_file")], list[tuple[Button, ...]]()
        for row in await self._keeping.history(work, person, _MOST_LISTED):
            when = self._keeping.day(row.at).isoformat()
            if row.number is None:
                lines.append(say("faq.draft_line", when=when, entries=row.entries, note=row.note))
                rows.append(_choices(row.id, say("faq.approve") if row.waiting_approval else say("faq.publish")))
                continue
            mark = "▶ " if row.active else ""
            lines.append(
                say("faq.history_line", mark=mark, number=row.number, when=when, entries=row.entries, note=row.note)
            )
            if not row.active:
                label = say("faq.use", number=row.number)
                rows.append((Button(label=label, action=Publish(str(row.number), ROLLBACK)),))
        return _reply(person, message, "\n".join(lines), tuple(rows))

    async def _try(self, work: Work, person: Person, message: Message, file: FileRef) -> Reply:
        if file.size > MAX_BYTES:
            return _reply(person, message, say("faq.too_large"))
        data = await work.files.content(file.id)
        trial = await self._keeping.dry_run(work, person, file.name, data, message.at)
        lines = report_lines(trial)
        if trial.draft is None:
            return _reply(person, message, "\n".join(lines))
        text = "\n".join([*lines, say("faq.ready")])
        return _reply(person, message, text, (_choices(trial.draft, say("faq.publish")),))

    async def _decide(self, work: Work, person: Person, message: Message, press: Publish) -> tuple[Reply, ...]:
        match press.verb:
            case verb if verb == PUBLISH:
                return await self._publish(work, person, message, press.draft)
            case verb if verb == DISCARD:
                await self._keeping.discard(work, person, press.draft, message.at)
                return (_reply(person, message, say("faq.discarded")),)
            case verb if verb == ROLLBACK and press.draft.isascii() and press.draft.isdigit():
                number = int(press.draft)
                await self._keeping.rollback(work, person, number, message.at)
                return (_reply(person, message, say("faq.rolled_back", number=number)),)
        raise NoSuchDraft

    async def _publish(self, work: Work, person: Person, message: Message, draft: str) -> tuple[Reply, ...]:
        try:
            made = await self._keeping.publish(work, person, draft, message.at)
        except SecondPersonNeeded:
            return await self._wait(work, person, message, draft)
        done = _reply(person, message, say("faq.published", number=made.number))
        if made.author is None or made.author == person.id:
            return (done,)
        told = say("faq.approved", name=made.note, number=made.number)
        return (done, Reply(to=made.author, text=told, tone=Tone.NOTICE))

    async def _wait(self, work: Work, person: Person, message: Message, draft: str) -> tuple[Reply, ...]:
        """The other admins are asked, once."""
        row, run = await self._keeping.trial(work, person, draft, message.at)
        waits = _reply(person, message, say("faq.waits"))
        if row.waiting_approval:
            return (waits,)
        await self._keeping.wait_for_second(work, person, draft, message.at)
        lines = [say("faq.wanted"), *report_lines(Trial(name=row.note, run=run, draft=draft))]
        others = [one for one in await work.people.staff() if one.id != person.id and may(one, Power.KEEP_FAQ)]
        rows = (_choices(draft, say("faq.approve")),)
        return (waits, *(Reply(to=one.id, text="\n".join(lines), tone=Tone.NOTICE, buttons=rows) for one in others))


def _choices(draft: str, label: str) -> tuple[Button, ...]:
    return (
        Button(label=label, action=Publish(draft, PUBLISH)),
        Button(label=say("faq.discard"), action=Publish(draft, DISCARD)),
    )


def _reply(person: Person, message: Message, text: str, buttons: Rows = ()) -> Reply:
    return Reply(to=person.id, text=text, channel=message.channel, tone=Tone.NOTICE, buttons=buttons)
