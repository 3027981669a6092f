"""Who may do what: every cell of ``tests/rights.csv`` is tried over HTTP and by button with somebody's real session.

A refusal is compared letter by letter with the answer about a case that does not exist.
"""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any, Final, cast

import pytest
import pytest_asyncio

from desk.case import CaseId, Satisfaction
from handlers.actions import Action, CaseVerb, OnCase, Rate, encode
from handlers.faq_keeping import Trial
from handlers.messages import Channel, InboxId, Message, Reply
from handlers.texts import say
from knowledge.files import Reading
from tests.web.program import House, Visitor, running
from tests.web.rights_world import GONE, NOTE, OTHER_PARTY, PHONE, QUESTION, Answer, World, peopled, table

pytestmark = pytest.mark.asyncio(loop_scope="session")
TABLE: Final = table()
ROWS: Final = tuple(dict.fromkeys(what for what, _ in TABLE))
COLUMNS: Final = tuple(dict.fromkeys(who for _, who in TABLE))
SHOWN: Final = {"see_parties": OTHER_PARTY, "see_text": QUESTION, "see_contact": PHONE, "see_notes": NOTE}
VERBS: Final = {
    "clear_conflict": CaseVerb.CLEAR_CONFLICT, "sign": CaseVerb.SIGN, "answer": CaseVerb.ANSWER,
    "ask_back": CaseVerb.ASK_BACK, "transfer": CaseVerb.TRANSFER, "close": CaseVerb.CLOSE, "note": CaseVerb.NOTE,
    "sign_off": CaseVerb.SIGN_OFF, "withdraw": CaseVerb.WITHDRAW,
}  # fmt: skip
WITH_WORDS: Final = frozenset({"answer", "ask_back", "note"})
OWNERS_WAYS: Final = frozenset({"follow_up", "withdraw", "rate"})
PAGES: Final = {
    "list_unit": "/console?list=unit", "phone_tasks": "/console/tasks", "record_for_owner": "/console/record",
    "releases": "/console/faq/releases", "people": "/console/people", "audit_log": "/console/audit",
}  # fmt: skip
SHEET: Final = '{"id": "rights.probe", "question": "这是权限测试用的问题吗"}\n'


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A program of its own: others disable people and move cases."""
    async with running(tmp_path_factory.mktemp("own") / "state") as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(house: House) -> AsyncIterator[World]:
    async with peopled(house) as made:
        yield made


async def get(visitor: Visitor, path: str) -> Answer:
    async with visitor.http.get(path, allow_redirects=False) as response:
        body = await response.text(errors="replace")
        return Answer(response.status, body, _place(response.headers.get("Location", "")))


async def post(visitor: Visitor, path: str, fields: Mapping[str, Any]) -> Answer:
    async with visitor.http.post(f"{path}?csrf={visitor.token}", data=fields, allow_redirects=False) as response:
        return Answer(response.status, await response.text(), _place(response.headers.get("Location", "")))


def _place(location: str) -> str:
    return re.sub(r"\?next=.*", "?next=", location)


def granted(answer: Answer) -> bool:
    """Something was shown or done: neither refused nor sent to the login."""
    return answer.status in {200, 303, 422} and not answer.location.startswith("/login")


async def refusal(visitor: Visitor, method: str) -> Answer:
    """What the visitor is told of a case that does not exist."""
    if method == "get":
        return await get(visitor, f"/console/cases/{GONE}")
    return await post(visitor, f"/console/cases/{GONE}/answer", {"body": "?", "version": "1"})


async def by_chat(visitor: Visitor, case: CaseId, what: str, version: int) -> str:
    """The owner's way over HTTP: the words of the reply."""
    seen = max((line["seq"] for line in await visitor.lines()), default=0)
    if what == "follow_up":
        await visitor.say("还有一个问题想问", case=case)
    else:
        action: Action = OnCase(CaseVerb.CLOSE if what == "close" else CaseVerb.WITHDRAW, case, version)
        if what == "rate":
            action = Rate(case, Satisfaction.SATISFIED.value)
        await visitor.press(encode(action))
    return str((await visitor.told("", after=seen))["text"])


