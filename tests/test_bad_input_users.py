"""What people send by mistake or on purpose, through the whole composed program: one clear sentence, nothing lost."""

from __future__ import annotations

import asyncio
import io
import uuid
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.channels.telegram import SECRET_HEADER
from desk.case import Status
from desk.numbers import case_number
from desk.people import Role
from handlers.actions import CaseVerb, OnCase, encode
from handlers.invitations import Place
from knowledge.export import write
from tests.channels.running import HOOK_SECRET, TOKEN, bot_api, until
from tests.knowledge.samples import entry, other
from tests.small_disk import SmallDisk, small_disk
from tests.web.console_fixtures import ADMIN, LAWYER, logged_in, opened_case, person, stored
from tests.web.program import House, Visitor, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM = {
    "question": "供货以后对方一直不付款，八万元，想知道怎么办。", "other_party": "某某贸易公司", "situation": "dispute",
    "side": "employer", "name": "刘老板", "company": "刘氏机械厂", "phone": "13900000000", "notify": "phone",
    "region": "德清县", "topic": "contract",
}  # fmt: skip
MARKUP = '<img src=x onerror="alert(1)">'
FORMULA = '=HYPERLINK("http://evil.example";"点我")'
MARKDOWN = "供货以后对方一直**不付款**，[点我](javascript:alert(1)) <script>alert(2)</script> 八万元_怎么_要`回`来？"


@pytest.fixture(scope="module")
def small_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faq")
    (folder / "faq.yaml").write_bytes(write([entry(), other()], "yaml"))
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory, small_base: Path) -> AsyncIterator[House]:
    async with running(tmp_path_factory.mktemp("house") / "state", knowledge_dir=small_base) as started:
        yield started


@asynccontextmanager
async def agreed(house: House) -> AsyncIterator[Visitor]:
    """Somebody whose words may be kept."""
    async with Visitor(house) as visitor:
        await visitor.allow()
        yield visitor


async def handed_over(visitor: Visitor, **more: str) -> dict[str, Any]:
    """Fills the form of 找人工, confirms who will see it; what the owner is told."""
    form = FORM | more
    _, seen = await visitor.post("/chat/form", id=str(uuid.uuid4()), **form)
    assert not seen["errors"], seen
    _, done = await visitor.post("/chat/form", id=str(uuid.uuid4()), **form, confirmed=True, shown=seen["shown"])
    return dict(done["sent"])


async def after(visitor: Visitor) -> int:
    return int((await visitor.lines())[-1]["seq"])


async def told(visitor: Visitor, words: str, *, after: int = 0) -> dict[str, Any]:
    """What comes next, and says ``words``."""
    async with asyncio.timeout(15):
        return await visitor.told(words, after=after)


# --- forged, stale, somebody else's -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "forged",
    ["", "xx|", "case|", "case|../../etc|sign", "k|keep|9", "'; DROP TABLE people;--", "案" * 21, "a" * 65, "\0|1"],
)
async def test_a_forged_button_gets_one_sentence_and_does_nothing(house: House, forged: str) -> None:
    async with agreed(house) as owner:
        before = await owner.lines()
        status, answer = await owner.press(forged)
        assert status == 422
        assert answer["error"]["text"].endswith("。")
        assert await owner.lines() == before


async def test_a_stale_button_says_that_the_case_has_moved_on(house: House) -> None:
    async with agreed(house) as owner:
        sent = await handed_over(owner)
        version = (await stored(house, sent["case"])).version
        button = encode(OnCase(CaseVerb.WITHDRAW, sent["case"], version))
        last = await after(owner)
        await owner.press(button)
        await told(owner, "撤回", after=last)
        last = await after(owner)
        await owner.press(button)
        answer = await told(owner, "", after=last)
        assert answer["text"] == "刚才已经有人先处理了，这一步没有做。请从“我的案件”打开它，看过最新情况再决定。"
        assert (await stored(house, sent["case"])).status is Status.CLOSED
        assert len([line for line in await owner.lines() if line["seq"] > last and not line["mine"]]) == 1


