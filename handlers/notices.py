"""From the desk's notices to messages: who is told what, in which words, by which way.

The desk says *that* somebody must be told; here it becomes replies, nudges (e-mail, webhook) and phone tasks, all put
into the same transaction as the move that caused them. What was written goes to those alone who may read the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from desk.case import Case, CaseId, Clock, Notify, Urgency
from desk.clocks import due_of
from desk.events import Notice, Step, Tell
from desk.notices import CALLED
from desk.people import Person, Role
from handlers.access import Relation, Right, relations, sees, sensitive
from handlers.messages import FileRef, Link, Nudge, Reply, Tone
from handlers.notice_buttons import buttons
from handlers.ports import Work
from handlers.texts import has, say

_WEEKDAYS: Final = "一二三四五六日"
_CAME_BACK: Final = frozenset({Tell.HANDOVER_DECLINED, Tell.HANDOVER_CAME_BACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What was written in this move, for those who may read it."""

    body: str = ""
    files: tuple[FileRef, ...] = ()
    author: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cause:
    case: Case
    notice: Notice
    words: Words
    at: datetime


class Notices:
    """Turns a ``Step`` into stored messages. ``address`` is the public base address, ``zone`` the shown time zone."""

    def __init__(self, *, address: str, zone: ZoneInfo) -> None:
        self._address = address
        self._zone = zone

    async def send(self, work: Work, step: Step, *, at: datetime, words: Words | None = None) -> None:
        """Puts everything the step's notices ask for; keys make a repeated call harmless."""
        for index, notice in enumerate(step.notices):
            key = f"case:{step.case.id}:{step.case.version}:{index}"
            cause = _Cause(case=step.case, notice=notice, words=words or Words(), at=at)
            for person in await self._receivers(work, step.case, notice):
                await self._tell(work, cause, person, f"{key}:{person.id}")
            if notice.tell is Tell.CALL_OWNER:
                await work.tasks.add(step.case.id, notice.data.get("about", ""), at=at, key=key)

    async def _receivers(self, work: Work, case: Case, notice: Notice) -> Sequence[Person]:
        if notice.to is not None:
            person = await work.roster.person(notice.to)
            return (person,) if person is not None and person.active else ()
        return await work.roster.with_role(notice.role, region=case.region) if notice.role is not None else ()

    async def _tell(self, work: Work, cause: _Cause, person: Person, key: str) -> None:
        case, notice, words = cause.case, cause.notice, cause.words
        held = relations(person, case, at=cause.at, phone_task=notice.tell is Tell.CALL_OWNER)
        name = sentence_of(case, notice, held)
        values = await self._values(work, cause)
        # A sentence that carries what was written has a twin that does not, for other eyes and other ways.
        public = say(f"{name}_public", **values) if has(f"{name}_public") else ""
        written = bool(public)
        shown = not written or sees(Right.TEXT, held)
        is_owner = Relation.OWNER in held
        reply = Reply(
            to=person.id,
            text=say(name, **values) if shown else public,
            tone=Tone.ANSWER if is_owner and written else Tone.NOTICE,
            buttons=buttons(case, notice.tell, person, held, cause.at),
            links=(self.case_link(case, staff=not is_owner),) if held else (),
            files=words.files if written and shown else (),
            case=case.id,
            private=written and shown and (not is_owner or sensitive(case)),
            public=public,
        )
        await work.replies.put(reply, at=cause.at, key=key)
        if is_owner and notice.tell in CALLED:
            await self._nudge(work, cause, key)

    async def _nudge(self, work: Work, cause: _Cause, key: str) -> None:
        case = cause.case
        if case.notify in {Notify.EMAIL, Notify.WEBHOOK}:
            nudge = Nudge(
                to=case.owner,
                case=case.id,
                way=case.notify.value,
                subject=say("nudge.subject", number=case.number),
                text=say(f"nudge.{cause.notice.tell}", number=case.number),
                link=self.case_link(case, staff=False).url,
            )
            await work.replies.nudge(nudge, at=cause.at, key=key)

    async def _values(self, work: Work, cause: _Cause) -> dict[str, str]:
        case, data, words = cause.case, cause.notice.data, cause.words
        timers, role = case.timers, say(f"case.role.{case.role}")
        actor = words.author
        if actor is None and case.responsible is not None:
            actor = await work.roster.person(case.responsible)
        offer = case.handover if cause.notice.tell is Tell.HANDOVER_OFFERED else None
        until = offer.until if offer is not None else timers.lapses_at
        files = say("case.files", count=len(words.files)) if words.files else ""
        return {
            "number": case.number,
            "topic": self.topic(case),
            "card": self.card(case),
            "role": role,
            "who": f"{role} {actor.name}" if actor is not None and actor.name else role,
            "body": "\n".join(part for part in (words.body, files) if part),
            "disclaimer": disclaimer(case.role),
            "free": say("case.free"),
            "clock": say(f"case.clock.{data['clock']}") if "clock" in data else "",
            "when": self._of(data.get("due")),
            "earliest": self._of(data.get("earliest")),
            "until": self._of(until),
            "sign_due": self._of(timers.sign_due),
            "answer_due": self._of(timers.answer_due),
            "level": say(f"case.level.{data.get('level', int(case.level))}"),
            "reason": _reason(data.get("reason", "")),
            "to": case.referred_to,
            "into": await _number(work, data.get("into")),
            "provisional": say("case.provisional") if timers.provisional else "",
        }

    def topic(self, case: Case) -> str:
        """The topic's label, or 「律师案件」 where nobody else may learn more."""
        if case.lawyer_only:
            return say("case.topic_hidden")
        return say(f"topics.{case.topic}") if has(f"topics.{case.topic}") else say("topics.other")

    def card(self, case: Case) -> str:
        """Number, topic, region, status and next due moment: metadata only; of 「律师案件」 not even the region."""
        region = "" if case.lawyer_only else case.region.replace("/", "")
        running = [(clock, due) for clock in Clock if (due := due_of(case.timers, clock)) is not None]
        lines = [
            say("case.card", urgent=say("case.urgent") if case.urgency is Urgency.URGENT else "", number=case.number),
            "｜".join(part for part in (self.topic(case), region) if part),
            say("case.card_status", status=say(f"case.status.{case.status}")),
        ]
        if running and case.timers.paused_at is None:
            clock, due = running[0]
            lines.append(say("case.card_due", clock=say(f"case.clock.{clock}"), when=self.moment(due)))
        return "\n".join(lines)

    def moment(self, when: datetime) -> str:
        """「11月23日（周一）9:00」 in the shown time zone."""
        local = when.astimezone(self._zone)
        return f"{local.month}月{local.day}日（周{_WEEKDAYS[local.weekday()]}）{local.hour}:{local.minute:02d}"

    def _of(self, when: datetime | str | None) -> str:
        moment = datetime.fromisoformat(when) if isinstance(when, str) and when else when
        return self.moment(moment) if isinstance(moment, datetime) else ""

    def case_link(self, case: Case, *, staff: bool) -> Link:
        """Where the case is seen: the console for staff, the chat page for the owner."""
        path = f"/console/cases/{case.id}" if staff else f"/?case={case.number}"
        return Link(label=say("case.open_link"), url=f"{self._address}{path}")


