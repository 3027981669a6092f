"""Work on cases in the console over HTTP: what is sent, what is refused and how it is said, what is live."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace

import aiohttp
import pytest

from desk.case import ConsentKind, Move, Notify, Origin, Satisfaction, Urgency
from tests.web.console_fixtures import (
    AUDITOR,
    CITY_LAWYER,
    CLERK,
    LAWYER,
    SUPERVISOR,
    assignee_of,
    logged_in,
    logged_in_as,
    moved,
    opened_case,
    person,
    post_form,
    signed_case,
    stored,
)
from tests.web.program import House, Visitor, sse

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def write(
    visitor: Visitor, case: str, action: str, body: str, version: int, *files: tuple[str, bytes]
) -> tuple[int, str]:
    """The composer's form; status and text of where it ends."""
    form = aiohttp.FormData({"version": str(version), "body": body}, quote_fields=False)
    for name, data in files:
        form.add_field("file", io.BytesIO(data), filename=name)
    path = f"/console/cases/{case}/{action}?csrf={visitor.token}"
    async with visitor.http.post(path, data=form) as response:
        return response.status, await response.text()


async def test_an_answer_goes_out_with_its_attachment_and_the_owner_may_open_it(house: House) -> None:
    made, lawyer = await signed_case(house)
    version = (await stored(house, made.case)).version
    async with logged_in_as(house, lawyer.id) as visitor:
        status, text = await write(visitor, made.case, "answer", "见附件。", version, ("起诉状.pdf", b"%PDF-1.7 model"))
        assert status == 200
        assert "答复已发给对方" in text
        assert "起诉状.pdf" in text
    async with house.program.store.reading() as work:
        messages = await work.cases.messages(made.case)
    assert [item.body for item in messages][-1] == "见附件。"
    (file,) = messages[-1].files
    async with house.program.store.work() as work:
        ref = await house.program.site.casework.file(work, made.owner, file, house.clock())
    assert ref.name == "起诉状.pdf"


async def test_a_refused_kind_of_file_sends_nothing_and_keeps_the_words(house: House) -> None:
    made, lawyer = await signed_case(house)
    version = (await stored(house, made.case)).version
    blobs = sum(1 for _ in house.program.store.blobs.names())
    async with logged_in_as(house, lawyer.id) as visitor:
        status, text = await write(
            visitor, made.case, "answer", "见附件里的程序。", version, ("a.exe", b"MZ\x90\x00" * 64)
        )
    assert status == 422
    assert "这种文件不能收" in text
    assert "见附件里的程序。" in text
    assert (await stored(house, made.case)).version == version
    assert sum(1 for _ in house.program.store.blobs.names()) == blobs


async def test_a_file_above_the_limit_is_refused_and_nothing_is_left(house: House) -> None:
    made, lawyer = await signed_case(house)
    version = (await stored(house, made.case)).version
    blobs = sum(1 for _ in house.program.store.blobs.names())
    async with logged_in_as(house, lawyer.id) as visitor:
        big = b"%PDF-1.7 " + b"0" * (3 * 1024 * 1024)
        status, text = await write(
            visitor, made.case, "answer", "大文件", version, ("a.pdf", b"%PDF-1.7"), ("b.pdf", big)
        )
    assert status == 413
    assert "文件太大了" in text
    assert sum(1 for _ in house.program.store.blobs.names()) == blobs


async def test_an_empty_answer_and_a_missing_reason_are_asked_for(house: House) -> None:
    made, lawyer = await signed_case(house)
    version = str((await stored(house, made.case)).version)
    async with logged_in_as(house, lawyer.id) as visitor:
        path = f"/console/cases/{made.case}"
        status, text, _ = await post_form(visitor, f"{path}/answer", {"version": version, "body": "  "})
        assert (status, "请写下内容再发送" in text) == (422, True)
        status, text, _ = await post_form(visitor, f"{path}/transfer", {"version": version, "to": "|lawyer"})
        assert (status, "请选择理由" in text) == (422, True)
        status, text, _ = await post_form(visitor, f"{path}/transfer", {"version": version, "reason": "nonsense"})
        assert (status, "请选择理由" in text) == (422, True)


