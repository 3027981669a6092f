"""The owner's chat over HTTP, without scripts."""

from __future__ import annotations

import uuid

import pytest

from bot import metrics
from tests.web.program import House, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _people(house: House) -> int:
    async with house.program.store.reading() as work:
        from sqlalchemy import text

        row = await work.tx.row(text("SELECT count(*) FROM people"))
    return int(row[0]) if row is not None else 0


async def test_looking_makes_nobody(house: House) -> None:
    before = await _people(house)
    async with Visitor(house) as visitor:
        await visitor.open("/")
        await visitor.open("/privacy")
    assert await _people(house) == before


async def test_a_first_question_asks_for_consent_and_is_not_stored_before_it(owner: Visitor) -> None:
    await owner.say("客户收了货一直不付货款，怎么要回来？")
    asked = await owner.told("可以保存您在这里写的文字吗")
    assert [row["label"] for row in asked["buttons"][0]] == ["同意保存", "不保存，只回答"]
    (mine,) = [line for line in await owner.lines() if line["mine"]]
    assert mine["text"] == ""
    assert mine["kept"] is False


async def test_agreeing_answers_what_waited_and_fills_in_its_words(owner: Visitor) -> None:
    message = str(uuid.uuid4())
    await owner.post("/chat/send", id=message, text="客户收了货一直不付货款，怎么要回来？")
    asked = await owner.told("可以保存")
    await owner.press(
        "k|keep|1", seq=asked["seq"], words=[{"id": message, "text": "客户收了货一直不付货款，怎么要回来？"}]
    )
    await owner.told("依据：")
    lines = await owner.lines()
    assert lines[0]["text"] == "客户收了货一直不付货款，怎么要回来？"
    assert next(line for line in lines if line["seq"] == asked["seq"])["buttons"] == []
    assert any(line["mine"] and line["pressed"] and line["text"] == "同意保存" for line in lines)


async def test_refusing_still_answers_and_keeps_no_words(owner: Visitor) -> None:
    await owner.say("客户收了货一直不付货款，怎么要回来？")
    asked = await owner.told("可以保存")
    await owner.press("k|keep|0", seq=asked["seq"])
    await owner.told("依据：")
    assert all(not line["text"] for line in await owner.lines() if line["mine"] and not line["pressed"])


async def test_sent_twice_with_one_id_it_takes_effect_once(owner: Visitor) -> None:
    await owner.allow()
    message = str(uuid.uuid4())
    for _ in range(3):
        status, _ = await owner.post("/chat/send", id=message, text="试用期最长可以约定多久？")
        assert status == 200
    await owner.told("试用期", after=(await owner.lines())[-1]["seq"] - 1)
    mine = [line for line in await owner.lines() if line["mine"] and line["text"].startswith("试用期最长")]
    assert len(mine) == 1


async def test_the_emergency_line_comes_before_consent(owner: Visitor) -> None:
    await owner.say("我被公司的人关起来了")
    first = await owner.told("人身安全第一")
    assert first["tone"] == "emergency"
    assert first["links"][0]["url"] == "tel:110"
    consent = await owner.told("可以保存")
    assert first["seq"] < consent["seq"]


async def test_a_stream_resumes_after_the_last_number(owner: Visitor) -> None:
    await owner.allow()
    lines = await owner.lines()
    async with owner.http.get("/chat/events", headers={"Last-Event-ID": str(lines[-2]["seq"])}) as response:
        assert response.content_type == "text/event-stream"
        text = b""
        async for raw in response.content:
            text += raw
            if b"event: line" in text:
                break
    assert f"id: {lines[-1]['seq']}\n".encode() in text
    assert f"id: {lines[-2]['seq']}\n".encode() not in text


async def test_nobody_gets_no_stream(house: House) -> None:
    async with Visitor(house) as visitor, visitor.http.get("/chat/events") as response:
        assert response.status == 204


async def test_a_message_that_is_no_text_of_ours_is_refused_in_one_sentence(owner: Visitor) -> None:
    status, answer = await owner.post("/chat/send", id="x", text="问")
    assert (status, answer["error"]["code"]) == (422, "bad_post")
    status, answer = await owner.say("问" * 20_001)
    assert status == 422
    assert "不要超过20000字" in answer["error"]["text"]
    status, answer = await owner.say("  ")
    assert status == 422
    status, answer = await owner.press("zz|1")
    assert "过期" in answer["error"]["text"]


async def test_somebody_elses_words_reach_no_other_chat(owner: Visitor, other: Visitor) -> None:
    await owner.allow()
    await other.say("你好")
    await other.told("您好")
    assert not any("货款" in line["text"] for line in await other.lines() if line["mine"])


async def test_questions_are_counted_by_verdict_once_they_are_true(owner: Visitor) -> None:
    before = metrics.REGISTRY.get_sample_value("tijian_questions_total", {"verdict": "answer"}) or 0
    await owner.allow()
    await owner.told("依据：")
    after = metrics.REGISTRY.get_sample_value("tijian_questions_total", {"verdict": "answer"}) or 0
    assert after == before + 1
