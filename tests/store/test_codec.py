"""Frozen values as JSON texts: nothing is lost, old texts still read, broken ones say so."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store import codec
from bot.store.errors import BrokenValue
from bot.store.replies_json import read_reply_text, reply_text
from desk.case import CaseId, FileId, InternalNote
from desk.people import Level, PersonId, Role
from handlers.actions import Action, CaseVerb, Consent, Feedback, GiveReason, NoneOfThese, OnCase, Pick
from handlers.messages import Button, Channel, FileRef, Link, Reply, StaffReply, Tone

AT = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """Every kind of field at once."""

    day: date
    at: datetime | None
    level: Level
    roles: frozenset[Role]
    pairs: tuple[tuple[str, int, float], ...]
    data: dict[str, str]
    action: Action | None
    maybe: int | None = None
    added_later: str = field(default="x")


ODD = Odd(
    day=AT.date(), at=AT, level=Level.CITY, roles=frozenset({Role.JUDGE, Role.OWNER}), pairs=(("a", 1, 0.5),),
    data={"k": "值"}, action=OnCase(verb=CaseVerb.SIGN, case="c", version=2),
)  # fmt: skip


def test_a_value_comes_back_equal() -> None:
    assert codec.loads(Odd, codec.dumps(ODD)) == ODD


def test_a_missing_key_takes_the_default_and_an_unknown_one_is_left_out() -> None:
    data = json.loads(codec.dumps(ODD))
    del data["added_later"]
    data["gone"] = 1
    assert codec.loads(Odd, json.dumps(data)) == ODD


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"v":1}', '{"v":1,"day":"x"}', "null"])
def test_a_text_that_does_not_fit_is_named(text: str) -> None:
    with pytest.raises(BrokenValue, match="Odd"):
        codec.loads(Odd, text)


def test_an_older_text_is_led_forward(monkeypatch: pytest.MonkeyPatch) -> None:
    old = json.loads(codec.dumps(ODD))
    old["tag"] = old.pop("day")

    def rename(data: dict[str, object]) -> dict[str, object]:
        return {**data, "day": data["tag"]}

    monkeypatch.setitem(codec.UPGRADES, Odd, (rename,))
    assert codec.loads(Odd, json.dumps(old)) == ODD
    assert json.loads(codec.dumps(ODD))["v"] == 2
    assert codec.loads(Odd, codec.dumps(ODD)) == ODD


words = st.text(max_size=20)
actions = st.one_of(
    st.builds(Pick, words), st.builds(Feedback, words, st.booleans()), st.just(NoneOfThese()),
    st.builds(Consent, words, st.booleans()),
    st.builds(GiveReason, verb=st.sampled_from(CaseVerb), case=words, reason=words),
)  # fmt: skip
rows = st.lists(st.builds(Button, label=words, action=actions), max_size=2).map(tuple)
uploads = st.builds(FileRef, id=words.map(FileId), name=words, media_type=words, size=st.integers(0), sha256=words)
replies = st.builds(
    Reply, to=words.map(PersonId), text=words, channel=st.none() | st.sampled_from(Channel), tone=st.sampled_from(Tone),
    buttons=st.lists(rows, max_size=2).map(tuple),
    links=st.lists(st.builds(Link, label=words, url=words), max_size=2).map(tuple),
    files=st.lists(uploads, max_size=1).map(tuple),
    case=st.none() | words.map(CaseId), private=st.booleans(), public=words, web_only=st.booleans(), form=words,
)  # fmt: skip


@given(replies)
def test_any_reply_comes_back_equal(reply: Reply) -> None:
    assert read_reply_text(reply_text(reply)) == reply


def test_a_staff_reply_stays_one() -> None:
    note = InternalNote(id="n", case=CaseId("c"), author=PersonId("p"), body="内部", at=AT)
    reply = StaffReply(to=PersonId("p"), text="x", note=note)
    again = read_reply_text(reply_text(reply))
    assert type(again) is StaffReply
    assert again == reply
