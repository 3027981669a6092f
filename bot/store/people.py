"""People, how they are reached, their one-time links and their consents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select, update

from bot.store import codec
from bot.store.blobs import Blobs
from bot.store.exporting import export
from bot.store.forgetting import forget
from bot.store.put import put, put_new
from bot.store.tables import consents, contacts, invitations, people, person_roles
from bot.store.transaction import AnyRow, Transaction
from desk.people import Person, PersonId
from handlers.records import Contact, Invitation

_GET: Final = select(people.c.body).where(people.c.id == bindparam("person"))
_BY_TELEGRAM: Final = (
    select(people.c.body)
    .join(contacts, contacts.c.person == people.c.id)
    .where(contacts.c.telegram_chat == bindparam("chat"))
)
_STAFF: Final = select(people.c.body).where(people.c.staff).order_by(people.c.name, people.c.id)
_ADD: Final = insert(people)
_PUT: Final = put(people)
_ROLE: Final = put_new(person_roles)
_NO_ROLES: Final = delete(person_roles).where(person_roles.c.person == bindparam("who"))
_CONTACT: Final = select(contacts).where(contacts.c.person == bindparam("person"))
_PUT_CONTACT: Final = put(contacts)
_TAKE_CHAT: Final = (
    update(contacts)
    .where(contacts.c.telegram_chat == bindparam("chat"), contacts.c.person != bindparam("who"))
    .values(telegram_chat=None)
)
_REACHED: Final = (
    update(contacts)
    .where(contacts.c.telegram_chat == bindparam("chat"), contacts.c.telegram_blocked)
    .values(telegram_blocked=False)
)
_INVITE: Final = insert(invitations)
_INVITATION: Final = select(invitations.c.body, invitations.c.used_at).where(
    invitations.c.digest == bindparam("digest")
)
_USE: Final = (
    update(invitations)
    .where(
        invitations.c.digest == bindparam("secret"),
        invitations.c.used_at.is_(None),
        invitations.c.expires_at > bindparam("moment"),
    )
    .values(used_at=bindparam("moment"), used_by=bindparam("who"))
)
_CONSENTED: Final = select(consents.c.yes).where(
    consents.c.person == bindparam("person"), consents.c.what == bindparam("what")
)
_CONSENT: Final = put(consents)


class SqlPeople:
    """See ``handlers.ports.People``."""

    def __init__(self, tx: Transaction, blobs: Blobs) -> None:
        self._tx = tx
        self._blobs = blobs

    async def get(self, person: PersonId) -> Person | None:
        """One person or None."""
        return _person(await self._tx.row(_GET, {"person": person}))

    async def by_telegram(self, user: int) -> Person | None:
        """The person of a Telegram user id (in a private chat the chat has the same id)."""
        return _person(await self._tx.row(_BY_TELEGRAM, {"chat": user}))

    async def add(self, person: Person) -> None:
        """A new person."""
        self._tx.write_later(_ADD, _values(person))
        self._tx.write_later(_ROLE, _roles(person))

    async def save(self, person: Person) -> None:
        """Replaces what is kept of a person."""
        self._tx.write_later(_PUT, _values(person))
        self._tx.write_later(_NO_ROLES, {"who": person.id})
        self._tx.write_later(_ROLE, _roles(person))
        self._tx.touch("people")

    async def staff(self) -> Sequence[Person]:
        """Everybody with a staff role, by name."""
        return [codec.loads(Person, row.body) for row in await self._tx.rows(_STAFF)]

    async def contact(self, person: PersonId) -> Contact:
        """How to reach the person (empty values where nothing is known)."""
        row = await self._tx.row(_CONTACT, {"person": person})
        if row is None:
            return Contact(person=person)
        return Contact(
            person=person, email=row.email, phone=row.phone, telegram_chat=row.telegram_chat,
            telegram_blocked=row.telegram_blocked, email_bad=row.email_bad,
        )  # fmt: skip

    async def save_contact(self, contact: Contact) -> None:
        """Replaces the contact; a Telegram chat that belonged to another person moves over."""
        if contact.telegram_chat is not None:
            self._tx.write_later(_TAKE_CHAT, {"chat": contact.telegram_chat, "who": contact.person})
        self._tx.write_later(_PUT_CONTACT, codec.to_json(contact))

    async def wrote_by_telegram(self, chat: int) -> None:
        """Whoever writes has not blocked the bot (any more)."""
        self._tx.write_later(_REACHED, {"chat": chat})

    async def invite(self, invitation: Invitation) -> None:
        """A new one-time link."""
        values = {
            "digest": invitation.digest, "body": codec.dumps(invitation), "expires_at": invitation.expires_at,
            "used_at": invitation.used_at, "used_by": None,
        }  # fmt: skip
        self._tx.write_later(_INVITE, values)

    async def invitation(self, digest: str) -> Invitation | None:
        """By digest of the secret."""
        row = await self._tx.row(_INVITATION, {"digest": digest})
        if row is None:
            return None
        made = codec.loads(Invitation, row.body)
        return made if row.used_at is None else codec.from_json(Invitation, codec.to_json(made) | _used(row.used_at))

    async def use_invitation(self, digest: str, person: PersonId, at: datetime) -> bool:
        """Marks it used; False if it was used or expired meanwhile (exactly one caller gets True)."""
        return await self._tx.write(_USE, {"secret": digest, "who": person, "moment": at}) == 1

    async def consented(self, person: PersonId, what: str) -> bool | None:
        """The last word of the person on ``what``; None if never asked."""
        row = await self._tx.row(_CONSENTED, {"person": person, "what": what})
        return None if row is None else bool(row.yes)

    async def consent(self, person: PersonId, what: str, *, yes: bool, at: datetime) -> None:
        """Keeps a consent or refusal."""
        self._tx.write_later(_CONSENT, {"person": person, "what": what, "yes": yes, "at": at})

    async def forget(self, person: PersonId, at: datetime) -> Mapping[str, int]:
        """Deletes the person's texts, contacts, consents, files; returns counts by kind; ids and events stay.

        The text of cases that are still open stays and is counted as ``open_cases``: withdraw them first.
        """
        return await forget(self._tx, self._blobs, person, at)

    async def export(self, person: PersonId) -> Mapping[str, Any]:
        """Everything kept of the person as JSON-ready values."""
        return await export(self._tx, person)


def _person(row: AnyRow | None) -> Person | None:
    return None if row is None else codec.loads(Person, row.body)


def _values(person: Person) -> dict[str, Any]:
    return {
        "id": person.id, "name": person.name, "active": person.active, "staff": person.staff,
        "body": codec.dumps(person),
    }  # fmt: skip


def _roles(person: Person) -> list[dict[str, str]]:
    return [{"person": person.id, "role": role.value} for role in sorted(person.roles)]


def _used(at: datetime) -> dict[str, Any]:
    return {"used_at": at.isoformat()}
