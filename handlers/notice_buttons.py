"""The buttons under a notice: what the one who is told may do now. Pure; what may be done is the lifecycle's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from desk.case import Case, Satisfaction
from desk.events import Tell
from desk.people import Person
from handlers.access import Relation
from handlers.actions import CaseVerb, OnCase, Rate
from handlers.case_view import verbs_for
from handlers.messages import Button
from handlers.texts import say

_OWNERS: Final[Mapping[Tell, tuple[CaseVerb, ...]]] = MappingProxyType(
    {
        Tell.ANSWERED: (CaseVerb.FOLLOW_UP, CaseVerb.CLOSE),
        Tell.REFERRED_OUT: (CaseVerb.FOLLOW_UP, CaseVerb.CLOSE),
        Tell.ASKED_BACK: (CaseVerb.SUPPLY, CaseVerb.WITHDRAW),
        Tell.LAPSED: (CaseVerb.REOPEN,),
    }
)
_STAFFS: Final[Mapping[Tell, tuple[CaseVerb, ...]]] = MappingProxyType(
    {
        Tell.HANDOVER_OFFERED: (CaseVerb.DECLINE,),
        Tell.OWNER_WROTE: (CaseVerb.ANSWER, CaseVerb.ASK_BACK, CaseVerb.CLOSE),
    }
)
_RATED: Final = frozenset({Tell.CLOSED, Tell.LAPSED})

Rows = tuple[tuple[Button, ...], ...]


def buttons(case: Case, tell: Tell, person: Person, held: frozenset[Relation], at: datetime) -> Rows:
    """For the owner what usually follows, for staff the case itself first; nothing for whom the case is gone."""
    if not held:
        return ()
    offered = verbs_for(case, person, held, at)
    if Relation.OWNER in held:
        row = tuple(
            Button(label=say(f"case_owner.verb.{verb}"), action=OnCase(verb, case.id, case.version))
            for verb in _OWNERS.get(tell, ())
            if verb in offered
        )
        return (*((row,) if row else ()), *(rating_buttons(case) if tell in _RATED else ()))
    verbs = (CaseVerb.OPEN, *(verb for verb in _STAFFS.get(tell, ()) if verb in offered))
    return (
        tuple(Button(label=say(f"staff.verb.{verb}"), action=OnCase(verb, case.id, case.version)) for verb in verbs),
    )


def rating_buttons(case: Case) -> Rows:
    """The four ratings, two in a row."""
    row = [
        Button(label=say(f"case.rating.{value}"), action=Rate(case.id, value.value))
        for value in (
            Satisfaction.VERY_SATISFIED, Satisfaction.SATISFIED, Satisfaction.NEUTRAL, Satisfaction.DISSATISFIED,
        )
    ]  # fmt: skip
    return (tuple(row[:2]), tuple(row[2:]))
