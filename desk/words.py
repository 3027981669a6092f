"""The words that come with a move: a message both sides may read, or a note for staff."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from desk.case import Case, CaseMessage, FileId, InternalNote, Move, Wrote
from desk.moves import Who
from desk.people import Person, Role
from desk.ports import Cases

WROTE: Final[Mapping[Move, Wrote]] = MappingProxyType(
    {
        Move.OPEN: Wrote.QUESTION,
        Move.ANSWER: Wrote.ANSWER,
        Move.ASK_BACK: Wrote.ASK_BACK,
        Move.SUPPLY: Wrote.SUPPLY,
        Move.FOLLOW_UP: Wrote.FOLLOW_UP,
        Move.REOPEN: Wrote.FOLLOW_UP,
        Move.REFER_OUT: Wrote.ANSWER,
    }
)
"""Moves whose words both sides read; all others keep theirs, if any, as a note for staff."""
_NOTED: Final = frozenset({Move.NOTE, Move.TRANSFER, Move.RETURN, Move.DECLINE})


async def write(
    cases: Cases,
    case: Case,
    move: Move,
    words: str,
    files: tuple[FileId, ...],
    *,
    actor: Person,
    who: frozenset[Who],
    at: datetime,
) -> None:
    """Keeps what was written with a move; nothing where nothing was. ``who``: what the actor is to the case."""
    if not words and not files:
        return
    key = secrets.token_urlsafe(16)
    if move in WROTE:
        message = CaseMessage(
            id=key,
            case=case.id,
            kind=WROTE[move],
            author=actor.id,
            role=_role(case, who),
            body=words,
            at=at,
            files=files,
            round=case.round,
        )
        await cases.say(message)
    elif move in _NOTED:
        await cases.note(InternalNote(id=key, case=case.id, author=actor.id, body=words, at=at, files=files))


def _role(case: Case, who: frozenset[Who]) -> Role:
    if Who.OWNER in who:
        return Role.OWNER
    return Role.CLERK if Who.RECORDER in who else case.role
