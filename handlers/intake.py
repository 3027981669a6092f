"""The interview of 找人工, step by step: the other party first, then what finds the competent profession. Pure.

Who will read it and the sending itself are in ``handover``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from desk.case import FileId, Notify
from handlers import odd_inputs
from handlers.actions import Action, Cancel, ConfirmHandover, IntakeChoice
from handlers.commands import Command, PreviewHandover, Rows, Say, SendHandover
from handlers.conversation import Idle, Intaking, Talk
from handlers.intake_draft import (
    EMPLOYEE,
    EMPLOYER,
    MATTERS,
    MOST_FILES,
    Draft,
    Step,
    lacks_contact,
    read_email,
    read_phone,
    sensitive,
)
from handlers.menus import entrance
from handlers.messages import Button, Channel, Link, Tone
from handlers.regions import PROVINCE, find_region
from handlers.texts import say
from handlers.turn import Facts, Turn

_NONE: Final = "none"
_LONGEST_NAME: Final = 200
LONGEST_QUESTION: Final = 20_000


def begun(talk: Talk, draft: Draft, facts: Facts) -> Turn:
    """The first step of an interview."""
    return _next(talk, draft, facts)


def typed(talk: Talk, draft: Draft, text: str, files: tuple[FileId, ...], facts: Facts) -> Turn:
    """A text or files during the interview."""
    if files:
        if facts.channel is Channel.TELEGRAM and sensitive(draft):
            return _web_only(talk, facts)
        draft = replace(draft, files=(*draft.files, *files)[:MOST_FILES])
        if not text:
            got = Say(text=say("intake.file_added", count=len(draft.files)), tone=Tone.NOTICE)
            return Turn(talk=talk.to(Intaking(draft=draft)), commands=(got, ask_step(draft, facts)))
    if text in {"取消", "算了", "不找了", "退出"}:
        return Turn(talk=talk.to(Idle()), commands=(entrance(say("menu.cancelled"), facts),))
    filled = _read(draft, text)
    if filled is None:
        again = ask_step(draft, facts)
        words = f"{say(f'intake.again.{draft.step}')}\n{again.text}"
        return Turn(talk=talk.to(Intaking(draft=draft)), commands=(replace(again, text=words),))
    return _next(talk, filled, facts)


def pressed(talk: Talk, draft: Draft, action: Action, facts: Facts) -> Turn:
    """A button of the interview."""
    match action:
        case ConfirmHandover(draft=shown, yes=True) if shown == draft.id and draft.step is Step.CONFIRM:
            return Turn(talk=talk, commands=(SendHandover(draft=draft),))
        case ConfirmHandover(draft=shown, yes=False) if shown == draft.id:
            return Turn(talk=talk.to(Idle()), commands=(entrance(say("intake.not_sent"), facts),))
        case IntakeChoice(step=Step.CONFIRM, choice="change"):
            return _next(
                talk, replace(draft, step=Step.PARTY, party=None, situation="", court=None, notify=None), facts
            )
        case IntakeChoice(step=step, choice=choice) if step == draft.step:
            filled = _chosen(draft, choice)
            if filled is not None:
                return _next(talk, filled, facts)
        case _:
            pass
    return Turn(talk=talk, commands=(ask_step(draft, facts),))


def next_step(draft: Draft) -> Step:
    """The first thing that is still missing."""
    missing = (
        (Step.PARTY, draft.party is None),
        (Step.SITUATION, not draft.situation),
        (Step.COURT, draft.situation == "procedure" and draft.court is None),
        (Step.SIDE, not draft.side),
        (Step.REGION, not draft.region),
        (Step.QUESTION, not draft.question),
        (Step.NOTIFY, draft.notify is None),
        (Step.CONTACT, lacks_contact(draft)),
    )
    return next((step for step, lacks in missing if lacks), Step.CONFIRM)


def ask_step(draft: Draft, facts: Facts) -> Say:
    """The question of the draft's step with its buttons."""
    key = f"intake.ask.{draft.step}"
    if draft.step is Step.CONTACT:
        key = "intake.ask.contact_email" if draft.notify is Notify.EMAIL else "intake.ask.contact_phone"
    rows: Rows = tuple((button,) for button in _choices(draft.step, facts))
    stop = Button(label=say("button.cancel"), action=Cancel())
    return Say(text=say(key), tone=Tone.QUESTION, buttons=(*rows, (stop,)))


