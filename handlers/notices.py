"""From the desk's notices to messages: who is told what, in which words, by which way.

The desk says *that* somebody must be told; here it becomes replies, nudges (e-mail, webhook) and phone tasks, all put
into the same transaction as the move that caused them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from desk.case import Case, CaseFacts, Notify, Satisfaction, Status, Urgency
from desk.events import Notice, Step, Tell
from desk.people import OFFICIALS, Person, PersonId, Role
from handlers.actions import CaseVerb, OnCase, Rate
from handlers.messages import Button, FileRef, Link, Nudge, Reply, Tone
from handlers.ports import Work
from handlers.texts import has, say

_NUDGED: Final = frozenset({Tell.SIGNED, Tell.ANSWERED, Tell.ASKED_BACK, Tell.CLOSED, Tell.LAPSED})
_SENSITIVE_TOPICS: Final = frozenset({"crime", "secret"})
_RATINGS: Final = (
    (Satisfaction.VERY_SATISFIED, "非常满意"),
    (Satisfaction.SATISFIED, "满意"),
    (Satisfaction.NEUTRAL, "一般"),
    (Satisfaction.DISSATISFIED, "不满意"),
)
_WEEKDAYS: Final = "一二三四五六日"


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
    facts: CaseFacts | None
    words: Words
    at: datetime


class Notices:
    """Turns a ``Step`` into stored messages. ``address`` is the public base address, ``zone`` the shown time zone."""

    def __init__(self, *, address: str, zone: ZoneInfo) -> None:
        self._address = address
        self._zone = zone

    async def send(
        self, work: Work, step: Step, *, facts: CaseFacts | None, at: datetime, words: Words | None = None
    ) -> None:
        """Puts everything the step's notices ask for; keys make a repeated call harmless."""
        for index, notice in enumerate(step.notices):
            key = f"case:{step.case.id}:{step.case.version}:{index}"
            for person in await self._receivers(work, step.case, notice):
                cause = _Cause(case=step.case, notice=notice, facts=facts, words=words or Words(), at=at)
                await self._tell(work, cause, person, f"{key}:{person.id}")
            if notice.tell is Tell.CALL_OWNER:
                await work.tasks.add(step.case.id, notice.data.get("about", ""), at=at, key=key)

    async def _receivers(self, work: Work, case: Case, notice: Notice) -> Sequence[Person]:
        if notice.to is not None:
            person = await work.roster.person(notice.to)
            return () if person is None else (person,)
        if notice.role is None:
            return ()
        return await work.roster.with_role(notice.role, region=case.region)

    async def _tell(self, work: Work, cause: _Cause, person: Person, key: str) -> None:
        case, notice, words = cause.case, cause.notice, cause.words
        side = _side(case, notice, person.id)
        name = f"tell.{notice.tell.value}.{side}"
        if not has(name):
            return
        values = await self._values(work, case, notice, words)
        public = f"tell.{notice.tell.value}.public"
        is_owner = side == "owner"
        reply = Reply(
            to=person.id,
            text=say(name, **values),
            tone=Tone.ANSWER if notice.tell in {Tell.ANSWERED, Tell.ASKED_BACK} else Tone.NOTICE,
            buttons=_owner_buttons(case, notice.tell) if is_owner else _staff_buttons(case, notice.tell),
            links=(self.case_link(case, staff=not is_owner),),
            files=words.files if has(public) else (),
            case=case.id,
            private=_private(case, notice.tell, person, is_owner=is_owner),
            public=say(public, **values) if has(public) else "",
        )
        await work.replies.put(reply, at=cause.at, key=key)
        if is_owner and notice.tell in _NUDGED:
            await self._nudge(work, cause, key)

    async def _nudge(self, work: Work, cause: _Cause, key: str) -> None:
        case, tell, at = cause.case, cause.notice.tell, cause.at
        if case.notify in {Notify.EMAIL, Notify.WEBHOOK} and cause.facts is not None:
            nudge = Nudge(
                to=case.owner,
                case=case.id,
                way=case.notify.value,
                subject=say("nudge.subject", number=case.number),
                text=say(f"nudge.{tell.value}", number=case.number),
                link=self.case_link(case, staff=False).url,
            )
            await work.replies.nudge(nudge, at=at, key=key)

    async def _values(self, work: Work, case: Case, notice: Notice, words: Words) -> dict[str, str]:
        timers = case.timers
        actor = words.author
        if actor is None and case.responsible is not None:
            actor = await work.roster.person(case.responsible)
        data = notice.data
        clock = data.get("clock", "")
        due = {"sign": timers.sign_due, "answer": timers.answer_due, "close": timers.close_due}.get(clock)
        return {
            "number": case.number,
            "topic": self.topic(case),
            "card": self.card(case),
            "role": say(f"case.role.{case.role.value}"),
            "name": f"（{actor.name}）" if actor is not None and actor.name else "",
            "body": words.body,
            "disclaimer": say(f"case.disclaimer.{case.role.value}")
            if has(f"case.disclaimer.{case.role.value}")
            else "",
            "free": say("case.free"),
            "clock": say(f"case.clock.{clock}") if clock else "",
            "when": self.moment(_moment(data.get("due")) or due),
            "until": self.moment(_moment(data.get("until")) or timers.lapses_at),
            "earliest": self.moment(_moment(data.get("earliest")) or timers.sign_due),
            "sign_due": self.moment(timers.sign_due),
            "answer_due": self.moment(timers.answer_due),
            "level": say(f"case.level.{case.level.value}"),
            "to": case.referred_to or data.get("to", ""),
            "into": data.get("into", ""),
            "provisional": say("case.provisional") if timers.provisional else "",
        }

    def topic(self, case: Case) -> str:
        """The topic's label, or 「律师案件」 where nobody else may learn more."""
        if case.lawyer_only:
            return say("case.topic_hidden")
        return say(f"topics.{case.topic}") if has(f"topics.{case.topic}") else say("topics.other")

    def card(self, case: Case) -> str:
        """Number, topic, region, status and next due moment: metadata only."""
        timers = case.timers
        running = [(clock, due) for clock, due in (("sign", timers.sign_due), ("answer", timers.answer_due)) if due]
        due = (
            say("case.card_due", clock=say(f"case.clock.{running[0][0]}"), when=self.moment(running[0][1]))
            if running
            else ""
        )
        return say(
            "case.card",
            urgent=say("case.urgent") if case.urgency is Urgency.URGENT else "",
            number=case.number,
            topic=self.topic(case),
            region=case.region.replace("/", "") or "—",
            status=say(f"case.status.{case.status.value}"),
            due=due,
        ).rstrip()

    def moment(self, when: datetime | None) -> str:
        """「11月23日（周一）9:00」 in the shown time zone; 「—」 for none."""
        if when is None:
            return "—"
        local = when.astimezone(self._zone)
        return f"{local.month}月{local.day}日（周{_WEEKDAYS[local.weekday()]}）{local.hour}:{local.minute:02d}"

    def case_link(self, case: Case, *, staff: bool) -> Link:
        """Where the case is seen: the console for staff, the chat page for the owner."""
        path = f"/console/cases/{case.id}" if staff else f"/?case={case.number}"
        return Link(label="打开案件", url=f"{self._address}{path}")


