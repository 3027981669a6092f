"""What the desk tells: append-only events of a case, and notices of whom to tell (without words)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desk.case import Case, CaseId, Move, Status
from desk.people import PersonId, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One move: ids, times, statuses and codes only, never a person's words. ``seq`` starts at 1 for each case.

    ``actor`` is None for timers. ``data`` holds codes: reason, to, role, clock, level, round …
    """

    case: CaseId
    seq: int
    at: datetime
    move: Move
    actor: PersonId | None
    before: Status | None
    after: Status
    data: Mapping[str, str] = field(default_factory=dict)


class Tell(StrEnum):
    """What somebody must be told; the sentence for each stands in ``handlers/texts``."""

    OPENED = "opened"  # owner: number, 取件码, promise
    NOBODY_ON_DUTY = "nobody_on_duty"  # owner and supervisor: earliest sign time
    CASE_FOR_YOU = "case_for_you"  # expert: card
    SIGNED = "signed"  # owner
    ANSWERED = "answered"  # owner
    ASKED_BACK = "asked_back"  # owner
    OWNER_WROTE = "owner_wrote"  # expert
    HANDOVER_OFFERED = "handover_offered"  # expert asked to take over
    HANDOVER_ACCEPTED = "handover_accepted"  # the one who handed over; owner too
    HANDOVER_DECLINED = "handover_declined"  # the one who handed over
    HANDOVER_CAME_BACK = "handover_came_back"
    REFERRED_OUT = "referred_out"  # owner
    CLOCK_WARNING = "clock_warning"  # expert
    CLOCK_BREACHED = "clock_breached"  # expert and supervisor
    RAISED = "raised"  # owner, supervisor
    TOP_LEVEL = "top_level"  # owner: there is no higher level
    CLOSED = "closed"  # owner: with the rating buttons
    LAPSED = "lapsed"  # owner and expert: closed after silence
    WITHDRAWN = "withdrawn"  # expert
    REOPENED = "reopened"
    MERGED = "merged"
    DISSATISFIED = "dissatisfied"  # supervisor
    SIGNED_OFF = "signed_off"  # owner
    CALL_OWNER = "call_owner"  # clerk: phone task


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Somebody is to be told something: a person, or everybody of a role in the case's unit (``to`` None)."""

    tell: Tell
    case: CaseId
    to: PersonId | None = None
    role: Role | None = None
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The outcome of one move: the new case (version + 1), what happened, and who is to be told."""

    case: Case
    events: tuple[Event, ...]
    notices: tuple[Notice, ...] = ()
