"""From an error to what the visitor sees: one clear Chinese sentence, as a page or as JSON, and never an inside.

Missing and forbidden give the same 404, letter for letter.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.store.errors import DiskFull, FileTooLarge, StoreError
from bot.web.csrf import ForeignRequest
from bot.web.incoming import BadMessageId
from bot.web.limits import TooOften
from bot.web.pages import page
from bot.web.posts import BadPost
from bot.web.session import LoginNeeded, NotHere, login_address
from desk.errors import NoSuchCase
from handlers.apologies import sentence
from handlers.casework import WordsNeeded
from handlers.invitations import NotForYou, NotInvited

_log = structlog.get_logger(__name__)
_MIB: Final = 1024 * 1024
_MINUTE_S: Final = 60
_TOO_LARGE: Final = "文件太大了，每个最大{limit} MB。请压缩后再传，或者分成几个。"
_TOO_LONG: Final = "内容太长了，请不要超过2万字。"
NOT_HERE: Final = "没有找到这个页面，或者您看不到它。请核对地址，或者回到首页。"
TOO_OLD: Final = "页面放得太久或者不是从本站打开的，请刷新页面再试一次。刚才写的内容还在。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is answered: HTTP status, a code for scripts, the sentence for people, seconds to wait (0: none)."""

    status: int
    code: str
    text: str
    wait_s: int = 0


_BAD_REQUEST: Final = Problem(status=400, code="bad_request", text="看不懂这个请求，请刷新页面再试。")
_PLAIN: Final[Mapping[type[Exception], Problem]] = {
    NoSuchCase: Problem(status=404, code="not_here", text=NOT_HERE),
    NotHere: Problem(status=404, code="not_here", text=NOT_HERE),
    NotForYou: Problem(status=404, code="not_here", text=NOT_HERE),
    web.HTTPNotFound: Problem(status=404, code="not_here", text=NOT_HERE),
    web.HTTPForbidden: Problem(status=404, code="not_here", text=NOT_HERE),
    NotInvited: Problem(
        status=404,
        code="not_invited",
        text="这个链接打不开：可能已经用过、过期或者不完整。请向发给您的人再要一个。",
    ),
    ForeignRequest: Problem(status=403, code="stale_page", text=TOO_OLD),
    DiskFull: Problem(
        status=507, code="full", text="服务器的存储空间满了，这一次没有保存。请稍后再试，急事请直接打电话。"
    ),
    StoreError: Problem(status=503, code="busy", text="服务器现在很忙，这一次没有保存，请过一会儿再试。", wait_s=5),
    web.HTTPServiceUnavailable: Problem(status=503, code="busy", text="现在人太多了，请过一会儿再试。", wait_s=5),
    BadMessageId: Problem(status=422, code="bad_post", text=_BAD_REQUEST.text),
    web.HTTPRequestEntityTooLarge: Problem(status=413, code="too_large", text="发送的内容太大了。"),
    web.HTTPMethodNotAllowed: Problem(status=405, code="method", text="这个地址不能这样打开。请回到首页。"),
    web.HTTPClientError: _BAD_REQUEST,
}


def problem_of(error: Exception) -> Problem | None:
    """The answer to a known error, that of its class or of the nearest class above; None for the unknown."""
    match error:
        case TooOften(wait=wait):
            seconds = max(1, round(wait.total_seconds()))
            when = f"{seconds}秒" if seconds < _MINUTE_S else f"{-(-seconds // _MINUTE_S)}分钟"
            return Problem(status=429, code="too_often", text=f"操作太频繁了，请{when}后再试。", wait_s=seconds)
        case FileTooLarge(limit=limit):
            return Problem(status=413, code="too_large", text=_TOO_LARGE.format(limit=limit // _MIB))
        case BadPost(text=text):
            return Problem(status=422, code="bad_post", text=text)
        case WordsNeeded(too_long=too_long):
            return Problem(status=422, code="words", text=_TOO_LONG if too_long else "请写下内容再发送。")
        case _:
            plain = next((_PLAIN[kind] for kind in type(error).__mro__ if kind in _PLAIN), None)
            known = sentence(error) if plain is None else None
            return plain if known is None else Problem(status=409, code="refused", text=known)


def wants_json(request: web.Request) -> bool:
    """Whether a script asks."""
    asked = request.headers.get("Accept", "").startswith("application/json")
    return asked or request.content_type == "application/json"


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns every error into an answer; the unknown becomes an apology with a number that is also in the log."""
    try:
        return await handler(request)
    except LoginNeeded as error:
        if wants_json(request):
            return _json(Problem(status=401, code="login", text="登录已过期，请重新登录。"))
        return _redirect(web.HTTPSeeOther(login_address(error.back)))
    except web.HTTPException as error:
        if error.status_code < 400:  # noqa: PLR2004 - redirects are no problems
            return _redirect(error)
        return await answer(request, problem_of(error) or _unknown(request, error))
    except Exception as error:  # noqa: BLE001 - the last place that can apologise
        return await answer(request, problem_of(error) or _unknown(request, error))


async def answer(request: web.Request, problem: Problem) -> web.Response:
    """The problem as JSON or as a page."""
    if wants_json(request):
        response = _json(problem)
    else:
        response = await page(request, "error.html", status=problem.status, problem=problem)
    if problem.wait_s:
        response.headers["Retry-After"] = str(problem.wait_s)
    return response


def _redirect(error: web.HTTPException) -> web.Response:
    # A response of our own: what stands around (cookies, headers) adds to returned answers only.
    return web.Response(status=error.status_code, headers={"Location": error.headers["Location"]})


def _json(problem: Problem) -> web.Response:
    body = {"error": {"code": problem.code, "text": problem.text, "wait_s": problem.wait_s}}
    return web.json_response(body, status=problem.status)


def _unknown(request: web.Request, error: Exception) -> Problem:
    number = secrets.token_hex(4)
    _log.error("web.failed", number=number, method=request.method, path=_route(request), exc_info=error)
    return Problem(status=500, code="failed", text=f"出错了，这一次没有办成，已记录（编号 {number}）。请稍后再试。")


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "?"
