"""What is kept of a conversation, a question, a contact, an invitation, a release: the rows behind ``ports``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.people import PersonId, Role
from handlers.messages import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRow:
    """The stored state of one person's conversation on one channel; ``state`` is versioned JSON of a dataclass."""

    person: PersonId
    channel: Channel
    state: Mapping[str, Any]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question and what the bot made of it. ``kept`` False: no consent, the words are not stored."""

    id: str
    person: PersonId
    channel: Channel
    question: str
    verdict: str
    entry: str | None
    confidence: float
    candidates: tuple[tuple[str, str, float], ...]
    release: int
    at: datetime
    helpful: bool | None = None
    test: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How a person is reached. ``email_bad`` / ``telegram_blocked`` mark what bounced."""

    person: PersonId
    email: str = ""
    phone: str = ""
    telegram_chat: int | None = None
    telegram_blocked: bool = False
    email_bad: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A one-time link: ``digest`` of its secret, what it gives, until when; ``used_at`` once taken."""

    digest: str
    role: Role | None
    person: PersonId | None  # set: a login link of an existing person
    name: str = ""
    unit: str = ""
    region: str = ""
    level: int = 1
    topics: tuple[str, ...] = ()
    made_by: PersonId | None = None
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRow:
    """One release or draft of the FAQ base.

    ``number`` is None for drafts; ``approver`` for high risk is another person. ``parent`` is the number of the
    release a draft was made from: once another is active, the draft is stale.
    """

    id: str
    number: int | None
    content_hash: str
    author: PersonId | None
    approver: PersonId | None
    note: str
    at: datetime
    active: bool
    entries: int
    high_risk: tuple[str, ...] = ()
    waiting_approval: bool = False
    parent: int | None = None
