"""Whatever stands in the base, writing it and reading it back gives the same, in and across all four formats."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.entry import Entry
from knowledge.export import write
from knowledge.files import read_file
from knowledge.labels import COLUMNS
from knowledge.releases import content_hash, deserialise, serialise
from tests.knowledge.samples import GOOD
from tests.knowledge.strategies import bases_of_entries

Format = Literal["yaml", "jsonl", "csv", "xlsx"]
FORMATS: tuple[Format, ...] = ("yaml", "jsonl", "csv", "xlsx")
relaxed = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def back(entries: list[Entry], kind: Format) -> list[Entry]:
    reading = read_file(write(entries, kind), f"faq.{kind}")
    assert reading.problems == ()
    return list(reading.entries)


@pytest.mark.parametrize("kind", FORMATS)
@given(entries=bases_of_entries)
@relaxed
def test_a_base_survives_writing_and_reading(kind: Format, entries: list[Entry]) -> None:
    assert back(entries, kind) == entries


@given(entries=bases_of_entries)
@settings(relaxed, max_examples=20)
def test_a_base_survives_a_walk_through_all_formats(entries: list[Entry]) -> None:
    walked = entries
    for before, after in pairwise((*FORMATS, "yaml")):
        walked = back(back(walked, before), after)
    assert walked == entries
    assert content_hash(walked) == content_hash(entries)


@given(entries=bases_of_entries)
@relaxed
def test_the_canonical_text_gives_the_entries_back(entries: list[Entry]) -> None:
    assert list(deserialise(serialise(entries))) == sorted(entries, key=lambda item: item.id)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@given(order=st.permutations(list(COLUMNS)))
@settings(relaxed, max_examples=10)
def test_the_clerks_own_column_order_stays(kind: Format, order: list[str]) -> None:
    reading = read_file(write([GOOD], kind, order), f"faq.{kind}")
    assert list(reading.columns) == order
    assert read_file(write(reading.entries, kind, reading.columns), f"again.{kind}").columns == reading.columns
    assert reading.entries == (GOOD,)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_column_the_clerk_left_out_comes_back_only_when_it_holds_something(kind: Format) -> None:
    reading = read_file(write([GOOD], kind, ["标准问", "编号"]), f"faq.{kind}")
    assert reading.entries == (GOOD,)
    assert reading.columns[:2] == ("标准问", "编号")
    assert "失效日期" not in reading.columns
