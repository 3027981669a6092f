"""One message to its end: facts in, a pure decision, its commands in the given unit of work, the replies stored.

On the plain way from question to answer nothing is read but person, conversation and consent, and nothing written but
the question, the reply and the conversation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from desk.desk import Desk
from desk.people import Person, PersonId
from handlers import binding, consent, conversation
from handlers.apologies import KNOWN, sentence, unknown
from handlers.base import BaseHolder, Risks
from handlers.casework import CaseWork
from handlers.commands import BeginHandover, KeepConsent, OpenByPickup, Say
from handlers.conversation import AwaitingConsent, Idle, StaffBusy, Talk
from handlers.decide import decide
from handlers.emergency import calls, first_line, suspected
from handlers.handover import Handover
from handlers.handover_form import HandoverForm, Outcome
from handlers.menus import command
from handlers.messages import Channel, Message, Reply, Tone
from handlers.my_cases import MyCases
from handlers.notices import Notices
from handlers.odd_inputs import greeting, oddity, wants_person
from handlers.perform import Performer
from handlers.pondering import letters_of, pondered
from handlers.ports import Work
from handlers.privacy import PrivacyDesk
from handlers.records import ConversationRow
from handlers.staff import StaffSide
from handlers.submit import submit
from handlers.turn import Facts, Turn


class Dispatcher:
    """Handles messages of every channel. ``public_url`` is "" where there is no public page."""

    def __init__(
        self, *, desk: Desk, base: BaseHolder, risk: Risks, casework: CaseWork, notices: Notices, public_url: str,
        staff: StaffSide | None = None,
    ) -> None:  # fmt: skip
        self._base = base
        self._risk = risk
        self._staff = staff
        self._url = public_url.rstrip("/")
        self._zone = desk.calendar.zone
        self._handover = Handover(desk=desk, notices=notices)
        self._perform = Performer(
            desk=desk,
            handover=self._handover,
            cases=MyCases(desk=desk, casework=casework, notices=notices),
            privacy=PrivacyDesk(casework=casework),
            risk=risk,
        )

    async def handle(self, work: Work, message: Message) -> None:
        """Takes effect once: every stored reply has a key that derives from the inbox id. Commits nothing.

        Known refusals become sentences; anything else goes up, for the caller to roll back and ``apologise``.
        """
        person = await work.people.get(message.person) or Person(id=message.person)
        row = await work.conversations.load(message.person, message.channel)
        talk = conversation.read(row.state if row is not None else None)
        says: list[Say] = []
        try:
            if code := binding.code_in(message):
                bound = await binding.bind(work, message, code)
                await work.replies.put(bound, at=message.at, key=f"in:{message.inbox}:bound")
                return
            if self._staff is not None and person.staff and await self._by_staff(work, person, message, talk, row):
                return
            facts, allowed = await self._facts(work, person, message)
            think = partial(self._turn, talk, message, facts, allowed=allowed)
            turn = await pondered(letters_of(talk, message.text), think)
            talk = await self._perform.run(work, turn, facts, says)
            talk = talk if _may_keep(turn, facts) else conversation.without_words(talk)
        except KNOWN as error:
            says.append(Say(text=sentence(error) or "", tone=Tone.ERROR))
            talk = talk if isinstance(talk.state, AwaitingConsent | StaffBusy) else talk.to(Idle())
        await _save(work, message.person, message.channel, row, talk)
        await self._say(work, message, says)

    async def apologise(self, work: Work, message: Message, number: str) -> None:
        """The one apology for an unknown error; ``number`` is also in the log."""
        shown = Reply(to=message.person, text=unknown(number), channel=message.channel, tone=Tone.ERROR)
        await work.replies.put(shown, at=message.at, key=f"in:{message.inbox}:sorry")

    async def submit_form(self, work: Work, person: Person, form: HandoverForm, at: datetime, key: str) -> Outcome:
        """The web form of 找人工: errors by field, or the preview, or the opened case. Commits nothing.

        ``key`` names this filling-in of the form: sent twice it opens one case.
        """
        row = await work.conversations.load(person.id, Channel.WEB)
        talk = conversation.read(row.state if row is not None else None)
        facts = self._web_facts(person, at)
        outcome, after = await submit(self._handover, work, talk, form, facts, key=key)
        if after != talk:
            await _save(work, person.id, Channel.WEB, row, after)
        return outcome

    async def open_by_pickup(
        self, work: Work, person: Person, number: str, code: str, *, at: datetime, key: str
    ) -> bool:
        """The web form of 取件码: the case's card as a reply, once for ``key``; False where the two do not fit.

        Commits nothing; a wrong try is in the audit log.
        """
        row = await work.conversations.load(person.id, Channel.WEB)
        talk = conversation.read(row.state if row is not None else None).to(Idle())
        facts = self._web_facts(person, at)
        says: list[Say] = []
        turn = Turn(talk=talk, commands=(OpenByPickup(number=number, code=code),))
        after = await self._perform.run(work, turn, facts, says)
        if not any(item.case is not None for item in says):
            return False
        await _save(work, person.id, Channel.WEB, row, after)
        for number_of, item in enumerate(says):
            await work.replies.put(_reply(person.id, Channel.WEB, item), at=at, key=f"{key}:{number_of}")
        return True

    def _web_facts(self, person: Person, at: datetime) -> Facts:
        """Facts of a form of the web page: whoever sends one wants it kept."""
        return Facts(
            person=person, channel=Channel.WEB, at=at, inbox=0, base=self._base.current, keep=True,
            public_url=self._url, zone=self._zone,
        )  # fmt: skip

    async def _facts(self, work: Work, person: Person, message: Message) -> tuple[Facts, bool | None]:
        """The facts, and the person's word on keeping (None: never asked). Staff agreed with their account."""
        allowed = True if person.staff else await work.people.consented(person.id, consent.what(message.channel))
        risks = self._risk.find(message.text) if message.text else ()
        facts = Facts(
            person=person, channel=message.channel, at=message.at, inbox=message.inbox, base=self._base.current,
            keep=allowed is True, public_url=self._url, zone=self._zone, urgent=bool(calls(risks)),
            suspect=suspected(risks),
        )  # fmt: skip
        return facts, allowed

    def _turn(self, talk: Talk, message: Message, facts: Facts, *, allowed: bool | None) -> Turn:
        """The decision, with the emergency line before everything, and consent before the first kept word."""
        turn = self._first_words(talk, message, facts) if allowed is None else None
        if turn is None:
            turn = decide(talk, message, facts)
        begins = any(isinstance(item, BeginHandover) for item in turn.commands)
        if allowed is None and begins and not any(isinstance(item, KeepConsent) for item in turn.commands):
            turn = consent.wanted(talk, facts, human=True)
        if not facts.urgent:
            return turn
        line = first_line(self._risk.find(message.text))
        return replace(turn, commands=(line, *turn.commands)) if line is not None else turn

    def _first_words(self, talk: Talk, message: Message, facts: Facts) -> Turn | None:
        text = message.text.strip()
        if message.action is not None or not text or message.case is not None or command(text) is not None:
            return None
        harmless = oddity(text) is not None or greeting(text) or wants_person(text)
        return None if harmless and not facts.urgent else consent.wanted(talk, facts)

    async def _by_staff(
        self, work: Work, person: Person, message: Message, talk: Talk, row: ConversationRow | None
    ) -> bool:
        if self._staff is None:
            return False
        begun = talk.state.begun if isinstance(talk.state, StaffBusy) else None
        turn = await self._staff.handle(work, person, message, begun)
        if turn is None:
            return False
        state = StaffBusy(begun=turn.begun) if turn.begun is not None else Idle()
        await _save(work, message.person, message.channel, row, talk.to(state))
        for number, reply in enumerate(turn.replies):
            await work.replies.put(reply, at=message.at, key=f"in:{message.inbox}:{number}")
        return True

    async def _say(self, work: Work, message: Message, says: Sequence[Say]) -> None:
        for number, item in enumerate(says):
            reply = _reply(message.person, message.channel, item)
            await work.replies.put(reply, at=message.at, key=f"in:{message.inbox}:{number}")


def _reply(to: PersonId, channel: Channel, item: Say) -> Reply:
    return Reply(
        to=to, channel=channel, text=item.text, tone=item.tone, buttons=item.buttons, links=item.links,
        files=item.files, case=item.case, private=item.private, public=item.public, web_only=item.web_only,
        form=item.form, once=item.once,
    )  # fmt: skip


def _may_keep(turn: Turn, facts: Facts) -> bool:
    """Whether words may stay in the conversation: the word given in this turn counts already."""
    given = [item.yes for item in turn.commands if isinstance(item, KeepConsent)]
    return given[-1] if given else facts.keep


async def _save(work: Work, person: PersonId, channel: Channel, row: ConversationRow | None, talk: Talk) -> None:
    version = row.version + 1 if row is not None else 1
    state = conversation.write(talk)
    await work.conversations.save(ConversationRow(person=person, channel=channel, state=state, version=version))
