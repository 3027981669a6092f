"""The first line of an emergency, before consent and any question; the protection of those who are suspected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from handlers.actions import AskHuman
from handlers.base import RiskHit
from handlers.commands import Say
from handlers.messages import Button, Link, Tone
from handlers.texts import has, say

SUSPECT: Final = "suspect"
_NUMBERS: Final = ("110", "119", "120")


def calls(risks: Iterable[RiskHit]) -> tuple[str, ...]:
    """The emergency numbers the risks ask for, in their order; empty where nothing is urgent."""
    wanted = (number for risk in risks for number in (*risk.call, risk.route) if number in _NUMBERS)
    return tuple(dict.fromkeys(wanted))


def suspected(risks: Iterable[RiskHit]) -> bool:
    """Whether the words are those of a suspected, summoned, detained or searched person."""
    return any(risk.kind == SUSPECT for risk in risks)


def first_line(risks: Sequence[RiskHit]) -> Say | None:
    """The red first reply with all three numbers to tap, the fitting one first; None where nothing is urgent."""
    wanted = calls(risks)
    if not wanted:
        return None
    urgent = [risk.kind for risk in risks if calls((risk,)) and has(f"emergency.{risk.kind}")]
    numbers = (*wanted, *(number for number in _NUMBERS if number not in wanted))
    lines = [
        say("emergency.head"),
        *(say(f"emergency.{kind}") for kind in urgent),
        say("emergency.not_police"),
        say("emergency.after"),
    ]
    links = tuple(Link(label=say(f"emergency.tel_{number}"), url=f"tel:{number}") for number in numbers)
    return Say(text="\n".join(lines), tone=Tone.EMERGENCY, links=links)


def lawyer_only(asked: str) -> Say:
    """For words of a suspected, summoned, detained or searched person: a lawyer, and nobody else sees it."""
    button = Button(label=say("suspect.button"), action=AskHuman(asked=asked))
    return Say(text=say("suspect.text"), tone=Tone.NOTICE, buttons=((button,),))
