"""Received papers and their periods: which paper, which day, then the rule. Pure.

The arithmetic is ``knowledge.periods``, the wording of the result in ``deadline_text``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from handlers import odd_inputs
from handlers.actions import AskHuman, Cancel, Deadline, OpenMenu
from handlers.actions import Menu as Item
from handlers.commands import Command, Rows, Say, ShowDeadline
from handlers.conversation import Idle, NamingDay, PickingPaper, Talk
from handlers.days import read_day
from handlers.messages import Button, Tone
from handlers.texts import say
from handlers.turn import Facts, Turn
from knowledge.periods import Paper, find_papers, shipped_papers

_RECEIVED: Final = re.compile(r"收到|拿到|接到|送达|寄来|寄到|送来|发来|签收了?|给了?我们?一?[份张个]|下达|下了|贴了")
_TIME: Final = re.compile(r"多久|多长|几天|期限|时效|什么时候|最晚|最迟|来得及|过期|截止|几日|哪天|到期|还有.{0,3}天")
_ANY_PAPER: Final = re.compile(r"判决|裁定|裁决|调解书|传票|诉状|通知书?|支付令|决定|告知书|认定书|结论|结果|仲裁|文书")
_UNKNOWN: Final = re.compile(r"不记得|记不清|不清楚|不知道|忘了|不确定|没注意|还没收到|未收到")
_MOST_TRIES: Final = 2
_LONGEST_DAY: Final = 8
"""Characters of a question that may still be a doubt about the day."""
_MOST_NAMED: Final = 4
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "court": (
        "complaint", "civil-judgment", "civil-ruling", "payment-order", "preservation-ruling", "enforcement-ruling",
        "effective-judgment", "administrative-judgment", "administrative-ruling", "criminal-judgment",
        "criminal-ruling",
    ),
    "arbitration": (
        "labour-claim", "labour-award", "labour-award-final", "commercial-award", "injury-decision",
        "disability-finding",
    ),
    "penalty": (
        "penalty-notice", "penalty-decision", "administrative-decision", "review-decision", "licence-hearing",
        "inspection-result",
    ),
    "tax": ("tax-penalty", "tax-decision"),
    "brand": ("trademark-refusal", "patent-refusal"),
}  # fmt: skip
"""Papers as they are offered, by who sends them."""
_GROUP: Final = "group."
_SAME_NAME: Final[Mapping[str, tuple[str, ...]]] = {"labour-award": ("labour-award", "labour-award-final")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Papers named in a text, at least one. ``asks_time``: the text asks for the period itself."""

    papers: tuple[Paper, ...]
    asks_time: bool


def mentioned(text: str) -> Mention | None:
    """Which paper of a court, tribunal or authority the text speaks of as received, or asks the period of."""
    if not _ANY_PAPER.search(text):
        return None
    asks_time = bool(_TIME.search(text))
    if not asks_time and not _RECEIVED.search(text):
        return None
    papers = _with_siblings(find_papers(text))
    return Mention(papers=papers, asks_time=asks_time) if papers else None


def begin(talk: Talk, text: str, mention: Mention, facts: Facts, *, before: tuple[Command, ...]) -> Turn:
    """Asks which paper, where several are meant, else the day, else shows the result; a named day is kept."""
    day = read_day(text, facts.today)
    state = PickingPaper(question=text if facts.keep else "", day=day.isoformat() if day else "")
    lead = say("deadline.period_of") if mention.asks_time else say("deadline.received")
    if len(mention.papers) == 1:
        turn = paper_picked(talk.to(state), mention.papers[0].id)
        opening = Say(text=f"{lead}\n{mention.papers[0].name}", tone=Tone.NOTICE)
        return replace(turn, commands=(*before, opening, *turn.commands))
    shown = Say(
        text=f"{lead}\n{say('deadline.which')}", tone=Tone.QUESTION, buttons=_papers(mention.papers[:_MOST_NAMED])
    )
    return Turn(talk=talk.to(state), commands=(*before, shown))


def opened(talk: Talk) -> Turn:
    """The menu item 算期限: who sent the paper?"""
    rows: Rows = tuple(
        (Button(label=say(f"deadline.group.{group}"), action=Deadline(paper=f"{_GROUP}{group}")),) for group in GROUPS
    )
    other = (Button(label=say("deadline.other"), action=Deadline(paper=f"{_GROUP}other")),)
    shown = Say(text=say("deadline.which"), tone=Tone.QUESTION, buttons=(*rows, other))
    return Turn(talk=talk.to(PickingPaper(question="")), commands=(shown,))


