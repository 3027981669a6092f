"""What a conversation decided to have done: values only. ``dispatch`` runs them in one unit of work, in order."""

from __future__ import annotations

from dataclasses import dataclass

from desk.case import CaseId, FileId
from handlers.actions import Action
from handlers.intake_draft import Draft
from handlers.messages import Button, FileRef, Link, Tone
from handlers.records import Asked

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """A reply to the one who wrote, in the conversation's own channel. Fields as in ``messages.Reply``."""

    text: str
    tone: Tone = Tone.ANSWER
    buttons: Rows = ()
    links: tuple[Link, ...] = ()
    files: tuple[FileRef, ...] = ()
    case: CaseId | None = None
    private: bool = False
    public: str = ""
    web_only: bool = False
    form: str = ""
    once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAsked:
    """Logs a question with what the bot made of it."""

    asked: Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepFeedback:
    """Logs 有帮助 / 没解决."""

    asked: str
    helpful: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepConsent:
    """Keeps yes or no to ``what`` (keep, telegram)."""

    what: str
    yes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWaiting:
    """Answers what waits in the inbox since before the consent question."""

    inbox: tuple[int, ...]
    keep: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowArticles:
    """查看依据: the entry's articles, with their full text where a statute library was imported."""

    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowDeadline:
    """The period that a received paper starts; ``day`` (ISO) "" = not known: the rule only."""

    paper: str
    day: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewHandover:
    """Shows who will read the draft, the consent text and the promise, before anything is sent."""

    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class SendHandover:
    """Opens the case: the owner confirmed what was shown."""

    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginHandover:
    """找人工 for an asked question: takes its words and candidates over into a draft."""

    asked: str
    question: str = ""
    situation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCases:
    """我的案件."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCase:
    """One of the person's cases with its conversation."""

    case: CaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenByPickup:
    """Opens a case here by its number and 取件码."""

    number: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteToCase:
    """A text (and files) of the owner for a case: what it does depends on where the case stands."""

    case: CaseId
    text: str
    files: tuple[FileId, ...] = ()
    reopen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskTarget:
    """Asks which open case a text belongs to; with no open case it is a question."""

    text: str
    files: tuple[FileId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerMove:
    """A press of the owner on a case card: a verb of ``actions.CaseVerb`` or a rating."""

    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRatingWords:
    """The owner's own words to a rating."""

    case: CaseId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPrivacy:
    """What is kept, and the buttons to export and delete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportAll:
    """Everything kept of the person, as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetAll:
    """Withdraws the person's open cases, then deletes every personal word."""


Command = (
    Say | KeepAsked | KeepFeedback | KeepConsent | AnswerWaiting | ShowArticles | ShowDeadline | PreviewHandover
    | SendHandover | BeginHandover | ListCases | ShowCase | OpenByPickup | WriteToCase | AskTarget | OwnerMove
    | KeepRatingWords | ShowPrivacy | ExportAll | ForgetAll
)  # fmt: skip
