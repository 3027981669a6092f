"""What the case page shows: only what ``CaseView`` holds, with colleagues, reasons, delivery and events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiohttp import web

from bot.store.outbox import Delivery
from bot.store.work import SqlWork
from bot.web.console_lines import Due, due_of_case, span
from bot.web.console_offers import Colleague, colleagues, offered, reasons_of
from bot.web.console_page import console_page
from bot.web.site import SITE, Site
from desk.case import CaseId, ConsentKind, Wrote
from desk.events import Event
from desk.people import Person, PersonId, Role
from handlers.access import Relation
from handlers.case_view import CaseView, Said, professions, shown_name
from handlers.notices import disclaimer
from handlers.regions import shown_region
from handlers.texts import has, say
from knowledge.entry import Entry, EntryId

_SEES_COURSE: Final = frozenset({Relation.CLEARED, Relation.RECORDER, Relation.SUPERVISOR})
_NAMES_SOMEBODY: Final = frozenset({"assign", "transfer", "return", "accept", "sign"})
_CHOOSES: Final = frozenset({"assign", "transfer"})
_WITH_REASONS: Final = ("transfer", "return", "decline", "refer_out", "raise")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One of the bot's candidates; ``entry`` None where the base has it no more."""

    id: str
    phrase: str
    confidence: float
    entry: Entry | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event in words: metadata only."""

    at: datetime
    move: str
    actor: str
    after: str
    reason: str = ""
    detail: str = ""


async def show(
    request: web.Request,
    viewer: Person,
    case: CaseId,
    *,
    done: str = "",
    wrong: str = "",
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    action: str = "",
) -> web.Response:
    """The page. ``typed`` is put back into the form of ``action``. Raises NoSuchCase."""
    site = request.app[SITE]
    at = site.clock()
    async with site.store.work() as work:
        view = await site.casework.look(work, viewer, case, at)
        offers = offered(view, viewer)
        people = await colleagues(work, view.case, viewer, at) if _CHOOSES & set(offers) else ()
        sees_course = bool(_SEES_COURSE & view.held)
        events = await _course(work, view, viewer) if sees_course else ()
        note_authors = await _names(work, {note.author for note in view.notes})
        note_files = {note.id: [await work.files.get(file) for file in note.files] for note in view.notes}
        tasks = await _tasks(work, viewer, view)
        await work.commit()
    delivery = await site.store.outbox.of_case(case) if sees_course else ()
    return await console_page(
        request, "console/case.html", status=status, view=view, case=view.case, offers=offers, colleagues=people,
        professions=professions(view.case),
        reasons={name: reasons_of(name, view.case, viewer) for name in _WITH_REASONS if name in offers},
        topic=site.notices.topic(view.case), region=shown_region(view.case.region), due=due_of_case(view.case, at),
        dues=_dues(view, at), suggestions=_suggestions(site, view), events=events, delivery=delivery,
        delivered=_delivered(delivery), note_authors=note_authors, note_files=note_files, tasks=tasks, both=_both(view),
        disclaimer=disclaimer(view.case.role), done=done if has(f"case.done.{done}") else "", wrong=wrong,
        typed=typed or {}, action=action, span=span,
        upload_limit_mib=site.settings.upload_limit_mib,
        offer_reason=view.case.handover.reason if view.case.handover is not None else "",
        to_me=Relation.OFFERED in view.held, shows_rating=sees_course,
    )  # fmt: skip


async def _tasks(work: SqlWork, viewer: Person, view: CaseView) -> Sequence[tuple[str, str, datetime]]:
    if not viewer.has(Role.CLERK):
        return ()
    return [(task, why, since) for task, _, why, since in await work.tasks.of_case(view.case.id)]


def _dues(view: CaseView, at: datetime) -> Sequence[tuple[str, Due]]:
    timers = view.case.timers
    moments = (("sign", timers.sign_due), ("answer", timers.answer_due), ("close", timers.close_due))
    found = []
    for clock, due in moments:
        if due is not None and timers.paused_at is None:
            words = f"还剩 {span(due - at)}" if due > at else f"超期 {span(at - due)}"
            state = "fine" if due > at else "late"
            found.append((clock, Due(state=state, words=words, clock=clock, at=due, provisional=timers.provisional)))
    return found


def _suggestions(site: Site, view: CaseView) -> Sequence[Suggestion]:
    entries = site.base.current.entries
    return [
        Suggestion(id=entry, phrase=phrase, confidence=confidence, entry=entries.get(EntryId(entry)))
        for entry, phrase, confidence in view.candidates
    ]


def _both(view: CaseView) -> Sequence[Said]:
    """The answers of the rounds side by side: for the supervisor, with the owner's consent only."""
    if Relation.SUPERVISOR not in view.held or ConsentKind.BOTH_ANSWERS not in view.case.consents:
        return ()
    return [item for item in view.said if item.message.kind is Wrote.ANSWER]


async def _course(work: SqlWork, view: CaseView, viewer: Person) -> Sequence[Happening]:
    events = await work.cases.events(view.case.id)
    people = {event.actor for event in events if event.actor is not None}
    people |= {PersonId(event.data["to"]) for event in events if event.data.get("to")}
    names = await _names(work, people - {view.case.owner, viewer.id})
    names |= {view.case.owner: "当事人", viewer.id: "我"}
    return [_happening(event, names) for event in reversed(events)]


def _happening(event: Event, names: Mapping[PersonId, str]) -> Happening:
    data = event.data
    parts = []
    if event.move.value in _NAMES_SOMEBODY and data.get("to"):
        parts.append(f"→ {names.get(PersonId(data['to']), '')}")
    if data.get("clock"):
        parts.append(say(f"case.clock.{data['clock']}"))
    if event.move.value == "raise":
        parts.append(say(f"case.level.{data.get('level', '1')}"))
    return Happening(
        at=event.at,
        move=event.move.value,
        actor=names.get(event.actor, "") if event.actor is not None else "系统",
        after=event.after.value if event.before is not event.after else "",
        reason=data.get("reason", ""),
        detail=" ".join(parts),
    )


async def _names(work: SqlWork, wanted: set[PersonId]) -> dict[PersonId, str]:
    found = {}
    for one in wanted:
        person = await work.roster.person(one)
        found[one] = shown_name(person) if person is not None and person.staff else "当事人"
    return found


def _delivered(delivery: Sequence[Delivery]) -> str:
    """What to say first about the delivery: a failure above all."""
    states = {item.state for item in delivery}
    return next((state for state in ("undeliverable", "queued", "sending", "sent") if state in states), "")


__all__ = ["Colleague", "show"]
