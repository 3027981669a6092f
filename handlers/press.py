"""Buttons and menu items: what each value leads to. Pure."""

from __future__ import annotations

from typing import assert_never

from desk.case import CaseId
from handlers import actions, ask, deadlines, intake
from handlers import commands as do
from handlers.actions import Menu as Item
from handlers.consent import answered
from handlers.conversation import (
    AwaitingConsent,
    Clarifying,
    ConfirmingDeletion,
    EnteringPickup,
    Idle,
    Intaking,
    RatingWords,
    Rephrasing,
    Talk,
    Targeting,
)
from handlers.menus import entrance
from handlers.messages import Button, Tone
from handlers.texts import say
from handlers.turn import Facts, Turn
from handlers.where_to_go import everything


def pressed(talk: Talk, action: actions.Action, facts: Facts) -> Turn:  # noqa: C901, PLR0911, PLR0912 - one arm a button
    """A button, by its value."""
    match action:
        case actions.OpenMenu(item=item):
            return opened(talk, item, facts)
        case actions.Consent(what=what, yes=yes):
            return answered(talk, what, yes=yes, facts=facts)
        case actions.Pick(entry=entry) | actions.Related(entry=entry):
            return ask.picked(talk, entry, facts)
        case actions.NoneOfThese():
            if isinstance(talk.state, Clarifying | Rephrasing):
                return ask.none_of_these(talk, talk.state)
            return stale(talk, facts)
        case actions.Feedback(asked=asked, helpful=helpful):
            return ask.feedback(talk, asked, helpful=helpful)
        case actions.ShowBasis(entry=entry):
            return Turn(talk=talk, commands=(do.ShowArticles(entry=entry),))
        case actions.ChooseAudience(audience=side):
            return ask.side_chosen(talk, side, facts)
        case actions.AskHuman(asked=asked):
            return Turn(talk=talk, commands=(do.BeginHandover(asked=asked),))
        case actions.IntakeChoice() | actions.ConfirmHandover():
            if isinstance(talk.state, Intaking):
                return intake.pressed(talk, talk.state.draft, action, facts)
            return stale(talk, facts)
        case actions.OnCase(verb=actions.CaseVerb.OPEN, case=case):
            return Turn(talk=talk, commands=(do.ShowCase(case=CaseId(case)),))
        case actions.OnCase() | actions.GiveReason() | actions.Rate():
            return Turn(talk=talk, commands=(do.OwnerMove(action=action),))
        case actions.PickTarget(case=case):
            return _target(talk, case, facts)
        case actions.Deadline(paper=paper):
            return deadlines.paper_picked(talk, paper)
        case actions.Privacy(what=what):
            return _privacy(talk, what, facts)
        case actions.Cancel() if isinstance(talk.state, RatingWords):
            return Turn(talk=left(talk), commands=(do.Say(text=say("case_owner.rating_words_kept"), tone=Tone.NOTICE),))
        case actions.Cancel():
            return Turn(talk=left(talk), commands=(entrance(say("menu.cancelled"), facts),))
        case actions.Publish():
            return stale(talk, facts)
        case _:
            assert_never(action)


def opened(talk: Talk, item: Item, facts: Facts) -> Turn:  # noqa: C901, PLR0911 - one arm an item
    """A menu item."""
    match item:
        case Item.START:
            return Turn(talk=left(talk), commands=(entrance(say("menu.start"), facts),))
        case Item.HELP:
            return Turn(talk=talk, commands=(entrance(say("menu.help"), facts),))
        case Item.ASK:
            return Turn(talk=left(talk), commands=(do.Say(text=say("menu.ask"), tone=Tone.QUESTION),))
        case Item.HUMAN:
            return Turn(talk=talk, commands=(do.BeginHandover(asked=""),))
        case Item.MY_CASES:
            return Turn(talk=left(talk), commands=(do.ListCases(),))
        case Item.PICKUP:
            wanted = do.Say(text=say("pickup.ask"), tone=Tone.QUESTION)
            return Turn(talk=talk.to(EnteringPickup()), commands=(wanted,))
        case Item.ROUTES:
            return Turn(talk=talk, commands=(everything(),))
        case Item.DEADLINE:
            return deadlines.opened(talk)
        case Item.PRIVACY:
            return Turn(talk=left(talk), commands=(do.ShowPrivacy(),))
        case Item.MY_WORK | Item.UNASSIGNED | Item.OVERDUE | Item.FAQ:
            return stale(talk, facts)
        case _:
            assert_never(item)


def left(talk: Talk) -> Talk:
    """Whatever was begun is left, but a message that waits for consent goes on waiting."""
    return talk if isinstance(talk.state, AwaitingConsent) else talk.to(Idle())


def stale(talk: Talk, facts: Facts) -> Turn:
    """An old, forged or foreign button: a fresh menu."""
    return Turn(talk=talk, commands=(entrance(say("odd.old_button"), facts),))


def _target(talk: Talk, case: str, facts: Facts) -> Turn:
    state = talk.state
    if not isinstance(state, Targeting):
        return stale(talk, facts)
    if case:
        write = do.WriteToCase(case=CaseId(case), text=state.text, files=state.files)
        return Turn(talk=talk.to(Idle()), commands=(write,))
    return ask.said(talk.to(Idle()), state.text, facts)


def _privacy(talk: Talk, what: str, facts: Facts) -> Turn:
    match what:
        case "export":
            return Turn(talk=talk, commands=(do.ExportAll(),))
        case "delete":
            rows = (
                (Button(label=say("privacy.erase"), action=actions.Privacy(what="erase")),),
                (Button(label=say("button.cancel"), action=actions.Cancel()),),
            )
            wanted = do.Say(text=say("privacy.confirm"), tone=Tone.QUESTION, buttons=rows)
            return Turn(talk=talk.to(ConfirmingDeletion()), commands=(wanted,))
        case "erase" if isinstance(talk.state, ConfirmingDeletion):
            return Turn(talk=Talk(), commands=(do.ForgetAll(),))
        case _:
            return stale(talk, facts)
