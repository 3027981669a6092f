"""One question with what the matcher made of it: what may be shown, why not more, how it is logged. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from handlers import odd_inputs
from handlers.conversation import LastQuestion, Talk
from handlers.records import Asked
from handlers.texts import has, say
from handlers.turn import Facts
from knowledge.decision import Decision, Reason, Verdict
from knowledge.entry import Audience, Entry

MOST_CANDIDATES: Final = 3
_NOISE: Final = 0.1
"""Share of the best confidence below which a candidate is not worth reading."""
_ALIKE: Final = 0.25
"""Share of the best confidence from which the other side's entry counts as alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How a question came.

    ``refused`` entries were shown and denied, ``final`` means a person is offered next, ``lead`` is said before the
    answer, ``suffix`` tells several questions of one message apart. ``after`` is the entry ("" for none) that was shown
    for the first part of a question that this joins.
    """

    refused: tuple[str, ...] = ()
    final: bool = False
    lead: str = ""
    suffix: str = ""
    after: str | None = None


PLAIN: Final = How()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A question with what the matcher made of it and the id it is logged under."""

    text: str
    decision: Decision
    asked: str
    how: How = PLAIN


def decide(talk: Talk, text: str, facts: Facts) -> Decision:
    """The matcher's decision, with side and region as far as they are known."""
    side = Audience(talk.memory.side) if talk.memory.side else None
    return facts.base.matcher.decide(text, audience=side, region=talk.memory.region or facts.person.region or None)


def sure(heard: Heard, facts: Facts) -> Entry | None:
    """The entry of a sure answer, if it may be shown and was not denied before."""
    decision = heard.decision
    if decision.verdict is not Verdict.ANSWER or decision.entry is None or decision.entry in heard.how.refused:
        return None
    return facts.entry(decision.entry)


def side_matters(heard: Heard, talk: Talk, facts: Facts) -> bool:
    """Whether 单位还是员工 changes the answer: the two best entries are for the two different sides, and alike."""
    if talk.memory.side or not facts.keep or heard.how.suffix or Reason.EXACT in heard.decision.reasons:
        return False
    best = heard.decision.candidates[:2]
    entries = [facts.entry(item.entry) for item in best]
    found = [entry.audience for entry in entries if entry is not None]
    if set(found) != {Audience.EMPLOYER, Audience.EMPLOYEE} or heard.decision.verdict is Verdict.ESCALATE:
        return False
    return best[1].confidence >= _ALIKE * best[0].confidence


def offered(heard: Heard, facts: Facts) -> tuple[Entry, ...]:
    """The candidates that may be shown, at most three."""
    candidates = heard.decision.candidates
    floor = _NOISE * max((item.confidence for item in candidates), default=0.0)
    found = (facts.entry(item.entry) for item in candidates if item.confidence >= floor)
    return tuple(entry for entry in found if entry is not None and entry.id not in heard.how.refused)[:MOST_CANDIDATES]


def why(heard: Heard) -> str:
    """Why there is no plain answer, in words."""
    if odd_inputs.dialect(heard.text):
        return say("why.dialect")
    keys = [f"why.{reason}" for reason in heard.decision.reasons]
    return "".join(say(key) for key in keys if has(key)) or say("why.unsure")


def about(asked: Asked) -> str:
    """The entry whose topic the question has, "" for one that is like nothing in the base."""
    if asked.entry or asked.verdict == Verdict.ESCALATE or not asked.candidates:
        return asked.entry or ""
    return asked.candidates[0][0]


def log(heard: Heard, facts: Facts) -> Asked:
    """The row of the question log; without consent it has no words."""
    decision = heard.decision
    return Asked(
        id=heard.asked,
        person=facts.person.id,
        channel=facts.channel,
        question=heard.text if facts.keep else "",
        verdict=decision.verdict,
        entry=decision.entry,
        confidence=decision.confidence,
        candidates=tuple((str(item.entry), item.phrase, item.confidence) for item in decision.candidates),
        release=facts.base.release,
        at=facts.at,
        test=facts.person.test or facts.person.staff,
    )


def remembered(talk: Talk, heard: Heard, facts: Facts) -> Talk:
    """The conversation that remembers this as the question before."""
    last = LastQuestion(
        text=heard.text,
        at=facts.at,
        asked=heard.asked,
        verdict=heard.decision.verdict,
        entry=heard.decision.entry or "",
    )
    return talk.remember(last=last)
