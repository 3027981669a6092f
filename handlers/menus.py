"""Commands and the main menu: what can be begun from everywhere. Staff items come from the staff side's own menu."""

from __future__ import annotations

from typing import Final

from handlers.actions import AskHuman, OpenMenu
from handlers.actions import Menu as Item
from handlers.commands import Rows, Say
from handlers.messages import Button, Link, Tone
from handlers.texts import say
from handlers.turn import Facts

COMMANDS: Final = {
    "/start": Item.START, "/help": Item.HELP, "/menu": Item.START, "/privacy": Item.PRIVACY, "/cases": Item.MY_CASES,
    "/human": Item.HUMAN, "/deadline": Item.DEADLINE, "/routes": Item.ROUTES, "/work": Item.MY_WORK,
    "工作台": Item.MY_WORK,
    "菜单": Item.START, "主菜单": Item.START, "帮助": Item.HELP, "怎么用": Item.HELP, "隐私": Item.PRIVACY,
    "我的案件": Item.MY_CASES, "取件码": Item.PICKUP, "算期限": Item.DEADLINE, "还能找谁": Item.ROUTES,
}  # fmt: skip
STAFF_ITEMS: Final = frozenset({Item.MY_WORK, Item.UNASSIGNED, Item.OVERDUE, Item.FAQ})
"""Items that only the staff side handles."""


def command(text: str) -> Item | None:
    """The menu item a typed command or word means. ``/start payload`` and ``/help@bot`` count as the plain command."""
    plain = text.strip()
    word = plain.split(maxsplit=1)[0].split("@", 1)[0].lower() if plain.startswith("/") else plain.strip("。.！!")
    return COMMANDS.get(word)


def rows(facts: Facts) -> Rows:
    """The main menu's buttons, with the staff entry for staff."""
    owner: Rows = (
        (_item(Item.ASK, "button.ask"), Button(label=say("button.human"), action=AskHuman(asked=""))),
        (_item(Item.MY_CASES, "button.cases"), _item(Item.PICKUP, "button.pickup")),
        (_item(Item.DEADLINE, "button.deadline"), _item(Item.ROUTES, "button.routes")),
        (_item(Item.PRIVACY, "button.privacy"), _item(Item.HELP, "button.help")),
    )
    if facts.person.staff:
        return ((_item(Item.MY_WORK, "button.work"),), *owner)
    return owner


def entrance(text: str, facts: Facts) -> Say:
    """A text with the main menu under it."""
    return Say(text=text, tone=Tone.NOTICE, buttons=rows(facts), links=web_link(facts))


def web_link(facts: Facts) -> tuple[Link, ...]:
    """The web page, where the bot is reached from elsewhere and the page has a public address."""
    if facts.channel == "web" or not facts.public_url.startswith("https://"):
        return ()
    return (Link(label=say("button.web"), url=facts.public_url),)


def _item(item: Item, key: str) -> Button:
    return Button(label=say(key), action=OpenMenu(item=item))
