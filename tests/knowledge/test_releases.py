"""A release is its content: the hash follows the words, not the file, and high risk needs two people."""

from __future__ import annotations

import pytest

from knowledge.entry import EntryStatus, Risk
from knowledge.errors import BrokenContent
from knowledge.releases import (
    SecondPersonNeeded,
    content_hash,
    deserialise,
    high_risk_changes,
    require_second_person,
    serialise,
)
from tests.knowledge.samples import GOOD, at, entry, other


def test_the_hash_does_not_depend_on_order_or_place() -> None:
    assert content_hash([GOOD, other()]) == content_hash([other(place=at("A9")), entry(place=at(line=3))])


def test_every_word_changes_the_hash() -> None:
    assert content_hash([GOOD]) != content_hash([entry(answer=GOOD.answer + "。")])
    assert content_hash([GOOD]) != content_hash([entry(status=EntryStatus.DRAFT)])
    assert content_hash([]) != content_hash([GOOD])


def test_the_hash_of_a_known_base_never_changes() -> None:
    bare = entry(asks=(), not_asks=(), answer="", basis=(), source=(), industries=(), officer=(), reviewed=None)
    assert serialise([bare]) == (
        '{"audience":"employer","id":"labour.probation","question":"试用期最长可以约定多久？","regions":["全国","浙江"],'
        '"review":"machine","review_by":"2027-11-22","risk":"normal","status":"published","topic":"labour",'
        '"valid_from":"2013-07-01"}\n'
    )


def test_a_damaged_release_is_refused_whole() -> None:
    with pytest.raises(BrokenContent):
        deserialise(serialise([GOOD]) + "{")


def test_added_and_changed_published_high_risk_entries_need_a_second_person() -> None:
    risky = entry(risk=Risk.URGENT)
    assert high_risk_changes([], [risky]) == (GOOD.id,)
    assert high_risk_changes([], [entry(risk=Risk.HIGH, status=EntryStatus.DRAFT)]) == ()
    assert high_risk_changes([risky], [risky]) == ()


@pytest.mark.parametrize("approver", [None, "ann"])
def test_the_author_alone_cannot_approve_high_risk(approver: str | None) -> None:
    with pytest.raises(SecondPersonNeeded) as caught:
        require_second_person((GOOD.id,), author="ann", approver=approver)
    assert caught.value.entries == (GOOD.id,)
    require_second_person((), author="ann", approver=approver)
    require_second_person((GOOD.id,), author="ann", approver="bob")