async def test_of_two_at_once_the_second_learns_who_was_first(house: House) -> None:
    made, lawyer = await signed_case(house)
    version = str((await stored(house, made.case)).version)
    async with logged_in_as(house, lawyer.id) as one, logged_in_as(house, lawyer.id) as two:
        path = f"/console/cases/{made.case}/answer"
        first = await post_form(one, path, {"version": version, "body": "先发出的答复"})
        status, text, _ = await post_form(two, path, {"version": version, "body": "后写好的答复"})
    assert first[0] == 303
    assert status == 409
    assert f"已由{lawyer.name}" in text
    assert "先发出的答复" in text
    assert "后写好的答复" in text


async def test_words_of_people_are_shown_as_they_are_and_never_run(house: House) -> None:
    evil = "<img src=x onerror=alert(1)> {{7*7}} =cmd|calc"
    made, lawyer = await signed_case(house, question=evil, company=evil, other_party=evil, owner_name=evil)
    async with logged_in_as(house, lawyer.id) as visitor:
        _, text = await visitor.open(f"/console/cases/{made.case}")
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text
    assert "{{7*7}}" in text


async def test_two_answers_stand_side_by_side_only_with_the_owners_consent(house: House) -> None:
    made, lawyer = await signed_case(house)
    await moved(house, made.case, lawyer, Move.ANSWER, body="第一位律师的答复")
    await moved(house, made.case, made.owner, Move.CLOSE)
    await moved(house, made.case, made.owner, Move.RATE, rating=Satisfaction.DISSATISFIED, reason="unclear")
    second = await assignee_of(house, made)
    assert second.name == CITY_LAWYER
    await moved(house, made.case, second, Move.CLEAR_CONFLICT, Move.SIGN)
    await moved(house, made.case, second, Move.ANSWER, body="第二位律师的答复")
    await moved(house, made.case, made.owner, Move.CLOSE)
    async with logged_in(house, SUPERVISOR) as visitor:
        path = f"/console/cases/{made.case}"
        _, text = await visitor.open(path)
        assert "第一位律师的答复" not in text
        await moved(house, made.case, made.owner, Move.CONSENT, consent=ConsentKind.BOTH_ANSWERS)
        _, text = await visitor.open(path)
        assert "第一位律师的答复" in text
        assert "第二位律师的答复" in text
        assert "客户拖欠货款八万元" not in text
        status, text, _ = await visitor.form(f"{path}/sign_off")
        assert status == 200
        assert "已销号" in text


async def test_a_lawyer_only_case_shows_nothing_but_that_to_others(house: House) -> None:
    made = await opened_case(house, lawyer_only=True, topic="crime", question="我被经侦传唤了")
    async with logged_in(house, SUPERVISOR) as visitor:
        _, text = await visitor.open("/console?list=unit")
        row = text.split(made.number)[1].split("</tr>")[0]
        assert "律师案件" in row
        assert "刑事" not in row
        _, text = await visitor.open(f"/console/cases/{made.case}")
        assert "传唤" not in text
    async with logged_in(house, "钱警官") as police:
        status, _ = await police.open(f"/console/cases/{made.case}")
        assert status == 404


async def test_the_lists_are_filtered_by_words_status_and_urgency(house: House) -> None:
    plain, lawyer = await signed_case(house)
    urgent = await opened_case(house, urgency=Urgency.URGENT)
    async with logged_in_as(house, lawyer.id) as visitor:
        _, text = await visitor.open("/console?list=mine&urgent=1")
        assert urgent.number in text
        assert plain.number not in text
        _, text = await visitor.open(f"/console?list=mine&q={plain.number[-9:].lower()}")
        assert plain.number in text
        assert urgent.number not in text
        _, text = await visitor.open("/console?list=mine&status=waiting&q=nothing-like-it")
        assert "没有符合条件的案件" in text


