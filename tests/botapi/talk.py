"""Many people talking at once, inside the server: each asks, waits for the reply, asks the next.

They live here and not in a client, so that a reply and the next question cost no further request. A person has
``ahead`` questions open at a time; replies must come in the order of the questions.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Talk:
    """One run. ``begun`` and ``ends`` are ``time.monotonic()`` seconds; latencies are in seconds."""

    questions: list[str]
    users: list[int]
    seconds: float
    ahead: int
    push: Callable[[int, str], None]
    begun: float = 0.0
    ends: float = 0.0
    asked: int = 0
    answered_in_time: int = 0
    latencies: list[float] = field(default_factory=list)
    out_of_order: int = 0
    open: dict[int, deque[tuple[int, float]]] = field(default_factory=dict)
    replies: dict[int, str] = field(default_factory=dict)
    next_question: dict[int, int] = field(default_factory=dict)

    def start(self) -> None:
        """Everybody begins."""
        self.begun = time.monotonic()
        self.ends = self.begun + self.seconds
        for place, user in enumerate(self.users):
            self.open[user] = deque()
            self.next_question[user] = place  # not everybody asks the same at the same time
            for _ in range(self.ahead):
                self._ask(user)

    def heard(self, user: int, text: str) -> None:
        """The bot sent ``text`` to the person."""
        waiting = self.open.get(user)
        if not waiting:
            return
        index, pushed = waiting.popleft()
        now = time.monotonic()
        self.latencies.append(now - pushed)
        self.answered_in_time += now <= self.ends
        self.out_of_order += self.replies.setdefault(index, text) != text
        if now < self.ends:
            self._ask(user)

    def result(self) -> dict[str, Any]:
        """What came of it so far."""
        return {
            "asked": self.asked, "answered": len(self.latencies), "answered_in_time": self.answered_in_time,
            "out_of_order": self.out_of_order, "latencies": self.latencies, "over": time.monotonic() >= self.ends,
            "replies": {self.questions[index]: text for index, text in self.replies.items()},
        }  # fmt: skip

    def _ask(self, user: int) -> None:
        index = self.next_question[user] % len(self.questions)
        self.next_question[user] += 1
        self.open[user].append((index, time.monotonic()))
        self.asked += 1
        self.push(user, self.questions[index])
