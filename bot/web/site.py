"""What every page works with, put together once by ``bot.app.compose``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiohttp import web

from bot.base_keeper import BaseKeeper
from bot.settings import Settings
from bot.store.store import SqlStore
from handlers.base import BaseHolder
from handlers.casework import CaseWork
from handlers.dispatch import Dispatcher
from handlers.faq_keeping import FaqKeeping
from handlers.invitations import Invitations
from handlers.notices import Notices


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """``clock`` gives the aware present moment; ``wake`` tells the inbox worker and the outbox that there is work.

    ``channels`` says of every other channel by name whether it is ready. ``telegram`` gives the bot's user name there,
    "" until Telegram told it, None where there is no bot.
    """

    settings: Settings
    store: SqlStore
    dispatcher: Dispatcher
    casework: CaseWork
    keeping: FaqKeeping
    invitations: Invitations
    notices: Notices
    base: BaseHolder
    keeper: BaseKeeper
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    key: bytes
    channels: Callable[[], Mapping[str, bool]] = dict
    telegram: Callable[[], str | None] = lambda: None


SITE: Final = web.AppKey("site", Site)
