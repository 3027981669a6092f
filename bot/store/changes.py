"""Who listens to what was committed, in this process: names only, the listener reads the rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Final
from weakref import WeakSet

EVERYTHING: Final = "*"
"""Told in place of names that a slow listener missed: look at everything once."""
_ROOM: Final = 1_000


class Listener(AsyncIterator[str]):
    """Names since the moment it was made. Ends with ``close``; one that is dropped is told nothing more.

    ``wants`` leaves the others out: thousands of open pages must not wake with every commit.
    """

    def __init__(self, wants: Callable[[str], bool] | None = None) -> None:
        self._wants = wants
        self._names: dict[str, None] = {}
        self._more = asyncio.Event()
        self._closed = False

    def tell(self, names: Iterable[str]) -> None:
        """Adds names; one that is still waiting is not told twice."""
        wanted = list(names) if self._wants is None else [name for name in names if self._wants(name)]
        if not wanted:
            return
        self._names.update(dict.fromkeys(wanted))
        if len(self._names) > _ROOM:
            self._names = {EVERYTHING: None}
        self._more.set()

    def close(self) -> None:
        """Ends the iteration after what is left."""
        self._closed = True
        self._more.set()

    async def __anext__(self) -> str:
        while not self._names:
            if self._closed:
                raise StopAsyncIteration
            self._more.clear()
            await self._more.wait()
        name = next(iter(self._names))
        del self._names[name]
        return name


class Changes:
    """The broadcast."""

    def __init__(self) -> None:
        self._listeners: WeakSet[Listener] = WeakSet()

    def listen(self, wants: Callable[[str], bool] | None = None) -> Listener:
        """A new listener, told of everything committed from now on that it wants."""
        made = Listener(wants)
        self._listeners.add(made)
        return made

    def tell(self, names: Iterable[str]) -> None:
        """After a commit."""
        told = list(names)
        if told:
            for each in list(self._listeners):
                each.tell(told)

    def close(self) -> None:
        """Ends every listener."""
        for each in list(self._listeners):
            each.close()
