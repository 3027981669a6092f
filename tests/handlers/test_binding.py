"""A Telegram account becomes a member's by a code from the web page, once, and for a quarter of an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk.case import Notify
from desk.desk import OpenRequest, load_desk
from desk.people import Person, PersonId, Role
from handlers import binding
from handlers.invitations import Invitations, NotForYou, NotInvited
from handlers.records import Contact
from tests.dialogs import Dialog
from tests.handlers.samples import CITY_LAWYER, LAWYER, MONDAY, OWNER

STRANGER, CHAT = PersonId("stranger"), 4711


@pytest.fixture
async def stranger(telegram: Dialog) -> Dialog:
    """An unknown Telegram account that has written to the bot."""
    telegram.person = STRANGER
    async with telegram.store.work() as work:
        await work.people.add(Person(id=STRANGER))
        await work.people.save_contact(Contact(person=STRANGER, telegram_chat=CHAT))
        await work.commit()
    return telegram


async def code_for(dialog: Dialog, member: Person) -> str:
    async with dialog.store.work() as work:
        code = await binding.offer(work, member, dialog.at)
        await work.commit()
    return code


async def whose(dialog: Dialog) -> PersonId | None:
    async with dialog.store.reading() as work:
        found = await work.people.by_telegram(CHAT)
    return None if found is None else found.id


async def test_the_code_makes_the_account_the_members_once(stranger: Dialog) -> None:
    stranger.names["code"] = await code_for(stranger, LAWYER)
    await stranger.play("用户: /start {code}")
    assert await whose(stranger) == LAWYER.id
    assert "李律师" in stranger.others[-1].text
    await stranger.play(
        """
        用户: /start {code}
        机器人: 这个链接不能用
        """
    )


async def test_a_code_is_dead_after_a_quarter_of_an_hour(stranger: Dialog) -> None:
    stranger.names["code"] = await code_for(stranger, LAWYER)
    stranger.at += binding.LIFE + timedelta(seconds=1)
    await stranger.play(
        """
        用户: /start {code}
        机器人: 这个链接不能用
        """
    )
    assert await whose(stranger) == STRANGER


async def test_a_login_link_binds_nothing_and_a_code_logs_nobody_in(stranger: Dialog) -> None:
    invitations = Invitations(address="")
    async with stranger.store.work() as work:
        link = await invitations.login_link(work, LAWYER.id, stranger.at)
        await work.commit()
    stranger.names["secret"] = link.rpartition("/")[2]
    await stranger.play(
        """
        用户: /start {secret}
        机器人: 这个链接不能用
        """
    )
    assert await whose(stranger) == STRANGER
    code = await code_for(stranger, LAWYER)
    async with stranger.store.work() as work:
        with pytest.raises(NotInvited):
            await invitations.redeem(work, code, stranger.at)


async def test_an_account_with_open_cases_of_its_own_is_not_taken(stranger: Dialog) -> None:
    async with stranger.store.work() as work:
        asked = OpenRequest(owner=STRANGER, role=Role.LAWYER, question="货款收不回来", notify=Notify.TELEGRAM)
        await load_desk().open(work.cases, work.roster, asked, actor=Person(id=STRANGER), at=MONDAY)
        await work.commit()
    stranger.names["code"] = await code_for(stranger, LAWYER)
    await stranger.play(
        """
        用户: /start {code}
        机器人: 没办结的案件
        """
    )
    assert await whose(stranger) == STRANGER


async def test_an_account_moves_from_one_member_to_another_and_can_be_given_up(stranger: Dialog) -> None:
    stranger.names |= {"first": await code_for(stranger, LAWYER), "second": await code_for(stranger, CITY_LAWYER)}
    await stranger.play("用户: /start {first}")
    stranger.person = LAWYER.id
    await stranger.play("用户: /start {second}")
    assert await whose(stranger) == CITY_LAWYER.id
    async with stranger.store.work() as work:
        await binding.unbind(work, CITY_LAWYER.id, stranger.at)
        await work.commit()
    assert await whose(stranger) is None


async def test_only_staff_are_offered_a_code(stranger: Dialog) -> None:
    async with stranger.store.work() as work:
        with pytest.raises(NotForYou):
            await binding.offer(work, OWNER, stranger.at)
