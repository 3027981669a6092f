"""Looking into the serving FAQ base: search, one entry, and a box that shows what the bot would make of a question."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from aiohttp import web

from bot.web.console_diff import shown
from bot.web.console_faq import today_of
from bot.web.console_page import console_page, number_of, with_power
from bot.web.session import NotHere
from bot.web.site import SITE
from handlers.access import Power
from knowledge.decision import Decision
from knowledge.entry import Audience, Entry, EntryId
from knowledge.labels import TITLES

PAGE: Final = 50
_LONGEST: Final = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What the bot makes of a question now, with the entries of its candidates."""

    decision: Decision
    entries: Mapping[EntryId, Entry]


async def browse(request: web.Request) -> web.Response:
    """Entries of the serving base by words, topic and state; with ``ask`` also the decision on a question."""
    with_power(request, Power.KEEP_FAQ)
    query, base, today = request.query, request.app[SITE].base.current, today_of(request)
    words, topic, state = query.get("q", "")[:200], query.get("topic", ""), query.get("state", "")
    found = [
        entry
        for entry in base.entries.values()
        if (not topic or entry.topic == topic) and _is(entry, state, today) and _has(entry, words)
    ]
    first = number_of(query.get("from", "")) or 0
    return await console_page(
        request, "console/browse.html", q=words, topic=topic, state=state, found=len(found), total=len(base.entries),
        entries=found[first : first + PAGE], first=first, page=PAGE, release=base.release, today=today,
        topics=dict(sorted(Counter(entry.topic for entry in base.entries.values()).items())),
        asked=query.get("ask", "")[:_LONGEST], audience=query.get("audience", ""), tried=await _try(request),
    )  # fmt: skip


async def _try(request: web.Request) -> Tried | None:
    question = request.query.get("ask", "")[:_LONGEST].strip()
    if not question:
        return None
    base = request.app[SITE].base.current
    audience = next((each for each in Audience if each.value == request.query.get("audience")), None)
    decision = await asyncio.to_thread(base.matcher.decide, question, audience=audience)
    return Tried(decision=decision, entries=base.entries)


async def show_entry(request: web.Request) -> web.Response:
    """One entry as it serves."""
    with_power(request, Power.KEEP_FAQ)
    base = request.app[SITE].base.current
    entry = base.entries.get(EntryId(request.match_info["entry"]))
    if entry is None:
        raise NotHere
    related = [base.entries[each] for each in entry.related if each in base.entries]
    return await console_page(
        request, "console/entry.html", entry=entry, rows=_rows(entry), related=related, release=base.release,
        to_review=entry.needs_review(today_of(request)),
    )  # fmt: skip


def _rows(entry: Entry) -> Sequence[tuple[str, str]]:
    hidden = {"id", "question", "answer", "related"}
    rows = ((title, shown(name, getattr(entry, name))) for name, title in TITLES.items() if name not in hidden)
    return [(title, text) for title, text in rows if text]


def _is(entry: Entry, state: str, today: date) -> bool:
    if state == "review":
        return entry.needs_review(today)
    return not state or state in {entry.status.value, entry.risk.value}


def _has(entry: Entry, words: str) -> bool:
    text = "\n".join((entry.id, *entry.phrases, entry.answer)).casefold()
    return all(word in text for word in words.casefold().split())


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [
        web.get("/console/faq/browse", browse),
        web.get("/console/faq/entries/{entry:[A-Za-z0-9_.-]{1,128}}", show_entry),
    ]
