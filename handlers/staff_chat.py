"""Staff at work in chat: lists, case cards, and every verb of a case by button; what needs words asks for them.

What an owner does with an own case, and every plain question, is left to the owner's conversation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from desk.case import CaseId, FileId
from desk.errors import NoSuchCase
from desk.lifecycle import REASONS
from desk.moves import MoveRequest
from desk.people import EXPERTS, Person, Role
from handlers.access import Power, may
from handlers.actions import Cancel, CaseVerb, GiveReason, Menu, OnCase, OpenMenu
from handlers.case_view import MOVE_OF
from handlers.casework import CaseWork, Order, is_expert
from handlers.faq_chat import FaqChat
from handlers.messages import Button, Link, Message, Reply, Tone
from handlers.notices import Notices
from handlers.ports import Work
from handlers.staff import StaffTurn
from handlers.staff_card import case_reply, list_reply
from handlers.texts import say

_WITH_WORDS: Final = frozenset({CaseVerb.ANSWER, CaseVerb.ASK_BACK, CaseVerb.NOTE})
_WITH_REASON: Final = frozenset({CaseVerb.TRANSFER, CaseVerb.RETURN, CaseVerb.DECLINE, CaseVerb.ANOTHER_LEVEL})
_BY_HAND: Final = frozenset({"taken_back", "not_in_time", "nobody_else", "breach", "dissatisfied"})
_OWNERS: Final = frozenset(
    {CaseVerb.FOLLOW_UP, CaseVerb.SUPPLY, CaseVerb.WITHDRAW, CaseVerb.REOPEN, CaseVerb.CONSENT_BOTH, CaseVerb.CONFIRM}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    text: str = ""
    files: tuple[FileId, ...] = ()


class StaffChat:
    """See ``staff.StaffSide``."""

    def __init__(self, *, casework: CaseWork, notices: Notices, faq: FaqChat, console: str) -> None:
        self._casework = casework
        self._notices = notices
        self._faq = faq
        self._console = console

    async def handle(
        self, work: Work, person: Person, message: Message, begun: Mapping[str, Any] | None
    ) -> StaffTurn | None:
        """None: none of the staff side's business."""
        turn = await self._faq.handle(work, person, message)
        if turn is None and message.action is not None:
            turn = await self._pressed(work, person, message, begun)
        elif turn is None and (message.text.strip() or message.files):
            turn = await self._wrote(work, person, message, begun)
        return turn

    async def _pressed(
        self, work: Work, person: Person, message: Message, begun: Mapping[str, Any] | None
    ) -> StaffTurn | None:
        match message.action:
            case OpenMenu(item=item):
                return await self._menu(work, person, message, item)
            case OnCase(verb=verb) as press if verb not in _OWNERS:
                return await self._press(work, person, message, press, begun)
            case GiveReason() as press if press.verb not in _OWNERS:
                return await self._with_reason(work, person, message, press)
            case Cancel() if begun is not None:
                return _only(self._plain(person, message, say("staff.cancelled")))
        return None

    async def _wrote(
        self, work: Work, person: Person, message: Message, begun: Mapping[str, Any] | None
    ) -> StaffTurn | None:
        if begun is not None and "verb" in begun:
            press = OnCase(CaseVerb(begun["verb"]), str(begun["case"]), int(begun["version"]))
            words = _Words(text=message.text, files=tuple(file.id for file in message.files))
            return await self._act(work, person, message, press, words)
        if message.case is not None and not message.unsupported:
            return await self._addressed(work, person, message, message.case)
        return None

    async def _menu(self, work: Work, person: Person, message: Message, item: Menu) -> StaffTurn | None:
        at, channel = message.at, message.channel
        match item:
            case Menu.MY_WORK:
                mine = await self._casework.mine(work, person, at)
                found = list_reply(
                    say("staff.mine"), mine, person, channel, self._notices, empty=say("staff.none_mine")
                )
                return StaffTurn(replies=(self._work_menu(person, message), found))
            case Menu.UNASSIGNED:
                cards = await self._casework.unassigned(work, person, at)
                title, empty = say("staff.unassigned"), say("staff.none_unassigned")
                return _only(list_reply(title, cards, person, channel, self._notices, empty=empty))
            case Menu.OVERDUE:
                cards = await self._casework.overdue(work, person, at)
                title, empty = say("staff.overdue"), say("staff.none_overdue")
                return _only(list_reply(title, cards, person, channel, self._notices, empty=empty))
        return None

    def _work_menu(self, person: Person, message: Message) -> Reply:
        rows: list[tuple[Button, ...]] = [
            (
                Button(label=say("staff.unassigned"), action=OpenMenu(Menu.UNASSIGNED)),
                Button(label=say("staff.overdue"), action=OpenMenu(Menu.OVERDUE)),
            )
        ]
        if may(person, Power.KEEP_FAQ):
            rows.append((Button(label=say("staff.faq"), action=OpenMenu(Menu.FAQ)),))
        return Reply(
            to=person.id,
            text=say("staff.menu"),
            channel=message.channel,
            tone=Tone.NOTICE,
            buttons=tuple(rows),
            links=(Link(label=say("staff.console"), url=f"{self._console}/console"),),
        )

    async def _press(
        self, work: Work, person: Person, message: Message, press: OnCase, begun: Mapping[str, Any] | None
    ) -> StaffTurn | None:
        case = await work.cases.get(CaseId(press.case))
        if case is not None and case.owner == person.id:
            return None
        seen = await self._casework.look(work, person, CaseId(press.case), message.at)
        if press.verb is CaseVerb.OPEN:
            return _only(case_reply(seen, person, message.channel, self._notices))
        if press.verb not in seen.verbs:
            raise NoSuchCase(press.case)
        if press.verb in _WITH_WORDS:
            if begun is not None and begun.get("case") == press.case and begun.get("verb") is None:
                words = _Words(text=str(begun["text"]), files=tuple(FileId(file) for file in begun["files"]))
                return await self._act(work, person, message, press, words)
            return self._ask_words(person, message, press)
        if press.verb in _WITH_REASON:
            return _only(self._reasons(person, message, press))
        return await self._act(work, person, message, press, _Words())

    def _ask_words(self, person: Person, message: Message, press: OnCase) -> StaffTurn:
        cancel = Button(label=say("staff.write.cancel"), action=Cancel())
        reply = Reply(
            to=person.id,
            text=say(f"staff.write.{press.verb}"),
            channel=message.channel,
            tone=Tone.QUESTION,
            buttons=((cancel,),),
            case=CaseId(press.case),
        )
        begun = {"verb": press.verb.value, "case": press.case, "version": press.version}
        return StaffTurn(replies=(reply,), begun=begun)

    def _reasons(self, person: Person, message: Message, press: OnCase) -> Reply:
        codes = [code for code in REASONS.get(MOVE_OF[press.verb], ()) if code not in _BY_HAND]
        rows = tuple(
            (Button(label=say(f"staff.reason.{code}"), action=GiveReason(press.verb, press.case, code)),)
            for code in codes
        )
        text = say("staff.choose_reason")
        return Reply(to=person.id, text=text, channel=message.channel, tone=Tone.QUESTION, buttons=rows)

    async def _with_reason(self, work: Work, person: Person, message: Message, press: GiveReason) -> StaffTurn | None:
        reason, _, role = press.reason.partition("/")
        if press.verb is CaseVerb.TRANSFER and reason == "other_profession" and not role:
            rows = tuple(
                (
                    Button(
                        label=say(f"case.role.{each.value}"),
                        action=GiveReason(press.verb, press.case, f"{reason}/{each.value}"),
                    ),
                )
                for each in sorted(EXPERTS)
                if each not in person.roles
            )
            text = say("staff.choose_role")
            return _only(Reply(to=person.id, text=text, channel=message.channel, tone=Tone.QUESTION, buttons=rows))
        wanted = Role(role) if role in {each.value for each in EXPERTS} else None
        request = MoveRequest(move=MOVE_OF[press.verb], reason=reason, role=wanted)
        order = Order(case=CaseId(press.case), request=request)
        return await self._done(work, person, message, press.verb, order)

    async def _addressed(self, work: Work, person: Person, message: Message, case: CaseId) -> StaffTurn | None:
        found = await work.cases.get(case)
        if found is None or found.owner == person.id or not is_expert(person):
            return None
        seen = await self._casework.look(work, person, case, message.at)
        verbs = [verb for verb in (CaseVerb.ANSWER, CaseVerb.ASK_BACK, CaseVerb.NOTE) if verb in seen.verbs]
        if not verbs:
            return _only(case_reply(seen, person, message.channel, self._notices))
        rows = tuple(
            (Button(label=say(f"staff.verb.{verb}"), action=OnCase(verb, case, found.version)),) for verb in verbs
        )
        cancel = (Button(label=say("staff.write.cancel"), action=Cancel()),)
        text = say("staff.what_is_it", number=found.number)
        reply = Reply(
            to=person.id, text=text, channel=message.channel, tone=Tone.QUESTION, buttons=(*rows, cancel), case=case
        )
        kept = {"case": case, "text": message.text, "files": [file.id for file in message.files]}
        return StaffTurn(replies=(reply,), begun=kept)

    async def _act(self, work: Work, person: Person, message: Message, press: OnCase, words: _Words) -> StaffTurn:
        request = MoveRequest(move=MOVE_OF[press.verb], version=press.version)
        order = Order(case=CaseId(press.case), request=request, body=words.text, files=words.files)
        return await self._done(work, person, message, press.verb, order)

    async def _done(self, work: Work, person: Person, message: Message, verb: CaseVerb, order: Order) -> StaffTurn:
        seen = await self._casework.act(work, person, order, message.at)
        done = say(f"case.done.{MOVE_OF[verb].value}")
        if not seen.held:
            return _only(self._plain(person, message, done))
        return _only(case_reply(seen, person, message.channel, self._notices, done=done))

    def _plain(self, person: Person, message: Message, text: str) -> Reply:
        return Reply(to=person.id, text=text, channel=message.channel, tone=Tone.NOTICE)


def _only(reply: Reply) -> StaffTurn:
    return StaffTurn(replies=(reply,))
