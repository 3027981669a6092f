"""One table from error to sentence; what is not in it becomes one apology with a number that is also in the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from desk.errors import DeskError, NoSuchCase, NotAllowedNow, ReasonNeeded, StaleCase
from handlers.casework import WordsNeeded
from handlers.faq_keeping import NoSuchDraft, NotAKeeper, StaleDraft
from handlers.invitations import NotForYou, NotInvited
from handlers.texts import has, say
from knowledge.errors import BrokenContent, KnowledgeError, MissingFolder


def _not_now(error: Exception) -> str:
    if not isinstance(error, NotAllowedNow):
        return say("apology.desk")
    if has(f"case.why.{error.why}"):
        return say(f"case.why.{error.why}")
    return say("case.not_now", status=say(f"case.status.{error.status}"))


SENTENCES: Final[Mapping[type[Exception], Callable[[Exception], str]]] = {
    NoSuchCase: lambda _: say("case.no_such"),
    NotAllowedNow: _not_now,
    ReasonNeeded: lambda _: say("case.reason_needed"),
    StaleCase: lambda error: (
        say("apology.stale_timer") if isinstance(error, StaleCase) and error.by is None else say("apology.stale")
    ),
    BrokenContent: lambda error: say(
        "apology.content", count=len(error.problems) if isinstance(error, BrokenContent) else 0
    ),
    MissingFolder: lambda _: say("apology.folder"),
    WordsNeeded: lambda error: (
        say("apology.words_long") if isinstance(error, WordsNeeded) and error.too_long else say("case.text_needed")
    ),
    NotAKeeper: lambda _: say("apology.not_allowed"),
    NoSuchDraft: lambda _: say("apology.draft_gone"),
    StaleDraft: lambda _: say("apology.draft_stale"),
    NotInvited: lambda _: say("apology.invitation"),
    NotForYou: lambda _: say("apology.invitation"),
    DeskError: lambda _: say("apology.desk"),
    KnowledgeError: lambda _: say("apology.knowledge"),
}

KNOWN: Final = tuple(SENTENCES)
"""What ``dispatch`` answers with a sentence instead of rolling the message back."""


def sentence(error: Exception) -> str | None:
    """The sentence of a known error: that of its class or of the nearest class above; None for the unknown."""
    for kind in type(error).__mro__:
        if kind in SENTENCES:
            return SENTENCES[kind](error)
    return None


def unknown(number: str) -> str:
    """The one apology for everything else."""
    return say("apology.unknown", number=number)
