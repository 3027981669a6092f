"""Where a reply goes: lines of the web chat at once, rows of the outbox for everything that must travel."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, bindparam, exists, literal, or_, select

from bot.store.chat import SqlChat
from bot.store.put import put_new
from bot.store.replies_json import nudge_text, reply_text
from bot.store.tables import cases, chat_heads, contacts, conversations, outbox, sessions
from bot.store.transaction import Transaction
from desk.case import Origin, Status
from desk.people import PersonId
from handlers.messages import Channel, Nudge, Reply

QUEUED: Final = "queued"
SENDING: Final = "sending"
SENT: Final = "sent"
UNDELIVERABLE: Final = "undeliverable"

_CONTACT: Final = select(contacts).where(contacts.c.person == bindparam("person"))
_PERSON: Final[BindParameter[str]] = bindparam("person")
_ON_THE_WEB: Final = select(
    or_(
        exists().where(conversations.c.person == _PERSON, conversations.c.channel == Channel.WEB.value),
        exists().where(chat_heads.c.person == _PERSON),
        exists().where(sessions.c.person == _PERSON),
        exists().where(
            cases.c.owner == _PERSON,
            cases.c.status != Status.CLOSED.value,
            cases.c.body.contains(f'"origin":"{Origin.WEB.value}"'),
        ),
    ).label("there")
).select_from(select(literal(1)).subquery())
_QUEUE: Final = put_new(outbox)


class SqlReplies:
    """See ``handlers.ports.Replies``."""

    def __init__(self, tx: Transaction, chat: SqlChat) -> None:
        self._tx = tx
        self._chat = chat

    async def put(self, reply: Reply, *, at: datetime, key: str) -> None:
        """Queues one for every channel it goes to; a second put with the key has no effect."""
        if reply.web_only or reply.channel is Channel.WEB:
            self._chat.told(reply, at=at, key=f"{key}/web")
        elif reply.channel is Channel.TELEGRAM:
            self._tx.later(lambda connection: self._by_telegram(connection, reply, at, key, needed=True))
            self._tx.touch("outbox")
        else:
            there = await self._tx.row(_ON_THE_WEB, {"person": reply.to})
            contact = await self._tx.row(_CONTACT, {"person": reply.to})
            telegram = contact is not None and contact.telegram_chat is not None and not contact.telegram_blocked
            if (there is not None and there.there) or not telegram:
                self._chat.told(reply, at=at, key=f"{key}/web")
            if telegram:
                self._tx.later(lambda connection: self._by_telegram(connection, reply, at, key, needed=False))
                self._tx.touch("outbox")

    async def to_chat(self, chat: int, text: str, *, at: datetime, key: str) -> None:
        """Queues a text for a Telegram chat that belongs to no person (a group), once for ``key``."""
        text_only = Reply(to=PersonId(""), text=text)
        self._tx.write_later(_QUEUE, _row("telegram", text_only, address=str(chat), at=at, key=key, why=""))
        self._tx.touch("outbox")

    async def nudge(self, nudge: Nudge, *, at: datetime, key: str) -> None:
        """Queues an e-mail or a webhook call; without a working address it is undeliverable from the start."""

        def act(connection: Connection) -> None:
            contact = connection.execute(_CONTACT, {"person": nudge.to}).first()
            address, why = "", ""
            if nudge.way == "webhook":
                address = nudge.to  # a queue for each person: one that the gateway refuses holds up no other
            elif nudge.way == "email":
                address = "" if contact is None else contact.email
                why = "no-address" if not address else "bounced" if contact is not None and contact.email_bad else ""
            connection.execute(_QUEUE, _row(nudge.way, nudge, address=address, at=at, key=key, why=why))

        self._tx.later(act)
        self._tx.touch("outbox")

    @staticmethod
    def _by_telegram(connection: Connection, reply: Reply, at: datetime, key: str, *, needed: bool) -> None:
        contact = connection.execute(_CONTACT, {"person": reply.to}).first()
        chat = None if contact is None else contact.telegram_chat
        why = "no-chat" if chat is None else "blocked" if contact is not None and contact.telegram_blocked else ""
        if why and not needed:
            return
        address = "" if chat is None else str(chat)
        connection.execute(_QUEUE, _row("telegram", reply, address=address, at=at, key=key, why=why))


def _row(channel: str, message: Reply | Nudge, *, address: str, at: datetime, key: str, why: str) -> dict[str, Any]:
    payload = reply_text(message) if isinstance(message, Reply) else nudge_text(message)
    return {
        "key": f"{key}/{channel}", "channel": channel, "person": message.to, "address": address, "case": message.case,
        "payload": payload, "state": UNDELIVERABLE if why else QUEUED, "attempts": 0, "queued_at": at, "next_at": at,
        "sent_at": None, "why": why, "parts": "[]", "maybe_repeat": False,
    }  # fmt: skip
