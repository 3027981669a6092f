"""The owner's cases on the chat page: the list, opening one by 取件码, and the form of 找人工."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from aiohttp import web

from bot.store.work import SqlWork
from bot.web import limits
from bot.web.acting import cases_here
from bot.web.incoming import key_of
from bot.web.labels import case_json
from bot.web.posts import LONGEST_TEXT, BadPost, body_of, ids_of, own_files, text_of
from bot.web.session import csrf_token, ensure_person, viewer
from bot.web.site import SITE
from desk.people import Person
from handlers import conversation
from handlers.handover import Sent
from handlers.handover_form import HandoverForm, Outcome
from handlers.messages import Channel, Reply, Tone
from handlers.pickup import read_pickup

_NO_SUCH_PAIR: Final = "编号和取件码对不上，请核对后再试。取件码是12位字母和数字。"
_TEXTS: Final = tuple(item.name for item in fields(HandoverForm) if item.name not in {"files", "confirmed"})


async def cases(request: web.Request) -> web.Response:
    """我的案件: the own ones of this device or login, and those opened here by code."""
    site, person = request.app[SITE], viewer(request)
    if person is None:
        return web.json_response({"cases": []})
    async with site.store.reading() as work:
        found = await cases_here(work, person)
    return web.json_response({"cases": [case_json(case, site, here=here) for case, here in found]})


async def pickup(request: web.Request) -> web.Response:
    """Opens a case by number and 取件码. Few tries: by person, by address and by case number."""
    site, body = request.app[SITE], await body_of(request)
    at = site.clock()
    number, code = read_pickup(f"{text_of(body, 'number', longest=80)} {text_of(body, 'code', longest=80)}")
    async with site.store.work() as work:
        person = await ensure_person(request, work, at)
        key = key_of("pickup", person.id, text_of(body, "id"))
        address = limits.client_address(request)
        try:
            await limits.count(work, limits.PICKUP, who=person.id, address=address, at=at)
            await limits.count(work, limits.PICKUP_CASE, who=number, address=address, at=at)
        finally:
            await work.commit()
    async with site.store.work() as work:
        opened = bool(number and code) and await site.dispatcher.open_by_pickup(
            work, person, number, code, at=at, key=key
        )
        if opened:
            await limits.clear(work, limits.PICKUP, who=person.id)
        await work.commit()
    return _json(request, {"opened": opened, "number": number} | ({} if opened else {"text": _NO_SUCH_PAIR}))


async def handover(request: web.Request) -> web.Response:
    """What the form of 找人工 begins with: the question asked last, if there is one."""
    person, begun = viewer(request), {}
    if person is not None:
        async with request.app[SITE].store.reading() as work:
            row = await work.conversations.load(person.id, Channel.WEB)
            contact = await work.people.contact(person.id)
        draft = conversation.read(row.state if row is not None else None).memory.draft
        begun = {"name": person.name, "email": contact.email, "phone": contact.phone}
        if draft is not None:
            begun |= {
                "question": draft.question, "asked": draft.asked, "situation": draft.situation, "side": draft.side,
                "region": draft.region.rpartition("/")[2], "topic": draft.topic, "other_party": draft.party or "",
            }  # fmt: skip
    return web.json_response(begun)


async def form(request: web.Request) -> web.Response:
    """Errors by field, or who will see it (nothing is sent yet), or the opened case with its 取件码, this once."""
    site, body = request.app[SITE], await body_of(request)
    filled, at = read_filled(body), site.clock()
    async with site.store.work() as work:
        person = await ensure_person(request, work, at)
        key = key_of("form", person.id, text_of(body, "id"))
        await limits.count(work, limits.HANDOVER, who=person.id, address=limits.client_address(request), at=at)
        if not filled.confirmed:
            await own_files(work, person.id, filled.files)
        outcome = await site.dispatcher.submit_form(work, person, filled, at, key)
        if outcome.sent is not None:
            await _tell(work, person, outcome.sent, key, request)
        await work.commit()
    site.wake()
    return _json(request, _outcome(outcome))


def read_filled(body: dict[str, Any]) -> HandoverForm:
    """The form's values. Raises BadPost."""
    longest = {"question": LONGEST_TEXT}
    values = {name: text_of(body, name, longest=longest.get(name, 500)) for name in _TEXTS}
    confirmed = body.get("confirmed", False)
    if not isinstance(confirmed, bool):
        raise BadPost("看不懂这个请求，请刷新页面再试。")
    return HandoverForm(**values, files=tuple(ids_of(body, "files")), confirmed=confirmed)


async def _tell(work: SqlWork, person: Person, sent: Sent, key: str, request: web.Request) -> None:
    # The transcript keeps everything but the secret.
    text = "\n".join(line for line in sent.text.splitlines() if sent.pickup_code not in line)
    told = Reply(to=person.id, text=text, channel=Channel.WEB, tone=Tone.NOTICE, case=sent.case)
    await work.replies.put(told, at=request.app[SITE].clock(), key=key)


def _outcome(outcome: Outcome) -> dict[str, Any]:
    made: dict[str, Any] = {
        "errors": dict(outcome.errors), "preview": outcome.preview, "shown": outcome.shown, "refused": outcome.refused,
        "number": outcome.number,
    }  # fmt: skip
    if outcome.sent is not None:
        sent = outcome.sent
        made["sent"] = {"case": sent.case, "number": sent.number, "code": sent.pickup_code, "text": sent.text}
    return made


def _json(request: web.Request, values: dict[str, Any]) -> web.Response:
    return web.json_response(values | {"csrf": csrf_token(request)})


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [
        web.get("/chat/cases", cases),
        web.post("/chat/pickup", pickup),
        web.get("/chat/handover", handover),
        web.post("/chat/form", form),
    ]
