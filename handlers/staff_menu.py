"""The staff menu in chat: my cases, what nobody has, what is late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from desk.people import Person
from handlers.access import Power, may
from handlers.actions import Menu, OpenMenu
from handlers.casework import Card, CaseWork
from handlers.messages import Button, Link, Message, Reply, Tone
from handlers.notices import Notices
from handlers.ports import Work
from handlers.staff import StaffTurn
from handlers.staff_card import list_reply
from handlers.texts import say

ITEMS: Final = frozenset({Menu.MY_WORK, Menu.UNASSIGNED, Menu.OVERDUE})


class StaffMenu:
    """``console`` is the public base address."""

    def __init__(self, *, casework: CaseWork, notices: Notices, console: str) -> None:
        self._casework = casework
        self._notices = notices
        self._link = Link(label=say("staff.console"), url=f"{console}/console")

    async def open(self, work: Work, person: Person, message: Message, item: Menu) -> StaffTurn | None:
        """The list behind an item, 我的案件 with the menu before it; None for items of others."""
        if item not in ITEMS:
            return None
        cards = await self._cards(work, person, message, item)
        name = "mine" if item is Menu.MY_WORK else item.value
        found = list_reply(
            say(f"staff.{name}"), cards, person, message.channel, self._notices,
            empty=say(f"staff.none_{name}"), more=self._link,
        )  # fmt: skip
        return StaffTurn(replies=(self._menu(person, message), found) if item is Menu.MY_WORK else (found,))

    async def _cards(self, work: Work, person: Person, message: Message, item: Menu) -> Sequence[Card]:
        match item:
            case Menu.UNASSIGNED:
                return await self._casework.unassigned(work, person, message.at)
            case Menu.OVERDUE:
                return await self._casework.overdue(work, person, message.at)
            case _:
                return await self._casework.mine(work, person, message.at)

    def _menu(self, person: Person, message: Message) -> Reply:
        rows = [
            tuple(Button(label=say(f"staff.{item}"), action=OpenMenu(item)) for item in (Menu.UNASSIGNED, Menu.OVERDUE))
        ]
        if may(person, Power.KEEP_FAQ):
            rows.append((Button(label=say("staff.faq"), action=OpenMenu(Menu.FAQ)),))
        return Reply(
            to=person.id, text=say("staff.menu"), channel=message.channel, tone=Tone.NOTICE, buttons=tuple(rows),
            links=(self._link,),
        )  # fmt: skip
