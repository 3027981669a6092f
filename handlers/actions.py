"""Every button as a value, and the one codec between values and strings of at most 64 bytes.

Values carry ids, never labels. A string that does not decode gives None: the press came from an old or forged button.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, get_type_hints

LIMIT_BYTES: Final = 64


class Menu(StrEnum):
    """The main menu's items."""

    START = "start"
    HELP = "help"
    ASK = "ask"
    HUMAN = "human"
    MY_CASES = "cases"
    PICKUP = "pickup"
    ROUTES = "routes"
    DEADLINE = "deadline"
    PRIVACY = "privacy"
    MY_WORK = "work"
    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"
    FAQ = "faq"


class CaseVerb(StrEnum):
    """What a button on a case card starts; texts and reasons are asked for afterwards."""

    OPEN = "open"
    CLEAR_CONFLICT = "clear"
    DECLARE_CONFLICT = "conflict"
    SIGN = "sign"
    ANSWER = "answer"
    ASK_BACK = "askback"
    TRANSFER = "transfer"
    ACCEPT = "accept"
    DECLINE = "decline"
    RETURN = "return"
    CLOSE = "close"
    NOTE = "note"
    FOLLOW_UP = "follow"
    SUPPLY = "supply"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    ANOTHER_LEVEL = "raise"
    SIGN_OFF = "signoff"
    CONSENT_BOTH = "both"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class OpenMenu:
    """A menu item."""

    item: Menu


@dataclass(frozen=True, slots=True)
class Consent:
    """Yes or no to keeping what is asked; ``what``: keep, telegram."""

    what: str
    yes: bool


@dataclass(frozen=True, slots=True)
class Pick:
    """One of the offered candidates."""

    entry: str


@dataclass(frozen=True, slots=True)
class NoneOfThese:
    """都不是."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """有帮助 / 没解决 on the answer given to asked question ``asked`` (its log id)."""

    asked: str
    helpful: bool


@dataclass(frozen=True, slots=True)
class ShowBasis:
    """查看依据."""

    entry: str


@dataclass(frozen=True, slots=True)
class Related:
    """A related question."""

    entry: str


@dataclass(frozen=True, slots=True)
class ChooseAudience:
    """单位还是员工."""

    audience: str


@dataclass(frozen=True, slots=True)
class AskHuman:
    """找人工 for the asked question ``asked`` (may be empty)."""

    asked: str


@dataclass(frozen=True, slots=True)
class IntakeChoice:
    """One answer in the hand-over interview: step and choice codes."""

    step: str
    choice: str


@dataclass(frozen=True, slots=True)
class ConfirmHandover:
    """Send it to those who were shown, or do not. ``draft`` is the intake's id."""

    draft: str
    yes: bool


@dataclass(frozen=True, slots=True)
class OnCase:
    """A verb on a case as it was shown (``version``); stale ones are answered with who moved it."""

    verb: CaseVerb
    case: str
    version: int


@dataclass(frozen=True, slots=True)
class GiveReason:
    """A reason from the list for the move that was begun."""

    verb: CaseVerb
    case: str
    reason: str


@dataclass(frozen=True, slots=True)
class PickTarget:
    """Which case an unaddressed text belongs to; empty case = a new question."""

    case: str


@dataclass(frozen=True, slots=True)
class Rate:
    """The rating press; ``value`` is a Satisfaction."""

    case: str
    value: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """Which paper was received."""

    paper: str


@dataclass(frozen=True, slots=True)
class Publish:
    """发布 / discard / approve a draft release."""

    draft: str
    verb: str


@dataclass(frozen=True, slots=True)
class Privacy:
    """``what``: export, delete (asks once more), erase (the confirmation)."""

    what: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Leave whatever was begun."""


Action = (
    OpenMenu | Consent | Pick | NoneOfThese | Feedback | ShowBasis | Related | ChooseAudience | AskHuman
    | IntakeChoice | ConfirmHandover | OnCase | GiveReason | PickTarget | Rate | Deadline | Publish | Privacy | Cancel
)  # fmt: skip

_CODES: Final[dict[str, type[Action]]] = {
    "m": OpenMenu, "k": Consent, "p": Pick, "n": NoneOfThese, "f": Feedback, "b": ShowBasis, "l": Related,
    "a": ChooseAudience, "h": AskHuman, "i": IntakeChoice, "s": ConfirmHandover, "c": OnCase, "g": GiveReason,
    "t": PickTarget, "r": Rate, "d": Deadline, "u": Publish, "y": Privacy, "x": Cancel,
}  # fmt: skip
_KINDS: Final = {kind: code for code, kind in _CODES.items()}


def encode(action: Action) -> str:
    """The string a channel keeps: ``code|field|field``. Raises ValueError above 64 bytes or for a ``|`` in a field."""
    parts = [_KINDS[type(action)]]
    for item in dataclasses.fields(action):
        value = getattr(action, item.name)
        text = ("1" if value else "0") if isinstance(value, bool) else str(value)
        if "|" in text:
            raise ValueError(text)
        parts.append(text)
    encoded = "|".join(parts)
    if len(encoded.encode()) > LIMIT_BYTES:
        raise ValueError(encoded)
    return encoded


def decode(text: str) -> Action | None:
    """The value of a string, or None if it is no action of today's."""
    code, *values = text.split("|")
    kind = _CODES.get(code)
    if kind is None:
        return None
    fields = dataclasses.fields(kind)
    if len(fields) != len(values):
        return None
    hints = get_type_hints(kind)
    try:
        made = {item.name: _read(hints[item.name], value) for item, value in zip(fields, values, strict=True)}
    except ValueError:
        return None
    return kind(**made)  # type: ignore[arg-type]  # each value was read by the field's own type


def _read(kind: type, value: str) -> object:
    if kind is bool:
        if value not in {"0", "1"}:
            raise ValueError(value)
        return value == "1"
    return kind(value)
