"""/privacy: what is kept, exporting it, deleting it. Deletion withdraws the owner's open cases first."""

from __future__ import annotations

import json
from collections.abc import Sized
from dataclasses import dataclass
from typing import Final

from desk.case import Move
from desk.moves import MoveRequest
from handlers import consent
from handlers.actions import Consent, Privacy
from handlers.casework import CaseWork, Order
from handlers.commands import Say
from handlers.conversation import Talk
from handlers.messages import Button, Channel, Link, Tone
from handlers.ports import Work
from handlers.texts import has, say
from handlers.turn import Facts, Turn

_LONGEST_SHOWN: Final = 3_500
"""Characters of an export that a chat shows; more is downloaded from the web page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyDesk:
    """The service; every call takes the unit of work it takes part in."""

    casework: CaseWork

    async def show(self, work: Work, talk: Talk, facts: Facts) -> Turn:
        """Kinds and counts of what is kept, the consent, and the buttons."""
        kept = await work.people.export(facts.person.id)
        counts = {kind: len(value) for kind, value in kept.items() if isinstance(value, Sized) and value}
        lines = [say("privacy.kind", name=_name(kind), count=count) for kind, count in counts.items()]
        kind = consent.what(facts.channel)
        given = await work.people.consented(facts.person.id, kind)
        words = {True: "privacy.consent_yes", False: "privacy.consent_no", None: "privacy.consent_unknown"}[given]
        change = Button(
            label=say("privacy.change_no" if given else "privacy.change_yes"), action=Consent(what=kind, yes=not given)
        )
        rows = (
            (
                Button(label=say("privacy.export"), action=Privacy(what="export")),
                Button(label=say("privacy.delete"), action=Privacy(what="delete")),
            ),
            (change,),
        )
        text = say("privacy.text", kinds="\n".join(lines) or say("privacy.nothing"), consent=say(words))
        return Turn(talk=talk, commands=(Say(text=text, tone=Tone.NOTICE, buttons=rows),))

    async def export(self, work: Work, talk: Talk, facts: Facts) -> Turn:
        """Everything as JSON: in the chat while it is short, else by the web page's download."""
        kept = await work.people.export(facts.person.id)
        await work.audit.write(at=facts.at, actor=facts.person.id, what="privacy.export", on=facts.person.id, detail={})
        content = json.dumps(kept, ensure_ascii=False, indent=1, default=str)
        links = (Link(label=say("privacy.export_link"), url=f"{facts.public_url}/privacy/export"),)
        if len(content) > _LONGEST_SHOWN:
            shown = Say(text=say("privacy.export_long"), tone=Tone.NOTICE, links=links if facts.public_url else ())
            return Turn(talk=talk, commands=(shown,))
        shown = Say(
            text=say("privacy.exported", content=content), tone=Tone.NOTICE, private=True,
            public=say("privacy.export_long"), links=links if facts.channel is Channel.TELEGRAM else (),
        )  # fmt: skip
        return Turn(talk=talk, commands=(shown,))

    async def forget(self, work: Work, facts: Facts) -> Turn:
        """Withdraws open cases, deletes every personal word; the conversation starts anew."""
        person = facts.person
        open_cases = await work.cases.of_owner(person.id, open_only=True, limit=1_000)
        for case in open_cases:
            await self.casework.act(
                work, person, Order(case=case.id, request=MoveRequest(move=Move.WITHDRAW)), facts.at
            )
        await work.people.forget(person.id, facts.at)
        await work.audit.write(at=facts.at, actor=person.id, what="privacy.forget", on=person.id, detail={})
        withdrawn = say("privacy.withdrawn", count=len(open_cases)) if open_cases else ""
        return Turn(talk=Talk(), commands=(Say(text=say("privacy.forgotten", withdrawn=withdrawn), tone=Tone.NOTICE),))


def _name(kind: str) -> str:
    key = f"privacy.name.{kind}"
    return say(key) if has(key) else kind
