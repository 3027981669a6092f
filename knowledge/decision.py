"""What the matcher says of one question: answer, clarify or escalate, with candidates and reasons.

The arithmetic lives in ``matcher`` and ``confidence``; the sentences an owner reads live in ``handlers/texts``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from knowledge.entry import EntryId


class Verdict(StrEnum):
    """The three things the bot may do with a question."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    ESCALATE = "escalate"


class Reason(StrEnum):
    """Why the verdict is not a plain answer, or what made it sure."""

    EXACT = "exact"
    SURE = "sure"
    EMPTY = "empty"
    TOO_SHORT = "too_short"
    NOTHING_ALIKE = "nothing_alike"
    UNSURE = "unsure"
    CLOSE_RIVALS = "close_rivals"
    NEGATIVE_QUESTION = "negative_question"
    AUDIENCE = "audience"
    OTHER_LANGUAGE = "other_language"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One entry that may answer; ``confidence`` is the calibrated probability 0..1 that it is the right one."""

    entry: EntryId
    phrase: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The result for one question.

    ``entry`` is set only for ``ANSWER``. ``candidates`` holds up to five entries, best first, whatever the verdict.
    ``confidence`` is that of the first candidate, 0.0 where there is none.
    """

    question: str
    verdict: Verdict
    entry: EntryId | None = None
    confidence: float = 0.0
    matched: str = ""
    candidates: tuple[Candidate, ...] = ()
    reasons: tuple[Reason, ...] = ()
