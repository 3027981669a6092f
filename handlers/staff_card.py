"""How a case reads to staff in chat: what the view allows and nothing else, with the buttons that make sense now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from desk.case import InternalNote
from desk.people import Person
from handlers.actions import CaseVerb, OnCase
from handlers.case_view import CaseView
from handlers.casework import Card
from handlers.messages import Button, Channel, Reply, StaffReply, Tone
from handlers.notices import Notices
from handlers.texts import say

MOST_SAID: Final = 8
MOST_LISTED: Final = 10
_SHOWN: Final = (
    CaseVerb.CLEAR_CONFLICT, CaseVerb.DECLARE_CONFLICT, CaseVerb.SIGN, CaseVerb.ACCEPT, CaseVerb.DECLINE,
    CaseVerb.ANSWER, CaseVerb.ASK_BACK, CaseVerb.NOTE, CaseVerb.TRANSFER, CaseVerb.RETURN, CaseVerb.CLOSE,
    CaseVerb.SIGN_OFF,
)  # fmt: skip


def case_reply(seen: CaseView, viewer: Person, channel: Channel, notices: Notices, *, done: str = "") -> Reply:
    """The case as the viewer may see it. ``done`` says first what was just done."""
    case = seen.case
    card = notices.card(case)
    if seen.reads_text:
        body = say("staff.text", card=card, history=_history(seen, notices))
    elif seen.parties is not None:
        unknown = say("case.parties_unknown")
        parties = seen.parties
        body = say("staff.parties_ask", card=card, company=parties.company or unknown, other=parties.other or unknown)
    else:
        body = card
    head = f"{done}\n\n" if done else ""
    public = f"{head}{card}\n{say('staff.public_text', number=case.number)}"
    return StaffReply(
        to=viewer.id,
        text=f"{head}{body}",
        channel=channel,
        tone=Tone.NOTICE,
        buttons=_buttons(seen),
        links=(notices.case_link(case, staff=True),),
        case=case.id,
        private=seen.reads_text or seen.parties is not None,
        public=public,
    )


def list_reply(
    title: str, cards: Sequence[Card], viewer: Person, channel: Channel, notices: Notices, *, empty: str
) -> Reply:
    """A list with a button for each case."""
    if not cards:
        return Reply(to=viewer.id, text=empty, channel=channel, tone=Tone.NOTICE)
    shown = cards[:MOST_LISTED]
    lines = [say("staff.list_head", title=title, count=len(cards))]
    lines += [
        say(
            "staff.line",
            number=card.case.number,
            topic=notices.topic(card.case),
            status=say(f"case.status.{card.case.status.value}"),
            late=say("staff.late") if card.late else "",
        )
        for card in shown
    ]
    if len(cards) > len(shown):
        lines.append(say("staff.more", count=len(shown)))
    rows = tuple(
        (Button(label=say("staff.open", number=card.case.number), action=_on(card, CaseVerb.OPEN)),) for card in shown
    )
    return Reply(to=viewer.id, text="\n".join(lines), channel=channel, tone=Tone.NOTICE, buttons=rows)


def _history(seen: CaseView, notices: Notices) -> str:
    parts = []
    if seen.candidates:
        found = [
            say("staff.candidate", phrase=phrase, confidence=f"{confidence:.0%}")
            for _, phrase, confidence in seen.candidates[:3]
        ]
        parts.append("\n".join([say("staff.candidates"), *found]))
    for item in seen.said[-MOST_SAID:]:
        message = item.message
        who = item.author or say(f"case.role.{message.role.value}" if message.role else "case.role.owner")
        body = message.body
        if item.files:
            body = f"{body}\n{say('staff.files', count=len(item.files))}".strip()
        parts.append(say("staff.said", who=who, when=notices.moment(message.at), body=body))
    parts += [_note(note) for note in seen.notes]
    return "\n\n".join(parts)


def _note(note: InternalNote) -> str:
    return say("staff.note", body=note.body)


def _buttons(seen: CaseView) -> tuple[tuple[Button, ...], ...]:
    verbs = [verb for verb in _SHOWN if verb in seen.verbs]
    case = seen.case
    buttons = [Button(label=say(f"staff.verb.{verb}"), action=OnCase(verb, case.id, case.version)) for verb in verbs]
    return tuple(tuple(buttons[at : at + 3]) for at in range(0, len(buttons), 3))


def _on(card: Card, verb: CaseVerb) -> OnCase:
    return OnCase(verb, card.case.id, card.case.version)
