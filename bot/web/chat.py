"""The owner's chat: the page, and what it posts. Everything posted is stored before it is confirmed, and once only."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from bot import metrics
from bot.store.work import SqlWork
from bot.web import limits
from bot.web.incoming import incoming, key_of
from bot.web.labels import PREVIEWED
from bot.web.pages import page
from bot.web.posts import LONGEST_TEXT, BadPost, body_of, ids_of, own_files, text_of
from bot.web.session import csrf_token, ensure_person, viewer
from bot.web.site import SITE
from desk.case import CaseId
from desk.people import Person
from handlers import actions
from handlers.actions import Action, decode, encode
from handlers.consent import KEEP
from handlers.intake_draft import MATTERS, MOST_FILES

_ANSWERED_ONCE: Final = (
    actions.Consent, actions.ChooseAudience, actions.PickTarget, actions.GiveReason, actions.Cancel, actions.Deadline,
    actions.IntakeChoice, actions.ConfirmHandover, actions.Privacy,
)  # fmt: skip
"""Buttons that go with the first press; the others (feedback, basis, rating …) stay for a second thought."""
_EXAMPLES: Final = (
    ("contract", "客户收了货一直不付货款，怎么要回来？"),
    ("labour", "试用期内觉得员工不合适，可以直接辞退吗？"),
    ("secret", "员工离职带走客户资料、技术去了对手公司，怎么办？"),
    ("penalty", "第一次违法，能不能不罚？"),
    ("enforcement", "官司打赢了对方不给钱，怎么申请强制执行？"),
    ("data", "客户信息泄露了，公司要怎么处理，会被罚吗？"),
)
MOST_FILLED_IN: Final = 20


async def show(request: web.Request) -> web.Response:
    """The page. Looking makes no session and no person."""
    site = request.app[SITE]
    return await page(
        request, "chat.html", examples=_EXAMPLES, matters=tuple(MATTERS), most_files=MOST_FILES,
        upload_limit_mib=site.settings.upload_limit_mib, longest=LONGEST_TEXT, previewed=sorted(PREVIEWED),
    )  # fmt: skip


async def state(request: web.Request) -> web.Response:
    """The present token, for a page that lost its own; whether the visitor is known."""
    return _said(request)


async def start(request: web.Request) -> web.Response:
    """Makes the device's session, so that what follows may be sent side by side."""
    site = request.app[SITE]
    address, at = limits.client_address(request), site.clock()
    async with site.store.work() as work:
        await limits.count(work, limits.START, who=address, address=address, at=at)
        await ensure_person(request, work, at)
        await work.commit()
    return _said(request)


async def send(request: web.Request) -> web.Response:
    """A text with attachments, to a case or as a question. Sent again with its id, it has no second effect."""
    site, body = request.app[SITE], await body_of(request)
    text = text_of(body, "text", longest=LONGEST_TEXT)
    case = CaseId(text_of(body, "case", longest=64)) or None
    files, at = ids_of(body, "files"), site.clock()
    if not text.strip() and not files:
        raise BadPost("请写一句您想问的，或者加一个附件。")
    async with site.store.work() as work:
        person = await ensure_person(request, work, at)
        key = key_of("said", person.id, text_of(body, "id"))
        await limits.count(work, limits.SEND, who=person.id, address=limits.client_address(request), at=at)
        records = await own_files(work, person.id, files)
        row = incoming(person.id, text_of(body, "id"), at, text=text, files=records, case=case)
        (fresh,) = await work.inbox.add_many([row])
        if fresh is not None:
            kept = case is not None or await _keeps(work, person)
            work.chat.said(person.id, text if kept else "", at=at, key=key, case=case, files=records)
        await work.commit()
    if fresh is not None:
        metrics.MESSAGES.labels("web", "in").inc()
    site.wake()
    return _said(request)


async def press(request: web.Request) -> web.Response:
    """A button. ``seq`` is the line it stands on; ``words`` fills in what was written before consent was given."""
    site, body = request.app[SITE], await body_of(request)
    action, at = decode(text_of(body, "action", longest=actions.LIMIT_BYTES)), site.clock()
    if action is None:
        raise BadPost("这个按钮已经过期了，请从菜单重新开始。")
    async with site.store.work() as work:
        person = await ensure_person(request, work, at)
        key = key_of("press", person.id, text_of(body, "id"))
        await limits.count(work, limits.PRESS, who=person.id, address=limits.client_address(request), at=at)
        (fresh,) = await work.inbox.add_many([incoming(person.id, text_of(body, "id"), at, action=action)])
        if fresh is not None:
            label = await _take_button(work, person, body.get("seq"), action)
            if label:
                work.chat.said(person.id, label, at=at, key=key)
            if action == actions.Consent(what=KEEP, yes=True):
                await _fill_in(work, person, body.get("words"))
        await work.commit()
    if fresh is not None:
        metrics.MESSAGES.labels("web", "in").inc()
    site.wake()
    return _said(request)


async def _keeps(work: SqlWork, person: Person) -> bool:
    return person.staff or await work.people.consented(person.id, KEEP) is True


async def _take_button(work: SqlWork, person: Person, seq: object, action: Action) -> str:
    """The label of the pressed button; takes the line's buttons off where one answer is enough."""
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 < seq < 2**31:
        return ""
    lines = await work.chat.after(person.id, seq - 1, limit=1)
    reply = lines[0].reply if lines and lines[0].seq == seq else None
    if reply is None:
        return ""
    pressed = encode(action)
    found = [each.label for row in reply.buttons for each in row if encode(each.action) == pressed]
    if found and isinstance(action, _ANSWERED_ONCE):
        await work.chat.unbutton(person.id, seq)
    return found[0] if found else ""


async def _fill_in(work: SqlWork, person: Person, words: object) -> None:
    if not isinstance(words, list):
        return
    for item in words[:MOST_FILLED_IN]:
        if isinstance(item, dict):
            key = key_of("said", person.id, text_of(item, "id"))
            await work.chat.said_before(person.id, key, text_of(item, "text", longest=LONGEST_TEXT))


def _said(request: web.Request) -> web.Response:
    return web.json_response({"ok": True, "csrf": csrf_token(request), "known": viewer(request) is not None})


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [
        web.get("/", show),
        web.get("/chat/state", state),
        web.post("/chat/start", start),
        web.post("/chat/send", send),
        web.post("/chat/press", press),
    ]
