"""What the desk refuses: data only, the sentences are in ``handlers/texts``."""

from __future__ import annotations

from desk.case import CaseId, Move, Status
from desk.people import PersonId


class DeskError(Exception):
    """The root of this package's errors."""


class NotAllowedNow(DeskError):
    """The lifecycle table has no such move from this status, or a guard of the rule failed (``why`` is a code)."""

    def __init__(self, status: Status, move: Move, why: str = "") -> None:
        super().__init__(f"{move} from {status}: {why or 'no such move'}")
        self.status = status
        self.move = move
        self.why = why


class StaleCase(DeskError):
    """Somebody else moved the case first; ``by`` is who (None: a timer)."""

    def __init__(self, case: CaseId, by: PersonId | None) -> None:
        super().__init__(case)
        self.case = case
        self.by = by


class NoSuchCase(DeskError):
    """No case there, or none for this person: the two must not be told apart."""


class ReasonNeeded(DeskError):
    """The move needs a reason from the list."""

    def __init__(self, move: Move) -> None:
        super().__init__(move)
        self.move = move