@pytest.mark.parametrize("what", [row for row in ROWS if row in SHOWN or row == "see_card"])
async def test_a_case_shows_its_parts_to_whom_the_table_says(world: World, what: str) -> None:
    for who in COLUMNS:
        made = await world.case(what, who)
        visitor = world.visitors[world.column(what, who)]
        if who == "owner":
            await _owner_sees(world, made.case, made.number, what)
            continue
        answer = await get(visitor, f"/console/cases/{made.case}")
        shown = answer.status == 200 and SHOWN.get(what, made.number) in answer.body
        assert shown is TABLE[what, who], (what, who, answer.status)
        if not TABLE["see_card", who]:
            assert answer == await refusal(visitor, "get"), (what, who)
        _, listed = await visitor.open("/chat/cases")
        assert made.number not in listed, who


async def _owner_sees(world: World, case: CaseId, number: str, what: str) -> None:
    visitor, site = world.visitors["owner"], world.house.program.site
    _, listed = await visitor.open("/chat/cases")
    assert number in listed
    seen = max((line["seq"] for line in await visitor.lines()), default=0)
    await visitor.press(encode(OnCase(CaseVerb.OPEN, case, 1)))
    text = (await visitor.told(number, after=seen))["text"]
    assert NOTE not in text
    assert (QUESTION in text) or what != "see_text"
    # The other party and the own contact are not repeated on the page; the service gives them to nobody else here.
    async with site.store.work() as work:
        view = await site.casework.look(work, world.people["owner"], case, site.clock())
    assert view.parties is not None
    assert view.contact is not None
    assert not view.notes
    assert (await get(visitor, f"/console/cases/{case}")) == await refusal(visitor, "get")


async def test_a_file_of_a_case_goes_to_whom_the_table_says(world: World) -> None:
    site = world.house.program.site
    for who in COLUMNS:
        made = await world.case("download_file", who)
        blob = await site.store.blobs.put_bytes(b"%PDF-1.7 rights", limit=1_000)
        async with site.store.work() as work:
            ref = await work.files.add(
                blob, name="合同.pdf", media_type="application/pdf", person=world.people["owner"].id, at=site.clock(),
                case=made.case,
            )  # fmt: skip
            await work.commit()
        visitor = world.visitors[world.column("download_file", who)]
        answer = await get(visitor, f"/files/{ref.id}")
        assert (answer.status == 200) is TABLE["download_file", who], who
        if not TABLE["download_file", who]:
            assert answer == await get(visitor, f"/files/{uuid.uuid4().hex}"), who


@pytest.mark.parametrize("what", [row for row in ROWS if row in VERBS and row not in OWNERS_WAYS] + ["reassign"])
async def test_a_move_is_done_for_whom_the_table_says(world: World, what: str) -> None:
    action = {"reassign": "assign"}.get(what, what)
    whom = world.people["lawyer_same_firm"].id
    for who in COLUMNS:
        made = await world.case(what, who)
        version = (await world.stored(made)).version
        fields = {"version": str(version), "reason": "workload", "to": "|lawyer", "body": "内容"}
        if what == "reassign":
            fields["to"] = f"{whom}|lawyer"
        visitor = world.visitors[world.column(what, who)]
        answer = await post(visitor, f"/console/cases/{made.case}/{action}", fields)
        if (who, what) == ("owner", "close"):
            assert answer == await refusal(visitor, "post")
            await by_chat(visitor, made.case, what, version)
        moved = (await world.stored(made)).version > version
        assert moved is TABLE[what, who], (what, who, answer.status)
        if moved:
            assert answer.status == 303, (what, who)
            world.spent(what, who)
        else:
            assert answer == await refusal(visitor, "post"), (what, who)


@pytest.mark.parametrize("what", sorted(OWNERS_WAYS))
async def test_what_is_the_owners_is_done_for_the_owner_alone(world: World, what: str) -> None:
    for who in COLUMNS:
        if who == "visitor":
            continue  # whoever writes is no mere visitor any more, but another owner
        made = await world.case(what, who)
        version = (await world.stored(made)).version
        visitor = world.visitors[world.column(what, who)]
        told = await by_chat(visitor, made.case, what, version)
        moved = (await world.stored(made)).version > version
        assert moved is TABLE[what, who], (what, who, told)
        if moved:
            world.spent(what, who)
        else:
            # Whoever may see the card is shown it again in place of a word about nothing.
            if not TABLE["see_card", who]:
                assert told == await by_chat(visitor, GONE, what, version), (what, who)
            by_console = await post(
                visitor, f"/console/cases/{made.case}/{what}", {"version": str(version), "body": "?"}
            )
            assert by_console == await refusal(visitor, "post"), (what, who)


