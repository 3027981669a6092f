"""The frozen values of a case. How a case moves is in ``lifecycle``; when it is due, in ``clocks``.

A ``Case`` holds ids, times and statuses only. Everything a person wrote or that names somebody is in ``CaseFacts``,
``CaseMessage`` and ``InternalNote``, which deletion removes while history stays true.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from desk.people import EnterpriseId, Level, PersonId, Role

CaseId = NewType("CaseId", str)
"""Opaque, unguessable (128 bit, URL-safe)."""
FileId = NewType("FileId", str)


class Status(StrEnum):
    """Where a case stands; only ``lifecycle`` changes it."""

    NEW = "new"
    SIGNED = "signed"
    WAITING = "waiting"
    ANSWERED = "answered"
    REFERRED = "referred"
    CLOSED = "closed"


class Move(StrEnum):
    """Everything that can happen to a case; each writes one event."""

    OPEN = "open"
    ASSIGN = "assign"
    CLEAR_CONFLICT = "clear_conflict"
    DECLARE_CONFLICT = "declare_conflict"
    SIGN = "sign"
    ANSWER = "answer"
    ASK_BACK = "ask_back"
    SUPPLY = "supply"
    FOLLOW_UP = "follow_up"
    TRANSFER = "transfer"
    ACCEPT = "accept"
    DECLINE = "decline"
    RETURN = "return"
    REFER_OUT = "refer_out"
    RAISE = "raise"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    CLOSE = "close"
    LAPSE = "lapse"
    REOPEN = "reopen"
    RATE = "rate"
    SIGN_OFF = "sign_off"
    NOTE = "note"
    CONSENT = "consent"
    REVOKE_CONSENT = "revoke_consent"
    WARN = "warn"
    BREACH = "breach"
    NOBODY = "nobody"
    ALLOW_WAIT = "allow_wait"
    CONFIRM = "confirm"


class Clock(StrEnum):
    """The three promises of a case, in working time."""

    SIGN = "sign"
    ANSWER = "answer"
    CLOSE = "close"


class Closing(StrEnum):
    """Why a case is closed."""

    DONE = "done"
    SILENT = "silent"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    REFERRED = "referred"


class Urgency(StrEnum):
    """``URGENT`` shortens the sign clock and alarms supervisors."""

    NORMAL = "normal"
    URGENT = "urgent"


class Origin(StrEnum):
    """By which door the case came in."""

    WEB = "web"
    TELEGRAM = "telegram"
    CLERK = "clerk"


class Notify(StrEnum):
    """How the owner wants to be told that an answer came."""

    NONE = "none"
    EMAIL = "email"
    TELEGRAM = "telegram"
    WEBHOOK = "webhook"
    PHONE = "phone"


class Satisfaction(StrEnum):
    """The rating by explicit press; ``DISSATISFIED`` raises the case one level."""

    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    NEUTRAL = "neutral"
    DISSATISFIED = "dissatisfied"


class ConsentKind(StrEnum):
    """What an owner may allow beyond the default circle of readers."""

    TO_OFFICIAL = "to_official"
    BOTH_ANSWERS = "both_answers"
    TELEGRAM_CONTENT = "telegram_content"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A transfer or return that waits for acceptance; the signer stays responsible until then."""

    kind: Move  # TRANSFER or RETURN
    by: PersonId
    to: PersonId | None  # None: whoever routing finds
    role: Role
    reason: str  # a code from the list in lifecycle.REASONS
    since: datetime
    until: datetime  # not accepted by then: it comes back
    cleared: bool = False  # the one who is asked has said that there is no conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One press; changeable for 24 h from ``first_at``."""

    value: Satisfaction
    reason: str = ""  # a code, free words go into CaseFacts
    first_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    """Due moments (aware) of the running clocks; ``None`` = not running or done.

    ``warned`` / ``breached`` hold the clocks that already told so, so that a late timer fires once.
    ``paused_at`` is set while the case waits for the owner. ``lapses_at`` closes a case on which the owner is silent
    (answered: 5 working days; waiting: 5 working days). ``rate_until`` ends the 24 h in which a rating may change.
    ``provisional``: a due moment rests on a year whose holidays are not yet published (暂定).
    """

    sign_due: datetime | None = None
    answer_due: datetime | None = None
    close_due: datetime | None = None
    sign_warn: datetime | None = None
    answer_warn: datetime | None = None
    close_warn: datetime | None = None
    paused_at: datetime | None = None
    lapses_at: datetime | None = None
    warned: frozenset[Clock] = frozenset()
    breached: frozenset[Clock] = frozenset()
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One matter from first question to closing. ``version`` grows by one with every move (optimistic lock).

    ``role`` is the profession that is competent; ``lawyer_only`` means nobody but owner and lawyer learns more than
    「律师案件」. ``assignee`` is asked to sign, ``responsible`` has signed (首接责任制) and stays so until another
    signs. ``round`` counts assignments (1, then +1 at each 提级 or reopening); ``experts`` are all who signed, oldest
    first.
    ``opponent`` is the other party where it is an enterprise on file; ``excluded_units`` are offices, firms or region
    paths whose people must not get the case (the court of the dispute, a firm that acts for the other party).
    """

    id: CaseId
    number: str
    owner: PersonId
    role: Role
    opened_at: datetime
    version: int = 0
    status: Status = Status.NEW
    lawyer_only: bool = False
    topic: str = ""
    region: str = ""
    level: Level = Level.COUNTY
    unit: str = ""
    urgency: Urgency = Urgency.NORMAL
    origin: Origin = Origin.WEB
    notify: Notify = Notify.NONE
    enterprise: EnterpriseId | None = None
    recorded_by: PersonId | None = None
    confirmed_by_owner: bool = True
    assignee: PersonId | None = None
    responsible: PersonId | None = None
    conflict_cleared: bool = False
    handover: Handover | None = None
    round: int = 1
    experts: tuple[PersonId, ...] = ()
    refused_by: frozenset[PersonId] = frozenset()
    waits: int = 0
    timers: Timers = field(default_factory=Timers)
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    closing: Closing | None = None
    merged_into: CaseId | None = None
    referred_to: str = ""
    rating: Rating | None = None
    awaiting_sign_off: bool = False
    consents: frozenset[ConsentKind] = frozenset()
    opponent: EnterpriseId | None = None
    excluded_units: frozenset[str] = frozenset()
    test: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """The personal text of a case, in a row of its own. ``pickup_digest`` is the argon2/SHA digest of the 取件码.

    ``candidates`` are the bot's suggestions at hand-over: (entry id, phrase, confidence).
    """

    case: CaseId
    question: str
    other_party: str = ""
    owner_name: str = ""
    company: str = ""
    phone: str = ""
    email: str = ""
    pickup_digest: str = ""
    candidates: tuple[tuple[str, str, float], ...] = ()
    rating_words: str = ""


class Wrote(StrEnum):
    """What a message on a case is."""

    QUESTION = "question"
    FOLLOW_UP = "follow_up"
    SUPPLY = "supply"
    ANSWER = "answer"
    ASK_BACK = "ask_back"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMessage:
    """One message that both sides of a case may read."""

    id: str
    case: CaseId
    kind: Wrote
    author: PersonId | None
    role: Role | None
    body: str
    at: datetime
    files: tuple[FileId, ...] = ()
    round: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class InternalNote:
    """A note for staff: a type of its own, so that no owner-facing renderer can take it."""

    id: str
    case: CaseId
    author: PersonId
    body: str
    at: datetime
    files: tuple[FileId, ...] = ()
