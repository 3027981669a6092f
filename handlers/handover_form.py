"""The web form of 找人工: every field in one go, checked with one Chinese sentence a field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from desk.case import FileId, Notify
from handlers import odd_inputs
from handlers.handover import Sent
from handlers.intake import LONGEST_QUESTION, next_step
from handlers.intake_draft import (
    CALLED_BACK,
    EMPLOYEE,
    EMPLOYER,
    MATTERS,
    MOST_FILES,
    Draft,
    Step,
    read_email,
    read_phone,
)
from handlers.regions import PROVINCE, find_region
from handlers.texts import say

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverForm:
    """What the page sends. ``situation`` is a key of ``MATTERS``, ``side`` employer or employee, ``notify`` a Notify.

    ``region`` is a typed place or a path; "none" = not known or elsewhere. ``topic`` a topic code. ``asked`` the id of
    the asked question it follows. ``confirmed``: the owner saw who will read it (``shown`` repeats the preview's id).
    """

    question: str = ""
    other_party: str = ""
    situation: str = ""
    court: str = ""
    side: str = ""
    name: str = ""
    company: str = ""
    phone: str = ""
    email: str = ""
    notify: str = ""
    region: str = ""
    topic: str = ""
    asked: str = ""
    files: tuple[FileId, ...] = ()
    confirmed: bool = False
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a form: ``errors`` by field, else ``preview``, else ``sent``.

    With a preview nothing was sent: send again, confirmed and with ``shown``. ``refused``: nobody here is competent,
    the preview says where else to go. ``number`` is set without ``sent`` where the same form was sent before.
    """

    errors: Mapping[str, str] = field(default_factory=dict)
    preview: str = ""
    shown: str = ""
    refused: bool = False
    sent: Sent | None = None
    number: str = ""


def read_form(form: HandoverForm, draft: Draft) -> tuple[Draft, Mapping[str, str]]:  # noqa: C901 - one branch a field
    """The draft with the form's values, and a sentence for every field that is wrong."""
    errors: dict[str, str] = {}
    question = form.question.strip()
    if odd_inputs.oddity(question) is not None or len(question) > LONGEST_QUESTION:
        errors["question"] = say("intake.error.question")
    if form.situation not in MATTERS:
        errors["situation"] = say("intake.error.situation")
    if form.side not in {EMPLOYER, EMPLOYEE}:
        errors["side"] = say("intake.error.side")
    region = PROVINCE if form.region.strip() == "none" else find_region(form.region)
    if region is None:
        errors["region"] = say("intake.error.region")
    if form.notify not in set(Notify):
        errors["notify"] = say("intake.error.notify")
    email, phone = read_email(form.email), read_phone(form.phone)
    if email is None and (form.email.strip() or form.notify == Notify.EMAIL):
        errors["email"] = say("intake.error.email")
    if phone is None and (form.phone.strip() or form.notify in CALLED_BACK):
        errors["phone"] = say("intake.error.phone")
    if len(form.files) > MOST_FILES:
        errors["files"] = say("intake.error.files")
    for name in ("other_party", "name", "company", "court"):
        if len(getattr(form, name)) > _LONGEST_NAME:
            errors[name] = say(f"intake.error.{name}")
    if errors:
        return draft, errors
    notify = Notify(form.notify)
    made = Draft(
        id=draft.id, step=Step.CONFIRM, question=question, asked=form.asked or draft.asked,
        topic=draft.topic or _code(form.topic), party=form.other_party.strip(), situation=form.situation,
        court=form.court.strip(), side=form.side, region=region or PROVINCE, notify=notify,
        email=email or "", phone=phone or "",
        name=form.name.strip(), company=form.company.strip(), files=form.files, candidates=draft.candidates,
        urgent=draft.urgent,
    )  # fmt: skip
    return (made, {}) if next_step(made) is Step.CONFIRM else (made, {"notify": say("intake.error.notify")})


def _code(topic: str) -> str:
    return topic if re.fullmatch(r"[a-z_-]{0,32}", topic) else ""
