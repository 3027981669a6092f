"""Named moments at which a test may kill the process; without ``TIJIAN_KILL_AT`` they do nothing.

``TIJIAN_KILL_AT=decision.before`` kills (SIGKILL, as a power cut would) when that point is reached for the first time,
``decision.before:3`` at the third. Points: ``inbox.before`` and ``inbox.after`` (the commit that keeps what came in),
``webhook.committed`` (kept, but the 200 is not out), ``decision.before`` and ``decision.after`` (the commit of a
decision with its replies), ``send.before`` (marked as on its way, nothing sent), ``send.after`` (the other side said
ok, which is not noted yet). No setting: nobody who runs the program needs it.
"""

from __future__ import annotations

import os
import signal
from typing import Final, Literal

Point = Literal[
    "inbox.before", "inbox.after", "webhook.committed", "decision.before", "decision.after", "send.before", "send.after"
]

_ENVIRONMENT: Final = "TIJIAN_KILL_AT"


class KillSwitch:
    """Counts how often the wanted point was reached. ``wanted`` is ``point`` or ``point:times``; "" never kills."""

    def __init__(self, wanted: str) -> None:
        self._point, _, times = wanted.partition(":")
        self._left = int(times) if times.isdigit() else 1

    def reach(self, point: Point) -> None:
        """Kills the process if this is the moment."""
        if point != self._point:
            return
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


reach: Final = KillSwitch(os.environ.get(_ENVIRONMENT, "")).reach