async def test_another_persons_case_looks_like_none(house: House) -> None:
    made = await opened_case(house)
    gone = case_number("20261123", 4321)
    async with agreed(house) as stranger:
        answers = []
        for number in (made.number, gone):
            last = await after(stranger)
            await stranger.say(number)
            answers.append((await told(stranger, "", after=last))["text"].replace(number, "N"))
        for case in (made.case, "0" * len(made.case)):
            last = await after(stranger)
            await stranger.say("我补充一句", case=case)
            answers.append((await told(stranger, "", after=last))["text"])
            last = await after(stranger)
            await stranger.press(encode(OnCase(CaseVerb.OPEN, case, 1)))
            answers.append((await told(stranger, "", after=last))["text"])
    assert answers[0] == answers[1]
    assert answers[2:4] == answers[4:6]
    async with house.program.store.reading() as work:
        assert len(await work.cases.messages(made.case)) == 1


# --- words that would like to be more ---------------------------------------------------------------------------------


async def test_markup_and_formulas_in_names_and_questions_stay_words(house: House) -> None:
    async with agreed(house) as owner:
        sent = await handed_over(owner, name=FORMULA, other_party=MARKUP, company=MARKUP, question=MARKDOWN)
        status, text = await owner.open("/")
        assert (status, MARKUP in text) == (200, False)
    async with logged_in(house, LAWYER) as lawyer:
        _, page = await lawyer.open(f"/console/cases/{sent['case']}")
        assert "&lt;img src=x onerror=" in page
        await lawyer.form(f"/console/cases/{sent['case']}/clear_conflict")
        for path in (f"/console/cases/{sent['case']}", "/console"):
            _, page = await lawyer.open(path)
            assert "<img src=x" not in page
            assert "<script>alert" not in page
            assert 'href="javascript:' not in page


# --- files ------------------------------------------------------------------------------------------------------------


