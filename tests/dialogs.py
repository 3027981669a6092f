"""A small language for conversations, run against the dispatcher with the real store.

One line is one thing that happens::

    用户: 试用期最长可以约定多久？        a text
    用户按: 有帮助                       a press on the last shown button whose label contains this
    用户发: voice                       something the bot cannot read
    用户改: …                           an edited text
    机器人: 最长六个月 | 依据             the next message holds each part; one line a message
    机器人没说: 张警官                    the message just read does not hold this
    机器人按钮: 有帮助 | 没解决            the message just read has these buttons
    机器人拨号: 110                      its first link is this telephone number
    机器人不说话:                        no message is left unread
    过了: 40                            so many seconds go by

``{name}`` stands for a value that a test put into ``Dialog.names``; 「机器人记: name = pattern」 puts there the first
group of a regular expression found in the message just read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.store import SqlStore
from bot.store.inbox import Incoming
from desk.case import FileId
from desk.people import PersonId
from handlers.actions import Action, decode, encode
from handlers.dispatch import Dispatcher
from handlers.messages import Channel, FileRef, Message, Reply

OWNER: Final = PersonId("owner")


class Listening:
    """A unit of work whose replies are also heard here."""

    def __init__(self, work: Any) -> None:  # noqa: ANN401 - whatever the store opens
        self._work = work
        self.replies = self
        self.heard: list[Reply] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._work, name)

    async def put(self, reply: Reply, *, at: datetime, key: str) -> None:
        self.heard.append(reply)
        await self._work.replies.put(reply, at=at, key=key)

    async def nudge(self, nudge: Any, *, at: datetime, key: str) -> None:  # noqa: ANN401
        await self._work.replies.nudge(nudge, at=at, key=key)


@dataclass
class Dialog:
    """One person on one channel. ``unread`` are messages not yet looked at, ``shown`` the one just read."""

    store: SqlStore
    dispatcher: Dispatcher
    at: datetime
    person: PersonId = OWNER
    channel: Channel = Channel.TELEGRAM
    names: dict[str, str] = field(default_factory=dict)
    unread: list[Reply] = field(default_factory=list)
    others: list[Reply] = field(default_factory=list)
    shown: Reply | None = None
    buttons: dict[str, Action] = field(default_factory=dict)
    number: int = 0

    async def play(self, script: str) -> None:
        """Runs the lines; AssertionError names the line that went otherwise."""
        for raw in script.strip().splitlines():
            line = raw.strip()
            if line and not line.startswith("#"):
                verb, _, rest = line.partition(":")
                for name, value in self.names.items():
                    rest = rest.replace(f"{{{name}}}", value)
                await self._line(verb.strip(), rest.strip(), line)

    async def send(self, text: str = "", **more: Any) -> None:  # noqa: ANN401
        """One message of the person through inbox and dispatcher, committed."""
        self.number += 1
        self.at += timedelta(seconds=1)
        row = Incoming(
            source=self.channel, external_id=f"{self.person}-{self.number}", lane=f"{self.channel}:{self.person}",
            payload="{}", at=self.at, words=text,
        )  # fmt: skip
        (inbox,) = await self.store.inbox.add_many([row])
        assert inbox is not None
        message = Message(inbox=inbox, person=self.person, channel=self.channel, at=self.at, text=text)
        await self.deliver(replace(message, **more))

    async def deliver(self, message: Message) -> None:
        """The message through the dispatcher, in one unit of work; once more for nothing must change nothing."""
        async with self.store.work() as work:
            heard = Listening(work)
            async with work.savepoint():
                await self.dispatcher.handle(heard, message)
            self.store.inbox.done(work, message.inbox)
            await work.commit()
        for reply in heard.heard:
            (self.unread if reply.to == self.person else self.others).append(reply)

    async def press(self, label: str) -> None:
        """A press on the newest shown button whose label contains this; the value goes through the codec."""
        found = [action for name, action in self.buttons.items() if label in name]
        assert found, f"no button {label!r} among {list(self.buttons)}"
        await self.send(action=decode(encode(found[-1])))

    async def _line(self, verb: str, rest: str, line: str) -> None:  # noqa: C901 - one arm a kind of line
        match verb:
            case "用户":
                await self.send(rest)
            case "用户按":
                await self.press(rest)
            case "用户发":
                await self.send(unsupported=rest)
            case "用户改":
                await self.send(rest, edited=True)
            case "过了":
                self.at += timedelta(seconds=int(rest))
            case "机器人":
                self._read(_parts(rest), line)
            case "机器人没说":
                assert self.shown is not None, line
                assert rest not in self.shown.text, f"{line}\n{self.shown.text}"
            case "机器人按钮":
                self._has_buttons(_parts(rest), line)
            case "机器人拨号":
                assert self.shown is not None, line
                assert self.shown.links[0].url == f"tel:{rest}", f"{line}\n{self.shown.links}"
            case "机器人不说话":
                assert not self.unread, f"{line}\n" + "\n---\n".join(item.text for item in self.unread)
            case "机器人记":
                self._remember(rest, line)
            case _:
                raise AssertionError(f"no such line: {line}")

    def _read(self, parts: Sequence[str], line: str) -> None:
        assert self.unread, f"{line}\nnothing was said"
        self.shown = self.unread.pop(0)
        for row in self.shown.buttons:
            for button in row:
                self.buttons.pop(button.label, None)
                self.buttons[button.label] = button.action
        for part in parts:
            assert part in self.shown.text, f"{line}\nwas said:\n{self.shown.text}"

    def _has_buttons(self, labels: Sequence[str], line: str) -> None:
        assert self.shown is not None
        there = [button.label for row in self.shown.buttons for button in row]
        for label in labels:
            assert any(label in name for name in there), f"{line}\nbuttons: {there}"

    def _remember(self, rest: str, line: str) -> None:
        name, _, pattern = rest.partition("=")
        assert self.shown is not None
        found = re.search(pattern.strip(), self.shown.text)
        assert found is not None, f"{line}\nwas said:\n{self.shown.text}"
        self.names[name.strip()] = found.group(1)


def photo(identity: str) -> FileRef:
    """A stored picture's record."""
    return FileRef(id=FileId(identity), name="照片.jpg", media_type="image/jpeg", size=10, sha256="0" * 64)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]
