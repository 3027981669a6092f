"""Posting updates to a webhook, until each is answered 200."""

from __future__ import annotations

import asyncio

import aiohttp
from aiohttp import web

from tests.botapi.server import STATE

WEBHOOK_RETRY_S = 0.3


async def deliver_webhooks(app: web.Application) -> None:
    """Posts each update until it is answered 200, in order, as Telegram does."""
    state = app[STATE]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        while True:
            if not (state.webhook.get("url") and state.updates):
                state.arrived.clear()
                await state.arrived.wait()
                continue
            update = state.updates[0]
            headers = {"X-Telegram-Bot-Api-Secret-Token": state.webhook["secret"]} if state.webhook["secret"] else {}
            try:
                async with session.post(state.webhook["url"], json=update, headers=headers) as answer:
                    done = answer.status == 200
            except (aiohttp.ClientError, TimeoutError):
                done = False
            if done:
                state.updates = [item for item in state.updates if item["update_id"] != update["update_id"]]
            else:
                await asyncio.sleep(WEBHOOK_RETRY_S)
