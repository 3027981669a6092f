"""States survive storing; broken or older ones begin anew; the plain way asks the store for little."""

from __future__ import annotations

import json
import typing
from datetime import UTC, datetime
from typing import Any

import pytest

from desk.case import CaseId, Move, Notify, Status
from desk.errors import DeskError, NoSuchCase, NotAllowedNow, StaleCase
from handlers import apologies, conversation
from handlers.conversation import (
    AskingSide,
    AwaitingConsent,
    Clarifying,
    Idle,
    Intaking,
    LastQuestion,
    Memory,
    State,
    Talk,
    Targeting,
    WritingTo,
)
from handlers.intake_draft import Draft, Step
from handlers.messages import Message
from tests.dialogs import Dialog

LAST = LastQuestion(text="问", at=datetime(2026, 11, 23, tzinfo=UTC), asked="q1", verdict="answer")
DRAFT = Draft(id="d1", step=Step.CONFIRM, question="问", notify=Notify.EMAIL, candidates=(("a.b", "句", 0.5),))


@pytest.mark.parametrize(
    "state",
    [
        Idle(),
        AwaitingConsent(inbox=(1, 2), human=True),
        Clarifying(question="问", asked="q1", offered=("a.b",)),
        AskingSide(question="问", asked="q1"),
        Intaking(draft=DRAFT),
        Targeting(text="话"),
        WritingTo(case=CaseId("c"), verb="follow"),
    ],
)
def test_a_conversation_survives_storing(state: State) -> None:
    talk = Talk(state=state, memory=Memory(side="employer", last=LAST, opened=(CaseId("c"),), draft=DRAFT))
    assert conversation.read(json.loads(json.dumps(conversation.write(talk)))) == talk


def test_every_state_has_a_kind_of_its_own() -> None:
    kinds = [typing.get_args(state).__len__() or state.__dataclass_fields__["kind"].default for state in State.__args__]
    assert len(set(kinds)) == len(kinds)


@pytest.mark.parametrize(
    "row", [None, {}, {"v": 0}, {"v": 1, "state": {"kind": "gone"}, "memory": {}}, {"v": 1, "state": 3, "memory": None}]
)
def test_an_unknown_version_or_a_broken_state_begins_anew(row: dict[str, Any] | None) -> None:
    assert conversation.read(row) == Talk()


def test_without_consent_no_words_stay_in_the_conversation() -> None:
    talk = Talk(state=Clarifying(question="秘密", asked="q1", offered=()), memory=Memory(last=LAST))
    assert "秘密" not in str(conversation.write(conversation.without_words(talk)))
    assert conversation.without_words(talk).memory.last is None


class Counting:
    """Counts which parts of a unit of work are used."""

    def __init__(self, inner: Any, name: str, used: list[str]) -> None:  # noqa: ANN401
        self._inner, self._name, self._used = inner, name, used

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        value = getattr(self._inner, name)
        if callable(value):
            self._used.append(f"{self._name}{name}")
            return value
        return Counting(value, f"{name}.", self._used)


async def test_the_plain_way_from_question_to_answer_asks_the_store_for_nothing_else(asked: Dialog) -> None:
    await asked.send("客户拖欠货款怎么办？")
    used: list[str] = []
    async with asked.store.work() as work:
        message = Message(
            inbox=asked_inbox(9),
            person=asked.person,
            channel=asked.channel,
            at=asked.at,
            text="试用期最长可以约定多久？",
        )
        await asked.dispatcher.handle(Counting(work, "", used), message)
    assert used == [
        "people.get", "conversations.load", "people.consented", "questions.add", "conversations.save", "replies.put",
    ]  # fmt: skip


def asked_inbox(number: int) -> Any:  # noqa: ANN401
    return number


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NoSuchCase("x"), "没有找到这个案件"),
        (NotAllowedNow(Status.CLOSED, Move.SIGN), "办结"),
        (StaleCase(CaseId("c"), None), "系统到点处理"),
        (DeskError("x"), "现在不能这样做"),
    ],
)
def test_every_known_error_has_a_sentence(error: Exception, words: str) -> None:
    assert words in (apologies.sentence(error) or "")


def test_an_unknown_error_has_none_and_becomes_an_apology_with_its_number() -> None:
    assert apologies.sentence(ValueError("secret internals")) is None
    assert "E-42" in apologies.unknown("E-42")


async def test_the_apology_is_stored_once(asked: Dialog) -> None:
    message = Message(inbox=asked_inbox(7), person=asked.person, channel=asked.channel, at=asked.at)
    async with asked.store.work() as work:
        await asked.dispatcher.apologise(work, message, "E-1")
        await asked.dispatcher.apologise(work, message, "E-1")
        await work.commit()
