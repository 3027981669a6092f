"""Runs the commands of a decision in one unit of work, in order, and the decisions they lead to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import assert_never

from desk.case import Notify
from desk.desk import Desk
from handlers import ask, conversation, intake
from handlers import commands as do
from handlers.answers import cite, name
from handlers.base import Risks
from handlers.commands import Say
from handlers.conversation import AwaitingConsent, Idle, Talk
from handlers.deadline_text import result
from handlers.deadlines import paper_of
from handlers.emergency import calls, suspected
from handlers.handover import Handover
from handlers.heard import about
from handlers.intake_draft import EMPLOYER, Draft
from handlers.menus import entrance
from handlers.messages import Channel, InboxId, Tone
from handlers.my_cases import MyCases
from handlers.pondering import letters_of, pondered
from handlers.ports import Work
from handlers.privacy import PrivacyDesk
from handlers.texts import say
from handlers.turn import Facts, Turn
from knowledge.entry import EntryId


class Performer:
    """Knows the services; holds no state. Raises the desk's errors and WordsNeeded."""

    def __init__(self, *, desk: Desk, handover: Handover, cases: MyCases, privacy: PrivacyDesk, risk: Risks) -> None:
        self._desk = desk
        self._handover = handover
        self._cases = cases
        self._privacy = privacy
        self._risk = risk

    async def run(self, work: Work, turn: Turn, facts: Facts, says: list[Say]) -> Talk:
        """Runs everything; what is to be said is appended to ``says``. Returns the conversation afterwards."""
        talk = turn.talk
        if isinstance(talk.state, AwaitingConsent) and facts.inbox in talk.state.inbox:
            await work.inbox.keep(InboxId(facts.inbox))
        for command in turn.commands:
            if isinstance(command, Say):
                says.append(command)
            elif isinstance(command, do.KeepAsked):
                await work.questions.add(command.asked)
            else:
                talk = await self._one(work, command, talk, facts, says)
        return talk

    async def _one(  # noqa: C901, PLR0911, PLR0912 - one arm a command
        self, work: Work, command: do.Command, talk: Talk, facts: Facts, says: list[Say]
    ) -> Talk:
        match command:
            case do.KeepFeedback(asked=asked, helpful=helpful):
                await work.questions.feedback(asked, facts.person.id, helpful=helpful, at=facts.at)
                return talk
            case do.KeepConsent(what=what, yes=yes):
                await work.people.consent(facts.person.id, what, yes=yes, at=facts.at)
                return talk
            case do.AnswerWaiting():
                return await self._waiting(work, command, talk, facts, says)
            case do.ShowArticles(entry=entry):
                says.append(await articles(work, entry, facts))
                return talk
            case do.ShowDeadline(paper=paper, day=day):
                found = paper_of(paper)
                if found is not None:
                    received = date.fromisoformat(day) if day else None
                    says.append(result(found, received, facts.today, self._desk.calendar))
                return talk
            case do.BeginHandover():
                return await self._begin(work, command, talk, facts, says)
            case do.PreviewHandover(draft=draft):
                says.append(self._handover.preview(draft, facts.person))
                return talk
            case do.SendHandover(draft=draft):
                return await self.send(work, talk, draft, facts, says)
            case do.ListCases():
                return await self.run(work, await self._cases.list(work, talk, facts), facts, says)
            case do.ShowCase(case=case):
                return await self.run(work, await self._cases.show(work, talk, case, facts), facts, says)
            case do.OpenByPickup():
                return await self.run(work, await self._cases.pickup(work, talk, command, facts), facts, says)
            case do.WriteToCase():
                return await self.run(work, await self._cases.write(work, talk, command, facts), facts, says)
            case do.AskTarget(text=text):
                turn = await self._cases.target(work, talk, command, facts)
                if turn is None:
                    turn = await pondered(letters_of(talk, text), lambda: ask.said(talk, text, facts))
                return await self.run(work, turn, facts, says)
            case do.OwnerMove(action=action):
                return await self.run(work, await self._cases.press(work, talk, action, facts), facts, says)
            case do.KeepRatingWords(case=case, text=text):
                kept = await self._cases.rating_words(work, talk, case, text, facts)
                return await self.run(work, kept, facts, says)
            case do.ShowPrivacy():
                return await self.run(work, await self._privacy.show(work, talk, facts), facts, says)
            case do.ExportAll():
                return await self.run(work, await self._privacy.export(work, talk, facts), facts, says)
            case do.ForgetAll():
                return await self.run(work, await self._privacy.forget(work, facts), facts, says)
            case Say() | do.KeepAsked():
                raise AssertionError(command)
            case _:
                assert_never(command)

    async def send(self, work: Work, talk: Talk, draft: Draft, facts: Facts, says: list[Say]) -> Talk:
        """Opens the case; its 取件码 is shown in this one reply."""
        async with work.savepoint():
            sent = await self._handover.send(work, facts.person, draft, facts.channel, facts.at)
        says.append(Say(text=sent.text, tone=Tone.NOTICE, case=sent.case, once=True))
        await self._mark(work, facts)
        return talk.to(Idle()).remember(has_cases=True, draft=None, last=None, side=draft.side, region=draft.region)

    async def _mark(self, work: Work, facts: Facts) -> None:
        """The same person's conversations elsewhere learn that there is a case now."""
        for channel in Channel:
            if channel is facts.channel:
                continue
            row = await work.conversations.load(facts.person.id, channel)
            if row is not None:
                state = conversation.write(conversation.read(row.state).remember(has_cases=True))
                await work.conversations.save(replace(row, state=state, version=row.version + 1))

    async def _waiting(self, work: Work, command: do.AnswerWaiting, talk: Talk, facts: Facts, says: list[Say]) -> Talk:
        texts = [await work.inbox.text(InboxId(row)) for row in command.inbox]
        for row in command.inbox:
            await work.inbox.blank(InboxId(row))
        text = "，".join(part.strip() for part in texts if part.strip())
        if not text:
            says.append(Say(text=say("consent.lost"), tone=Tone.QUESTION))
            return talk
        risks = self._risk.find(text)
        told = replace(facts, keep=command.keep, suspect=suspected(risks), urgent=bool(calls(risks)))
        turn = await pondered(letters_of(talk, text), lambda: ask.said(talk, text, told))
        return await self.run(work, turn, told, says)

    async def _begin(self, work: Work, command: do.BeginHandover, talk: Talk, facts: Facts, says: list[Say]) -> Talk:
        asked = await work.questions.get(command.asked) if command.asked else None
        if asked is not None and asked.person != facts.person.id:
            asked = None
        last = talk.memory.last
        question = asked.question if asked is not None else ""
        if not question and last is not None and last.asked == command.asked:
            question = last.text
        risks = self._risk.find(question) if question else ()
        entry = facts.base.entries.get(EntryId(about(asked))) if asked is not None else None
        draft = Draft(
            id=f"d{facts.inbox}",
            question=question,
            asked=command.asked,
            topic=entry.topic if entry is not None else "",
            situation="suspect" if suspected(risks) else "",
            side=talk.memory.side or (EMPLOYER if facts.person.enterprise else ""),
            region=talk.memory.region or facts.person.region,
            notify=None if facts.channel is Channel.WEB else Notify.TELEGRAM,
            candidates=asked.candidates if asked is not None else (),
            urgent=bool(calls(risks)),
        )
        if facts.channel is Channel.WEB:
            says.append(Say(text=say("intake.form"), tone=Tone.QUESTION, form="handover"))
            return talk.to(Idle()).remember(draft=draft)
        return await self.run(work, intake.begun(talk, draft, facts), facts, says)


async def articles(work: Work, entry_id: str, facts: Facts) -> Say:
    """查看依据: each article with its full text where a statute library was imported, else with the quote."""
    entry = facts.entry(entry_id)
    if entry is None:
        return entrance(say("odd.old_button"), facts)
    blocks = [say("basis.head", question=entry.question)]
    library = False
    for law, article in dict.fromkeys((item.law, item.article) for item in entry.basis):
        quotes = [item for item in entry.basis if (item.law, item.article) == (law, article)]
        text = await work.statutes.article(law, article)
        library = library or text is not None
        lines = [cite(quotes[0])]
        if text is not None:
            lines.append(say("basis.full", text=text))
        else:
            lines.extend(say("basis.quote", text=item.quote) for item in quotes if item.quote)
        changed = next((item.changed for item in quotes if item.changed is not None), None)
        if changed is not None:
            lines.append(say("basis.changed", date=changed.isoformat()))
        blocks.append("\n".join(lines))
    blocks.extend(name(item) for item in entry.source)
    if len(blocks) == 1:
        blocks.append(say("basis.none"))
    elif entry.basis and not library:
        blocks.append(say("basis.library"))
    return Say(text="\n\n".join(blocks), tone=Tone.NOTICE)
