"""From a message and a state to a decision: which of the deciding modules is asked. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, assert_never

from handlers import ask, deadlines, intake, menus, odd_inputs, press
from handlers import commands as do
from handlers.actions import CaseVerb
from handlers.answers import human
from handlers.conversation import (
    AskingSide,
    AwaitingConsent,
    Clarifying,
    ConfirmingDeletion,
    EnteringPickup,
    Idle,
    Intaking,
    NamingDay,
    PickingPaper,
    RatingWords,
    Rephrasing,
    StaffBusy,
    Talk,
    Targeting,
    WritingTo,
)
from handlers.heard import How
from handlers.messages import OLD_BUTTON, Channel, Message, Tone
from handlers.pickup import read_pickup
from handlers.texts import say
from handlers.turn import Facts, Turn
from knowledge.entry import Audience

_EMPLOYER: Final = frozenset({"单位", "公司", "企业", "老板", "我是单位", "我是老板", "用人单位"})
_EMPLOYEE: Final = frozenset({"员工", "个人", "职工", "我是员工", "我是职工", "劳动者"})
_AWAITING_WORDS: Final = (Intaking, Targeting, WritingTo, RatingWords, EnteringPickup, NamingDay, PickingPaper)


def decide(talk: Talk, message: Message, facts: Facts) -> Turn:
    """What follows from one message."""
    if message.action is not None:
        return press.pressed(talk, message.action, facts)
    text = message.text.strip()
    item = menus.command(text)
    if item is not None:
        return press.opened(talk, item, facts)
    files = tuple(file.id for file in message.files)
    if message.case is not None and (text or files):
        words = say("case_owner.corrected", text=text) if message.edited else text
        return Turn(talk=talk, commands=(do.WriteToCase(case=message.case, text=words, files=files),))
    if message.unsupported == OLD_BUTTON:
        return press.stale(talk, facts)
    if message.unsupported:
        sorry = do.Say(text=say(odd_inputs.unreadable(message.unsupported)), tone=Tone.QUESTION)
        return Turn(talk=talk, commands=(sorry,))
    return typed(talk, message, text, facts)


def typed(talk: Talk, message: Message, text: str, facts: Facts) -> Turn:  # noqa: C901, PLR0911, PLR0912 - one arm a state
    """A text, by what was begun."""
    state = talk.state
    files = tuple(file.id for file in message.files)
    if message.edited and isinstance(state, _AWAITING_WORDS):
        # A correction of an earlier text is not what is asked for now: it would reach the wrong case or field.
        return Turn(talk=talk, commands=(do.Say(text=say("odd.edited"), tone=Tone.QUESTION),))
    match state:
        case Intaking():
            return intake.typed(talk, state.draft, text, files, facts)
        case Targeting():
            joined = "\n".join(part for part in (state.text, text) if part)
            return Turn(talk=talk.to(Idle()), commands=(do.AskTarget(text=joined, files=(*state.files, *files)),))
        case WritingTo():
            again = state.verb == CaseVerb.REOPEN
            write = do.WriteToCase(case=state.case, text=text, files=files, reopen=again)
            return Turn(talk=talk.to(Idle()), commands=(write,))
        case RatingWords():
            return Turn(talk=talk.to(Idle()), commands=(do.KeepRatingWords(case=state.case, text=text),))
        case EnteringPickup():
            return _pickup(talk, state, text)
        case NamingDay():
            named = deadlines.day_named(talk, state, text, facts)
            return named if named is not None else _question(talk.to(Idle()), message, text, facts)
        case PickingPaper():
            paper = deadlines.paper_typed(talk, text)
            return paper if paper is not None else _question(talk.to(Idle()), message, text, facts)
        case AskingSide() if text in _EMPLOYER:
            return ask.side_chosen(talk, Audience.EMPLOYER, facts)
        case AskingSide() if text in _EMPLOYEE:
            return ask.side_chosen(talk, Audience.EMPLOYEE, facts)
        case Clarifying() | Rephrasing():
            return _in_clarification(talk, state, message, text, facts)
        case Idle() | AwaitingConsent() | AskingSide() | ConfirmingDeletion() | StaffBusy():
            return _question(talk, message, text, facts)
        case _:
            assert_never(state)


def _question(talk: Talk, message: Message, text: str, facts: Facts) -> Turn:
    files = tuple(file.id for file in message.files)
    if odd_inputs.wants_person(text):
        return Turn(talk=talk, commands=(do.BeginHandover(asked=""),))
    plain = odd_inputs.oddity(text) is None and not odd_inputs.greeting(text) and not odd_inputs.thanks(text)
    # The web composer shows its target; elsewhere a text of somebody with an open case needs one.
    unaddressed = facts.channel is not Channel.WEB and talk.memory.has_cases and not message.edited
    if unaddressed and (plain or files):
        return Turn(talk=talk.to(Idle()), commands=(do.AskTarget(text=text, files=files),))
    if files:
        return _with_files(talk, text, facts)
    return ask.said(talk.to(Idle()) if plain else talk, text, facts, edited=message.edited)


def _with_files(talk: Talk, text: str, facts: Facts) -> Turn:
    note = do.Say(text=say("odd.photo"), tone=Tone.QUESTION, buttons=((human(),),))
    if not text:
        return Turn(talk=talk, commands=(note,))
    turn = ask.said(talk.to(Idle()), text, facts)
    return replace(turn, commands=(*turn.commands, note))


def _in_clarification(talk: Talk, state: Clarifying | Rephrasing, message: Message, text: str, facts: Facts) -> Turn:
    chosen = ask.numbered(state, text) if not message.edited else None
    if chosen is not None:
        return ask.picked(talk, chosen, facts) if chosen else ask.none_of_these(talk, state)
    small_talk = odd_inputs.thanks(text) or odd_inputs.greeting(text) or odd_inputs.wants_person(text)
    if isinstance(state, Clarifying) or small_talk or message.files or odd_inputs.oddity(text) is not None:
        return _question(talk, message, text, facts)
    return ask.question(talk, text, facts, How(refused=state.refused, final=True))


def _pickup(talk: Talk, state: EnteringPickup, text: str) -> Turn:
    number, code = read_pickup(text, state.number)
    if number and code:
        return Turn(talk=talk, commands=(do.OpenByPickup(number=number, code=code),))
    if number:
        wanted = do.Say(text=say("pickup.ask_code", number=number), tone=Tone.QUESTION)
        return Turn(talk=talk.to(replace(state, number=number)), commands=(wanted,))
    return Turn(talk=talk.to(Idle()), commands=(do.Say(text=say("pickup.unreadable"), tone=Tone.QUESTION),))
