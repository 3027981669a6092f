"""How a case reads to its owner: number, state, promise, conversation, buttons. Internal notes cannot get in here."""

from __future__ import annotations

from typing import Final

from desk.case import Case, Status, Wrote
from handlers.access import sensitive
from handlers.actions import CaseVerb, OnCase
from handlers.case_view import CaseView, Said
from handlers.commands import Rows, Say
from handlers.messages import Button, Tone
from handlers.notice_buttons import rating_buttons
from handlers.notices import Notices, disclaimer
from handlers.texts import say
from handlers.turn import Facts

MOST_SHOWN: Final = 12
_VERBS: Final = (
    CaseVerb.CONFIRM, CaseVerb.SUPPLY, CaseVerb.FOLLOW_UP, CaseVerb.REOPEN, CaseVerb.CONSENT_BOTH, CaseVerb.CLOSE,
    CaseVerb.WITHDRAW,
)  # fmt: skip


def list_line(case: Case, notices: Notices) -> str:
    """One line of 我的案件."""
    status = say(f"case.status.{case.status}")
    return say("case_owner.line", number=case.number, status=status, topic=notices.topic(case))


def card(seen: CaseView, notices: Notices, facts: Facts) -> Say:
    """The case as its owner sees it."""
    case = seen.case
    lines = [
        say("case_owner.head", number=case.number, status=say(f"case.status.{case.status}")),
        _promise(case, notices),
        "",
        history(seen, notices),
    ]
    rows: Rows = tuple(
        (Button(label=say(f"case_owner.verb.{verb}"), action=OnCase(verb, case.id, case.version)),)
        for verb in _VERBS
        if verb in seen.verbs
    )
    if case.status is Status.CLOSED and case.closing is not None and case.closing not in {"withdrawn", "merged"}:
        rows = (*rows, *rating_buttons(case))
    return Say(
        text="\n".join(line for line in lines if line is not None).strip(),
        tone=Tone.NOTICE,
        buttons=rows,
        links=(notices.case_link(case, staff=False),) if facts.public_url else (),
        files=tuple(
            file for said in seen.said[-MOST_SHOWN:] for file in said.files if said.message.kind is Wrote.ANSWER
        ),
        case=case.id,
        private=sensitive(case),
        public=say("case_owner.public", number=case.number),
    )


def history(seen: CaseView, notices: Notices) -> str:
    """The last messages of both sides, oldest first."""
    shown = seen.said[-MOST_SHOWN:]
    lines = [say("case_owner.earlier", count=len(seen.said) - len(shown))] if len(shown) < len(seen.said) else []
    lines.extend(_said(item, notices) for item in shown)
    return "\n\n".join(lines)


def _said(item: Said, notices: Notices) -> str:
    message = item.message
    who = item.author or say("case_owner.you")
    if message.role is not None and item.author:
        who = f"{say(f'case.role.{message.role}')} {item.author}"
    files = say("case_owner.files", names="、".join(file.name for file in item.files)) if item.files else ""
    body = say("case_owner.said", who=who, when=notices.moment(message.at), body=message.body, files=files).strip()
    closing = disclaimer(message.role) if message.kind is Wrote.ANSWER and message.role is not None else ""
    return f"{body}\n{closing}" if closing else body


def _promise(case: Case, notices: Notices) -> str:
    timers = case.timers
    if case.status is Status.NEW and timers.sign_due is not None:
        return say("case_owner.sign_by", when=notices.moment(timers.sign_due))
    if case.status is Status.SIGNED and timers.answer_due is not None:
        return say("case_owner.answer_by", when=notices.moment(timers.answer_due))
    if case.status is Status.WAITING and timers.lapses_at is not None:
        return say("case_owner.supply_by", when=notices.moment(timers.lapses_at))
    return ""
