"""The sending side of Telegram: one outbox row becomes one or more calls; every error becomes a Result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Literal

import structlog
from telegram import InputFile, LinkPreviewOptions
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot import killpoints
from bot.channels.channel import Arrived, GivenUp, Result, TryAgain
from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_render import Part, marked, parts
from bot.channels.telegram_request import AnswerLost, NeverLeft
from bot.channels.telegram_text import CAPTION_LIMIT
from bot.store.outbox import OutboxRow
from bot.store.replies_json import read_reply_text
from bot.store.store import SqlStore
from handlers.messages import Reply
from handlers.texts import say

_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
_PHOTOS: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
_PHOTO_BYTES: Final = 10 * 1024 * 1024
_DOCUMENT_BYTES: Final = 50 * 1024 * 1024
_SEALED_TOPICS: Final = frozenset({"crime", "secret"})
_TOKEN_PAUSE_S: Final = 60.0
_GONE: Final = ("chat not found", "user is deactivated", "bot can't initiate", "PEER_ID_INVALID")
log = structlog.get_logger()


class TelegramSender:
    """Delivers replies. ``content`` notice: private replies show their public text and a link."""

    def __init__(self, *, store: SqlStore, bot: TelegramBot, content: Literal["notice", "full"]) -> None:
        self._store = store
        self._bot = bot
        self._content = content

    async def deliver(self, row: OutboxRow) -> Result:
        """Sends what was not sent yet, in order."""
        reply = read_reply_text(row.payload)
        todo = parts(reply, sealed=reply.private and await self._sealed(row, reply))
        sent = list(row.parts)
        try:
            for part in todo[len(sent) :]:
                killpoints.reach("send.before")
                sent.append(await self._send(int(row.address), part, repeat=row.maybe_repeat))
                killpoints.reach("send.after")
        except TelegramError as error:
            return _result(error, sent, row)
        return Arrived(parts=tuple(sent))

    async def _sealed(self, row: OutboxRow, reply: Reply) -> bool:
        """Private words stay on the web: all of them by ``notice``; crime and trade secrets whatever is set."""
        if self._content == "notice" or reply.case is None or row.case is None:
            return True
        async with self._store.reading() as work:
            case = await work.cases.get(row.case)
        return case is None or case.lawyer_only or case.topic in _SEALED_TOPICS

    async def _send(self, chat: int, part: Part, *, repeat: bool) -> int:
        """The message's number. Raises TelegramError."""
        if part.file is not None:
            return await self._send_file(chat, part, repeat=repeat)
        text = marked(part.text) if repeat else part.text
        message = await self._bot.send_message(chat, text, reply_markup=part.keyboard, link_preview_options=_NO_PREVIEW)
        return message.message_id

    async def _send_file(self, chat: int, part: Part, *, repeat: bool) -> int:
        file = part.file
        if file is None:
            raise TypeError(part)
        name = "".join(char for char in file.name if char.isprintable() and char != '"') or "file"
        caption = (marked(name) if repeat else name)[:CAPTION_LIMIT]
        try:
            content = await self._store.blobs.read(file.id) if file.size <= _DOCUMENT_BYTES else None
        except FileNotFoundError:
            content = None  # deleted at its owner's wish since
        if not content:
            return (await self._bot.send_message(chat, say("telegram.files_gone"))).message_id
        if file.media_type in _PHOTOS and file.size <= _PHOTO_BYTES:
            try:
                photo = InputFile(content, filename=name)
                return (await self._bot.send_photo(chat, photo, caption=caption)).message_id
            except BadRequest as error:
                log.info("telegram.photo_as_document", error=str(error))  # its sides may be too long for a photo
        document = InputFile(content, filename=name)
        shown = caption if repeat else None
        return (await self._bot.send_document(chat, document, caption=shown)).message_id


def _result(error: TelegramError, sent: Sequence[int], row: OutboxRow) -> Result:  # noqa: PLR0911 - one line an error
    done = tuple(sent)
    match error:
        case RetryAfter():
            wait = error.retry_after
            seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
            return TryAgain(why="429", parts=done, after_s=seconds, counts=False, maybe_repeat=row.maybe_repeat)
        case Forbidden():
            return GivenUp(why="blocked", unreachable=True)
        case InvalidToken():
            return TryAgain(
                why="token", parts=done, after_s=_TOKEN_PAUSE_S, counts=False, maybe_repeat=row.maybe_repeat
            )
        case ChatMigrated():
            return GivenUp(why="no-chat", unreachable=True)
        case BadRequest():
            log.error("telegram.refused", outbox=row.id, reason=str(error))
            gone = any(words.lower() in str(error).lower() for words in _GONE)
            return GivenUp(why="no-chat" if gone else "refused", unreachable=gone)
        case TimedOut() | AnswerLost():
            return TryAgain(why=type(error).__name__, parts=done, maybe_repeat=True)
        case NeverLeft() | NetworkError():
            return TryAgain(why=type(error).__name__, parts=done, maybe_repeat=row.maybe_repeat)
        case _:
            log.error("telegram.error", outbox=row.id, reason=str(error))
            return TryAgain(why=type(error).__name__, parts=done, maybe_repeat=row.maybe_repeat)
