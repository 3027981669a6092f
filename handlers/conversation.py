"""Where a conversation stands: a closed union of small frozen states, kept as versioned JSON.

What follows from a state is decided in ``ask``, ``intake``, ``deadlines`` and ``my_cases``; here is only its form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal

from pydantic import TypeAdapter, ValidationError

from desk.case import CaseId, FileId
from handlers.intake_draft import Draft

VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """Nothing begun: a text is a question."""

    kind: Literal["idle"] = "idle"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitingConsent:
    """Asked whether words may be kept; the first messages wait in the inbox rows named here, oldest first.

    ``human``: it was 找人工 that was pressed first, so the interview follows.
    """

    inbox: tuple[int, ...] = ()
    human: bool = False
    kind: Literal["consent"] = "consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clarifying:
    """Candidates were offered for ``question``, logged as ``asked``."""

    question: str
    asked: str
    offered: tuple[str, ...]
    kind: Literal["clarifying"] = "clarifying"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rephrasing:
    """都不是 was pressed: one other wording is awaited; after that a person is offered.

    ``offered`` is what was shown for that other wording.
    """

    question: str
    asked: str
    refused: tuple[str, ...]
    offered: tuple[str, ...] = ()
    kind: Literal["rephrasing"] = "rephrasing"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingSide:
    """单位还是员工 was asked, because it changes the answer to ``question``."""

    question: str
    asked: str
    kind: Literal["side"] = "side"


@dataclass(frozen=True, slots=True, kw_only=True)
class PickingPaper:
    """A received paper was mentioned; which one is asked. ``day`` is ISO if it was named along."""

    question: str
    day: str = ""
    kind: Literal["paper"] = "paper"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingDay:
    """The paper is known, the day it was received is asked."""

    paper: str
    tries: int = 0
    kind: Literal["day"] = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intaking:
    """The hand-over interview."""

    draft: Draft
    kind: Literal["intake"] = "intake"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteringPickup:
    """Number and 取件码 of a case are awaited; ``number`` once it was given. ``wrong`` tries so far."""

    number: str = ""
    wrong: int = 0
    kind: Literal["pickup"] = "pickup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Targeting:
    """A text waits for its target: one of the open cases or a new question."""

    text: str
    files: tuple[FileId, ...] = ()
    kind: Literal["target"] = "target"


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingTo:
    """The next text goes to this case (追问, 补充, 重办)."""

    case: CaseId
    verb: str
    kind: Literal["writing"] = "writing"


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingWords:
    """The rating was pressed; a word on why is awaited (the rating itself is kept already)."""

    case: CaseId
    kind: Literal["rating"] = "rating"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmingDeletion:
    """Deletion of everything was asked for and waits for its confirmation."""

    kind: Literal["deletion"] = "deletion"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffBusy:
    """Staff have begun something; what, only the staff side knows."""

    begun: Mapping[str, Any]
    kind: Literal["staff"] = "staff"


State = (
    Idle | AwaitingConsent | Clarifying | Rephrasing | AskingSide | PickingPaper | NamingDay | Intaking
    | EnteringPickup | Targeting | WritingTo | RatingWords | ConfirmingDeletion | StaffBusy
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LastQuestion:
    """The question before: a later part within the quiet window joins it."""

    text: str
    at: datetime
    asked: str
    verdict: str
    entry: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What outlives a state: side and region once named, the last question, whether there are cases.

    ``opened`` are cases of other people's sessions opened here by 取件码. ``draft`` is what a hand-over by the web form
    starts from; ``sent`` the last forms that were sent: (key, case number).
    """

    side: str = ""
    region: str = ""
    last: LastQuestion | None = None
    has_cases: bool = False
    opened: tuple[CaseId, ...] = ()
    draft: Draft | None = None
    sent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One person's conversation on one channel."""

    state: State = field(default_factory=Idle)
    memory: Memory = field(default_factory=Memory)

    def to(self, state: State) -> Talk:
        """The same conversation in another state."""
        return replace(self, state=state)

    def remember(self, **changes: Any) -> Talk:  # noqa: ANN401 - the fields of Memory
        """The same conversation with other facts remembered."""
        return replace(self, memory=replace(self.memory, **changes))


@cache
def _codec() -> TypeAdapter[Talk]:
    return TypeAdapter(Talk)


def read(row: Mapping[str, Any] | None) -> Talk:
    """The conversation of a stored state. Another version or a broken state begins anew: cases are kept elsewhere."""
    if row is None or row.get("v") != VERSION:
        return Talk()
    try:
        return _codec().validate_python({"state": row.get("state"), "memory": row.get("memory")})
    except ValidationError:
        return Talk()


def write(talk: Talk) -> Mapping[str, Any]:
    """JSON-ready values of a conversation."""
    return {"v": VERSION, **_codec().dump_python(talk, mode="json")}


def without_words(talk: Talk) -> Talk:
    """The conversation with nothing in it that the person wrote: for those who refused that words are kept.

    A hand-over that was begun keeps its words: the owner is writing them to be sent.
    """
    memory = replace(talk.memory, last=None)
    state = talk.state
    match state:
        case Clarifying() | Rephrasing() | AskingSide() | PickingPaper():
            state = replace(state, question="")
        case _:
            pass
    return Talk(state=state, memory=memory)
