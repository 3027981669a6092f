"""Consent before the first question is kept: until then its words are nowhere but in the inbox row. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from handlers.actions import Consent
from handlers.commands import AnswerWaiting, BeginHandover, Command, KeepConsent, Say
from handlers.conversation import AwaitingConsent, Idle, Talk
from handlers.menus import web_link
from handlers.messages import Button, Channel, Tone
from handlers.texts import say
from handlers.turn import Facts, Turn

KEEP: Final = "keep"
TELEGRAM: Final = "telegram"
_MOST_WAITING: Final = 5


def what(channel: Channel) -> str:
    """What is asked on a channel: Telegram has a consent of its own that names the foreign recipient."""
    return TELEGRAM if channel is Channel.TELEGRAM else KEEP


def wanted(talk: Talk, facts: Facts, *, human: bool = False) -> Turn:
    """Asks for consent; the message (or the wish for a person) waits."""
    state = talk.state if isinstance(talk.state, AwaitingConsent) else AwaitingConsent()
    waiting = state.inbox if human else (*state.inbox, facts.inbox)[-_MOST_WAITING:]
    state = replace(state, human=human or state.human, inbox=waiting)
    kind = what(facts.channel)
    rows = (
        (
            Button(label=say("consent.allow"), action=Consent(what=kind, yes=True)),
            Button(label=say("consent.refuse"), action=Consent(what=kind, yes=False)),
        ),
    )
    text = say("consent.telegram") if kind == TELEGRAM else say("consent.web")
    asked = Say(text=text, tone=Tone.QUESTION, buttons=rows, links=web_link(facts))
    return Turn(talk=talk.to(state), commands=(asked,))


def answered(talk: Talk, kind: str, *, yes: bool, facts: Facts) -> Turn:
    """Yes or no: kept, and what waited is answered either way."""
    if kind not in {KEEP, TELEGRAM}:
        return Turn(talk=talk)
    state = talk.state
    text = say("consent.allowed") if yes else say("consent.refused")
    commands: list[Command] = [KeepConsent(what=what(facts.channel), yes=yes), Say(text=text, tone=Tone.NOTICE)]
    if isinstance(state, AwaitingConsent):
        if state.inbox:
            commands.append(AnswerWaiting(inbox=state.inbox, keep=yes))
        if state.human:
            commands.append(BeginHandover(asked=""))
        talk = talk.to(Idle())
    return Turn(talk=talk, commands=tuple(commands))
