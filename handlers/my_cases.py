"""The owner's side of cases: list, open by 取件码, follow up, supply, withdraw, reopen, rate.

A case opened here by its 取件码 belongs to another person's session: the code acts for its owner, in that case only.
Rights are in ``casework``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from desk.case import Case, CaseId, FileId, Move, Satisfaction, Status
from desk.desk import Desk
from desk.errors import NoSuchCase
from desk.lifecycle import REASONS, owner_word
from desk.moves import MoveRequest
from desk.people import Person
from handlers.actions import Action, Cancel, CaseVerb, GiveReason, OnCase, OpenMenu, PickTarget, Rate
from handlers.actions import Menu as Item
from handlers.case_card import card, list_line
from handlers.case_view import MOVE_OF
from handlers.casework import CaseWork, Order
from handlers.commands import AskTarget, OpenByPickup, Rows, Say, WriteToCase
from handlers.conversation import EnteringPickup, Idle, RatingWords, Talk, Targeting, WritingTo
from handlers.intake_draft import SENSITIVE_TOPICS
from handlers.messages import Button, Channel, Tone
from handlers.notices import Notices
from handlers.ports import Work
from handlers.texts import say
from handlers.turn import Facts, Turn

MOST_WRONG_CODES: Final = 5
_WRITTEN: Final = frozenset({CaseVerb.FOLLOW_UP, CaseVerb.SUPPLY, CaseVerb.REOPEN})
_OWN: Final = _WRITTEN | {CaseVerb.WITHDRAW, CaseVerb.CLOSE, CaseVerb.CONFIRM, CaseVerb.CONSENT_BOTH}


@dataclass(frozen=True, slots=True, kw_only=True)
class MyCases:
    """The service; every call takes the unit of work it takes part in. Raises the desk's errors and WordsNeeded."""

    desk: Desk
    casework: CaseWork
    notices: Notices

    async def list(self, work: Work, talk: Talk, facts: Facts) -> Turn:
        """我的案件, newest first, with a button each."""
        cases = list(await work.cases.of_owner(facts.person.id, limit=20))
        for opened in talk.memory.opened:
            found = await work.cases.get(opened)
            if found is not None and all(case.id != found.id for case in cases):
                cases.append(found)
        pickup = (Button(label=say("button.pickup"), action=OpenMenu(item=Item.PICKUP)),)
        if not cases:
            return Turn(talk=talk, commands=(Say(text=say("case_owner.none"), tone=Tone.NOTICE, buttons=(pickup,)),))
        lines = [say("case_owner.list"), *(list_line(case, self.notices) for case in cases)]
        rows = tuple(
            (Button(label=case.number, action=OnCase(CaseVerb.OPEN, case.id, case.version)),) for case in cases
        )
        shown = Say(text="\n".join(lines), tone=Tone.NOTICE, buttons=(*rows[:10], pickup))
        return Turn(talk=talk.remember(has_cases=True), commands=(shown,))

    async def show(self, work: Work, talk: Talk, case: CaseId, facts: Facts) -> Turn:
        """One case with its conversation and what may be done now."""
        owner = await self._acting(work, talk, case, facts)
        seen = await self.casework.look(work, owner, case, facts.at)
        return Turn(talk=talk, commands=(card(seen, self.notices, facts),))

    async def pickup(self, work: Work, talk: Talk, asked: OpenByPickup, facts: Facts) -> Turn:
        """Opens a case by number and code; five wrong codes in a row end the attempt."""
        wrong = talk.state.wrong if isinstance(talk.state, EnteringPickup) else 0
        try:
            case = await self.desk.by_pickup(work.cases, asked.number, asked.code)
        except NoSuchCase:
            await work.audit.write(at=facts.at, actor=facts.person.id, what="pickup.wrong", on="", detail={})
            if wrong + 1 >= MOST_WRONG_CODES:
                return Turn(talk=talk.to(Idle()), commands=(Say(text=say("pickup.too_often"), tone=Tone.ERROR),))
            again = EnteringPickup(number=asked.number, wrong=wrong + 1)
            return Turn(talk=talk.to(again), commands=(Say(text=say("case.no_such"), tone=Tone.ERROR),))
        await work.audit.write(at=facts.at, actor=facts.person.id, what="pickup.opened", on=case.id, detail={})
        opened = tuple(dict.fromkeys((*talk.memory.opened, case.id)))[-20:]
        if case.owner == facts.person.id:
            opened = talk.memory.opened
        return await self.show(work, talk.to(Idle()).remember(opened=opened, has_cases=True), case.id, facts)

    async def target(self, work: Work, talk: Talk, asked: AskTarget, facts: Facts) -> Turn | None:
        """案件… or 新问题? None where no case is open: the text is a question."""
        cases = list(await work.cases.of_owner(facts.person.id, open_only=True, limit=10))
        for opened in talk.memory.opened:
            found = await work.cases.get(opened)
            if found is not None and found.status is not Status.CLOSED and all(case.id != found.id for case in cases):
                cases.append(found)
        if not cases:
            return None
        rows: Rows = tuple(
            (Button(label=say("case_owner.target_case", number=case.number), action=PickTarget(case=case.id)),)
            for case in cases
        )
        new = (Button(label=say("case_owner.target_new"), action=PickTarget(case="")),)
        state = Targeting(text=asked.text, files=asked.files)
        shown = Say(text=say("case_owner.target"), tone=Tone.QUESTION, buttons=(*rows, new))
        return Turn(talk=talk.to(state), commands=(shown,))

    async def write(self, work: Work, talk: Talk, asked: WriteToCase, facts: Facts) -> Turn:
        """A text for a case: follow-up or supply as the case stands; on a closed one 重办还是新问题 is asked."""
        owner = await self._acting(work, talk, asked.case, facts)
        case = await work.cases.get(asked.case)
        if case is None:
            raise NoSuchCase(asked.case)
        if _by_web_only(case, facts):
            return Turn(talk=talk.to(Idle()), commands=(self._web_link(case),))
        move = owner_word(case.status)
        if move is None and asked.reopen:
            move = Move.REOPEN
        if move is None:
            rows: Rows = (
                (Button(label=say("case_owner.reopen"), action=OnCase(CaseVerb.REOPEN, case.id, case.version)),),
                (Button(label=say("case_owner.target_new"), action=PickTarget(case="")),),
            )
            state = Targeting(text=asked.text, files=asked.files)
            shown = Say(text=say("case_owner.closed", number=case.number), tone=Tone.QUESTION, buttons=rows)
            return Turn(talk=talk.to(state), commands=(shown,))
        return await self._act(work, talk, owner, MoveRequest(move=move), asked, facts=facts)

    async def press(self, work: Work, talk: Talk, action: Action, facts: Facts) -> Turn:
        """A button on an own case."""
        match action:
            case OnCase(verb=verb, case=case, version=version) if verb in _OWN:
                return await self._verb(work, talk, verb, CaseId(case), version, facts=facts)
            case Rate(case=case, value=value) if value in set(Satisfaction):
                return await self._rate(work, talk, CaseId(case), Satisfaction(value), "", facts=facts)
            case GiveReason(verb=CaseVerb.OPEN, case=case, reason=reason) if reason in REASONS[Move.RATE]:
                return await self._rate(work, talk, CaseId(case), Satisfaction.DISSATISFIED, reason, facts=facts)
            case _:
                raise NoSuchCase(CaseId(""))

    async def rating_words(self, work: Work, talk: Talk, case: CaseId, text: str, facts: Facts) -> Turn:
        """The owner's own words to a rating, kept beside it."""
        await self._acting(work, talk, case, facts)
        kept = await work.cases.facts(case)
        if kept is not None:
            await work.cases.save_facts(replace(kept, rating_words=text[:2000]))
        return Turn(talk=talk, commands=(Say(text=say("case_owner.rating_words_kept"), tone=Tone.NOTICE, case=case),))

    async def _verb(self, work: Work, talk: Talk, verb: CaseVerb, case: CaseId, version: int, *, facts: Facts) -> Turn:
        owner = await self._acting(work, talk, case, facts)
        found = await work.cases.get(case)
        if found is not None and verb in _WRITTEN and _by_web_only(found, facts):
            return Turn(talk=talk.to(Idle()), commands=(self._web_link(found),))
        pending = talk.state if isinstance(talk.state, Targeting) else None
        if verb in _WRITTEN and pending is None:
            wanted = Say(text=say(f"case_owner.write.{verb}"), tone=Tone.QUESTION, case=case, buttons=_stop())
            return Turn(talk=talk.to(WritingTo(case=case, verb=verb)), commands=(wanted,))
        text, files = (pending.text, pending.files) if pending and verb in _WRITTEN else ("", ())
        words = WriteToCase(case=case, text=text, files=files)
        request = MoveRequest(move=MOVE_OF[verb], version=version)
        return await self._act(work, talk.to(Idle()), owner, request, words, facts=facts)

    async def _rate(
        self, work: Work, talk: Talk, case: CaseId, value: Satisfaction, reason: str, *, facts: Facts
    ) -> Turn:
        if value is Satisfaction.DISSATISFIED and not reason:
            rows: Rows = tuple(
                (Button(label=say(f"case_owner.reason.{code}"), action=GiveReason(CaseVerb.OPEN, case, code)),)
                for code in REASONS[Move.RATE]
            )
            wanted = Say(text=say("case_owner.why_dissatisfied"), tone=Tone.QUESTION, buttons=rows, case=case)
            return Turn(talk=talk, commands=(wanted,))
        owner = await self._acting(work, talk, case, facts)
        request = MoveRequest(move=Move.RATE, rating=value, reason=reason)
        done = await self._act(work, talk, owner, request, WriteToCase(case=case, text=""), facts=facts)
        if value is Satisfaction.DISSATISFIED:
            more = Say(text=say("case_owner.rating_words"), tone=Tone.QUESTION, case=case, buttons=_enough())
            return Turn(talk=done.talk.to(RatingWords(case=case)), commands=(*done.commands, more))
        return done

    async def _act(
        self, work: Work, talk: Talk, owner: Person, request: MoveRequest, words: WriteToCase, *, facts: Facts
    ) -> Turn:
        files: tuple[FileId, ...] = words.files
        order = Order(case=words.case, request=request, body=words.text, files=files, sender=facts.person.id)
        await self.casework.act(work, owner, order, facts.at)
        case = await work.cases.get(words.case)
        number = case.number if case is not None else ""
        text = say("case_owner.done", done=say(f"case.done.{request.move}"), number=number)
        return Turn(talk=talk, commands=(Say(text=text, tone=Tone.NOTICE, case=words.case),))

    def _web_link(self, case: Case) -> Say:
        link = self.notices.case_link(case, staff=False)
        return Say(text=say("case_owner.web_only", number=case.number, url=link.url), tone=Tone.NOTICE, links=(link,))

    async def _acting(self, work: Work, talk: Talk, case: CaseId, facts: Facts) -> Person:
        """Who acts: the person, or for a case opened by its code the owner. Raises NoSuchCase for anybody else's."""
        found = await work.cases.get(case)
        if found is None:
            raise NoSuchCase(case)
        if found.owner == facts.person.id:
            return facts.person
        owner = await work.people.get(found.owner) if case in talk.memory.opened else None
        if owner is None:
            raise NoSuchCase(case)
        return owner


def _by_web_only(case: Case, facts: Facts) -> bool:
    """Criminal and trade-secret matters are not written into a foreign service."""
    return facts.channel is Channel.TELEGRAM and (case.lawyer_only or case.topic in SENSITIVE_TOPICS)


def _stop() -> Rows:
    return ((Button(label=say("button.cancel"), action=Cancel()),),)


def _enough() -> Rows:
    return ((Button(label=say("case_owner.rating_enough"), action=Cancel()),),)