async def test_a_recorded_case_is_the_clerks_own_and_waits_for_its_owner(house: House) -> None:
    form = {
        "way": "visit", "other_party": "某公司", "situation": "dispute", "side": "employer", "region": "德清县",
        "question": "走访时企业反映货款收不回来，想知道怎么办。", "name": "顾老板",
        "phone": "13700000000", "notify": "phone",
    }  # fmt: skip
    async with logged_in(house, CLERK) as visitor:
        status, text, _ = await visitor.form("/console/record", **form)
        assert status == 200
        assert "承办律师" in text
        status, text, _ = await visitor.form("/console/record", **form, step="confirm")
        assert "请先把下面的话读给对方听" in text
        status, text, _ = await visitor.form("/console/record", **form, step="confirm", told="1")
        assert "取件码" in text
        status, text, _ = await visitor.form("/console/record", **(form | {"phone": "12", "region": "火星"}))
        assert status == 422
        assert text.count("field-error") >= 2
    async with house.program.store.reading() as work:
        clerk = await person(house, CLERK)
        lawyer = await person(house, LAWYER)
        mine = [case for case in await work.cases.of_expert(lawyer.id) if case.recorded_by == clerk.id]
    assert mine
    assert mine[-1].origin is Origin.CLERK
    assert not mine[-1].confirmed_by_owner


async def test_what_could_not_be_delivered_is_shown(house: House) -> None:
    made, lawyer = await signed_case(house, notify=Notify.EMAIL, email="owner@example.org")
    store = house.program.store
    async with store.work() as work:
        contact = await work.people.contact(made.owner.id)
        await work.people.save_contact(replace(contact, email="owner@example.org"))
        await work.commit()
    changes = store.changes()
    await moved(house, made.case, lawyer, Move.ANSWER, body="请看附件。")
    house.program.site.wake()
    async with asyncio.timeout(15):
        while {item.state for item in await store.outbox.of_case(made.case)} != {"undeliverable"}:
            await anext(changes)
    async with logged_in_as(house, lawyer.id) as visitor:
        _, text = await visitor.open(f"/console/cases/{made.case}")
    assert "有未送达" in text
    assert "本平台没有开通这个渠道" in text


async def test_counts_and_urgent_cases_come_live_and_end_with_the_session(house: House) -> None:
    supervisor = await person(house, SUPERVISOR)
    async with logged_in(house, SUPERVISOR) as visitor, visitor.http.get("/console/live") as response:
        assert response.content_type == "text/event-stream"
        news = sse(response)
        async with asyncio.timeout(15):
            name, counts = await anext(news)
            assert name == "counts"
            made = await opened_case(house, urgency=Urgency.URGENT)
            rung = ""
            while rung != made.number:
                name, data = await anext(news)
                rung = data["number"] if name == "urgent" else rung
                counts = data if name == "counts" else counts
            assert counts["unit"] >= 1
            async with house.program.store.work() as work:
                await work.sessions.revoke_all(supervisor.id)
                await work.people.save(supervisor)
                await work.commit()
            while name != "bye":
                name, _ = await anext(news)


async def test_news_are_for_staff_who_are_logged_in(house: House) -> None:
    async with Visitor(house) as visitor, visitor.http.get("/console/live", allow_redirects=False) as response:
        assert response.status == 303
        assert response.headers["Location"].startswith("/login")


async def test_a_form_without_the_browsers_token_does_nothing(house: House) -> None:
    made, lawyer = await signed_case(house)
    version = (await stored(house, made.case)).version
    async with logged_in_as(house, lawyer.id) as visitor:
        data = {"version": str(version), "body": "伪造"}
        async with visitor.http.post(f"/console/cases/{made.case}/answer", data=data) as response:
            assert response.status == 403
    assert (await stored(house, made.case)).version == version


async def test_the_audit_log_is_found_by_case_number_and_by_name(house: House) -> None:
    made, lawyer = await signed_case(house)
    async with logged_in(house, AUDITOR) as visitor:
        _, text = await visitor.open(f"/console/audit?on={made.number.lower()}&who={lawyer.name}")
        rows = text.split("<tbody>")[1].split("</tbody>")[0]
        assert rows.count("<tr>") == rows.count(made.number) >= 2
        assert "签收" in rows
        _, text = await visitor.open("/console/audit?what=faq.rollback&who=nobody-of-that-name")
        assert "没有符合条件的记录" in text
        _, text = await visitor.open("/console/audit?since=2026-11-24")
        assert "没有符合条件的记录" in text
