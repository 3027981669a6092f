"""One-time links: nobody learns why one does not open, one of two at once gets it, the disabled lose everything."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.store import SqlStore
from desk.people import Level, Person, Role
from handlers.invitations import LIFE, LOGIN_LIFE, Invitations, NotForYou, NotInvited, Place
from tests.handlers.desk_house import ADMIN, House
from tests.handlers.samples import LAWYER, MONDAY, OWNER, POLICE, REGION

INVITATIONS = Invitations(address="https://tijian.example")
PLACE = Place(role=Role.LAWYER, name="新律师", unit="新所", region=REGION, level=Level.CITY, topics=("tax",))


async def invite(store: SqlStore, maker: Person | None = ADMIN, place: Place = PLACE) -> str:
    async with store.work() as work:
        link = await INVITATIONS.invite(work, maker, place, MONDAY)
        await work.commit()
    return link.removeprefix("https://tijian.example/join/")


async def redeem(store: SqlStore, secret: str, late: timedelta = timedelta(0)) -> Person:
    async with store.work() as work:
        person = await INVITATIONS.redeem(work, secret, MONDAY + late)
        await work.commit()
    return person


async def test_a_link_makes_a_member_of_staff_as_it_says(house: House) -> None:
    person = await redeem(house.store, await invite(house.store))
    assert (person.name, person.unit, person.region, person.level) == ("新律师", "新所", REGION, Level.CITY)
    assert person.roles == {Role.OWNER, Role.LAWYER}
    assert person.topics == {"tax"}
    async with house.store.reading() as work:
        assert await work.people.get(person.id) == person


async def test_looking_uses_nothing_up(house: House) -> None:
    secret = await invite(house.store)
    async with house.store.reading() as work:
        for _ in range(3):
            assert (await INVITATIONS.look(work, secret, MONDAY)).role is Role.LAWYER
    await redeem(house.store, secret)


async def test_used_expired_unknown_and_of_a_maker_gone_cannot_be_told_apart(house: House) -> None:
    used, old, orphaned = [await invite(house.store) for _ in range(3)]
    await redeem(house.store, used)
    said = set()
    for secret, late in ((used, timedelta(0)), (old, LIFE), ("x" * 43, timedelta(0)), ("", timedelta(0))):
        with pytest.raises(NotInvited) as raised:
            await redeem(house.store, secret, late)
        said.add((str(raised.value), raised.value.args))
    async with house.store.work() as work:
        await work.people.save(replace(ADMIN, active=False))
        await work.commit()
    with pytest.raises(NotInvited) as raised:
        await redeem(house.store, orphaned)
    assert {*said, (str(raised.value), raised.value.args)} == {("", ())}


async def test_of_two_at_once_one_gets_it(house: House) -> None:
    secret = await invite(house.store)
    found = await asyncio.gather(*(redeem(house.store, secret) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(one, Person) for one in found) == 1
    assert sum(isinstance(one, NotInvited) for one in found) == 3
    async with house.store.reading() as work:
        assert [person.name for person in await work.people.staff()].count("新律师") == 1


async def test_only_admins_and_the_program_invite(house: House) -> None:
    with pytest.raises(NotForYou):
        await invite(house.store, maker=LAWYER)
    with pytest.raises(NotForYou):
        await invite(house.store, maker=replace(ADMIN, active=False))
    await redeem(house.store, await invite(house.store, maker=None))


async def test_a_login_link_is_for_one_existing_person_once(house: House) -> None:
    async with house.store.work() as work:
        links = [await INVITATIONS.login_link(work, LAWYER.id, MONDAY) for _ in range(2)]
        await work.commit()
    first, second = (link.rpartition("/")[2] for link in links)
    assert await redeem(house.store, first) == LAWYER
    with pytest.raises(NotInvited):
        await redeem(house.store, first)
    with pytest.raises(NotInvited):
        await redeem(house.store, second, LOGIN_LIFE)


async def test_the_disabled_lose_links_too_and_owners_are_not_disabled_so(house: House) -> None:
    async with house.store.work() as work:
        link = await INVITATIONS.login_link(work, LAWYER.id, MONDAY)
        gone = await INVITATIONS.disable(work, ADMIN, LAWYER.id, MONDAY)
        assert gone is not None
        assert not gone.active
        with pytest.raises(NotForYou):
            await INVITATIONS.disable(work, POLICE, ADMIN.id, MONDAY)
        await work.commit()
    with pytest.raises(NotInvited):
        await redeem(house.store, link.rpartition("/")[2])
    async with house.store.work() as work:
        assert await INVITATIONS.disable(work, ADMIN, OWNER.id, MONDAY) is None


async def test_the_secret_itself_is_kept_nowhere(house: House) -> None:
    secret = await invite(house.store)
    assert secret.encode() not in b"".join(
        path.read_bytes() for path in house.store.state_dir.parent.rglob("*") if path.is_file()
    )
