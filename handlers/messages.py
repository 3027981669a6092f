"""What goes in and out of a conversation, the same on every channel: a Message comes in, Replies go out.

Plain text only: no markup of any channel may be in a ``text``; each channel escapes for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from desk.case import CaseId, FileId, InternalNote
from desk.people import PersonId
from handlers.actions import Action

InboxId = NewType("InboxId", int)
OLD_BUTTON: Final = "button"
"""``Message.unsupported`` of a press whose value is no action of today's: an old or forged button."""


class Channel(StrEnum):
    """Where a conversation takes place."""

    WEB = "web"
    TELEGRAM = "telegram"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRef:
    """A stored file: original bytes kept under ``id``; ``size`` in bytes, ``sha256`` hexadecimal."""

    id: FileId
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing a person said or pressed.

    ``case`` is the case the channel says this belongs to (the composer's target on the web, the replied-to message in
    Telegram). ``edited`` marks a corrected earlier text. ``unsupported`` names a kind the bot cannot read (voice,
    sticker, location …). ``at`` is when the server stored it.
    """

    inbox: InboxId
    person: PersonId
    channel: Channel
    at: datetime
    text: str = ""
    action: Action | None = None
    files: tuple[FileRef, ...] = ()
    case: CaseId | None = None
    edited: bool = False
    unsupported: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A value with a label; the channel turns the value into its own string by ``actions.encode``."""

    label: str
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Something to open: an https address or ``tel:`` number."""

    label: str
    url: str


class Tone(StrEnum):
    """How a reply is shown: an emergency comes first and red, a notice is small, an answer is the normal case."""

    EMERGENCY = "emergency"
    ANSWER = "answer"
    NOTICE = "notice"
    QUESTION = "question"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One message to one person. ``to`` may be somebody else than who wrote.

    ``channel`` None means: wherever the person is (all chats known). ``case`` binds the shown message to a case, so
    that a reply to it reaches that case. ``private`` texts are personal or sensitive: channels that may not carry
    them (``TELEGRAM_CONTENT=notice``) show ``public`` with a link instead. ``web_only`` replies go to no other channel.
    ``form`` names a form the web page opens (``handover``, ``report``); other channels ignore it. ``once`` texts carry
    a secret (取件码): nothing keeps them once they were delivered.
    """

    to: PersonId
    text: str
    channel: Channel | None = None
    tone: Tone = Tone.ANSWER
    buttons: tuple[tuple[Button, ...], ...] = ()
    links: tuple[Link, ...] = ()
    files: tuple[FileRef, ...] = ()
    case: CaseId | None = None
    private: bool = False
    public: str = ""
    web_only: bool = False
    form: str = ""
    once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffReply(Reply):
    """A reply for staff that may quote an internal note; the owner-facing path accepts no such type."""

    note: InternalNote | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudge:
    """Word outside the chat (e-mail, notify webhook): case number and a link, never content."""

    to: PersonId
    case: CaseId
    way: str  # email, webhook
    subject: str
    text: str
    link: str