@pytest.mark.parametrize("what", sorted(PAGES))
async def test_a_page_opens_for_whom_the_table_says(world: World, what: str) -> None:
    for who in COLUMNS:
        visitor = world.visitors[world.column("", who)]
        answer = await get(visitor, PAGES[what])
        assert granted(answer) is TABLE[what, who], (what, who, answer.status)
        if not TABLE[what, who]:
            assert answer == await refusal(visitor, "get"), (what, who)


async def test_the_faq_is_kept_by_whom_the_table_says(world: World) -> None:
    for who in COLUMNS:
        visitor = world.visitors[world.column("", who)]
        draft = (await _draft(world)).draft
        deeds: dict[str, tuple[str, Mapping[str, Any]]] = {
            "faq_import": ("/console/faq/import", {"file": io.BytesIO(SHEET.encode())}),
            "faq_publish": (f"/console/faq/drafts/{draft}/publish", {"x": "1"}),
            "faq_rollback": ("/console/faq/rollback", {"number": "1", "confirm": "yes"}),
            "invite": ("/console/people/invite", {"role": "lawyer", "level": "1"}),
        }
        for what, (path, fields) in deeds.items():
            answer = await post(visitor, path, fields)
            assert granted(answer) is TABLE[what, who], (what, who, answer.status)
            if not TABLE[what, who]:
                assert answer == await refusal(visitor, "post"), (what, who)


async def _draft(world: World) -> Trial:
    site, admin = world.house.program.site, world.people["admin"]
    async with site.store.work() as work:
        active = await work.releases.active()
        assert active is not None
        entry = next(each for each in await work.releases.entries(active.id) if each.risk.value == "normal")
        changed = replace(entry, asks=(*entry.asks, f"权限测试第{uuid.uuid4().hex[:6]}问"))
        trial = await site.keeping.try_reading(work, admin, "rights", Reading(entries=(changed,)), site.clock())
        await work.commit()
    assert trial.draft is not None, trial.run.problems
    return trial


class _Told:
    """Takes the place of the replies: what a person is told by one press."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []

    async def put(self, reply: Reply, *, at: object, key: str) -> None:
        del at, key
        self.replies.append(reply)

    async def nudge(self, nudge: object, *, at: object, key: str) -> None:
        """E-mails go to nobody here."""


async def by_button(world: World, who: str, action: Action) -> str:
    """What the person is told after a press in Telegram; nothing of it stays."""
    house, told = world.house, _Told()
    person = world.people[who]
    async with house.program.store.work() as work:
        work.replies = cast("Any", told)
        message = Message(inbox=InboxId(1), person=person.id, channel=Channel.TELEGRAM, at=house.clock(), action=action)
        await house.program.site.dispatcher.handle(work, message)
    return "\n".join(reply.text for reply in told.replies if reply.to == person.id)


@pytest.mark.parametrize("what", [row for row in ROWS if row in VERBS or row in SHOWN or row in {"see_card", "rate"}])
async def test_a_button_does_the_same_as_the_page(world: World, what: str) -> None:
    for who in COLUMNS:
        if who == "visitor":
            continue
        made = await world.case(what, who)
        version = (await world.stored(made)).version

        def press(case: CaseId, version: int = version) -> Action:
            if what == "rate":
                return Rate(case, Satisfaction.SATISFIED.value)
            return OnCase(VERBS.get(what, CaseVerb.OPEN), case, version)

        person = world.column(what, who)
        told, of_none = await by_button(world, person, press(made.case)), await by_button(world, person, press(GONE))
        assert of_none == say("case.no_such")
        if what in SHOWN and who != "owner":
            assert (SHOWN[what] in told) <= TABLE[what, who], (what, who, told)
        elif who == "owner" and what in SHOWN:
            assert (NOTE in told) is TABLE["see_notes", who]
        else:
            assert (told != of_none) is TABLE[what, who], (what, who, told)
        if not TABLE["see_card", who]:
            assert told == of_none, (what, who, told)


async def test_every_row_and_column_of_the_table_is_tried() -> None:
    tried = {*SHOWN, *VERBS, *PAGES, *OWNERS_WAYS, "see_card", "download_file", "reassign"}
    assert set(ROWS) == tried | {"faq_import", "faq_publish", "faq_rollback", "invite"}
    assert len(TABLE) == len(ROWS) * len(COLUMNS)
