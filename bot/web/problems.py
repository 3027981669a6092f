"""From an error to what the visitor sees: one clear Chinese sentence, as a page or as JSON, and never an inside.

Missing and forbidden give the same 404, letter for letter.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.store.errors import DiskFull, FileTooLarge, StoreError
from bot.web.csrf import ForeignRequest
from bot.web.limits import TooOften
from bot.web.pages import page
from bot.web.session import LoginNeeded, NotHere, login_address
from desk.errors import NoSuchCase
from handlers.apologies import sentence
from handlers.casework import WordsNeeded
from handlers.invitations import NotForYou, NotInvited

_log = structlog.get_logger(__name__)
_MIB: Final = 1024 * 1024
NOT_HERE: Final = "没有找到这个页面，或者您看不到它。请核对地址，或者回到首页。"
TOO_OLD: Final = "页面放得太久或者不是从本站打开的，请刷新页面再试一次。刚才写的内容还在。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is answered: HTTP status, a code for scripts, the sentence for people, seconds to wait (0: none)."""

    status: int
    code: str
    text: str
    wait_s: int = 0


def problem_of(error: Exception) -> Problem | None:
    """The answer to a known error; None for the unknown."""
    match error:
        case NoSuchCase() | NotHere() | NotForYou() | web.HTTPNotFound() | web.HTTPForbidden():
            return Problem(status=404, code="not_here", text=NOT_HERE)
        case NotInvited():
            return Problem(status=404, code="not_invited", text="这个链接打不开：可能已经用过、过期或者不完整。请向发给您的人再要一个。")
        case ForeignRequest():
            return Problem(status=403, code="stale_page", text=TOO_OLD)
        case TooOften(wait=wait):
            seconds = max(1, round(wait.total_seconds()))
            when = f"{seconds}秒" if seconds < 60 else f"{-(-seconds // 60)}分钟"  # noqa: PLR2004 - seconds
            return Problem(status=429, code="too_often", text=f"操作太频繁了，请{when}后再试。", wait_s=seconds)
        case FileTooLarge(limit=limit):
            return Problem(status=413, code="too_large", text=f"文件太大了，每个最大{limit // _MIB} MB。请压缩后再传，或者分成几个。")
        case WordsNeeded(too_long=too_long):
            return Problem(status=422, code="words", text="内容太长了，请不要超过2万字。" if too_long else "请写下内容再发送。")
        case DiskFull():
            return Problem(status=507, code="full", text="服务器的存储空间满了，这一次没有保存。请稍后再试，急事请直接打电话。")
        case StoreError():
            return Problem(status=503, code="busy", text="服务器现在很忙，这一次没有保存，请过一会儿再试。", wait_s=5)
        case web.HTTPRequestEntityTooLarge():
            return Problem(status=413, code="too_large", text="发送的内容太大了。")
        case web.HTTPMethodNotAllowed():
            return Problem(status=405, code="method", text="这个地址不能这样打开。请回到首页。")
        case web.HTTPException() if error.status_code < 500:  # noqa: PLR2004 - HTTP
            return Problem(status=error.status_code, code="bad_request", text="看不懂这个请求，请刷新页面再试。")
        case _:
            known = sentence(error)
            return Problem(status=409, code="refused", text=known) if known is not None else None


def wants_json(request: web.Request) -> bool:
    """Whether a script asks."""
    return request.headers.get("Accept", "").startswith("application/json") or request.content_type == "application/json"


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
