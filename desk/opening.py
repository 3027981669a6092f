"""What a new case is made of, and what comes back when it is opened."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from desk.calendar import Due
from desk.case import Case, CaseFacts, CaseId, FileId, Notify, Origin, Urgency
from desk.events import Step
from desk.people import EnterpriseId, Level, PersonId, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest:
    """A new case. ``owner`` is whose case it is; another actor must be a clerk (代录, to be confirmed by the owner).

    ``role``, ``lawyer_only``, ``opponent`` and ``excluded_units`` come from ``competence.competent``.
    """

    owner: PersonId
    role: Role
    question: str
    lawyer_only: bool = False
    topic: str = ""
    region: str = ""
    level: Level = Level.COUNTY
    urgency: Urgency = Urgency.NORMAL
    origin: Origin = Origin.WEB
    notify: Notify = Notify.NONE
    enterprise: EnterpriseId | None = None
    opponent: EnterpriseId | None = None
    excluded_units: frozenset[str] = frozenset()
    other_party: str = ""
    owner_name: str = ""
    company: str = ""
    phone: str = ""
    email: str = ""
    candidates: tuple[tuple[str, str, float], ...] = ()
    files: tuple[FileId, ...] = ()
    test: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A case that was opened. ``pickup_code`` is the secret in plain text, to be shown once and kept nowhere.

    ``promise``: by when it will be signed; ``nobody_until`` is set where nobody is on duty (``nobody`` True): the
    earliest moment of signing, or None where there is no fitting person at all.
    """

    step: Step
    facts: CaseFacts
    pickup_code: str
    promise: Due
    nobody: bool = False
    nobody_until: datetime | None = None


def case_of(request: OpenRequest, number: str, recorded_by: PersonId | None, at: datetime) -> Case:
    """The case before its first move, with an id of 128 random bits."""
    return Case(
        id=CaseId(secrets.token_urlsafe(16)),
        number=number,
        owner=request.owner,
        role=request.role,
        opened_at=at,
        lawyer_only=request.lawyer_only,
        topic=request.topic,
        region=request.region,
        level=request.level,
        urgency=request.urgency,
        origin=Origin.CLERK if recorded_by else request.origin,
        notify=request.notify,
        enterprise=request.enterprise,
        recorded_by=recorded_by,
        confirmed_by_owner=recorded_by is None,
        opponent=request.opponent,
        excluded_units=request.excluded_units,
        test=request.test,
    )


def facts_of(request: OpenRequest, case: CaseId, digest: str) -> CaseFacts:
    """The personal text of the case; ``digest`` is that of the 取件码."""
    return CaseFacts(
        case=case,
        question=request.question,
        other_party=request.other_party,
        owner_name=request.owner_name,
        company=request.company,
        phone=request.phone,
        email=request.email,
        pickup_digest=digest,
        candidates=request.candidates,
    )
