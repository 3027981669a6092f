"""Words are cut with the legal word list; jieba's prepared file stays in a private folder."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

from knowledge.tokens import TERMS, Tokenizer, read_terms
from tests.knowledge.matching import tokenizer


def test_legal_terms_stay_whole() -> None:
    assert "竞业限制" in tokenizer().cut("竞业限制补偿金要付多少")
    assert "经济补偿" in tokenizer().cut("经济补偿怎么算")
    assert "失信被执行人" in tokenizer().cut("失信被执行人怎么移出")


def test_searching_also_yields_the_words_inside_a_word() -> None:
    words = tokenizer().search_cut("失信被执行人")
    assert "失信被执行人" in words
    assert "执行" in words or "执行人" in words


def test_parts_are_dictionary_words_only() -> None:
    assert "合同" in tokenizer().parts(["劳动合同"])
    assert tokenizer().parts(["工资"]) == []


def test_the_prepared_dictionary_lies_in_the_private_folder(tmp_path: Path) -> None:
    folder = tmp_path / "jieba"
    Tokenizer(folder)
    assert [path.name for path in folder.iterdir()] == ["jieba.cache"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_second_start_cuts_the_same(tmp_path: Path) -> None:
    first, second = Tokenizer(tmp_path), Tokenizer(tmp_path)
    text = "公司拖欠工资可以申请劳动仲裁吗"
    assert first.cut(text) == second.cut(text)


def test_jieba_starts_without_pkg_resources() -> None:
    assert sys.modules.get("pkg_resources", "not imported") is not None


def test_every_term_has_a_frequency_and_stands_once() -> None:
    terms = read_terms(TERMS)
    words = [word for word, _ in terms]
    assert len(words) >= 400
    assert len(words) == len(set(words))
    assert all(frequency > 0 for _, frequency in terms)