def sentence_of(case: Case, notice: Notice, held: frozenset[Relation]) -> str:
    """The key of the sentence: ``tell.<what>.<to whom>``, with an ending where the same news reads otherwise."""
    tell, data = notice.tell, notice.data
    if notice.role is not None:
        side = notice.role.value
    else:
        side = Role.CLERK.value if tell is Tell.CALL_OWNER else "owner" if Relation.OWNER in held else "expert"
    ending = ""
    if tell is Tell.NOBODY_ON_DUTY and "earliest" not in data:
        ending = "_none"
    elif tell is Tell.REOPENED and data.get("reason") == "conflict":
        ending = "_conflict"
    elif tell is Tell.SIGNED and case.timers.answer_due is None:
        ending = "_undated"
    elif tell in _CAME_BACK and Relation.CLEARED not in held:
        ending = "_other" if held else "_gone"
    return f"tell.{tell}.{side}{ending}"


def disclaimer(role: Role) -> str:
    """What an answer of that profession is not; empty for roles that never answer."""
    key = f"case.disclaimer.{role.value}"
    return say(key) if has(key) else ""


def _reason(code: str) -> str:
    key = next((name for name in (f"staff.reason.{code}", f"case_owner.reason.{code}") if has(name)), "")
    return say(key) if key else ""


async def _number(work: Work, case: str | None) -> str:
    found = await work.cases.get(CaseId(case)) if case else None
    return found.number if found is not None else ""
