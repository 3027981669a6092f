"""A question and its three possible ends: answer, clarify, escalate. Pure decisions; answers read as in ``answers``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from handlers import deadlines, odd_inputs
from handlers import heard as heard_as
from handlers.actions import ChooseAudience, NoneOfThese, Pick
from handlers.answers import answer, human
from handlers.commands import Command, KeepAsked, KeepFeedback, Rows, Say
from handlers.conversation import AskingSide, Clarifying, Idle, Rephrasing, Talk
from handlers.emergency import lawyer_only
from handlers.heard import PLAIN, Heard, How
from handlers.menus import entrance
from handlers.messages import Button, Tone
from handlers.texts import say
from handlers.turn import Facts, Turn
from handlers.where_to_go import fitting, routes_button
from knowledge.decision import Decision, Reason, Verdict
from knowledge.entry import Audience, Entry

_FRAGMENT: Final = 40
"""Characters up to which a text that asks nothing is taken for the beginning of a question."""


def said(talk: Talk, text: str, facts: Facts, *, edited: bool = False) -> Turn:
    """Whatever was typed while nothing else was begun."""
    odd = odd_inputs.oddity(text)
    if odd is not None or odd_inputs.too_long(text):
        return odd_text(talk, text, facts, odd or "too_long")
    if odd_inputs.greeting(text):
        return Turn(talk=talk, commands=(entrance(say("odd.greeting"), facts),))
    if odd_inputs.thanks(text):
        return Turn(talk=talk, commands=(Say(text=say("odd.thanks"), tone=Tone.NOTICE),))
    if edited:
        return question(talk, text, facts, How(lead=say("answer.edited")))
    last = talk.memory.last
    if last is not None and odd_inputs.joins(last, text, facts.at):
        alone = heard_as.decide(talk, text, facts)
        if Reason.EXACT not in alone.reasons:
            shown = last.entry if last.verdict == Verdict.ANSWER else ""
            return question(talk, f"{last.text}，{text}", facts, How(lead=say("answer.joined"), after=shown))
    return several(talk, text, facts)


def several(talk: Talk, text: str, facts: Facts) -> Turn:
    """One question, or each of up to three in one message."""
    pieces = odd_inputs.parts(text)
    if len(pieces) == 1:
        return question(talk, text, facts)
    if odd_inputs.too_many(pieces):
        words = say("odd.too_many", count=len(pieces))
        listed = "\n".join(f"{number}. {piece}" for number, piece in enumerate(pieces, 1))
        return Turn(talk=talk, commands=(Say(text=f"{words}\n{listed}", tone=Tone.QUESTION),))
    found = [heard_as.decide(talk, piece, facts) for piece in pieces]
    entries = {item.entry for item in found if item.verdict is Verdict.ANSWER}
    whole = heard_as.decide(talk, text, facts)
    if whole.verdict is Verdict.ANSWER and entries <= {whole.entry}:
        return question(talk, text, facts)
    if not entries:
        return _which(talk, text, whole, found, facts)
    commands: list[Command] = []
    for number, piece in enumerate(pieces, 1):
        lead = say("answer.part", number=number, question=piece)
        turn = question(talk, piece, facts, How(lead=lead, suffix=f"-{number}"))
        talk = turn.talk
        commands.extend(turn.commands)
    return Turn(talk=talk, commands=tuple(commands))


def _which(talk: Talk, text: str, whole: Decision, found: Sequence[Decision], facts: Facts) -> Turn:
    """None of several questions has a sure answer: which of them first? Their best candidates are offered together."""
    best = [item.candidates[0] for item in found if item.verdict is Verdict.CLARIFY and item.candidates]
    if len({item.entry for item in best}) < 2:  # noqa: PLR2004 - one candidate is no choice
        return question(talk, text, facts)
    merged = replace(whole, verdict=Verdict.CLARIFY, candidates=tuple({item.entry: item for item in best}.values()))
    heard = Heard(text=text, decision=merged, asked=f"q{facts.inbox}", how=How(lead=say("odd.several")))
    return clarify(talk, heard, heard_as.offered(heard, facts), before=(KeepAsked(asked=heard_as.log(heard, facts)),))


def question(talk: Talk, text: str, facts: Facts, how: How = PLAIN) -> Turn:
    """One question to its end."""
    heard = Heard(text=text, decision=heard_as.decide(talk, text, facts), asked=f"q{facts.inbox}{how.suffix}", how=how)
    log = KeepAsked(asked=heard_as.log(heard, facts))
    talk = heard_as.remembered(talk, heard, facts)
    paper = deadlines.mentioned(text)
    entry = heard_as.sure(heard, facts)
    if paper is not None and (paper.asks_time or entry is None):
        return deadlines.begin(talk.to(Idle()), text, paper, facts, before=(log,))
    if heard_as.side_matters(heard, talk, facts):
        state = AskingSide(question=text, asked=heard.asked)
        wanted = Say(text=say("clarify.side"), tone=Tone.QUESTION, buttons=sides())
        return Turn(talk=talk.to(state), commands=(log, wanted))
    shown: tuple[Command, ...]
    if how.after and (entry is None or entry.id == how.after):
        key = "answer.still" if entry is not None else "answer.may_change"
        shown = (Say(text=say(key), tone=Tone.NOTICE, buttons=((human(heard.asked),),)),)
    elif entry is not None:
        told = answer(entry, facts, asked=heard.asked, decision=heard.decision, lead=how.lead)
        if paper is not None:
            told = replace(told, buttons=(*told.buttons, deadlines.button_row()))
        shown = (told, lawyer_only(heard.asked)) if facts.suspect else (told,)
    elif facts.suspect:
        shown = (lawyer_only(heard.asked),)
    else:
        offered = heard_as.offered(heard, facts)
        if heard.decision.verdict is not Verdict.ESCALATE and offered:
            return clarify(talk, heard, offered, before=(log,))
        shown = (miss(talk, heard, facts),)
    return Turn(talk=talk.to(Idle()), commands=(log, *shown))


def clarify(talk: Talk, heard: Heard, offered: tuple[Entry, ...], *, before: tuple[Command, ...]) -> Turn:
    """您想问的是？ with up to three candidates and 都不是."""
    how, asked = heard.how, heard.asked
    options = "\n".join(
        say("clarify.option", number=number, question=entry.question) for number, entry in enumerate(offered, 1)
    )
    lead = how.lead or (say("clarify.again") if how.final else "")
    why = heard_as.why(heard)
    if Reason.TOO_SHORT in heard.decision.reasons:
        lead, why = say("odd.word", word=heard.text.strip()), ""
    words = [lead, say("clarify.text", options=options), say("clarify.why", why=why) if why else ""]
    rows: Rows = (
        *((Button(label=entry.question, action=Pick(entry=entry.id)),) for entry in offered),
        (Button(label=say("button.none"), action=NoneOfThese()), human(asked, "button.human")),
    )
    shown_ids = tuple(str(entry.id) for entry in offered)
    state = (
        Rephrasing(question=heard.text, asked=asked, refused=(*how.refused, *shown_ids), offered=shown_ids)
        if how.final
        else Clarifying(question=heard.text, asked=asked, offered=shown_ids)
    )
    shown = Say(text="\n".join(line for line in words if line), tone=Tone.QUESTION, buttons=rows)
    return Turn(talk=talk.to(state), commands=(*before, shown))


def miss(talk: Talk, heard: Heard, facts: Facts) -> Say:
    """An honest miss in plain words and one tap to a person; what asks nothing yet is asked to go on."""
    lead = heard.how.lead if heard.how.after is None else ""
    unfinished = not odd_inputs.is_question(heard.text) and len(heard.text) <= _FRAGMENT and facts.keep
    if unfinished and not lead and not heard.how.final and not facts.urgent:
        body = say("odd.fragment")
    else:
        body = say("escalate.text", why=heard_as.why(heard))
    if talk.memory.side == Audience.EMPLOYEE:
        body = f"{body}\n{say('escalate.employee')}"
    places = None if facts.urgent else fitting(heard.text)
    if places is not None:
        body = f"{body}\n\n{places.text}"
    rows: Rows = ((human(heard.asked),), (routes_button(),))
    links = places.links if places is not None else ()
    return Say(text=f"{lead}\n{body}" if lead else body, tone=Tone.NOTICE, buttons=rows, links=links)


def none_of_these(talk: Talk, state: Clarifying | Rephrasing) -> Turn:
    """都不是: first an invitation to rephrase, after the second round the offer of a person."""
    if isinstance(state, Clarifying):
        after = Rephrasing(question=state.question, asked=state.asked, refused=state.offered)
        shown = Say(text=say("clarify.rephrase"), tone=Tone.QUESTION, buttons=((human(state.asked, "button.human"),),))
        return Turn(talk=talk.to(after).remember(last=None), commands=(shown,))
    shown = Say(text=say("escalate.short"), tone=Tone.NOTICE, buttons=((human(state.asked),), (routes_button(),)))
    return Turn(talk=talk.to(Idle()).remember(last=None), commands=(shown,))


def picked(talk: Talk, entry_id: str, facts: Facts) -> Turn:
    """A candidate or a related question was pressed: its answer, logged as picked."""
    entry = facts.entry(entry_id)
    if entry is None:
        return Turn(talk=talk.to(Idle()), commands=(entrance(say("odd.old_button"), facts),))
    words = talk.state.question if isinstance(talk.state, Clarifying | Rephrasing) else ""
    asked = f"q{facts.inbox}"
    decision = Decision(question=words, verdict=Verdict.ANSWER, entry=entry.id, confidence=1.0, matched=entry.question)
    heard = Heard(text=words, decision=decision, asked=asked)
    log = KeepAsked(asked=replace(heard_as.log(heard, facts), verdict="picked"))
    return Turn(talk=talk.to(Idle()), commands=(log, answer(entry, facts, asked=asked)))


def side_chosen(talk: Talk, side: str, facts: Facts) -> Turn:
    """单位还是员工 was pressed: the question is answered again with it."""
    if side not in {Audience.EMPLOYER, Audience.EMPLOYEE}:
        return Turn(talk=talk, commands=(entrance(say("odd.old_button"), facts),))
    before = talk.state
    talk = talk.remember(side=side)
    if isinstance(before, AskingSide) and before.question:
        return question(talk.to(Idle()), before.question, facts)
    return Turn(talk=talk, commands=(Say(text=say("menu.ask"), tone=Tone.NOTICE),))


def numbered(state: Clarifying | Rephrasing, text: str) -> str | None:
    """The candidate a typed 1, 2, 3 or 第一个 means; "" for 都不是; None for anything else."""
    shown = state.offered
    plain = text.strip(" 。.第个、").translate(str.maketrans("一二三１２３", "123123"))
    if plain in {"都不是", "不是", "没有", "都不对", "0"}:
        return ""
    if plain.isdecimal() and 1 <= int(plain) <= len(shown):
        return shown[int(plain) - 1]
    return None


def feedback(talk: Talk, asked: str, *, helpful: bool) -> Turn:
    """有帮助 / 没解决."""
    keep = KeepFeedback(asked=asked, helpful=helpful)
    if helpful:
        return Turn(talk=talk, commands=(keep, Say(text=say("feedback.thanks"), tone=Tone.NOTICE)))
    state = Rephrasing(question="", asked=asked, refused=())
    offer = Say(text=say("feedback.unhelpful"), tone=Tone.NOTICE, buttons=((human(asked),), (routes_button(),)))
    return Turn(talk=talk.to(state).remember(last=None), commands=(keep, offer))


def odd_text(talk: Talk, text: str, facts: Facts, code: str) -> Turn:
    """A sensible word to what is no question; a single word may still have candidates."""
    if code == "one_word" and not text.strip().isdigit():
        heard = Heard(text=text, decision=heard_as.decide(talk, text, facts), asked=f"q{facts.inbox}")
        offered = heard_as.offered(heard, facts)
        if offered and heard.decision.verdict is not Verdict.ESCALATE:
            return clarify(talk, heard, offered, before=(KeepAsked(asked=heard_as.log(heard, facts)),))
    offer: Rows = ((human(),),) if code in {"language", "too_long", "pinyin"} else ()
    return Turn(talk=talk, commands=(Say(text=say(f"odd.{code}"), tone=Tone.QUESTION, buttons=offer),))


def sides() -> Rows:
    """The two buttons of 单位还是员工."""
    return (
        (
            Button(label=say("button.employer"), action=ChooseAudience(audience=Audience.EMPLOYER)),
            Button(label=say("button.employee"), action=ChooseAudience(audience=Audience.EMPLOYEE)),
        ),
    )
