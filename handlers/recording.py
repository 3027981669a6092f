"""代录: a clerk writes down a case for an owner who phones, walks in or is visited; the owner confirms it later.

The fields and their rules are those of the owner's own form. The owner is told who will read it before it is sent: the
clerk reads it out, and the recording says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from desk.case import Case, Notify, Origin, Urgency
from desk.competence import Competence
from desk.desk import Desk, Opened, OpenRequest
from desk.errors import NoSuchCase
from desk.people import Person
from handlers.access import Power, may
from handlers.handover import readers
from handlers.handover_form import HandoverForm, read_form
from handlers.intake_draft import CRIMINAL, Draft, judged
from handlers.invitations import new_person_id
from handlers.notices import Notices, Words
from handlers.ports import Work
from handlers.records import Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of a recording: ``errors`` by field, else ``readers`` (nothing sent), else the opened case.

    ``pickup_code`` is to be told to the owner once; it is kept nowhere. ``refused``: nobody here is competent.
    """

    errors: Mapping[str, str] = field(default_factory=dict)
    readers: str = ""
    refused: bool = False
    case: Case | None = None
    pickup_code: str = ""


class Recording:
    """The service; nothing is committed here."""

    def __init__(self, *, desk: Desk, notices: Notices) -> None:
        self._desk = desk
        self._notices = notices

    async def record(
        self, work: Work, clerk: Person, form: HandoverForm, at: datetime, *, way: str, urgent: bool = False
    ) -> Recorded:
        """Checks, shows, and once ``form.confirmed`` opens. ``way``: phone, walk_in or visit.

        Raises NoSuchCase for whoever may not record.
        """
        if not may(clerk, Power.RECORD):
            raise NoSuchCase
        draft, errors = read_form(form, Draft(id="record"))
        if errors:
            return Recorded(errors=errors)
        owner = Person(id=new_person_id(), name=draft.name, test=clerk.test)
        competence = judged(draft, owner)
        if competence.role is None:
            return Recorded(readers=readers(competence), refused=True)
        if not form.confirmed:
            return Recorded(readers=readers(competence))
        opened = await self._open(work, clerk, owner, _request(draft, owner, competence, urgent=urgent), at)
        case = opened.step.case
        detail = {"role": case.role.value, "way": way}
        await work.audit.write(at=at, actor=clerk.id, what="case.record", on=case.id, detail=detail)
        return Recorded(case=case, pickup_code=opened.pickup_code)

    async def _open(self, work: Work, clerk: Person, owner: Person, request: OpenRequest, at: datetime) -> Opened:
        await work.people.add(owner)
        if request.email or request.phone:
            await work.people.save_contact(Contact(person=owner.id, email=request.email, phone=request.phone))
        opened = await self._desk.open(work.cases, work.roster, request, actor=clerk, at=at)
        await self._notices.send(work, opened.step, at=at, words=Words(body=request.question))
        return opened


def _request(draft: Draft, owner: Person, competence: Competence, *, urgent: bool) -> OpenRequest:
    role = competence.role
    if role is None:
        raise NoSuchCase
    return OpenRequest(
        owner=owner.id,
        role=role,
        question=draft.question,
        lawyer_only=competence.lawyer_only,
        topic="crime" if draft.situation in CRIMINAL and draft.topic != "secret" else draft.topic,
        region=draft.region,
        urgency=Urgency.URGENT if urgent else Urgency.NORMAL,
        origin=Origin.CLERK,
        notify=draft.notify or Notify.NONE,
        opponent=competence.opponent,
        excluded_units=competence.excluded_units,
        other_party=draft.party or "",
        owner_name=draft.name,
        company=draft.company,
        phone=draft.phone,
        email=draft.email,
        test=owner.test,
    )
