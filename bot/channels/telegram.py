"""The receiving side of Telegram: updates by polling or webhook, kept before they are confirmed.

The library's own updater confirms a batch with its next call while the updates still wait in memory; a kill loses
them. Here the commit comes first, then the confirmation (the next offset, or the 200).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from aiohttp import web
from telegram import BotCommand, MenuButtonCommands
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot import killpoints
from bot.channels.telegram_bot import UPDATES, TelegramBot
from bot.channels.telegram_update import SOURCE, NoUpdate, incoming, look
from bot.settings import Settings
from bot.store.bundle import Bundle
from bot.store.errors import StoreError
from bot.store.inbox import Incoming, SqlInbox
from bot.store.store import SqlStore
from bot.store.transaction import Transaction
from handlers.texts import say

COMMANDS: Final = ("start", "cases", "human", "deadline", "routes", "privacy", "help")
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a name
_SECRET_CHARACTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_NUMBERS_RESTART: Final = timedelta(days=6)
"""After a week without updates Telegram goes on with any number; ours is forgotten before."""
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 30.0
_WRONG_TOKEN_PAUSE_S: Final = 300.0
log = structlog.get_logger()


class TelegramReceiver:
    """Receives for one bot. ``state``: starting, ok, unreachable, wrong-token, conflict, refused (for /readyz).

    ``name`` is the bot's user name, "" until Telegram told it.
    """

    def __init__(self, *, settings: Settings, store: SqlStore, bot: TelegramBot, clock: Callable[[], datetime]) -> None:
        self.state = "starting"
        self.name = ""
        self._settings = settings
        self._store = store
        self._bot = bot
        self._clock = clock
        self._number = int(settings.telegram_token.get_secret_value().partition(":")[0])
        self._together: Bundle[Incoming] = Bundle(store, _keep)
        self._presses: set[asyncio.Task[None]] = set()

    @property
    def webhook_path(self) -> str:
        """``/telegram/<path secret>``; the path's secret follows from the header's, which stays the stronger one."""
        secret = self._settings.telegram_webhook_secret.get_secret_value().encode()
        return f"/telegram/{hmac.new(secret, b'webhook path', hashlib.sha256).hexdigest()[:32]}"

    async def run(self) -> None:
        """Until cancelled. A wrong token or an unreachable Telegram are told and tried again; nothing else stops."""
        pause = _FIRST_PAUSE_S
        try:
            while True:
                began = asyncio.get_running_loop().time()
                wait = await self._until_trouble()
                calm = asyncio.get_running_loop().time() - began > _LONGEST_PAUSE_S
                pause = _FIRST_PAUSE_S if calm else min(pause * 2, _LONGEST_PAUSE_S)
                await asyncio.sleep(pause if wait is None else wait)
        finally:
            for press in self._presses:
                press.cancel()
            await self._bot.shutdown()

    async def _until_trouble(self) -> float | None:
        """Receives until something goes wrong; seconds to wait then, None for the usual back-off."""
        try:
            await self._bot.initialize()
            self.name = self._bot.username
            await self._introduce()
            if self._settings.telegram_mode == "webhook":
                await self._register()
            else:
                await self._poll()
        except InvalidToken:
            self._told("wrong-token", "TIJIAN_TELEGRAM_TOKEN is refused by Telegram; the web chat goes on without it")
            return _WRONG_TOKEN_PAUSE_S
        except RetryAfter as error:
            return float(_seconds(error))
        except Conflict:
            self._told("conflict", "another program receives updates for this bot, or a webhook is set")
        except NetworkError as error:
            self._told("unreachable", type(error).__name__)
        except TelegramError as error:
            self._told("refused", str(error))
        except StoreError as error:
            log.warning("telegram.store", error=str(error))
        return None

    def _told(self, state: str, why: str) -> None:
        if state != self.state:
            log.error("telegram.trouble", state=state, why=why)
        self.state = state

    async def _introduce(self) -> None:
        """Commands and menu button. Telegram keeps them, so a failure here is no reason to wait."""
        try:
            await self._bot.set_my_commands([BotCommand(name, say(f"telegram.commands.{name}")) for name in COMMANDS])
            await self._bot.set_chat_menu_button(menu_button=MenuButtonCommands())
        except InvalidToken:
            raise
        except TelegramError as error:
            log.warning("telegram.commands", error=str(error))

    # --- polling ------------------------------------------------------------------------------------------------------

    async def _poll(self) -> None:
        await self._bot.delete_webhook(drop_pending_updates=False)
        last = await self._store.inbox.last_offset(f"{SOURCE}:{self._number}")
        offset = None if last is None else last + 1
        heard = self._clock()
        self.state = "ok"
        log.info("telegram.polling")
        while True:
            if self._clock() - heard > _NUMBERS_RESTART:
                offset = None
            updates = await self._bot.raw_updates(offset=offset)
            self.state = "ok"
            if updates:
                heard = self._clock()
                await self._take(updates)
                offset = int(updates[-1]["update_id"]) + 1

    async def _take(self, updates: Sequence[Mapping[str, Any]]) -> None:
        at = self._clock()
        rows, queries = [], []
        for update in updates:
            try:
                rows.append(incoming(update, bot=self._number, at=at))
                queries.append(look(update).query)
            except NoUpdate as error:
                log.warning("telegram.no_update", update=update.get("update_id"), error=str(error))
        killpoints.reach("inbox.before")
        await self._store.inbox.add_many(rows)
        killpoints.reach("inbox.after")
        self._acknowledge(queries)

    # --- webhook ------------------------------------------------------------------------------------------------------

    async def _register(self) -> None:
        secret = self._settings.telegram_webhook_secret.get_secret_value()
        if not set(secret) <= _SECRET_CHARACTERS:
            raise TelegramError("TIJIAN_TELEGRAM_WEBHOOK_SECRET may hold only A-Z a-z 0-9 _ -")
        url = f"{self._settings.public_url}{self.webhook_path}"
        await self._bot.set_webhook(
            url, secret_token=secret, allowed_updates=list(UPDATES), drop_pending_updates=False, max_connections=40
        )
        self.state = "ok"
        log.info("telegram.webhook", address=self._settings.public_url)
        await asyncio.Event().wait()

    async def webhook(self, request: web.Request) -> web.Response:
        """The handler of ``webhook_path``: 200 only after the commit, so that a kill makes Telegram send it again.

        A repeated update is stored once (its number is known) and answered 200 as well.
        """
        given = request.headers.get(SECRET_HEADER, "").encode()
        wanted = self._settings.telegram_webhook_secret.get_secret_value().encode()
        if not wanted or not hmac.compare_digest(given, wanted):
            return web.Response(status=403)
        try:
            update = json.loads(await request.read())
            row = incoming(update, bot=self._number, at=self._clock())
            query = look(update).query
        except (ValueError, AttributeError):
            return web.Response(status=400)
        killpoints.reach("inbox.before")
        try:
            await self._together.add([row])
        except StoreError as error:
            log.warning("telegram.store", error=str(error))
            return web.Response(status=503)
        killpoints.reach("inbox.after")
        self._acknowledge([query])
        killpoints.reach("webhook.committed")
        return web.Response(status=200)

    # --- presses ------------------------------------------------------------------------------------------------------

    def _acknowledge(self, queries: Sequence[str]) -> None:
        """Takes the waiting sign off a pressed button at once; what the press does comes with its reply."""
        for query in queries:
            if query:
                task = asyncio.create_task(self._answer(query))
                self._presses.add(task)
                task.add_done_callback(self._presses.discard)

    async def _answer(self, query: str) -> None:
        try:
            await self._bot.answer_callback_query(query)
        except TelegramError as error:
            log.debug("telegram.press", error=str(error))


async def _keep(tx: Transaction, rows: Sequence[Incoming]) -> None:
    await SqlInbox(tx).add_many(rows)


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
