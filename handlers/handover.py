"""Handing over: what is shown before anything is sent, and the opening of the case. The interview is in ``intake``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from desk.case import CaseId, Notify, Origin, Urgency
from desk.competence import Competence
from desk.desk import Desk, Opened, OpenRequest
from desk.errors import NoSuchCase
from desk.events import Step as Moved
from desk.events import Tell
from desk.people import OFFICIALS, Person, PersonId
from handlers.actions import Cancel, ConfirmHandover, IntakeChoice, OpenMenu
from handlers.actions import Menu as Item
from handlers.commands import Say
from handlers.intake_draft import CRIMINAL, EMPLOYER, Draft, Step, judged
from handlers.messages import Button, Channel, FileRef, Tone
from handlers.notices import Notices, Words
from handlers.ports import Work
from handlers.regions import shown_region
from handlers.texts import say

_OWNER_IS_TOLD_HERE: Final = frozenset({Tell.OPENED, Tell.NOBODY_ON_DUTY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A case that was opened, as its owner is told once: ``text`` carries the 取件码, which is kept nowhere."""

    case: CaseId
    number: str
    pickup_code: str
    text: str


class Handover:
    """Shows and sends drafts. Takes the unit of work with each call; commits nothing."""

    def __init__(self, *, desk: Desk, notices: Notices) -> None:
        self._desk = desk
        self._notices = notices

    def shown(self, draft: Draft, person: Person) -> str:
        """Who will read it, what will be sent, and the consent text. Nothing has been sent."""
        competence = judged(draft, person)
        notify = draft.notify or Notify.NONE
        return say(
            "intake.preview",
            readers=readers(competence),
            question=draft.question,
            situation=say(f"intake.situation.{draft.situation}"),
            party=draft.party or say("intake.party_unknown"),
            region=shown_region(draft.region),
            files=say("intake.files_some", count=len(draft.files)) if draft.files else say("intake.files_none"),
            notify=say(f"intake.notify.{notify}"),
            consent=_consent(competence, draft),
        ).strip()

    def preview(self, draft: Draft, person: Person) -> Say:
        """The preview with its three buttons; where nobody here is competent, where else to go."""
        competence = judged(draft, person)
        if competence.role is None:
            rows = ((Button(label=say("button.routes"), action=OpenMenu(item=Item.ROUTES)),),)
            return Say(text=say("intake.nobody_here", elsewhere=_elsewhere(competence)), tone=Tone.NOTICE, buttons=rows)
        rows_of_three = (
            (Button(label=say("intake.confirm"), action=ConfirmHandover(draft=draft.id, yes=True)),),
            (
                Button(label=say("intake.change"), action=IntakeChoice(step=Step.CONFIRM, choice="change")),
                Button(label=say("intake.decline"), action=Cancel()),
            ),
        )
        text = f"{self.shown(draft, person)}\n\n{say('intake.ask.confirm')}"
        return Say(text=text, tone=Tone.QUESTION, buttons=rows_of_three)

    async def send(self, work: Work, person: Person, draft: Draft, channel: Channel, at: datetime) -> Sent:
        """Opens the case and tells whom it concerns. Raises NoSuchCase for a file that is not the person's own."""
        competence = judged(draft, person)
        if competence.role is None:
            raise NoSuchCase(CaseId(""))
        files = await self._own_files(work, person.id, draft)
        opened = await self._desk.open(
            work.cases, work.roster, _request(draft, person, competence, channel), actor=person, at=at
        )
        case = opened.step.case
        for file in files:
            await work.files.attach(file.id, case.id)
        await self._keep_contact(work, person.id, draft)
        words = Words(body=draft.question, files=tuple(files))
        await self._notices.send(work, _without_owner(opened.step), at=at, words=words)
        await work.audit.write(at=at, actor=person.id, what="case.open", on=case.id, detail={"role": case.role.value})
        return Sent(case=case.id, number=case.number, pickup_code=opened.pickup_code, text=self._told(opened, draft))

    def _told(self, opened: Opened, draft: Draft) -> str:
        provisional = say("case.provisional") if opened.promise.provisional else ""
        if opened.nobody and opened.nobody_until is not None:
            promise = say("intake.nobody", when=self._notices.moment(opened.nobody_until))
        elif opened.nobody:
            promise = say("intake.nobody_at_all")
        else:
            when = self._notices.moment(opened.promise.at)
            promise = say("intake.promise", when=when, provisional=provisional)
        notify = say(f"intake.notify_by.{draft.notify or Notify.NONE}")
        return say(
            "intake.sent", number=opened.step.case.number, code=opened.pickup_code, promise=promise, notify=notify
        )

    async def _own_files(self, work: Work, person: PersonId, draft: Draft) -> Sequence[FileRef]:
        found = []
        for file in draft.files:
            uploader, bound = await work.files.owner(file)
            record = await work.files.get(file)
            if record is None or uploader != person or bound is not None:
                raise NoSuchCase(CaseId(""))
            found.append(record)
        return found

    async def _keep_contact(self, work: Work, person: PersonId, draft: Draft) -> None:
        if not draft.email and not draft.phone:
            return
        contact = await work.people.contact(person)
        if draft.email:
            contact = replace(contact, email=draft.email, email_bad=False)
        if draft.phone:
            contact = replace(contact, phone=draft.phone)
        await work.people.save_contact(contact)


