"""The first line of an emergency, before consent and any question; the protection of those who are suspected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from handlers.actions import AskHuman
from handlers.commands import Say
from handlers.messages import Button, Link, Tone
from handlers.texts import has, say

SUSPECT: Final = "suspect"
_FIRST_NUMBER: Final = {"fire": "119", "injury": "120"}
_NUMBERS: Final = ("110", "119", "120")


def first_line(kinds: Iterable[str]) -> Say | None:
    """The red first reply with tappable numbers, the fitting one first; None where nothing is urgent."""
    urgent = sorted(kind for kind in kinds if kind != SUSPECT and has(f"emergency.{kind}"))
    if not urgent:
        return None
    first = next((_FIRST_NUMBER[kind] for kind in urgent if kind in _FIRST_NUMBER), "110")
    if "confinement" in urgent or "violence" in urgent:
        first = "110"
    numbers = (first, *(number for number in _NUMBERS if number != first))
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