def paper_picked(talk: Talk, paper: str) -> Turn:
    """A group or a paper was pressed: the day is asked, unless it is known. "" = the day is not known."""
    state = talk.state
    if not paper:
        known = state.paper if isinstance(state, NamingDay) else ""
        return Turn(talk=talk.to(Idle()), commands=(ShowDeadline(paper=known),)) if known else opened(talk)
    if paper.startswith(_GROUP):
        return _group(talk, paper.removeprefix(_GROUP))
    found = paper_of(paper)
    if found is None:
        return opened(talk)
    day = state.day if isinstance(state, PickingPaper) else ""
    if day or not counts_from_receipt(found):
        return Turn(talk=talk.to(Idle()), commands=(ShowDeadline(paper=paper, day=day),))
    return Turn(talk=talk.to(NamingDay(paper=paper)), commands=(_ask_day("deadline.day"),))


def paper_typed(talk: Talk, text: str) -> Turn | None:
    """The paper named in a typed text; None where it names none or several: it is then taken as a question."""
    papers = _with_siblings(find_papers(text))
    return paper_picked(talk, papers[0].id) if len(papers) == 1 and len(text) < 20 else None  # noqa: PLR2004 - a name


def day_named(talk: Talk, state: NamingDay, text: str, facts: Facts) -> Turn | None:
    """The day in a typed text; None where the text is something else: it is then taken as a question."""
    if _longer_than_a_day(text, state):
        return None
    day = read_day(text, facts.today)
    if day is not None:
        return Turn(talk=talk.to(Idle()), commands=(ShowDeadline(paper=state.paper, day=day.isoformat()),))
    if _UNKNOWN.search(text):
        return Turn(talk=talk.to(Idle()), commands=(ShowDeadline(paper=state.paper),))
    if state.tries + 1 >= _MOST_TRIES:
        return Turn(talk=talk.to(Idle()), commands=(ShowDeadline(paper=state.paper),))
    return Turn(talk=talk.to(replace(state, tries=state.tries + 1)), commands=(_ask_day("deadline.day_again"),))


def paper_of(identity: str) -> Paper | None:
    """The shipped paper of an id."""
    return next((paper for paper in shipped_papers() if paper.id == identity), None)


def counts_from_receipt(paper: Paper) -> bool:
    """Whether any period of the paper runs from the day it was received or told."""
    return any(from_receipt(rule.counts_from) for rule in paper.rules)


def from_receipt(counts_from: str) -> bool:
    """Whether a starting point is the day of receipt or of being told."""
    return any(word in counts_from for word in ("收到", "接到", "告知"))


def button_row() -> tuple[Button, ...]:
    """The way to the periods from an answer that spoke of a paper."""
    return (Button(label=say("button.deadline"), action=OpenMenu(item=Item.DEADLINE)),)


def _with_siblings(papers: tuple[Paper, ...]) -> tuple[Paper, ...]:
    """A name that people use for two papers with different periods means both, until they say which."""
    if len(papers) != 1 or papers[0].id not in _SAME_NAME:
        return papers
    siblings = (paper_of(identity) for identity in _SAME_NAME[papers[0].id])
    return tuple(paper for paper in siblings if paper is not None)


def _group(talk: Talk, group: str) -> Turn:
    papers = tuple(paper for paper in (paper_of(item) for item in GROUPS.get(group, ())) if paper is not None)
    if not papers:
        rows: Rows = ((Button(label=say("button.human_free"), action=AskHuman(asked="")),),)
        return Turn(
            talk=talk.to(Idle()), commands=(Say(text=say("deadline.not_here"), tone=Tone.NOTICE, buttons=rows),)
        )
    shown = Say(text=say("deadline.which"), tone=Tone.QUESTION, buttons=_papers(papers))
    return Turn(talk=talk, commands=(shown,))


def _papers(papers: tuple[Paper, ...]) -> Rows:
    rows = tuple((Button(label=paper.name, action=Deadline(paper=paper.id)),) for paper in papers)
    return (*rows, (Button(label=say("deadline.other"), action=Deadline(paper=f"{_GROUP}other")),))


def _longer_than_a_day(text: str, state: NamingDay) -> bool:
    """Whether the text is a matter of its own: another paper, or a story that happens to hold a date."""
    other = any(paper.id != state.paper for paper in find_papers(text))
    return other or (odd_inputs.is_question(text) and len(text) > _LONGEST_DAY) or len(text) > 3 * _LONGEST_DAY


def _ask_day(key: str) -> Say:
    rows: Rows = (
        (Button(label=say("deadline.unknown"), action=Deadline(paper="")),),
        (
            Button(label=say("button.human"), action=AskHuman(asked="")),
            Button(label=say("button.cancel"), action=Cancel()),
        ),
    )
    return Say(text=say(key), tone=Tone.QUESTION, buttons=rows)
