"""Staff at work in chat: case cards and every verb of a case by button; what needs words asks for them.

What an owner does with an own case, and every plain question, is left to the owner's conversation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from desk.case import CaseId
from desk.errors import DeskError, NoSuchCase, StaleCase
from desk.moves import MoveRequest
from desk.people import EXPERTS, Person, Role
from handlers.access import Relation
from handlers.actions import Cancel, CaseVerb, GiveReason, OnCase, OpenMenu
from handlers.apologies import sentence
from handlers.case_view import MOVE_OF, CaseView, professions, reasons_for, shown_name
from handlers.casework import CaseWork, Order, WordsNeeded
from handlers.faq_chat import FaqChat
from handlers.menus import command
from handlers.messages import Button, Message, Reply, Tone
from handlers.notices import Notices
from handlers.ports import Work
from handlers.staff import StaffTurn
from handlers.staff_begun import Begun, Kept, Writing, read_begun, words_of, write_begun
from handlers.staff_card import case_reply
from handlers.staff_menu import StaffMenu
from handlers.texts import say

_WITH_WORDS: Final = (CaseVerb.ANSWER, CaseVerb.ASK_BACK, CaseVerb.NOTE)
_WITH_REASON: Final = frozenset({CaseVerb.TRANSFER, CaseVerb.RETURN, CaseVerb.DECLINE, CaseVerb.ANOTHER_LEVEL})
_OWNERS: Final = frozenset(
    {CaseVerb.FOLLOW_UP, CaseVerb.SUPPLY, CaseVerb.WITHDRAW, CaseVerb.REOPEN, CaseVerb.CONSENT_BOTH, CaseVerb.CONFIRM}
)
_OTHER_PROFESSION: Final = "other_profession"


class StaffChat:
    """See ``staff.StaffSide``. ``console`` is the public base address."""

    def __init__(self, *, casework: CaseWork, notices: Notices, faq: FaqChat, console: str) -> None:
        self._casework = casework
        self._notices = notices
        self._faq = faq
        self._menu = StaffMenu(casework=casework, notices=notices, console=console)

    async def handle(
        self, work: Work, person: Person, message: Message, begun: Mapping[str, Any] | None
    ) -> StaffTurn | None:
        """None: none of the staff side's business. What was begun ends with whatever is not its next step."""
        state = read_begun(begun)
        try:
            if message.action is not None:
                return await self._pressed(work, person, message, state)
            if message.text.strip() or message.files:
                return await self._wrote(work, person, message, state)
        except StaleCase as error:
            return await self._stale(work, person, message, error, state)
        except WordsNeeded as error:
            return StaffTurn(replies=(_plain(person, message, sentence(error) or ""),), begun=begun)
        except DeskError as error:
            if begun is None:
                raise
            return _only(_plain(person, message, sentence(error) or ""))
        return None

    async def _pressed(self, work: Work, person: Person, message: Message, state: Begun | None) -> StaffTurn | None:
        match message.action:
            case OpenMenu(item=item) if (turn := await self._menu.open(work, person, message, item)) is not None:
                return turn
            case OnCase(verb=verb) as press if verb not in _OWNERS:
                return await self._press(work, person, message, press, state)
            case GiveReason(verb=verb) as press if verb in _WITH_REASON:
                return await self._with_reason(work, person, message, press)
            case Cancel() if state is not None:
                return _only(_plain(person, message, say("staff.cancelled")))
        return await self._faq.handle(work, person, message)

    async def _wrote(self, work: Work, person: Person, message: Message, state: Begun | None) -> StaffTurn | None:
        item = command(message.text) if not message.files else None
        if item is not None:
            return await self._menu.open(work, person, message, item)
        if state is not None and message.text.strip() == say("staff.cancel") and not message.files:
            return _only(_plain(person, message, say("staff.cancelled")))
        if isinstance(state, Writing) and message.case in {None, state.case}:
            if message.edited:  # a correction of an earlier text is not what was asked for
                text = say("staff.edited")
                return StaffTurn(replies=(_plain(person, message, text),), begun=write_begun(state))
            return await self._act(work, person, message, state.press, words_of(message, state.case))
        if message.case is not None:
            return await self._addressed(work, person, message, words_of(message, message.case))
        return await self._faq.handle(work, person, message)

    async def _seen(self, work: Work, person: Person, message: Message, case: CaseId) -> CaseView | None:
        """The case as staff see it; None where the person is its owner or nothing to it: the owner's side answers."""
        found = await work.cases.get(case)
        if found is None or found.owner == person.id:
            return None
        try:
            return await self._casework.look(work, person, case, message.at)
        except NoSuchCase:
            return None

    async def _press(
        self, work: Work, person: Person, message: Message, press: OnCase, state: Begun | None
    ) -> StaffTurn | None:
        seen = await self._seen(work, person, message, CaseId(press.case))
        if seen is None:
            return None
        words = state if isinstance(state, Kept) and state.case == press.case else None
        if press.verb is CaseVerb.OPEN:
            begun = write_begun(words) if words is not None else None
            return StaffTurn(replies=(case_reply(seen, person, message.channel, self._notices),), begun=begun)
        if press.version != seen.case.version:
            events = await work.cases.events(seen.case.id)
            raise StaleCase(seen.case.id, events[-1].actor if events else None)
        if press.verb not in seen.verbs:
            raise NoSuchCase(press.case)
        if press.verb in _WITH_WORDS and words is None:
            return self._ask_words(person, message, seen, press.verb)
        if press.verb in _WITH_WORDS and words is not None:
            return await self._act(work, person, message, press, words)
        if press.verb in _WITH_REASON:
            return await self._ask_reason(work, person, message, press.verb, seen)
        return await self._act(work, person, message, press, Kept(case=seen.case.id))

    def _ask_words(self, person: Person, message: Message, seen: CaseView, verb: CaseVerb) -> StaffTurn:
        text = say(f"staff.write.{verb}", number=seen.case.number)
        reply = _question(person, message, text, _cancel(), case=seen.case.id)
        begun = Writing(verb=verb, case=seen.case.id, version=seen.case.version)
        return StaffTurn(replies=(reply,), begun=write_begun(begun))

    async def _ask_reason(
        self, work: Work, person: Person, message: Message, verb: CaseVerb, seen: CaseView
    ) -> StaffTurn:
        codes = reasons_for(MOVE_OF[verb], seen.case, person)
        if len(codes) == 1:
            return await self._with_reason(work, person, message, GiveReason(verb, seen.case.id, codes[0]))
        rows = [
            (Button(label=say(f"staff.reason.{code}"), action=GiveReason(verb, seen.case.id, code)),) for code in codes
        ]
        text = say("staff.choose_reason", number=seen.case.number)
        return _only(_question(person, message, text, *rows, _cancel(), case=seen.case.id))

    async def _with_reason(self, work: Work, person: Person, message: Message, press: GiveReason) -> StaffTurn:
        seen = await self._seen(work, person, message, CaseId(press.case))
        if seen is None or press.verb not in seen.verbs:
            raise NoSuchCase(press.case)
        case = seen.case
        reason, _, role = press.reason.partition("/")
        if press.verb is CaseVerb.TRANSFER and reason == _OTHER_PROFESSION and not role:
            rows = [
                (
                    Button(
                        label=say(f"case.role.{each}"),
                        action=GiveReason(press.verb, case.id, f"{_OTHER_PROFESSION}/{each}"),
                    ),
                )
                for each in professions(case)
                if each is not case.role
            ]
            text = say("staff.choose_role", number=case.number)
            return _only(_question(person, message, text, *rows, _cancel(), case=case.id))
        wanted = Role(role) if role in {each.value for each in EXPERTS} else None
        request = MoveRequest(move=MOVE_OF[press.verb], reason=reason, role=wanted, version=case.version)
        return await self._done(work, person, message, press.verb, Order(case=case.id, request=request))

    async def _addressed(self, work: Work, person: Person, message: Message, words: Kept) -> StaffTurn | None:
        seen = await self._seen(work, person, message, words.case)
        if seen is None:
            return None
        return self._place(person, message, words, seen)

    def _place(self, person: Person, message: Message, words: Kept, seen: CaseView, said: str = "") -> StaffTurn:
        """What are these words: answer, question back or note? Without any such right the case itself is shown."""
        case = seen.case
        rows = [
            (Button(label=say(f"staff.verb.{verb}"), action=OnCase(verb, case.id, case.version)),)
            for verb in _WITH_WORDS
            if verb in seen.verbs
        ]
        if not rows:
            return _only(case_reply(seen, person, message.channel, self._notices, done=said))
        text = "\n".join(part for part in (said, say("staff.what_is_it", number=case.number)) if part)
        reply = _question(person, message, text, *rows, _cancel(), case=case.id)
        return StaffTurn(replies=(reply,), begun=write_begun(words))

    async def _act(self, work: Work, person: Person, message: Message, press: OnCase, words: Kept) -> StaffTurn:
        request = MoveRequest(move=MOVE_OF[press.verb], version=press.version)
        order = Order(case=words.case, request=request, body=words.text, files=words.files)
        return await self._done(work, person, message, press.verb, order)

    async def _done(self, work: Work, person: Person, message: Message, verb: CaseVerb, order: Order) -> StaffTurn:
        seen = await self._casework.act(work, person, order, message.at)
        done = say(_done_key(verb, order.request, seen.held))
        if not seen.held:
            return _only(_plain(person, message, done))
        return _only(case_reply(seen, person, message.channel, self._notices, done=done))

    async def _stale(
        self, work: Work, person: Person, message: Message, error: StaleCase, state: Begun | None
    ) -> StaffTurn | None:
        """Who moved it, and how it stands now. Words already written are not lost: they wait for a button."""
        seen = await self._seen(work, person, message, error.case)
        if seen is None:
            raise NoSuchCase(error.case)
        said = await _who_moved(work, person, error)
        words = state if isinstance(state, Kept) else words_of(message, error.case)
        if words.case == error.case and (words.text.strip() or words.files):
            return self._place(person, message, words, seen, said)
        return _only(case_reply(seen, person, message.channel, self._notices, done=said))


