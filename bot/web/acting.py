"""The cases a visitor may act on as their owner: the own ones, and those opened on this device by number and 取件码."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.store.work import SqlWork
from bot.web.site import Site
from desk.case import Case, CaseId, FileId
from desk.errors import NoSuchCase
from desk.people import Person
from handlers import conversation
from handlers.messages import Channel, FileRef


async def opened_cases(work: SqlWork, person: Person) -> tuple[CaseId, ...]:
    """Cases of other people's sessions that were opened here by their code."""
    row = await work.conversations.load(person.id, Channel.WEB)
    return conversation.read(row.state if row is not None else None).memory.opened


async def cases_here(work: SqlWork, person: Person) -> Sequence[tuple[Case, bool]]:
    """(case, whether it is the person's own), newest first, opened ones last."""
    found = [(case, True) for case in await work.cases.of_owner(person.id)]
    for case in await opened_cases(work, person):
        other = await work.cases.get(case)
        if other is not None and other.owner != person.id:
            found.append((other, False))
    return found


async def file_here(work: SqlWork, site: Site, person: Person, file: FileId, at: datetime) -> FileRef:
    """A file the visitor may open. Raises NoSuchCase."""
    try:
        return await site.casework.file(work, person, file, at)
    except NoSuchCase:
        _, case = await work.files.owner(file)
        if case is None or case not in await opened_cases(work, person):
            raise
    found = await work.cases.get(case)
    owner = await work.people.get(found.owner) if found is not None else None
    if owner is None:
        raise NoSuchCase(case)
    return await site.casework.file(work, owner, file, at)
