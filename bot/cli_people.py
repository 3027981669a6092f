"""``tijian user …``: invite, list, disable."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from bot.clock import clock_of
from bot.exits import USAGE, Refused
from bot.settings import ensure_state, read_settings
from desk.people import Level, PersonId, Role
from handlers.invitations import Invitations, Place

ROLES = "one of: " + ", ".join(role for role in Role if role is not Role.OWNER)

app = typer.Typer(no_args_is_help=True, help="members of staff: invite, list, disable")


@app.command()
def invite(
    *,
    role: Annotated[str, typer.Option("--role", help=ROLES)],
    name: Annotated[str, typer.Option("--name")] = "",
    unit: Annotated[str, typer.Option("--unit", help="office or firm")] = "",
    region: Annotated[str, typer.Option("--region", help="path such as 浙江省/湖州市/德清县")] = "",
    level: Annotated[int, typer.Option("--level", help="1 county, 2 city, 3 province")] = 1,
    topics: Annotated[str, typer.Option("--topics", help="comma separated; empty: all")] = "",
) -> None:
    """Print a one-time link for a new member of staff."""
    try:
        place = Place(
            role=Role(role),
            name=name,
            unit=unit,
            region=region,
            level=Level(level),
            topics=tuple(part.strip() for part in topics.split(",") if part.strip()),
        )
    except ValueError as error:
        raise Refused(f"{error}: --role is {ROLES}; --level is 1, 2 or 3", USAGE) from None
    if place.role is Role.OWNER:
        raise Refused("owners need no invitation", USAGE)
    print(asyncio.run(_invite(place)))


async def _invite(place: Place) -> str:
    from bot.store import open_store

    settings = read_settings()
    async with open_store(settings.database, ensure_state(settings), alone=False) as store, store.work() as work:
        link = await Invitations(address=settings.address).invite(work, None, place, clock_of(settings)())
        await work.commit()
    return link


@app.command("list")
def list_() -> None:
    """List everybody with a staff role."""
    asyncio.run(_list())


async def _list() -> None:
    from bot.store import open_store

    settings = read_settings()
    async with (
        open_store(settings.database, ensure_state(settings), alone=False) as store,
        store.reading() as work,
    ):
        people = await work.people.staff()
    for person in people:
        roles = ",".join(sorted(person.roles - {Role.OWNER}))
        state = "" if person.active else "  (disabled)"
        print(f"{person.id}  {person.name or '—'}  {roles}  {person.unit}  {person.region}{state}")
    if not people:
        print("nobody yet: `tijian user invite --role admin`")


@app.command()
def disable(person: Annotated[str, typer.Argument(help="the id from `user list`")]) -> None:
    """Take every right away at once, sessions included."""
    if not asyncio.run(_disable(PersonId(person))):
        raise Refused(f"there is nobody on the staff with the id {person}")
    print("disabled")


async def _disable(person: PersonId) -> bool:
    from bot.store import open_store

    settings = read_settings()
    async with open_store(settings.database, ensure_state(settings), alone=False) as store, store.work() as work:
        gone = await Invitations(address=settings.address).disable(work, None, person, clock_of(settings)())
        await work.commit()
    return gone is not None


@app.command()
def link(person: Annotated[str, typer.Argument(help="the id from `user list`")]) -> None:
    """Print a one-time login link (24 h) for somebody who lost theirs."""
    print(asyncio.run(_link(PersonId(person))))


async def _link(person: PersonId) -> str:
    from bot.store import open_store

    settings = read_settings()
    async with open_store(settings.database, ensure_state(settings), alone=False) as store, store.work() as work:
        found = await work.people.get(person)
        if found is None or not found.staff or not found.active:
            raise Refused(f"there is nobody on the staff with the id {person}")
        made = await Invitations(address=settings.address).login_link(work, person, clock_of(settings)())
        await work.commit()
    return made