def readers(competence: Competence) -> str:
    """Who will read the words, in sentences; the owner is shown this before anything is sent."""
    if competence.role is None:
        return say("intake.nobody_here", elsewhere=_elsewhere(competence))
    key = "lawyer_only" if competence.lawyer_only else competence.role.value
    lines = [say(f"intake.readers.{key}")]
    if not competence.lawyer_only:
        lines.append(say("intake.readers.supervisor"))
    if competence.excluded_units:
        lines.append(say("intake.readers.court_away"))
    seen = "\n".join(f"· {line}" for line in lines)
    more = _elsewhere(competence)
    return f"{seen}\n\n{more}" if more else seen


def _elsewhere(competence: Competence) -> str:
    return "\n".join(say(f"intake.elsewhere.{place}") for place in competence.elsewhere)


def _consent(competence: Competence, draft: Draft) -> str:
    parts = [say("intake.consent.official" if competence.role in OFFICIALS else "intake.consent.lawyer")]
    if draft.situation in CRIMINAL:
        parts.append(say("intake.consent.criminal_report"))
    return "\n".join(parts)


def _without_owner(step: Moved) -> Moved:
    """The step without what the owner is told here, together with the 取件码."""
    kept = tuple(item for item in step.notices if not (item.tell in _OWNER_IS_TOLD_HERE and item.to == step.case.owner))
    return replace(step, notices=kept)


def _request(draft: Draft, person: Person, competence: Competence, channel: Channel) -> OpenRequest:
    role = competence.role
    if role is None:
        raise NoSuchCase(CaseId(""))
    return OpenRequest(
        owner=person.id,
        role=role,
        question=draft.question,
        lawyer_only=competence.lawyer_only,
        topic="crime" if draft.situation in CRIMINAL and draft.topic != "secret" else draft.topic,
        region=draft.region,
        urgency=Urgency.URGENT if draft.urgent else Urgency.NORMAL,
        origin=Origin.TELEGRAM if channel is Channel.TELEGRAM else Origin.WEB,
        notify=draft.notify or Notify.NONE,
        enterprise=person.enterprise if draft.side == EMPLOYER else None,
        opponent=competence.opponent,
        excluded_units=competence.excluded_units,
        other_party=draft.party or "",
        owner_name=draft.name or person.name,
        company=draft.company,
        phone=draft.phone,
        email=draft.email,
        candidates=draft.candidates,
        files=draft.files,
        test=person.test,
    )
