"""What ``tijian doctor`` looks at: settings, database, knowledge, fonts, channels. Changes nothing that matters."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from bot.exits import explain
from bot.settings import Settings, ensure_state

_ROOM_MIB: Final = 500
_MIB: Final = 1024 * 1024
_TIMEOUT_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at."""

    what: str
    fine: bool
    words: str


async def examine(settings: Settings) -> Sequence[Finding]:
    """Every finding, in the order of the checks."""
    folder = ensure_state(settings)
    room = shutil.disk_usage(folder).free // _MIB
    return [
        Finding(what="settings", fine=True, words=f"read; owners reach the program at {settings.address}"),
        Finding(what="disk", fine=room >= _ROOM_MIB, words=f"{room} MiB free under {folder}"),
        await _database(settings),
        _knowledge(settings),
        _fonts(settings),
        await _telegram(settings),
        await _mail(settings),
        await _gateway(settings),
    ]


async def _database(settings: Settings) -> Finding:
    from bot.store import open_store

    try:
        async with (
            open_store(settings.database, ensure_state(settings), alone=False) as store,
            store.reading() as work,
        ):
            active = await work.releases.active()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        known = explain(error)
        return Finding(what="database", fine=False, words=known[0] if known else repr(error))
    words = "reachable, schema up to date; " + (
        f"release {active.number} is active" if active is not None else "no release yet (the first start makes one)"
    )
    return Finding(what="database", fine=True, words=words)


def _knowledge(settings: Settings) -> Finding:
    from knowledge.audit import check
    from knowledge.errors import KnowledgeError
    from knowledge.files import read_folder

    try:
        reading = read_folder(settings.knowledge_dir)
    except KnowledgeError as error:
        known = explain(error)
        return Finding(what="knowledge", fine=False, words=known[0] if known else str(error))
    today = datetime.now(settings.zone()).date()
    found = check(reading.entries, on=today, library=None)
    wrong = len(reading.problems) + len(found.problems)
    words = f"{found.counts.published} published of {found.counts.entries} entries, {wrong} problem(s)"
    return Finding(what="knowledge", fine=not wrong, words=words)


def _fonts(settings: Settings) -> Finding:
    if settings.report_font is not None:
        found = settings.report_font.is_file()
        return Finding(what="fonts", fine=found, words=f"{settings.report_font}{'' if found else ' is not there'}")
    # Reports come with a later version; the font is looked for so that an operator knows in time.
    lister = shutil.which("fc-list")
    words = "fc-list found" if lister else "no fontconfig: reports with Chinese text will need TIJIAN_REPORT_FONT"
    return Finding(what="fonts", fine=True, words=words)


async def _telegram(settings: Settings) -> Finding:
    if not settings.telegram_token.get_secret_value():
        return Finding(what="telegram", fine=True, words="off (no TIJIAN_TELEGRAM_TOKEN)")
    from telegram.error import InvalidToken, TelegramError

    from bot.channels.telegram_bot import make_bot

    bot = make_bot(settings)
    try:
        await bot.initialize()
    except InvalidToken:
        return Finding(what="telegram", fine=False, words="the token is refused (TIJIAN_TELEGRAM_TOKEN)")
    except TelegramError as error:
        return Finding(what="telegram", fine=False, words=f"{settings.telegram_api} cannot be reached: {error}")
    finally:
        await bot.shutdown()
    return Finding(what="telegram", fine=True, words=f"@{bot.username}, {settings.telegram_mode}")


async def _mail(settings: Settings) -> Finding:
    url = settings.smtp_url.get_secret_value()
    if not url:
        return Finding(what="e-mail", fine=True, words="off (no TIJIAN_SMTP_URL): owners can choose other ways")
    from bot.channels.mail import read_smtp_url

    place = read_smtp_url(url)
    return await _answers("e-mail", place.host, place.port)


async def _gateway(settings: Settings) -> Finding:
    url = settings.notify_webhook.get_secret_value()
    if not url:
        return Finding(what="notify", fine=True, words="off (no TIJIAN_NOTIFY_WEBHOOK)")
    parts = urlsplit(url)
    return await _answers("notify", parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))


async def _answers(what: str, host: str, port: int) -> Finding:
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        return Finding(what=what, fine=False, words=f"{host}:{port} does not answer: {why}")
    writer.close()
    return Finding(what=what, fine=True, words=f"{host}:{port} answers")
