"""Coming in: one-time links (looking does not use them up), passwords, logging out, and one's own sessions."""

from __future__ import annotations

import unicodedata
from typing import Final

from aiohttp import web

from bot.store.passwords import hash_password, password_fits
from bot.web import limits
from bot.web.pages import page
from bot.web.session import LOGIN, VISIT, begin, end, require_staff
from bot.web.site import SITE
from desk.people import Person
from handlers import binding
from handlers.invitations import NotInvited

SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 200
_LONGEST_LOGIN: Final = 64


async def show_link(request: web.Request) -> web.Response:
    """What the link gives, and the button that uses it. Link previews fetch this page and change nothing."""
    site = request.app[SITE]
    async with site.store.reading() as work:
        invitation = await site.invitations.look(work, request.match_info["secret"], site.clock())
        known = await work.people.get(invitation.person) if invitation.person is not None else None
    return await page(request, "join.html", invitation=invitation, known=known)


async def use_link(request: web.Request) -> web.Response:
    """Uses the link up and logs in."""
    site = request.app[SITE]
    form = await request.post()
    at = site.clock()
    address = limits.client_address(request)
    async with site.store.work() as work:
        await limits.count(work, limits.JOIN, who=address, address=address, at=at)
        try:
            person = await site.invitations.redeem(
                work, request.match_info["secret"], at, name=str(form.get("name", ""))[:40]
            )
        except NotInvited:
            await work.commit()
            raise
        await begin(request, work, person.id, LOGIN, at)
        await work.commit()
    raise web.HTTPSeeOther(_home(person))


async def show_login(request: web.Request) -> web.Response:
    """The password form."""
    return await page(request, "login.html", wrong=False, back=_back(request.query.get("next", "")), login="")


async def log_in(request: web.Request) -> web.Response:
    """Checks login and password. The answer, and the time it takes, do not tell whether there is such a login."""
    site = request.app[SITE]
    form = await request.post()
    login, password = read_login(str(form.get("login", ""))), str(form.get("password", ""))[:LONGEST_PASSWORD]
    back, at = _back(str(form.get("next", ""))), site.clock()
    async with site.store.work() as work:
        await limits.count(work, limits.LOGIN, who=login, address=limits.client_address(request), at=at)
        kept = await work.sessions.password(login)
        person = await work.people.get(kept[0]) if kept is not None else None
        await work.commit()
    fits = await password_fits(password, kept[1] if kept is not None else None)
    if not fits or person is None or not person.active:
        return await page(request, "login.html", status=401, wrong=True, back=back, login=login)
    async with site.store.work() as work:
        await limits.clear(work, limits.LOGIN, who=login)
        await begin(request, work, person.id, LOGIN, at)
        await work.audit.write(at=at, actor=person.id, what="people.login", on=person.id, detail={})
        await work.commit()
    raise web.HTTPSeeOther(back or _home(person))


async def log_out(request: web.Request) -> web.Response:
    """Ends the session on the server."""
    async with request.app[SITE].store.work() as work:
        await end(request, work)
        await work.commit()
    raise web.HTTPSeeOther("/login")


async def show_account(request: web.Request) -> web.Response:
    """The member's own sessions, and the form for a password."""
    return await account_page(request, require_staff(request))


async def set_password(request: web.Request) -> web.Response:
    """Keeps a password; all other sessions end."""
    site, person = request.app[SITE], require_staff(request)
    form = await request.post()
    login, password = read_login(str(form.get("login", ""))), str(form.get("password", ""))
    wrong = _objection(login, password, str(form.get("again", "")))
    if wrong:
        return await account_page(request, person, wrong=wrong, login=login, status=422)
    hashed = await hash_password(password)
    session = request[VISIT].session
    async with site.store.work() as work:
        kept = await work.sessions.set_password(person.id, login, hashed)
        if kept:
            await work.sessions.revoke_all(person.id, but=session.digest if session is not None else "")
            await work.audit.write(at=site.clock(), actor=person.id, what="people.password", on=person.id, detail={})
        await work.commit()
    if not kept:
        return await account_page(request, person, wrong="这个登录名已经有人用了，请换一个。", login=login, status=422)
    return await account_page(request, person, done="密码已设好。其他设备上的登录都已退出。")


async def revoke_others(request: web.Request) -> web.Response:
    """Ends every other session of the member at once."""
    site, person = request.app[SITE], require_staff(request)
    session = request[VISIT].session
    async with site.store.work() as work:
        count = await work.sessions.revoke_all(person.id, but=session.digest if session is not None else "")
        await work.commit()
    return await account_page(request, person, done=f"已退出另外{count}处登录。")


async def account_page(
    request: web.Request, person: Person, *, wrong: str = "", done: str = "", login: str = "", code: str = "",
    status: int = 200,
) -> web.Response:  # fmt: skip
    """The account page. ``code`` is shown this once: it binds a Telegram account."""
    site, current = request.app[SITE], request[VISIT].session
    async with site.store.reading() as work:
        sessions = await work.sessions.of(person.id)
        bound = await binding.bound(work, person.id)
    return await page(
        request, "account.html", status=status, wrong=wrong, done=done, login=login, sessions=sessions,
        current=current.digest if current is not None else "", shortest=SHORTEST_PASSWORD, code=code, bound=bound,
        telegram=site.telegram(),
    )  # fmt: skip


def read_login(text: str) -> str:
    """A login name as it is kept: half width, lower case."""
    return unicodedata.normalize("NFKC", text).strip().casefold()[:_LONGEST_LOGIN]


def _objection(login: str, password: str, again: str) -> str:
    if not login or any(letter.isspace() for letter in login):
        return "请写登录名，中间不要有空格。"
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return f"密码至少{SHORTEST_PASSWORD}位，可以用一句好记的话。"
    if password.casefold() == login:
        return "密码不能和登录名一样。"
    return "" if password == again else "两次写的密码不一样。"


def _home(person: Person) -> str:
    return "/console" if person.staff else "/"


def _back(path: str) -> str:
    # A path of ours only: "//host" and "/\host" lead elsewhere.
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else ""


def routes() -> list[web.RouteDef]:
    """The pages of this module."""
    return [
        web.get("/join/{secret:[A-Za-z0-9_-]{20,64}}", show_link),
        web.post("/join/{secret:[A-Za-z0-9_-]{20,64}}", use_link),
        web.get("/login", show_login),
        web.post("/login", log_in),
        web.post("/logout", log_out),
        web.get("/account", show_account),
        web.post("/account/password", set_password),
        web.post("/account/sessions", revoke_others),
    ]
