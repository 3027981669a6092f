"""The hand-over as it is being filled in: one frozen draft, the same for the step-by-step interview and the web form.

What each choice of the interview means to the desk stands in ``MATTERS``; how it reads, in ``texts`` (``intake``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from desk.case import FileId, Notify
from desk.competence import Competence, Intake, Matter, competent
from desk.people import Person


class Step(StrEnum):
    """What the interview asks next, in this order."""

    PARTY = "party"
    SITUATION = "situation"
    COURT = "court"
    SIDE = "side"
    REGION = "region"
    QUESTION = "question"
    NOTIFY = "notify"
    CONTACT = "contact"
    CONFIRM = "confirm"


MATTERS: Final[Mapping[str, frozenset[Matter]]] = {
    "advice": frozenset({Matter.ADVICE}),
    "dispute": frozenset({Matter.DISPUTE}),
    "procedure": frozenset({Matter.PROCEDURE}),
    "victim": frozenset({Matter.CRIME_VICTIM}),
    "suspect": frozenset({Matter.SUSPECTED}),
    "both": frozenset({Matter.SUSPECTED, Matter.CRIME_VICTIM}),
    "refused": frozenset({Matter.POLICE_REFUSED}),
    "unclear": frozenset({Matter.UNCLEAR}),
    "review": frozenset({Matter.RECONSIDERATION}),
    "credit": frozenset({Matter.CREDIT_REPAIR}),
    "inspection": frozenset({Matter.JOINT_INSPECTION}),
    "harassment": frozenset({Matter.HARASSMENT}),
}
"""The choices of 「是哪一种情况」 in the order they are shown, and what they are to the desk."""

CRIMINAL: Final = frozenset({"victim", "suspect", "both", "refused", "unclear"})
SENSITIVE_TOPICS: Final = frozenset({"secret", "crime"})
EMPLOYER: Final = "employer"
EMPLOYEE: Final = "employee"
MOST_FILES: Final = 10
_EMAIL: Final = re.compile(r"[^@\s<>\"',;]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_PHONE: Final = re.compile(r"(?:\+?86)?1\d{10}|0\d{2,3}\d{7,8}|[2-9]\d{6,7}")


CALLED_BACK: Final = frozenset({Notify.PHONE, Notify.WEBHOOK})
"""Ways of being told that need a phone number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the owner wants to hand over. ``id`` binds the confirmation to what was shown.

    ``party`` is None until it was asked ("" = nobody on the other side, or not known). ``situation`` is a key of
    ``MATTERS``. ``court``: None until asked.
    """

    id: str
    step: Step = Step.PARTY
    question: str = ""
    asked: str = ""
    topic: str = ""
    party: str | None = None
    situation: str = ""
    court: str | None = None
    side: str = ""
    region: str = ""
    notify: Notify | None = None
    email: str = ""
    phone: str = ""
    name: str = ""
    company: str = ""
    files: tuple[FileId, ...] = ()
    candidates: tuple[tuple[str, str, float], ...] = ()
    urgent: bool = False


def judged(draft: Draft, person: Person) -> Competence:
    """Who is competent for the draft; an employee's employer is the enterprise on file."""
    employee = draft.side == EMPLOYEE
    return competent(
        Intake(
            matters=MATTERS.get(draft.situation, frozenset()),
            employee=employee,
            employer=person.enterprise if employee else None,
            court=draft.court or "",
            region=draft.region,
        )
    )


def lacks_contact(draft: Draft) -> bool:
    """Whether the chosen way of being told still needs an address or a number."""
    return (draft.notify is Notify.EMAIL and not draft.email) or (draft.notify in CALLED_BACK and not draft.phone)


def sensitive(draft: Draft) -> bool:
    """Whether the matter goes by web link only: criminal matters and trade secrets."""
    return draft.situation in CRIMINAL or draft.topic in SENSITIVE_TOPICS


def read_email(text: str) -> str | None:
    """The one e-mail address a text is, or None."""
    plain = text.strip().replace("＠", "@")
    return plain if _EMAIL.fullmatch(plain) and len(plain) <= 254 else None  # noqa: PLR2004 - RFC 5321


def read_phone(text: str) -> str | None:
    """The one Chinese phone number a text is, digits only, or None."""
    plain = re.sub(r"[\s()（）-]", "", text.strip())
    return plain if _PHONE.fullmatch(plain) else None
