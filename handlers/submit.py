"""The web form of 找人工 from its fields to the opened case, bound to the preview that the owner saw."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from desk.errors import NoSuchCase
from handlers.conversation import Talk
from handlers.handover import Handover
from handlers.handover_form import HandoverForm, Outcome, read_form
from handlers.heard import about
from handlers.intake_draft import Draft, judged
from handlers.ports import Work
from handlers.texts import say
from handlers.turn import Facts
from knowledge.entry import EntryId

_KEYS_KEPT = 10


async def submit(
    handover: Handover, work: Work, talk: Talk, form: HandoverForm, facts: Facts, *, key: str
) -> tuple[Outcome, Talk]:
    """What became of the form, and the conversation afterwards. The same ``key`` never opens a second case."""
    before = next((number for sent, number in talk.memory.sent if sent == key), None)
    if before is not None:
        return Outcome(number=before, preview=say("intake.sent_before", number=before)), talk
    begun = await _begun(work, talk, form, facts)
    draft, errors = read_form(form, begun)
    if errors:
        return Outcome(errors=errors), talk
    competence = judged(draft, facts.person)
    if competence.role is None:
        return Outcome(preview=handover.preview(draft, facts.person).text, refused=True), talk
    shown = digest(draft)
    if not form.confirmed or form.shown != shown:
        return Outcome(preview=handover.shown(draft, facts.person), shown=shown), talk
    try:
        async with work.savepoint():
            sent = await handover.send(work, facts.person, draft, facts.channel, facts.at)
    except NoSuchCase:
        return Outcome(errors={"files": say("intake.error.files")}), talk
    kept = (*talk.memory.sent, (key, sent.number))[-_KEYS_KEPT:]
    after = talk.remember(has_cases=True, draft=None, last=None, sent=kept, side=draft.side, region=draft.region)
    return Outcome(sent=sent, number=sent.number), after


def digest(draft: Draft) -> str:
    """Names what was shown: another question, reader or file needs another look."""
    shown = replace(draft, id="", candidates=())
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:24]


async def _begun(work: Work, talk: Talk, form: HandoverForm, facts: Facts) -> Draft:
    """What the hand-over starts from: the draft of the conversation, or the asked question the form names."""
    draft = talk.memory.draft
    if draft is not None and (not form.asked or form.asked == draft.asked):
        return draft
    asked = await work.questions.get(form.asked) if form.asked else None
    if asked is None or asked.person != facts.person.id:
        return Draft(id="form")
    entry = facts.base.entries.get(EntryId(about(asked)))
    topic = entry.topic if entry is not None else ""
    return Draft(id="form", asked=asked.id, topic=topic, candidates=asked.candidates)