def _choices(step: Step, facts: Facts) -> tuple[Button, ...]:  # noqa: PLR0911 - one return a step
    def choice(code: str, key: str) -> Button:
        return Button(label=say(key), action=IntakeChoice(step=step, choice=code))

    match step:
        case Step.PARTY:
            return (choice(_NONE, "intake.party_none"),)
        case Step.SITUATION:
            return tuple(choice(code, f"intake.situation.{code}") for code in MATTERS)
        case Step.COURT:
            return (choice(_NONE, "intake.court_none"),)
        case Step.SIDE:
            return (choice(EMPLOYER, "button.employer"), choice(EMPLOYEE, "button.employee"))
        case Step.REGION:
            return (choice(_NONE, "intake.region_none"),)
        case Step.NOTIFY:
            here = () if facts.channel is Channel.WEB else (choice(Notify.TELEGRAM, "intake.notify.telegram"),)
            others = (Notify.EMAIL, Notify.PHONE, Notify.NONE)
            return (*here, *(choice(way, f"intake.notify.{way}") for way in others))
        case Step.QUESTION | Step.CONTACT | Step.CONFIRM:
            return ()


def _next(talk: Talk, draft: Draft, facts: Facts) -> Turn:
    step = next_step(draft)
    draft = replace(draft, step=step)
    if facts.channel is Channel.TELEGRAM and sensitive(draft):
        return _web_only(talk, facts)
    state = talk.to(Intaking(draft=draft))
    if step is Step.CONFIRM:
        return Turn(talk=state, commands=(PreviewHandover(draft=draft),))
    ask: Command = ask_step(draft, facts)
    return Turn(talk=state, commands=(ask,))


def _web_only(talk: Talk, facts: Facts) -> Turn:
    """Criminal matters and trade secrets are not written into a foreign service: the web page takes over."""
    link = (Link(label=say("intake.web_link"), url=f"{facts.public_url}/?handover=1"),)
    shown = Say(text=say("intake.web_only", url=f"{facts.public_url}/?handover=1"), tone=Tone.NOTICE, links=link)
    return Turn(talk=talk.to(Idle()).remember(last=None), commands=(shown,))


def _read(draft: Draft, text: str) -> Draft | None:  # noqa: PLR0911 - one return a step
    """The draft with a typed value, or None where the text is no value of the step."""
    plain = text.strip()
    match draft.step:
        case Step.PARTY:
            return replace(draft, party=plain[:_LONGEST_NAME]) if len(plain) <= _LONGEST_NAME else None
        case Step.COURT:
            return replace(draft, court=plain[:_LONGEST_NAME])
        case Step.REGION:
            found = find_region(plain)
            return replace(draft, region=found) if found else None
        case Step.QUESTION:
            enough = odd_inputs.oddity(plain) is None and len(plain) <= LONGEST_QUESTION
            return replace(draft, question=plain) if enough else None
        case Step.CONTACT:
            if draft.notify is Notify.EMAIL:
                email = read_email(plain)
                return replace(draft, email=email) if email else None
            phone = read_phone(plain)
            return replace(draft, phone=phone) if phone else None
        case Step.SITUATION | Step.SIDE | Step.NOTIFY | Step.CONFIRM:
            return None


def _chosen(draft: Draft, choice: str) -> Draft | None:  # noqa: PLR0911 - one return a step
    match draft.step:
        case Step.PARTY if choice == _NONE:
            return replace(draft, party="")
        case Step.SITUATION if choice in MATTERS:
            return replace(draft, situation=choice)
        case Step.COURT if choice == _NONE:
            return replace(draft, court="")
        case Step.SIDE if choice in {EMPLOYER, EMPLOYEE}:
            return replace(draft, side=choice)
        case Step.REGION if choice == _NONE:
            return replace(draft, region=PROVINCE)
        case Step.NOTIFY if choice in set(Notify):
            return replace(draft, notify=Notify(choice))
        case _:
            return None
