"""Cases with their history. The whole case is one JSON value; the columns beside it are for finding it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, insert, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert as insert_or

from bot.store import codec
from bot.store.put import put, put_new
from bot.store.tables import assignments, case_events, case_facts, case_messages, case_notes, case_numbers, cases
from bot.store.transaction import Transaction
from desk.case import Case, CaseFacts, CaseId, CaseMessage, InternalNote, Move, Status
from desk.clocks import next_timer
from desk.errors import StaleCase
from desk.events import Event
from desk.people import PersonId

_OPEN: Final = cases.c.status != Status.CLOSED.value
_SOONEST: Final = (cases.c.due_at.is_(None), cases.c.due_at, cases.c.opened_at, cases.c.id)
_GET: Final = select(cases.c.body).where(cases.c.id == bindparam("case"))
_LOCK: Final = _GET.with_for_update()
_BY_NUMBER: Final = select(cases.c.body).where(cases.c.number == bindparam("number"))
_ADD: Final = insert(cases)
_COLUMNS: Final = ("assignee", "responsible", "offered", "status", "role", "region", "topic", "version", "due_at",
                   "timer_at", "moved_by", "body", "owner")  # fmt: skip
_SAVE: Final = (
    update(cases)
    .where(cases.c.id == bindparam("the_case"), cases.c.version == bindparam("expected"))
    .values({name: bindparam(f"new_{name}") for name in _COLUMNS})
)
_MOVED_BY: Final = select(cases.c.moved_by).where(cases.c.id == bindparam("case"))
_ASSIGNEE: Final = select(cases.c.assignee).where(cases.c.id == bindparam("case"))
_EVENT: Final = insert(case_events)
_ASSIGNED: Final = put_new(assignments)
_FACTS: Final = select(case_facts.c.body).where(case_facts.c.case == bindparam("case"))
_PUT_FACTS: Final = put(case_facts)
_SAY: Final = insert(case_messages)
_MESSAGES: Final = (
    select(case_messages.c.body).where(case_messages.c.case == bindparam("case")).order_by(case_messages.c.seq)
)
_NOTE: Final = insert(case_notes)
_NOTES: Final = select(case_notes.c.body).where(case_notes.c.case == bindparam("case")).order_by(case_notes.c.seq)
_EVENTS: Final = select(case_events).where(case_events.c.case == bindparam("case")).order_by(case_events.c.seq)
_NUMBER: Final = (
    insert_or(case_numbers)
    .on_conflict_do_update(index_elements=["day"], set_={"last": case_numbers.c.last + 1})
    .returning(case_numbers.c.last)
)
_DUE: Final = (
    select(cases.c.id)
    .where(cases.c.timer_at <= bindparam("moment"))
    .order_by(cases.c.timer_at, cases.c.id)
    .limit(bindparam("most"))
)


class SqlCases:
    """See ``desk.ports.Cases``."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def get(self, case: CaseId) -> Case | None:
        """The case as it stands (locked until the end of a transaction that writes), or None."""
        row = await self._tx.row(_LOCK if self._tx.writes else _GET, {"case": case})
        return None if row is None else codec.loads(Case, row.body)

    async def by_number(self, number: str) -> Case | None:
        """By case number in canonical form."""
        row = await self._tx.row(_BY_NUMBER, {"number": number})
        return None if row is None else codec.loads(Case, row.body)

    async def add(self, case: Case, facts: CaseFacts, events: Sequence[Event]) -> None:
        """A new case with its facts and first events."""
        values = _values(case, events) | {"id": case.id, "number": case.number, "opened_at": case.opened_at}
        self._tx.write_later(_ADD, values)
        self._tx.write_later(_PUT_FACTS, {"case": facts.case, "body": codec.dumps(facts)})
        self._keep(case, events, changed=case.assignee is not None)

    async def save(self, case: Case, events: Sequence[Event]) -> None:
        """The case after a move. Raises StaleCase(by) if the stored version is not ``case.version - 1``."""
        values: dict[str, Any] = {f"new_{name}": value for name, value in _values(case, events).items()}
        values |= {"the_case": case.id, "expected": case.version - 1}

        def act(connection: Connection) -> tuple[bool, str | None]:
            before = connection.execute(_ASSIGNEE, {"case": case.id}).scalar()
            if connection.execute(_SAVE, values).rowcount == 1:
                return True, before
            return False, connection.execute(_MOVED_BY, {"case": case.id}).scalar()

        saved, who = await self._tx.run(act)
        if not saved:
            raise StaleCase(case.id, None if who is None else PersonId(who))
        self._keep(case, events, changed=case.assignee is not None and case.assignee != who)

    def _keep(self, case: Case, events: Sequence[Event], *, changed: bool) -> None:
        self._tx.write_later(_EVENT, [_event_values(event) for event in events])
        if changed and events:
            given = {"case": case.id, "version": case.version, "person": case.assignee, "at": events[-1].at}
            self._tx.write_later(_ASSIGNED, given)
        self._tx.touch(f"cases:{case.id}")
        self._tx.touch("cases")

    async def facts(self, case: CaseId) -> CaseFacts | None:
        """The personal text, or None once deleted."""
        row = await self._tx.row(_FACTS, {"case": case})
        return None if row is None else codec.loads(CaseFacts, row.body)

    async def save_facts(self, facts: CaseFacts) -> None:
        """Replaces the personal text."""
        self._tx.write_later(_PUT_FACTS, {"case": facts.case, "body": codec.dumps(facts)})

    async def say(self, message: CaseMessage) -> None:
        """Appends a message both sides may read."""
        values = {"id": message.id, "case": message.case, "at": message.at, "body": codec.dumps(message)}
        self._tx.write_later(_SAY, values)
        self._tx.touch(f"cases:{message.case}")

    async def note(self, note: InternalNote) -> None:
        """Appends a staff note."""
        values = {"id": note.id, "case": note.case, "at": note.at, "body": codec.dumps(note)}
        self._tx.write_later(_NOTE, values)
        self._tx.touch(f"cases:{note.case}")

    async def messages(self, case: CaseId) -> Sequence[CaseMessage]:
        """Oldest first."""
        return [codec.loads(CaseMessage, row.body) for row in await self._tx.rows(_MESSAGES, {"case": case})]

    async def notes(self, case: CaseId) -> Sequence[InternalNote]:
        """Oldest first."""
        return [codec.loads(InternalNote, row.body) for row in await self._tx.rows(_NOTES, {"case": case})]

    async def events(self, case: CaseId) -> Sequence[Event]:
        """By seq."""
        return [
            Event(
                case=CaseId(row.case), seq=row.seq, at=row.at, move=Move(row.move),
                actor=None if row.actor is None else PersonId(row.actor),
                before=None if row.before is None else Status(row.before), after=Status(row.after),
                data=json.loads(row.data),
            )
            for row in await self._tx.rows(_EVENTS, {"case": case})
        ]  # fmt: skip

    async def next_number(self, day: str) -> int:
        """The next running number (from 1) of that day; never given twice once committed."""
        values = {"day": day, "last": 1}
        return int(await self._tx.run(lambda connection: connection.execute(_NUMBER, values).scalar_one()))

    async def of_owner(self, owner: PersonId, *, open_only: bool = False, limit: int = 50) -> Sequence[Case]:
        """Newest first."""
        found = select(cases.c.body).where(cases.c.owner == owner)
        found = found.where(_OPEN) if open_only else found
        return await self._cases(found.order_by(cases.c.opened_at.desc(), cases.c.id).limit(limit))

    async def of_expert(self, expert: PersonId, *, open_only: bool = True, limit: int = 100) -> Sequence[Case]:
        """Cases the person is asked to sign, is responsible for, or is offered; oldest due first."""
        mine = or_(cases.c.assignee == expert, cases.c.responsible == expert, cases.c.offered == expert)
        found = select(cases.c.body).where(mine)
        found = found.where(_OPEN) if open_only else found
        return await self._cases(found.order_by(*_SOONEST).limit(limit))

    async def unassigned(self, *, region: str = "", limit: int = 100) -> Sequence[Case]:
        """New cases without assignee, oldest first; ``region`` is a path prefix."""
        found = select(cases.c.body).where(
            cases.c.status == Status.NEW.value, cases.c.assignee.is_(None), _within(region)
        )
        return await self._cases(found.order_by(cases.c.opened_at, cases.c.id).limit(limit))

    async def of_unit(self, region: str, *, overdue_at: datetime | None = None, limit: int = 200) -> Sequence[Case]:
        """Open cases whose region starts with the path; with ``overdue_at`` only those at or past a due moment."""
        found = select(cases.c.body).where(_OPEN, _within(region))
        found = found if overdue_at is None else found.where(cases.c.due_at <= overdue_at)
        return await self._cases(found.order_by(*_SOONEST).limit(limit))

    async def due(self, at: datetime, *, limit: int = 100) -> Sequence[CaseId]:
        """Cases whose earliest timer is at or before ``at``, oldest timer first."""
        return [CaseId(row.id) for row in await self._tx.rows(_DUE, {"moment": at, "most": limit})]

    async def _cases(self, found: Select[Any]) -> Sequence[Case]:
        return [codec.loads(Case, row.body) for row in await self._tx.rows(found)]


def _within(region: str) -> ColumnElement[bool]:
    if not region:
        return true()
    return or_(cases.c.region == region, func.substr(cases.c.region, 1, len(region) + 1) == f"{region}/")


def _values(case: Case, events: Sequence[Event]) -> dict[str, Any]:
    timers = case.timers
    running = [due for due in (timers.sign_due, timers.answer_due, timers.close_due) if due is not None]
    return {
        "owner": case.owner, "assignee": case.assignee, "responsible": case.responsible,
        "offered": None if case.handover is None else case.handover.to, "status": case.status.value,
        "role": case.role.value, "region": case.region, "topic": case.topic, "version": case.version,
        "due_at": None if timers.paused_at is not None else min(running, default=None),
        "timer_at": next_timer(case), "moved_by": events[-1].actor if events else None, "body": codec.dumps(case),
    }  # fmt: skip


def _event_values(event: Event) -> dict[str, Any]:
    return {
        "case": event.case, "seq": event.seq, "at": event.at, "move": event.move.value, "actor": event.actor,
        "before": None if event.before is None else event.before.value, "after": event.after.value,
        "data": codec.to_text(dict(event.data)),
    }  # fmt: skip