def bomb() -> bytes:
    """A workbook of 70 KB that would be 70 MB."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>", zipfile.ZIP_STORED)
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 70_000_000)
    return stream.getvalue()


async def uploaded(visitor: Visitor, name: str, data: bytes) -> tuple[int, dict[str, Any]]:
    headers = {"X-CSRF-Token": visitor.token, "Accept": "application/json"}
    async with visitor.http.post("/chat/upload", params={"name": name}, data=data, headers=headers) as response:
        return response.status, await response.json()


async def test_a_zip_bomb_sent_to_the_bot_is_refused_in_one_sentence(house: House) -> None:
    async with logged_in(house, ADMIN) as admin:
        await admin.open("/")
        status, answer = await uploaded(admin, "faq.xlsx", bomb())
        assert status == 200
        await admin.say("", files=[answer["file"]["id"]])
        report = await told(admin, "有 1 处要先改好才能发布")
        assert "faq.xlsx" in report["text"]
        assert report["buttons"] == []
    assert house.program.site.base.current.release == 1


# --- a full disk ------------------------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", "24m") as made:
        yield made


async def test_a_full_disk_is_told_and_nothing_that_was_confirmed_is_lost(disk: SmallDisk, small_base: Path) -> None:
    async with running(disk.folder / "state", knowledge_dir=small_base) as house, agreed(house) as owner:
        await owner.say("试用期最长可以约定多久？")
        await told(owner, "最长六个月，看合同期限。")
        before = await owner.lines()
        disk.fill()
        message = {"id": str(uuid.uuid4()), "text": "客户不要发票还要报税吗？"}
        status, answer = await owner.post("/chat/send", **message)
        assert (status, answer["error"]["code"]) == (507, "full")
        assert answer["error"]["text"] == "服务器的存储空间满了，这一次没有保存。请稍后再试，急事请直接打电话。"
        status, answer = await uploaded(owner, "a.txt", b"x" * 100_000)
        assert (status, answer["error"]["code"]) == (507, "full")
        assert await owner.lines() == before, "what was there can still be read"
        disk.make_room()
        last = await after(owner)
        status, _ = await owner.post("/chat/send", **message)
        assert status == 200
        await told(owner, "要申报。", after=last)
        lines = await owner.lines()
        assert lines[: len(before)] == before
        assert sum(line["text"] == message["text"] for line in lines) == 1


# --- links, years, webhooks -------------------------------------------------------------------------------------------


async def test_an_expired_invitation_says_what_to_do(tmp_path: Path, small_base: Path) -> None:
    async with running(tmp_path / "state", knowledge_dir=small_base) as house:
        async with house.program.store.work() as work:
            place = Place(role=Role.LAWYER, name="新律师")
            link = await house.program.site.invitations.invite(work, None, place, house.clock())
            await work.commit()
        path = link.removeprefix(house.address)
        async with Visitor(house) as visitor:
            assert (await visitor.open(path))[0] == 200
            house.clock.ahead += timedelta(days=7, minutes=1)
            for status, text in (await visitor.open(path), (await visitor.form(path, name="新律师"))[:2]):
                assert status == 404
                assert "这个链接打不开：可能已经用过、过期或者不完整。请向发给您的人再要一个。" in text
        async with house.program.store.reading() as work:
            assert all(one.name != "新律师" for one in await work.people.staff())


async def test_in_a_year_without_published_holidays_the_promise_is_marked(tmp_path: Path, small_base: Path) -> None:
    async with running(tmp_path / "state", knowledge_dir=small_base) as house:
        house.clock.ahead = datetime(2035, 1, 8, 2, 0, tzinfo=UTC) - house.clock()
        lawyer = await person(house, LAWYER)
        async with house.program.store.work() as work:
            at = house.clock()
            await work.duties.put_on_rota(lawyer.id, at - timedelta(days=1), at + timedelta(days=30))
            await work.commit()
        async with agreed(house) as owner:
            sent = await handed_over(owner)
            assert "（该年放假安排尚未公布，时间为暂定）" in sent["text"]


async def test_a_replayed_webhook_is_answered_once_and_a_forged_one_refused(tmp_path: Path, small_base: Path) -> None:
    given = {
        "telegram_token": TOKEN, "telegram_mode": "webhook", "telegram_webhook_secret": HOOK_SECRET,
        "telegram_rate": 1000, "knowledge_dir": small_base,
    }  # fmt: skip
    chat = {"id": 77, "type": "private"}
    message = {"message_id": 1, "date": 1, "text": "你好", "chat": chat, "from": {"id": 77, "is_bot": False}}
    update = {"update_id": 900, "message": message}
    async with bot_api(tmp_path) as api:
        await api.settings(chats=[77])
        async with (
            running(tmp_path / "state", telegram_api=api.address, **given) as house,
            aiohttp.ClientSession(house.address) as telegram,
        ):
            receiver = house.program.telegram
            assert receiver is not None
            path = receiver.webhook_path
            for secret, where, status in (
                ("", path, 403), ("guessed", path, 403), (HOOK_SECRET, "/telegram/0", 403), (HOOK_SECRET, path, 200),
                (HOOK_SECRET, path, 200), (HOOK_SECRET, path, 200),
            ):  # fmt: skip
                async with telegram.post(where, json=update, headers={SECRET_HEADER: secret}) as answer:
                    assert answer.status == status

            async def greeted() -> bool:
                return bool(await api.said(77))

            await until(greeted)
            follow = update | {"update_id": 901, "message": message | {"message_id": 2, "text": "谢谢"}}
            async with telegram.post(path, json=follow, headers={SECRET_HEADER: HOOK_SECRET}):
                pass

            async def twice() -> bool:
                return len(await api.said(77)) >= 2

            await until(twice)
        assert len(await api.said(77)) == 2
