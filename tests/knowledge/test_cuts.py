"""A base cut before is read, not cut again; a damaged or foreign file is no harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.cuts import cut_all
from knowledge.sketch import Cut, Cutter
from knowledge.tokens import Tokenizer
from knowledge.words import Synonyms

TEXTS = [f"公司拖欠第{n}个月的工资怎么办" for n in range(250)]


class Counting(Cutter):
    cut_texts = 0

    def cut(self, raw: str) -> Cut:
        self.cut_texts += 1
        return super().cut(raw)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def cutter(folder: Path) -> Counting:
    return Counting(Tokenizer(folder), Synonyms([["工资", "薪水"]]))


def test_the_second_time_nothing_is_cut(folder: Path) -> None:
    first, second = cutter(folder), cutter(folder)
    made = cut_all(first, TEXTS, lambda _done: None)
    assert cut_all(second, TEXTS, lambda _done: None) == made
    assert (first.cut_texts, second.cut_texts) == (250, 0)


def test_another_text_or_lexicon_is_cut_anew(folder: Path) -> None:
    other = cutter(folder)
    cut_all(other, [*TEXTS[:-1], "换了一句"], lambda _done: None)
    assert other.cut_texts == 250
    changed = Counting(Tokenizer(folder), Synonyms([["工资", "工钱"]]))
    cut_all(changed, TEXTS, lambda _done: None)
    assert changed.cut_texts == 250


@pytest.mark.parametrize("damage", ["", "[1, 2]", "{}", '[["a", ["a"], []]]'])
def test_a_damaged_file_is_cut_anew(folder: Path, damage: str) -> None:
    cut_all(cutter(folder), TEXTS, lambda _done: None)
    for path in folder.glob("cuts-*.json"):
        path.write_text(damage, encoding="utf-8")
    again = cutter(folder)
    assert len(cut_all(again, TEXTS, lambda _done: None)) == 250
    assert again.cut_texts == 250


def test_few_files_are_kept(folder: Path) -> None:
    for n in range(6):
        cut_all(cutter(folder), [*TEXTS, str(n)], lambda _done: None)
    assert len(list(folder.glob("cuts-*.json"))) <= 4
    assert not list(folder.glob("*.part"))
