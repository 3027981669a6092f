"""How a case reads to staff in chat: what the view allows and nothing else, with the buttons that make sense now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from desk.people import Person
from handlers.access import Relation
from handlers.actions import CaseVerb, OnCase
from handlers.case_view import CaseView
from handlers.casework import Card
from handlers.messages import Button, Channel, Link, Reply, StaffReply, Tone
from handlers.notices import Notices
from handlers.texts import say

MOST_SAID: Final = 8
MOST_LISTED: Final = 10
_SHOWN: Final = (
    CaseVerb.CLEAR_CONFLICT, CaseVerb.DECLARE_CONFLICT, CaseVerb.SIGN, CaseVerb.ACCEPT, CaseVerb.DECLINE,
    CaseVerb.ANSWER, CaseVerb.ASK_BACK, CaseVerb.NOTE, CaseVerb.TRANSFER, CaseVerb.RETURN, CaseVerb.CLOSE,
    CaseVerb.ANOTHER_LEVEL, CaseVerb.SIGN_OFF,
)  # fmt: skip


def case_reply(seen: CaseView, viewer: Person, channel: Channel, notices: Notices, *, done: str = "") -> StaffReply:
    """The case as the viewer may see it. ``done`` says first what was just done."""
    case = seen.case
    card = notices.card(case)
    head = f"{done}\n\n" if done else ""
    inside = [part for part in (_parties(seen), _contact(seen), _history(seen, notices)) if part]
    return StaffReply(
        to=viewer.id,
        text="\n\n".join((f"{head}{card}", *inside)),
        channel=channel,
        tone=Tone.NOTICE,
        buttons=_buttons(seen),
        links=(notices.case_link(case, staff=True),),
        case=case.id,
        private=bool(inside),
        public=f"{head}{card}\n{say('staff.public_text', number=case.number)}" if inside else "",
    )


def list_reply(
    title: str, cards: Sequence[Card], viewer: Person, channel: Channel, notices: Notices, *, empty: str, more: Link
) -> Reply:
    """A list with a button for each case; what is too much for a chat is on the page behind ``more``."""
    if not cards:
        return Reply(to=viewer.id, text=empty, channel=channel, tone=Tone.NOTICE)
    shown = cards[:MOST_LISTED]
    lines = [say("staff.list_head", title=title, count=len(cards))]
    for card in shown:
        status = say(f"case.status.{card.case.status}")
        late = say("staff.late") if card.late else ""
        topic = notices.topic(card.case)
        lines.append(say("staff.line", number=card.case.number, topic=topic, status=status, late=late))
    if len(cards) > len(shown):
        lines.append(say("staff.more", count=len(shown)))
    rows = tuple(
        (
            Button(
                label=say("staff.open", number=card.case.number),
                action=OnCase(CaseVerb.OPEN, card.case.id, card.case.version),
            ),
        )
        for card in shown
    )
    links = (more,) if len(cards) > len(shown) else ()
    text = "\n".join(lines)
    return Reply(to=viewer.id, text=text, channel=channel, tone=Tone.NOTICE, buttons=rows, links=links)


def verb_label(verb: CaseVerb, held: frozenset[Relation]) -> str:
    """What a button says: for whoever has signed, declining a hand-over is taking it back."""
    back = verb is CaseVerb.DECLINE and Relation.OFFERED not in held
    return say("staff.verb_take_back") if back else say(f"staff.verb.{verb}")


def _parties(seen: CaseView) -> str:
    if seen.parties is None or CaseVerb.CLEAR_CONFLICT not in seen.verbs:
        return ""
    unknown = say("staff.unknown")
    return say("staff.parties", company=seen.parties.company or unknown, other=seen.parties.other or unknown)


def _contact(seen: CaseView) -> str:
    if seen.contact is None:
        return ""
    found = [part for part in (seen.contact.name, seen.contact.phone, seen.contact.email) if part]
    return say("staff.contact", contact="　".join(found) or say("staff.unknown"))


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
        who = item.author or say(f"case.role.{message.role or 'owner'}")
        files = say("staff.files", count=len(item.files)) if item.files else ""
        body = "\n".join(part for part in (message.body, files) if part)
        parts.append(say("staff.said", who=who, when=notices.moment(message.at), body=body))
    parts += [say("staff.note", body=note.body) for note in seen.notes]
    return "\n\n".join(parts)


def _buttons(seen: CaseView) -> tuple[tuple[Button, ...], ...]:
    case = seen.case
    buttons = [
        Button(label=verb_label(verb, seen.held), action=OnCase(verb, case.id, case.version))
        for verb in _SHOWN
        if verb in seen.verbs
    ]
    return tuple(tuple(buttons[at : at + 3]) for at in range(0, len(buttons), 3))
