"""What happens by itself: warnings, breaches with 提级, hand-overs that come back, cases closed after silence.

Pure. Each timer fires once, however late: what it did is stored with the case.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from desk.case import Case, Move, Status
from desk.clocks import Clocks, Timer, TimerKind, earliest
from desk.events import Step
from desk.lifecycle import apply
from desk.moves import MoveRequest
from desk.people import Level

DESKS_TURN: Final = frozenset({Status.NEW, Status.SIGNED})
"""Where a breach is the desk's own delay and sends the case one level up; elsewhere somebody else has the word."""

_MOST: Final = 16
"""More than a case can have: three warnings, three breaches, one raise, one hand-over, one lapse."""


def fire(case: Case, *, clocks: Clocks, at: datetime) -> tuple[Step, ...]:
    """Everything that is due at ``at``, oldest first, one step a move; empty if nothing is.

    A breach while it is the desk's turn is followed by RAISE with new clocks; at the top level there is nowhere to go.
    """
    steps = list[Step]()
    for _ in range(_MOST):
        timer = earliest(case)
        if timer is None or timer.at > at:
            break
        step = apply(case, _request(timer), actor=None, clocks=clocks, at=at)
        steps.append(step)
        case = step.case
        if timer.kind is TimerKind.BREACH and case.status in DESKS_TURN and case.level is not Level.PROVINCE:
            raised = apply(case, MoveRequest(move=Move.RAISE, reason="breach"), actor=None, clocks=clocks, at=at)
            steps.append(raised)
            case = raised.case
    return tuple(steps)


def _request(timer: Timer) -> MoveRequest:
    match timer.kind:
        case TimerKind.WARNING:
            return MoveRequest(move=Move.WARN, clock=timer.clock)
        case TimerKind.BREACH:
            return MoveRequest(move=Move.BREACH, clock=timer.clock)
        case TimerKind.HANDOVER:
            return MoveRequest(move=Move.DECLINE, reason="not_in_time")
        case TimerKind.LAPSE:
            return MoveRequest(move=Move.LAPSE)
