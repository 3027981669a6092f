"""The bot object of python-telegram-bot as we use it: rate limiter, own wire, updates as plain JSON."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Final

from telegram.ext import AIORateLimiter, ExtBot

from bot.channels.telegram_request import AiohttpRequest
from bot.settings import Settings

CONNECTIONS: Final = 16
ANSWER_S: Final = 20.0
POLL_S: Final = 25
MOST_UPDATES: Final = 100
UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
_ALL_IN_A_SECOND: Final = 1.0
os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library's own switch to times as timedelta, without its warning


class TelegramBot(ExtBot[int]):
    """One bot. Updates are stored before anybody looks at them, so they stay JSON until then."""

    async def raw_updates(self, *, offset: int | None, wait_s: int = POLL_S) -> Sequence[dict[str, Any]]:
        """Up to 100 updates from ``offset`` on, which confirms all before it. Raises TelegramError."""
        data = {"offset": offset, "timeout": wait_s, "limit": MOST_UPDATES, "allowed_updates": list(UPDATES)}
        found: list[dict[str, Any]] = await self._post("getUpdates", data, read_timeout=wait_s + ANSWER_S)
        return found


def make_bot(settings: Settings) -> TelegramBot:
    """Not yet initialized: ``await bot.initialize()`` asks Telegram who it is and raises InvalidToken."""
    api = settings.telegram_api
    return TelegramBot(
        token=settings.telegram_token.get_secret_value(),
        base_url=f"{api}/bot",
        base_file_url=f"{api}/file/bot",
        request=AiohttpRequest(connections=CONNECTIONS, timeout_s=ANSWER_S),
        get_updates_request=AiohttpRequest(connections=1, timeout_s=ANSWER_S),
        rate_limiter=AIORateLimiter(
            overall_max_rate=settings.telegram_rate, overall_time_period=_ALL_IN_A_SECOND, max_retries=0
        ),
    )
