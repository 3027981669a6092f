"""From a stored Telegram update to a Message: person, case replied to, button value, files. Private chats only."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from typing import Final

import structlog
from telegram import Bot
from telegram.error import BadRequest, TelegramError

from bot.channels.inbound import FetchFailed
from bot.channels.telegram_update import Seen, look
from bot.store.blobs import Blob
from bot.store.errors import DiskFull, FileTooLarge
from bot.store.inbox_queue import InboxRow
from bot.store.store import SqlStore
from bot.store.work import SqlWork
from desk.case import CaseId
from desk.people import Person, PersonId
from handlers import actions
from handlers.messages import OLD_BUTTON, Channel, FileRef, Message, Reply, Tone
from handlers.records import Contact
from handlers.texts import say

TELEGRAM_LIMIT_MIB: Final = 20
"""What the Bot API lets a bot download."""
_MIB: Final = 1024 * 1024
log = structlog.get_logger()


class TelegramReader:
    """Opens rows of the Telegram source. ``limit_mib``: the largest upload taken."""

    def __init__(self, *, store: SqlStore, bot: Bot, limit_mib: int) -> None:
        self._store = store
        self._bot = bot
        self._limit_mib = limit_mib

    def open(self, row: InboxRow) -> TelegramParcel:
        """Raises ValueError for a payload that is none."""
        return TelegramParcel(row, look(json.loads(row.payload)), self._store, self._bot, self._limit_mib)


class TelegramParcel:
    """One update being worked off."""

    def __init__(self, row: InboxRow, seen: Seen, store: SqlStore, bot: Bot, limit_mib: int) -> None:
        self.row = row
        self._seen = seen
        self._store = store
        self._bot = bot
        self._limit_mib = limit_mib
        self._blob: Blob | None = None
        self._case: CaseId | None = None
        self._sorry = ""

    @property
    def slow(self) -> bool:
        """A file to download, or a case to look up."""
        return self._seen.private and (self._seen.attachment is not None or self._seen.reply_to is not None)

    async def fetch(self, *, last: bool) -> None:
        """Downloads the file. Raises FetchFailed; on the ``last`` try the person is asked to send it again."""
        seen = self._seen
        if seen.reply_to is not None:
            self._case = await self._store.outbox.case_of(seen.chat, seen.reply_to)
        if seen.attachment is None or self._blob is not None:
            return
        if seen.attachment.size > self._most():
            self._sorry = self._too_large()
            return
        try:
            self._blob = await self._download(seen.attachment.file_id)
        except FileTooLarge:
            self._sorry = self._too_large()
        except BadRequest as error:
            self._sorry = self._too_large() if "too big" in str(error) else say("telegram.file_lost")
        except (TelegramError, DiskFull) as error:
            if not last:
                raise FetchFailed(type(error).__name__) from error
            log.warning("telegram.file_lost", inbox=self.row.id, error=type(error).__name__)
            self._sorry = say("telegram.file_lost")

    async def message(self, work: SqlWork) -> Message | None:
        """The message of its person, who is made where there is none."""
        seen = self._seen
        if not seen.private:
            await self._from_group(work)
            return None
        if not seen.user:
            return None
        if seen.blocked is not None:
            await self._blocked(work, blocked=seen.blocked)
            return None
        person = await self._person(work)
        if self._sorry:
            await self._apologise(work, person)
            if not seen.text:
                return None
        return Message(
            inbox=self.row.id,
            person=person,
            channel=Channel.TELEGRAM,
            at=self.row.at,
            text=seen.text,
            action=None if seen.pressed is None else actions.decode(seen.pressed),
            files=await self._files(work, person),
            case=self._case,
            edited=seen.edited,
            unsupported=self._unsupported(),
        )

    def _unsupported(self) -> str:
        pressed = self._seen.pressed
        return OLD_BUTTON if pressed is not None and actions.decode(pressed) is None else self._seen.unsupported

    def _most(self) -> int:
        return min(self._limit_mib, TELEGRAM_LIMIT_MIB) * _MIB

    def _too_large(self) -> str:
        if self._limit_mib >= TELEGRAM_LIMIT_MIB:
            return say("telegram.telegram_limit")
        return say("telegram.too_large", limit=self._limit_mib)

    async def _download(self, file_id: str) -> Blob:
        found = await self._bot.get_file(file_id)
        if (found.file_size or 0) > self._most():
            raise FileTooLarge(self._most())
        return await self._store.blobs.put_bytes(bytes(await found.download_as_bytearray()), limit=self._most())

    async def _person(self, work: SqlWork) -> PersonId:
        await work.people.wrote_by_telegram(self._seen.chat)
        known = await work.people.by_telegram(self._seen.user)
        if known is not None:
            return known.id
        made = Person(id=PersonId(secrets.token_urlsafe(16)))
        await work.people.add(made)
        await work.people.save_contact(Contact(person=made.id, telegram_chat=self._seen.user))
        return made.id

    async def _files(self, work: SqlWork, person: PersonId) -> tuple[FileRef, ...]:
        attachment = self._seen.attachment
        if attachment is None or self._blob is None:
            return ()
        kept = await work.files.add(
            self._blob, name=attachment.name, media_type=attachment.media_type, person=person, at=self.row.at
        )
        return (kept,)

    async def _apologise(self, work: SqlWork, person: PersonId) -> None:
        shown = Reply(to=person, text=self._sorry, channel=Channel.TELEGRAM, tone=Tone.ERROR)
        await work.replies.put(shown, at=self.row.at, key=f"in:{self.row.id}:file")

    async def _blocked(self, work: SqlWork, *, blocked: bool) -> None:
        known = await work.people.by_telegram(self._seen.user)
        if known is not None:
            contact = await work.people.contact(known.id)
            await work.people.save_contact(replace(contact, telegram_blocked=blocked))

    async def _from_group(self, work: SqlWork) -> None:
        """Once a group: not here. Its number is all that is known of it."""
        chat = self._seen.chat
        if chat:
            await work.replies.to_chat(chat, say("telegram.group"), at=self.row.at, key=f"group:{chat}")
