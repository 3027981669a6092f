"""What an update says, and what of it is kept."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram_update import NoUpdate, incoming, look

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CHAT = {"id": 7, "type": "private", "first_name": "甲"}
_KEYS = ["message", "chat", "from", "id", "type", "photo", "document", "callback_query", "reply_to_message"]
SENDER = {"id": 7, "is_bot": False, "first_name": "甲"}


def message(**more: object) -> dict[str, Any]:
    return {"update_id": 5, "message": {"message_id": 1, "date": 1, "chat": CHAT, "from": SENDER, **more}}


def test_a_text_is_kept_raw_with_its_words_apart() -> None:
    row = incoming(message(text="试用期多久"), bot=99, at=AT)
    assert (row.source, row.external_id, row.position, row.lane) == ("telegram:99", "5", 5, "telegram:7")
    assert row.words == "试用期多久"
    assert json.loads(row.payload) == message(text="试用期多久")


def test_two_bots_number_their_updates_apart() -> None:
    first, second = (incoming(message(text="a"), bot=bot, at=AT) for bot in (1, 2))
    assert (first.source, first.external_id) != (second.source, second.external_id)


def test_of_a_group_nothing_is_kept_but_its_number() -> None:
    update = message(text="群里的话")
    update["message"]["chat"] = {"id": -100, "type": "supergroup", "title": "秘密项目"}
    row = incoming(update, bot=99, at=AT)
    assert row.words == ""
    assert json.loads(row.payload) == {"update_id": 5, "group": -100}
    assert look(json.loads(row.payload)).private is False


def test_the_largest_photo_is_taken() -> None:
    sides = (("s", 90), ("l", 800), ("m", 320))
    sizes = [{"file_id": name, "width": side, "height": side, "file_size": side} for name, side in sides]
    seen = look(message(photo=sizes, caption="这是通知书"))
    assert seen.attachment is not None
    assert (seen.attachment.file_id, seen.text, seen.unsupported) == ("l", "这是通知书", "")


def test_a_file_name_loses_folders_and_control_characters() -> None:
    seen = look(message(document={"file_id": "d", "file_name": "../../etc/\x07pass\nwd.xlsx", "file_size": 3}))
    assert seen.attachment is not None
    assert seen.attachment.name == "passwd.xlsx"


@pytest.mark.parametrize(
    ("kind", "named"),
    [("voice", "voice"), ("sticker", "sticker"), ("venue", "location"), ("new_chat_title", "other")],
)
def test_what_the_bot_cannot_read_is_named(kind: str, named: str) -> None:
    assert look(message(**{kind: {"file_id": "x"}})).unsupported == named


def test_a_press_has_a_value_and_a_query_to_acknowledge() -> None:
    query = {"id": "q1", "from": SENDER, "data": "m|start", "message": {"message_id": 3, "date": 0, "chat": CHAT}}
    seen = look({"update_id": 6, "callback_query": query})
    assert (seen.pressed, seen.query, seen.user, seen.private) == ("m|start", "q1", 7, True)


def test_a_correction_is_marked() -> None:
    update = {"update_id": 5, "edited_message": message(text="改")["message"]}
    assert look(update).edited


def test_blocking_and_unblocking_are_told() -> None:
    change = {"chat": CHAT, "from": SENDER, "new_chat_member": {"status": "kicked", "user": SENDER}}
    assert look({"update_id": 8, "my_chat_member": change}).blocked is True


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=3),
    )
)
def test_nonsense_is_no_update_and_never_another_error(value: object) -> None:
    with contextlib.suppress(NoUpdate):
        incoming({"update_id": 1, "message": value}, bot=1, at=AT)
    with pytest.raises(NoUpdate):
        incoming({"message": value}, bot=1, at=AT)