async def _who_moved(work: Work, person: Person, error: StaleCase) -> str:
    if error.by is None:
        return say("case.stale_timer")
    by = await work.roster.person(error.by)
    name = shown_name(by) if by is not None and by.staff else ""
    return say("case.stale", who=say("staff.you") if error.by == person.id else name or say("staff.client"))


def _done_key(verb: CaseVerb, request: MoveRequest, held: frozenset[Relation]) -> str:
    ending = ""
    if verb is CaseVerb.CLEAR_CONFLICT and Relation.OFFERED in held:
        ending = "_offer"
    elif verb is CaseVerb.RETURN and Relation.CLEARED not in held:
        ending = "_new"
    elif request.reason == "taken_back":
        ending = "_own"
    return f"case.done.{MOVE_OF[verb]}{ending}"


def _plain(person: Person, message: Message, text: str) -> Reply:
    return Reply(to=person.id, text=text, channel=message.channel, tone=Tone.NOTICE)


def _question(person: Person, message: Message, text: str, *rows: tuple[Button, ...], case: CaseId) -> Reply:
    return Reply(to=person.id, text=text, channel=message.channel, tone=Tone.QUESTION, buttons=rows, case=case)


def _cancel() -> tuple[Button, ...]:
    return (Button(label=say("staff.cancel"), action=Cancel()),)


def _only(reply: Reply) -> StaffTurn:
    return StaffTurn(replies=(reply,))
