"""The Bot API's side: updates with offsets, webhook delivery, messages sent, files. Faults come from ``control``."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import aiohttp
from aiohttp import web

from tests.botapi.rules import MAX_CAPTION, Refused, check_markup, check_text
from tests.botapi.talk import Talk


@dataclass
class Fault:
    """The next ``count`` calls of ``method`` (empty: any) to ``chat`` (None: any) go wrong in this way."""

    kind: str  # 429, 403, 400, 500, 502, reset, hang, ok_then_reset, ok_then_hang
    method: str = ""
    chat: int | None = None
    count: int = 1
    retry_after: int = 1


@dataclass
class State:
    """Everything the server knows; ``log`` gets one JSON line a call, flushed before the answer goes out."""

    token: str
    log: Path | None
    delay: float = 0.0
    updates: list[dict[str, Any]] = field(default_factory=list)
    next_update: int = 1000
    next_message: int = 1
    webhook: dict[str, Any] = field(default_factory=dict)
    chats: set[int] = field(default_factory=set)
    messages: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    polling: int = 0  # how many getUpdates came; the last one is the one that counts
    file: IO[str] | None = None
    talk: Talk | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def record(self, call: dict[str, Any]) -> None:
        """Keeps the call, and its line in the log before the answer goes out."""
        self.calls.append(call)
        self.counts[call["method"]] += 1
        if self.log is not None:
            if self.file is None:
                self.file = self.log.open("a", encoding="utf-8")
            self.file.write(json.dumps(call, ensure_ascii=False) + "\n")
            self.file.flush()

    def push(self, update: dict[str, Any]) -> int:
        number = self.next_update
        self.next_update += 1
        self.updates.append({"update_id": number, **update})
        self.arrived.set()
        return number

    def fault_for(self, method: str, chat: int | None) -> Fault | None:
        for fault in self.faults:
            if fault.count > 0 and fault.method in {"", method} and fault.chat in {None, chat}:
                fault.count -= 1
                return fault
        return None


STATE: web.AppKey[State] = web.AppKey("state", State)


async def _params(request: web.Request) -> dict[str, Any]:
    found: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        found.update(await request.json())
    elif request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            if not isinstance(part, aiohttp.BodyPartReader) or part.name is None:
                continue
            found[part.name] = (
                {"file": part.filename, "bytes": bytes(await part.read())} if part.filename else await part.text()
            )
    elif request.method == "POST":
        found.update(await request.post())
    return found


async def call(request: web.Request) -> web.StreamResponse:
    """One method call: ``/bot<token>/<method>``."""
    state = request.app[STATE]
    method = request.match_info["method"]
    if request.match_info["token"] != state.token:
        return _refusal(Refused(401, "Unauthorized"))
    params = await _params(request)
    chat = int(params["chat_id"]) if "chat_id" in params else None
    if state.delay and method != "getUpdates":
        await asyncio.sleep(state.delay)
    fault = state.fault_for(method, chat)
    if fault is not None and not fault.kind.startswith("ok_then"):
        return await _fail(request, state, fault, method, chat)
    try:
        result = await METHODS[method](state, params) if method in METHODS else True
    except Refused as refusal:
        state.record({"method": method, "chat": chat, "ok": False, "why": refusal.description, "at": time.time()})
        return _refusal(refusal)
    if method != "getUpdates":
        state.record({"method": method, "chat": chat, "ok": True, "at": time.time(), **_logged(params, result)})
    if state.talk is not None and method == "sendMessage" and chat is not None:
        state.talk.heard(chat, str(params["text"]))
    if fault is not None:
        return await _fail(request, state, Fault(kind=fault.kind.removeprefix("ok_then_")), method, chat)
    return web.json_response({"ok": True, "result": result})


def _logged(params: dict[str, Any], result: object) -> dict[str, Any]:
    kept = {
        key: params[key] for key in ("text", "caption", "reply_markup", "callback_query_id", "url") if key in params
    }
    for key in ("document", "photo"):
        if isinstance(params.get(key), dict):
            kept[key] = {"name": params[key]["file"], "size": len(params[key]["bytes"])}
    if isinstance(result, dict) and "message_id" in result:
        kept["message_id"] = result["message_id"]
    return kept


async def _fail(request: web.Request, state: State, fault: Fault, method: str, chat: int | None) -> web.StreamResponse:
    state.record({"method": method, "chat": chat, "ok": False, "why": fault.kind, "at": time.time()})
    if fault.kind == "reset":
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
    if fault.kind == "hang":
        await asyncio.sleep(3600)
    if fault.kind == "429":
        body = {"ok": False, "error_code": 429, "description": f"Too Many Requests: retry after {fault.retry_after}"}
        return web.json_response(body | {"parameters": {"retry_after": fault.retry_after}}, status=429)
    if fault.kind == "403":
        return _refusal(Refused(403, "Forbidden: bot was blocked by the user"))
    code = int(fault.kind)
    return _refusal(Refused(code, "Bad Request: chat not found" if code == 400 else "Internal Server Error"))


def _refusal(refusal: Refused) -> web.Response:
    body = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    return web.json_response(body, status=refusal.code)


async def _get_updates(state: State, params: dict[str, Any]) -> list[dict[str, Any]]:
    if state.webhook.get("url"):
        raise Refused(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
    state.polling += 1
    state.arrived.set()  # whoever asked before is told below that somebody else asks now
    mine = state.polling
    offset = int(params.get("offset") or 0)
    state.updates = [item for item in state.updates if item["update_id"] >= offset]
    until = time.monotonic() + min(float(params.get("timeout") or 0), 50)
    while not state.updates and time.monotonic() < until:
        state.arrived.clear()
        try:
            async with asyncio.timeout(until - time.monotonic()):
                await state.arrived.wait()
        except TimeoutError:
            break
        if state.polling != mine:
            raise Refused(409, "Conflict: terminated by other getUpdates request; only one bot instance may run")
    return state.updates[: int(params.get("limit") or 100)]


def _message(state: State, chat: int, params: dict[str, Any]) -> dict[str, Any]:
    if chat not in state.chats:
        raise Refused(400, "Bad Request: chat not found")
    check_markup(params.get("reply_markup"))
    number = state.next_message
    state.next_message += 1
    message = {
        "message_id": number,
        "date": int(time.time()),
        "chat": {"id": chat, "type": "private", "first_name": f"u{chat}"},
        "from": {"id": int(state.token.split(":")[0]), "is_bot": True, "first_name": "体检"},
    }
    state.messages[chat, number] = {"text": params.get("text") or params.get("caption") or ""}
    return message


async def _send_message(state: State, params: dict[str, Any]) -> dict[str, Any]:
    check_text(str(params.get("text", "")), str(params.get("parse_mode") or ""))
    return _message(state, int(params["chat_id"]), params) | {"text": params["text"]}


async def _send_file(state: State, params: dict[str, Any]) -> dict[str, Any]:
    if params.get("caption"):
        check_text(str(params["caption"]), str(params.get("parse_mode") or ""), limit=MAX_CAPTION)
    message = _message(state, int(params["chat_id"]), params)
    kind = "photo" if "photo" in params else "document"
    sent = params[kind]
    content = sent["bytes"] if isinstance(sent, dict) else b""
    name = f"sent{message['message_id']}"
    state.files[name] = content
    stored = {"file_id": name, "file_unique_id": name, "file_size": len(content)}
    if kind == "photo":
        return message | {"photo": [stored | {"width": 10, "height": 10}]}
    return message | {"document": stored | {"file_name": sent["file"] if isinstance(sent, dict) else name}}


async def _edit(state: State, params: dict[str, Any]) -> dict[str, Any]:
    key = (int(params["chat_id"]), int(params["message_id"]))
    if key not in state.messages:
        raise Refused(400, "Bad Request: message to edit not found")
    if "text" in params:
        check_text(str(params["text"]), str(params.get("parse_mode") or ""))
    check_markup(params.get("reply_markup"))
    message = {
        "message_id": key[1],
        "date": int(time.time()),
        "chat": {"id": key[0], "type": "private", "first_name": "u"},
    }
    return message | {"text": params.get("text", state.messages[key]["text"])}


async def _set_webhook(state: State, params: dict[str, Any]) -> bool:
    state.webhook = {"url": params.get("url", ""), "secret": params.get("secret_token", "")}
    state.arrived.set()
    return True


async def _delete_webhook(state: State, params: dict[str, Any]) -> bool:
    state.webhook = {}
    if str(params.get("drop_pending_updates", "")).lower() == "true":
        state.updates.clear()
    return True


async def _webhook_info(state: State, params: dict[str, Any]) -> dict[str, Any]:
    del params
    return {
        "url": state.webhook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(state.updates),
    }


async def _get_me(state: State, params: dict[str, Any]) -> dict[str, Any]:
    del params
    return {"id": int(state.token.split(":")[0]), "is_bot": True, "first_name": "体检", "username": "tijian_bot"}


async def _get_file(state: State, params: dict[str, Any]) -> dict[str, Any]:
    name = str(params["file_id"])
    if name not in state.files:
        raise Refused(400, "Bad Request: invalid file_id")
    if len(state.files[name]) > 20 * 1024 * 1024:
        raise Refused(400, "Bad Request: file is too big")
    return {"file_id": name, "file_unique_id": name, "file_size": len(state.files[name]), "file_path": name}


METHODS = {
    "getUpdates": _get_updates, "getMe": _get_me, "sendMessage": _send_message, "sendDocument": _send_file,
    "sendPhoto": _send_file, "editMessageText": _edit, "editMessageReplyMarkup": _edit, "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook, "getWebhookInfo": _webhook_info, "getFile": _get_file,
}  # fmt: skip


async def file(request: web.Request) -> web.Response:
    """``/file/bot<token>/<path>``."""
    state = request.app[STATE]
    content = state.files.get(request.match_info["path"])
    if request.match_info["token"] != state.token or content is None:
        raise web.HTTPNotFound
    return web.Response(body=content)
