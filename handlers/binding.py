"""A member of staff's own Telegram account: a one-time code from the web page, sent to the bot, makes it theirs.

From then on what this account writes is written by the member. The code lives a quarter of an hour, and what is kept of
it is a digest that no login link can have.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from desk.people import Person, PersonId
from handlers.invitations import NotForYou, NotInvited, digest
from handlers.messages import Channel, Message, Reply, Tone
from handlers.ports import Work
from handlers.records import Invitation
from handlers.texts import say

LIFE: Final = timedelta(minutes=15)
_START: Final = re.compile(r"/start(?:@\w+)?\s+([A-Za-z0-9_-]{43})")


def code_in(message: Message) -> str:
    """The code that a message brings, "" where it brings none: Telegram's deep links arrive as ``/start CODE``."""
    found = _START.fullmatch(message.text.strip()) if message.channel is Channel.TELEGRAM else None
    return found[1] if found else ""


async def offer(work: Work, member: Person, at: datetime) -> str:
    """A code (43 characters, 256 random bits) for this member. Raises NotForYou for anybody who is not staff."""
    if not (member.active and member.staff):
        raise NotForYou
    code = secrets.token_urlsafe(32)
    await work.people.invite(Invitation(digest=_digest(code), role=None, person=member.id, expires_at=at + LIFE))
    return code


async def bind(work: Work, message: Message, code: str) -> Reply:
    """Gives the writer's Telegram account to the member whose code it is. Raises NotInvited.

    An account with open cases of its own stays with its owner, who would no longer find them.
    """
    kept = await work.people.invitation(_digest(code))
    if kept is None or kept.person is None or kept.used_at is not None or kept.expires_at <= message.at:
        raise NotInvited
    member = await work.people.get(kept.person)
    if member is None or not (member.active and member.staff):
        raise NotInvited
    writer = message.person
    if writer != member.id and await work.cases.of_owner(writer, open_only=True, limit=1):
        return _reply(writer, "telegram.bind.has_cases", Tone.ERROR)
    chat = (await work.people.contact(writer)).telegram_chat
    if chat is None or not await work.people.use_invitation(kept.digest, member.id, message.at):
        raise NotInvited
    await work.people.save_contact(
        replace(await work.people.contact(member.id), telegram_chat=chat, telegram_blocked=False)
    )
    await work.audit.write(at=message.at, actor=member.id, what="people.telegram", on=member.id, detail={})
    return _reply(member.id, "telegram.bind.done", Tone.NOTICE, name=member.name)


async def bound(work: Work, member: PersonId) -> bool:
    """Whether a Telegram account is the member's."""
    return (await work.people.contact(member)).telegram_chat is not None


async def unbind(work: Work, member: PersonId, at: datetime) -> None:
    """The account is nobody's: what it writes is written by an unknown owner."""
    contact = await work.people.contact(member)
    if contact.telegram_chat is None:
        return
    await work.people.save_contact(replace(contact, telegram_chat=None, telegram_blocked=False))
    await work.audit.write(at=at, actor=member, what="people.telegram_off", on=member, detail={})


def _digest(code: str) -> str:
    return digest(f"telegram:{code}")


def _reply(to: PersonId, key: str, tone: Tone, **values: str) -> Reply:
    return Reply(to=to, text=say(key, **values), channel=Channel.TELEGRAM, tone=tone)
