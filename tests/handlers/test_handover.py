"""找人工: the interview, who will read it, sending, the web form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desk.case import Status
from desk.people import EnterpriseId, PersonId, Role
from handlers.actions import AskHuman
from handlers.dispatch import Dispatcher
from handlers.handover_form import HandoverForm
from handlers.intake_draft import MATTERS, Draft, judged
from handlers.messages import Channel
from handlers.regions import find_region
from tests.dialogs import Dialog
from tests.handlers.samples import LAWYER, OWNER, POLICE, REGION

FORM = HandoverForm(
    question="客户拖欠货款半年了，我该怎么要？", other_party="甲公司", situation="dispute", side="employer",
    region="德清县", notify="email", email="wang@example.com",
)  # fmt: skip


async def test_the_interview_asks_the_other_party_first_and_sends_only_after_who_reads_was_shown(chat: Dialog) -> None:
    await chat.play("""
        用户: 火星上可以注册公司吗？
        机器人: 没有可靠的答案
        用户按: 找人工
        机器人: 对方是谁
        用户: 火星公司
        机器人: 哪一种情况
        用户按: 和别人有纠纷
        机器人: 单位一方，还是员工一方
        用户按: 我是单位
        机器人: 还没有发出 | 承办律师 | 火星公司 | 火星上可以注册公司吗 | 律师法第三十八条 | 调解
        机器人按钮: 确认发出 | 修改 | 不发
        机器人不说话:
        用户按: 确认发出
        机器人: 已受理 | 取件码 | 最晚 | Telegram 里告诉您
        机器人记: number = 案件编号：(FT[0-9-]+)
        机器人记: code = 取件码：([0-9A-Z-]+)
    """)
    async with chat.store.reading() as work:
        (case,) = await work.cases.of_owner(chat.person)
        facts = await work.cases.facts(case.id)
    assert case.number == chat.names["number"]
    assert case.assignee == LAWYER.id
    assert facts is not None
    assert facts.other_party == "火星公司"
    assert facts.question == "火星上可以注册公司吗？"
    assert facts.candidates
    assert chat.names["code"] not in str(facts)
    assert any(reply.to == LAWYER.id for reply in chat.others)


async def test_nothing_is_sent_when_the_owner_says_no(chat: Dialog) -> None:
    await chat.play("""
        用户: 找人工
        机器人: 对方是谁
        用户按: 没有对方
        机器人: 哪一种情况
        用户按: 信用修复
        机器人: 单位一方
        用户按: 我是单位
        机器人: 写下您的问题
        用户: 列入异常名录了怎么修复信用？
        机器人: 司法局或部门联络员
        用户按: 不发
        机器人: 已取消
    """)
    async with chat.store.reading() as work:
        assert not await work.cases.of_owner(chat.person)


async def test_criminal_matters_go_by_web_link_in_telegram(chat: Dialog) -> None:
    await chat.play("""
        用户: 我被经侦传唤了
        机器人: 只会交给律师
        用户按: 找律师
        机器人: https://tijian.example/?handover=1
        机器人不说话:
    """)
    async with chat.store.reading() as work:
        row = await work.conversations.load(chat.person, Channel.TELEGRAM)
    assert "经侦" not in str(row.state if row else "")


async def test_trade_secrets_go_by_web_link_in_telegram(chat: Dialog) -> None:
    await chat.play("""
        用户: 员工带走客户名单怎么办？
        机器人: 先固定证据
        用户按: 找人工
        机器人: 商业秘密的内容，不在 Telegram 里写
    """)


async def test_the_web_chat_opens_the_form_and_the_form_knows_the_question(
    asked: Dialog, dispatcher: Dispatcher
) -> None:
    await asked.play("""
        用户: 火星上可以注册公司吗？
        机器人: 没有可靠的答案
        用户按: 找人工
        机器人: 发出之前会先给您看谁会看到
    """)
    assert asked.shown is not None
    assert asked.shown.form == "handover"
    async with asked.store.work() as work:
        first = await dispatcher.submit_form(work, OWNER, FORM, asked.at, "k1")
        assert first.sent is None
        assert "承办律师" in first.preview
        again = replace(FORM, confirmed=True, shown=first.shown)
        done = await dispatcher.submit_form(work, OWNER, again, asked.at, "k1")
        assert done.sent is not None
        twice = await dispatcher.submit_form(work, OWNER, again, asked.at, "k1")
        assert twice.sent is None
        assert twice.number == done.sent.number
        (case,) = await work.cases.of_owner(OWNER.id)
        facts = await work.cases.facts(case.id)
        contact = await work.people.contact(OWNER.id)
        await work.commit()
    assert facts is not None
    assert facts.candidates
    assert contact.email == "wang@example.com"
    assert done.sent.pickup_code in done.sent.text


async def test_a_changed_form_is_shown_again_before_it_is_sent(asked: Dialog, dispatcher: Dispatcher) -> None:
    async with asked.store.work() as work:
        first = await dispatcher.submit_form(work, OWNER, FORM, asked.at, "k1")
        other = replace(FORM, situation="victim", confirmed=True, shown=first.shown)
        second = await dispatcher.submit_form(work, OWNER, other, asked.at, "k1")
        assert second.sent is None
        assert "承办警官" in second.preview
        assert "刑事诉讼法第一百零九条" in second.preview
        assert "第一百一十条" in second.preview
        assert not await work.cases.of_owner(OWNER.id)


async def test_every_wrong_field_is_told_in_chinese(asked: Dialog, dispatcher: Dispatcher) -> None:
    bad = HandoverForm(question="？", notify="email", email="x@", phone="12", other_party="长" * 201)
    async with asked.store.work() as work:
        outcome = await dispatcher.submit_form(work, OWNER, bad, asked.at, "k")
    wanted = {"question", "situation", "side", "region", "email", "phone", "other_party"}
    assert set(outcome.errors) == wanted
    assert all(message.endswith(("。", "）。")) for message in outcome.errors.values())


async def test_somebody_elses_file_cannot_be_sent_along(asked: Dialog, dispatcher: Dispatcher) -> None:
    stolen = replace(FORM, files=("f-of-another",))  # type: ignore[arg-type]
    async with asked.store.work() as work:
        first = await dispatcher.submit_form(work, OWNER, stolen, asked.at, "k")
        done = await dispatcher.submit_form(
            work, OWNER, replace(stolen, confirmed=True, shown=first.shown), asked.at, "k"
        )
        assert "files" in done.errors
        assert not await work.cases.of_owner(OWNER.id)


@pytest.mark.parametrize(
    ("situation", "role", "only"),
    [
        ("advice", Role.LAWYER, False),
        ("dispute", Role.LAWYER, False),
        ("procedure", Role.JUDGE, False),
        ("victim", Role.POLICE, False),
        ("suspect", Role.LAWYER, True),
        ("both", Role.LAWYER, True),
        ("unclear", Role.LAWYER, True),
        ("refused", Role.PROSECUTOR, False),
        ("review", Role.BUREAU, False),
        ("credit", Role.BUREAU, False),
        ("inspection", Role.BUREAU, False),
        ("harassment", Role.BUREAU, False),
    ],
)
def test_each_choice_finds_the_competent_profession(situation: str, role: Role, only: bool) -> None:
    found = judged(Draft(id="d", situation=situation, side="employer", region=REGION), OWNER)
    assert (found.role, found.lawyer_only) == (role, only)


def test_every_choice_is_tested() -> None:
    assert len(MATTERS) == 12


async def test_an_employee_is_never_sent_to_the_employers_lawyer(asked: Dialog, dispatcher: Dispatcher) -> None:
    worker = replace(OWNER, id=PersonId("worker"), enterprise=EnterpriseId("e1"))
    async with asked.store.work() as work:
        outcome = await dispatcher.submit_form(work, worker, replace(FORM, side="employee"), asked.at, "k")
    assert outcome.refused
    assert "12333" in outcome.preview
    assert "法律援助" in outcome.preview


async def test_a_crime_report_reaches_the_police_and_no_lawyer(asked: Dialog, dispatcher: Dispatcher) -> None:
    report = replace(FORM, situation="victim")
    async with asked.store.work() as work:
        first = await dispatcher.submit_form(work, OWNER, report, asked.at, "k")
        await dispatcher.submit_form(work, OWNER, replace(report, confirmed=True, shown=first.shown), asked.at, "k")
        (case,) = await work.cases.of_owner(OWNER.id)
    assert (case.assignee, case.status) == (POLICE.id, Status.NEW)


async def test_before_consent_the_wish_for_a_person_waits_for_it(telegram: Dialog) -> None:
    await telegram.send(action=AskHuman(asked=""))
    await telegram.play("""
        机器人: 可以保存
        用户按: 同意保存
        机器人: 已记下
        机器人: 对方是谁
    """)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("德清县", REGION),
        ("在德清", REGION),
        ("湖州市", "浙江省/湖州市"),
        ("杭州西湖区", "浙江省/杭州市/西湖区"),
        ("浙江", "浙江省"),
        (REGION, REGION),
        ("火星", None),
    ],
)
def test_a_place_is_found_as_people_write_it(text: str, path: str | None) -> None:
    assert find_region(text) == path
