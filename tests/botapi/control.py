"""The test's side of the loopback server: people write and press, faults are ordered, the log is read."""

from __future__ import annotations

import base64
import time
from typing import Any

from aiohttp import web

from tests.botapi.server import STATE, Fault, State
from tests.botapi.talk import Talk


def _person(user: int) -> dict[str, Any]:
    return {"id": user, "is_bot": False, "first_name": f"用户{user}", "language_code": "zh-hans"}


def make_update(state: State, order: dict[str, Any]) -> dict[str, Any]:
    """An update from an order: user plus one of text, data (+ message_id), document, photo, voice, edit, again."""
    user = int(order["user"])
    state.chats.add(user)
    chat = {"id": user, "type": order.get("chat_type", "private"), "first_name": f"用户{user}"}
    if "data" in order:
        shown = {"message_id": int(order.get("message_id", 1)), "date": int(time.time()), "chat": chat, "text": "…"}
        return {
            "callback_query": {
                "id": f"q{time.time_ns()}", "from": _person(user), "chat_instance": "1",
                "data": order["data"], "message": shown,
            }
        }  # fmt: skip
    number = state.next_message
    state.next_message += 1
    message: dict[str, Any] = {"message_id": number, "date": int(time.time()), "chat": chat, "from": _person(user)}
    if "text" in order:
        message["text"] = order["text"]
        if order["text"].startswith("/"):
            length = len(order["text"].split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
    if "reply_to" in order:
        message["reply_to_message"] = {"message_id": int(order["reply_to"]), "date": 1, "chat": chat, "text": "…"}
    for kind in ("document", "photo", "voice"):
        if kind in order:
            content = base64.b64decode(order[kind])
            name = f"{kind}{number}"
            state.files[name] = content
            stored: dict[str, Any] = {"file_id": name, "file_unique_id": name, "file_size": len(content)}
            if kind == "photo":
                message["photo"] = [stored | {"width": 10, "height": 10}]
            elif kind == "voice":
                message["voice"] = stored | {"duration": 1, "mime_type": "audio/ogg"}
            else:
                message["document"] = stored | {"file_name": order.get("name", "a.txt")}
            message["caption"] = order.get("caption", "")
    if order.get("edit"):
        message |= {"message_id": int(order["edit"]), "edit_date": int(time.time())}
        return {"edited_message": message}
    return {"message": message}


async def push(request: web.Request) -> web.Response:
    """POST one order or a list of them; gives the update ids."""
    state = request.app[STATE]
    orders = await request.json()
    numbers = [state.push(make_update(state, order)) for order in (orders if isinstance(orders, list) else [orders])]
    return web.json_response({"updates": numbers})


async def again(request: web.Request) -> web.Response:
    """POST {"update": {...}}: the very same update once more (a duplicate)."""
    state = request.app[STATE]
    update = (await request.json())["update"]
    state.updates.append(update)
    state.arrived.set()
    return web.json_response({})


async def fault(request: web.Request) -> web.Response:
    """POST a Fault's fields."""
    request.app[STATE].faults.append(Fault(**await request.json()))
    return web.json_response({})


async def settings(request: web.Request) -> web.Response:
    """POST {"delay": seconds}, {"clear": true} or {"chats": [people who have started the bot]}."""
    state = request.app[STATE]
    order = await request.json()
    state.delay = float(order.get("delay", state.delay))
    state.chats.update(order.get("chats", ()))
    if order.get("clear"):
        state.calls.clear()
        state.faults.clear()
    return web.json_response({})


async def calls(request: web.Request) -> web.Response:
    """GET the calls so far (``?method=`` filters), the waiting updates and the webhook."""
    state = request.app[STATE]
    wanted = request.query.get("method")
    found = [item for item in state.calls if wanted in {None, item["method"]}]
    return web.json_response({"calls": found, "waiting": state.updates, "webhook": state.webhook})


async def talk(request: web.Request) -> web.Response:
    """POST {"users": [...], "questions": [...], "seconds": s, "ahead": 1}: people begin to talk; GET: the result."""
    state = request.app[STATE]
    if request.method == "POST":
        order = await request.json()

        def push(user: int, text: str) -> None:
            state.push(make_update(state, {"user": user, "text": text}))

        state.talk = Talk(
            questions=order["questions"], users=order["users"], seconds=float(order["seconds"]),
            ahead=int(order.get("ahead", 1)), push=push,
        )  # fmt: skip
        state.talk.start()
    return web.json_response(state.talk.result() if state.talk is not None else {})
