"""Deciding beside the event loop: matching a long text takes tenths of a second, and every page waits meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from handlers.conversation import AskingSide, Clarifying, PickingPaper, Rephrasing, Talk, Targeting

T = TypeVar("T")
QUICK: Final = 60
"""Characters that are matched in a few milliseconds, also when a message is taken apart and put together."""


async def pondered(letters: int, think: Callable[[], T]) -> T:
    """What ``think`` gives; in a thread where so many ``letters`` are to be matched. ``think`` must be pure."""
    return await asyncio.to_thread(think) if letters > QUICK else think()


def letters_of(talk: Talk, text: str) -> int:
    """How many characters a message may lead to be matched, with those that wait in the conversation."""
    state, last = talk.state, talk.memory.last
    waiting = ""
    match state:
        case Targeting(text=words):
            waiting = words
        case AskingSide(question=words) | Clarifying(question=words) | Rephrasing(question=words):
            waiting = words
        case PickingPaper(question=words):
            waiting = words
        case _:
            pass
    return len(text) + len(waiting) + (len(last.text) if last is not None else 0)