def disclaimer(role: Role) -> str:
    """What an answer of that profession is not; empty for roles that never answer."""
    key = f"case.disclaimer.{role.value}"
    return say(key) if has(key) else ""


def rating_buttons(case: Case) -> tuple[tuple[Button, ...], ...]:
    """The four ratings, two in a row."""
    buttons = [Button(label=label, action=Rate(case.id, value.value)) for value, label in _RATINGS]
    return (tuple(buttons[:2]), tuple(buttons[2:]))


def _side(case: Case, notice: Notice, person: PersonId) -> str:
    if notice.role is Role.SUPERVISOR:
        return "supervisor"
    if notice.tell is Tell.CALL_OWNER:
        return "clerk"
    return "owner" if person == case.owner and notice.role in {None, Role.OWNER} else "expert"


def _private(case: Case, tell: Tell, person: Person, *, is_owner: bool) -> bool:
    # An owner reads the own answer in Telegram, but criminal and trade-secret matters go by web link whatever is set.
    if is_owner:
        return case.lawyer_only or case.role in OFFICIALS - {Role.BUREAU} or case.topic in _SENSITIVE_TOPICS
    return tell is Tell.OWNER_WROTE or bool(person.roles & OFFICIALS)


def _owner_buttons(case: Case, tell: Tell) -> tuple[tuple[Button, ...], ...]:
    def on(verb: CaseVerb, label: str) -> Button:
        return Button(label=label, action=OnCase(verb, case.id, case.version))

    match tell:
        case Tell.CLOSED:
            return rating_buttons(case)
        case Tell.ANSWERED:
            return ((on(CaseVerb.FOLLOW_UP, "继续追问"), on(CaseVerb.CLOSE, "问题解决了，办结")),)
        case Tell.ASKED_BACK:
            return ((on(CaseVerb.SUPPLY, "补充"), on(CaseVerb.WITHDRAW, "撤回")),)
        case Tell.LAPSED:
            return ((on(CaseVerb.REOPEN, "重办"),),)
        case _:
            return ()


def _staff_buttons(case: Case, tell: Tell) -> tuple[tuple[Button, ...], ...]:
    def on(verb: CaseVerb, label: str) -> Button:
        return Button(label=label, action=OnCase(verb, case.id, case.version))

    match tell:
        case Tell.CASE_FOR_YOU | Tell.REOPENED if case.status is Status.NEW:
            return ((on(CaseVerb.OPEN, "看案件"),),)
        case Tell.HANDOVER_OFFERED:
            return ((on(CaseVerb.OPEN, "看案件"), on(CaseVerb.DECLINE, "不接手")),)
        case Tell.OWNER_WROTE:
            return ((on(CaseVerb.ANSWER, "回复"), on(CaseVerb.ASK_BACK, "要求补充"), on(CaseVerb.CLOSE, "办结")),)
        case _:
            return ((on(CaseVerb.OPEN, "看案件"),),) if tell in {Tell.CLOCK_WARNING, Tell.CLOCK_BREACHED} else ()


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
