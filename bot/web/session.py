"""Who is at the other end: server-side sessions behind two cookies, the login of staff and the device of an owner.

A device session comes into being with the first thing somebody sends, never by looking at a page. Logging in leaves
the device's own session as it was: after logging out the anonymous owner is back.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.store.sessions import Session
from bot.store.work import SqlWork
from bot.web.site import SITE, Site
from desk.people import Person, PersonId, Role
from handlers.invitations import new_person_id

LOGIN: Final = "login"
DEVICE: Final = "device"
BEFORE: Final = "before"
"""The cookie of a browser without session: what its forms are bound to."""
LIFE: Final = {LOGIN: timedelta(days=3), DEVICE: timedelta(days=180), BEFORE: timedelta(days=1)}
_PROLONG_AFTER: Final = timedelta(minutes=10)


@dataclass(slots=True, kw_only=True)
class Visit:
    """What a request's cookies say. ``cookies``: (kind, value; "" deletes) to be set with the response."""

    session: Session | None = None
    person: Person | None = None
    before: str = ""
    cookies: list[tuple[str, str]] = field(default_factory=list)


VISIT: Final = web.RequestKey("visit", Visit)


class LoginNeeded(Exception):
    """A page for people who are logged in; ``back`` is the path to return to."""

    def __init__(self, back: str) -> None:
        super().__init__(back)
        self.back = back


class NotHere(Exception):
    """Missing or forbidden: the two look the same."""


def viewer(request: web.Request) -> Person | None:
    """The active person of this request: who is logged in, else the anonymous owner of the device, else None."""
    return request[VISIT].person


def staff_viewer(request: web.Request) -> Person | None:
    """Who is logged in (not by device alone) and holds a staff role."""
    visit = request[VISIT]
    logged_in = visit.session is not None and visit.session.kind == LOGIN
    return visit.person if logged_in and visit.person is not None and visit.person.staff else None


def require_viewer(request: web.Request) -> Person:
    """The person, or NotHere."""
    person = viewer(request)
    if person is None:
        raise NotHere
    return person


def require_staff(request: web.Request, *roles: Role) -> Person:
    """The logged-in member of staff, of one of ``roles`` where any is named.

    Raises LoginNeeded for somebody who is not logged in, NotHere for everybody else.
    """
    visit = request[VISIT]
    if visit.session is None or visit.session.kind != LOGIN:
        raise LoginNeeded(request.path_qs if request.method == "GET" else "")
    person = staff_viewer(request)
    if person is None or (roles and not person.roles & set(roles)):
        raise NotHere
    return person


async def ensure_person(request: web.Request, work: SqlWork, at: datetime) -> Person:
    """The viewer; for a new device a new anonymous owner, in the caller's transaction."""
    visit = request[VISIT]
    if visit.person is not None:
        return visit.person
    person = Person(id=new_person_id())
    await work.people.add(person)
    visit.person = person
    await begin(request, work, person.id, DEVICE, at)
    return person


async def begin(request: web.Request, work: SqlWork, person: PersonId, kind: str, at: datetime) -> Session:
    """A new session of the browser, with a new secret; an earlier one of that kind ends."""
    visit = request[VISIT]
    old = request.cookies.get(cookie_name(request.app[SITE], kind))
    if old:
        await work.sessions.revoke(digest(old))
    secret = secrets.token_urlsafe(32)
    session = Session(
        digest=digest(secret), person=person, kind=kind, csrf=secrets.token_urlsafe(24), created_at=at, seen_at=at,
        expires_at=at + LIFE[kind],
    )  # fmt: skip
    await work.sessions.add(session)
    visit.session = session
    visit.cookies.append((kind, secret))
    return session


async def end(request: web.Request, work: SqlWork) -> None:
    """Logs out: the login session ends at once, on the server."""
    visit = request[VISIT]
    if visit.session is not None and visit.session.kind == LOGIN:
        await work.sessions.revoke(visit.session.digest)
        visit.cookies.append((LOGIN, ""))


def csrf_token(request: web.Request) -> str:
    """What every form and every script request must send back: the session's, or one bound to the browser's cookie."""
    visit = request[VISIT]
    if visit.session is not None:
        return visit.session.csrf
    if not visit.before:
        visit.before = secrets.token_urlsafe(24)
        visit.cookies.append((BEFORE, visit.before))
    return _bound(request.app[SITE].key, visit.before)


def csrf_fits(request: web.Request, given: str) -> bool:
    """Whether the token is this browser's."""
    visit = request[VISIT]
    if visit.session is not None:
        return hmac.compare_digest(visit.session.csrf.encode(), given.encode())
    if not visit.before:
        return False
    return hmac.compare_digest(_bound(request.app[SITE].key, visit.before).encode(), given.encode())


def _bound(key: bytes, value: str) -> str:
    return hmac.new(key, b"csrf:" + value.encode(), hashlib.sha256).hexdigest()


def digest(secret: str) -> str:
    """What is kept of a cookie's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def secure(site: Site) -> bool:
    """Whether the public address is https."""
    return site.settings.address.startswith("https://")


def cookie_name(site: Site, kind: str) -> str:
    """The cookie of a kind; ``__Host-`` behind https, so that no other host of the domain can set it."""
    return f"{'__Host-' if secure(site) else ''}tijian_{kind}"


def login_address(back: str) -> str:
    """The login page, coming back afterwards to a path of ours."""
    return f"/login?next={quote(back, safe='/')}" if back else "/login"


async def read_visit(request: web.Request) -> Visit:
    """Reads the cookies' sessions; the login stands before the device."""
    site = request.app[SITE]
    at = site.clock()
    visit = Visit(before=request.cookies.get(cookie_name(site, BEFORE), "")[:64])
    given = {kind: request.cookies.get(cookie_name(site, kind), "") for kind in (LOGIN, DEVICE)}
    if not any(given.values()):
        return visit
    async with site.store.reading() as work:
        for kind, secret in given.items():
            session = await work.sessions.get(digest(secret), at) if secret else None
            person = await work.people.get(session.person) if session is not None else None
            if session is not None and session.kind == kind and person is not None and person.active:
                visit.session, visit.person = session, person
                break
    if visit.session is not None and at - visit.session.seen_at > _PROLONG_AFTER:
        kind = visit.session.kind
        async with site.store.work() as work:
            await work.sessions.seen(visit.session.digest, at, at + LIFE[kind])
            await work.commit()
        visit.cookies.append((kind, given[kind]))
    return visit


def put_cookies(request: web.Request, response: web.StreamResponse) -> None:
    """Sets what the visit gathered. Nothing once the headers are out (an event stream)."""
    site = request.app[SITE]
    if response.prepared:
        return
    for kind, value in request[VISIT].cookies:
        name = cookie_name(site, kind)
        if value:
            age = int(LIFE[kind].total_seconds())
            response.set_cookie(name, value, max_age=age, path="/", secure=secure(site), httponly=True, samesite="Lax")
        else:
            response.del_cookie(name, path="/", secure=secure(site), httponly=True, samesite="Lax")


@web.middleware
async def visits(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Reads who it is before, sets cookies after."""
    request[VISIT] = await read_visit(request) if _has_people(request.path) else Visit()
    response = await handler(request)
    put_cookies(request, response)
    return response


def _has_people(path: str) -> bool:
    return not path.startswith(("/static/", "/healthz", "/readyz", "/metrics"))
