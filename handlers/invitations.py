"""One-time links: they make somebody staff, or log an existing person in. GET shows a page, only redeeming consumes.

The secret is in the link and nowhere else; what is kept is its digest.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from desk.people import Level, Person, PersonId, Role
from handlers.access import Power, may
from handlers.ports import Work
from handlers.records import Invitation

LIFE: Final = timedelta(days=7)
LOGIN_LIFE: Final = timedelta(hours=24)
PATH: Final = "/join/"


class NotInvited(Exception):
    """The link is unknown, used or expired: the three must not be told apart."""


class NotForYou(Exception):
    """Somebody without the power tried to invite or to change people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What an invitation gives: role, office, region path, level, topics (empty: all)."""

    role: Role
    name: str = ""
    unit: str = ""
    region: str = ""
    level: Level = Level.COUNTY
    topics: tuple[str, ...] = ()


def digest(secret: str) -> str:
    """SHA-256 of a 256-bit random secret (no salt is needed for one that cannot be guessed)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_person_id() -> PersonId:
    """128 random bits, URL-safe."""
    return PersonId(secrets.token_urlsafe(16))


class Invitations:
    """Makes and redeems links under the public ``address``."""

    def __init__(self, *, address: str) -> None:
        self._address = address

    async def invite(self, work: Work, maker: Person | None, place: Place, at: datetime) -> str:
        """The link for a new member of staff. ``maker`` None: the program itself (first start, command line).

        Raises NotForYou unless the maker may change people.
        """
        if maker is not None and not may(maker, Power.PEOPLE):
            raise NotForYou
        secret = secrets.token_urlsafe(32)
        invitation = Invitation(
            digest=digest(secret),
            role=place.role,
            person=None,
            name=place.name,
            unit=place.unit,
            region=place.region,
            level=int(place.level),
            topics=place.topics,
            made_by=maker.id if maker is not None else None,
            expires_at=at + LIFE,
        )
        await work.people.invite(invitation)
        actor = maker.id if maker is not None else None
        await work.audit.write(
            at=at, actor=actor, what="people.invite", on=invitation.digest[:16], detail={"role": place.role.value}
        )
        return f"{self._address}{PATH}{secret}"

    async def login_link(self, work: Work, person: PersonId, at: datetime, *, life: timedelta = LOGIN_LIFE) -> str:
        """A one-time link that logs an existing person in."""
        secret = secrets.token_urlsafe(32)
        await work.people.invite(Invitation(digest=digest(secret), role=None, person=person, expires_at=at + life))
        return f"{self._address}{PATH}{secret}"

    async def look(self, work: Work, secret: str, at: datetime) -> Invitation:
        """What the link gives, without using it. Raises NotInvited; so does the link of a maker who may no more."""
        found = await work.people.invitation(digest(secret))
        if found is None or found.used_at is not None or found.expires_at <= at:
            raise NotInvited
        maker = await work.people.get(found.made_by) if found.made_by is not None else None
        if found.made_by is not None and (maker is None or not may(maker, Power.PEOPLE)):
            raise NotInvited
        return found

    async def redeem(self, work: Work, secret: str, at: datetime, *, name: str = "") -> Person:
        """Uses the link up and gives the person it logs in. Raises NotInvited; of two at once one gets it."""
        invitation = await self.look(work, secret, at)
        if invitation.person is not None:
            person = await work.people.get(invitation.person)
            if person is None or not person.active:
                raise NotInvited
        else:
            person = _made(invitation, name)
        if not await work.people.use_invitation(invitation.digest, person.id, at):
            raise NotInvited
        if invitation.person is None:
            await work.people.add(person)
        await work.audit.write(at=at, actor=person.id, what="people.join", on=invitation.digest[:16], detail={})
        return person

    async def disable(self, work: Work, maker: Person | None, person: PersonId, at: datetime) -> Person | None:
        """Takes every right away at once (sessions included, as they read the person). None: nobody of that id."""
        if maker is not None and not may(maker, Power.PEOPLE):
            raise NotForYou
        found = await work.people.get(person)
        if found is None or not found.staff:
            return None
        gone = replace(found, active=False)
        await work.people.save(gone)
        actor = maker.id if maker is not None else None
        await work.audit.write(at=at, actor=actor, what="people.disable", on=person, detail={})
        return gone


def _made(invitation: Invitation, name: str) -> Person:
    roles = frozenset({Role.OWNER} | ({invitation.role} if invitation.role is not None else set()))
    return Person(
        id=new_person_id(),
        name=(name.strip() or invitation.name)[:40],
        roles=roles,
        unit=invitation.unit,
        region=invitation.region,
        level=Level(invitation.level),
        topics=frozenset(invitation.topics),
    )
