"""The statute library: names, numbers, versions, and both forms of library files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from knowledge.errors import BrokenContent, MissingFolder
from knowledge.numerals import arabic, article_label, article_name, chinese
from knowledge.statute_files import import_library, load_library, read_articles, read_markdown
from knowledge.statutes import Article, ArticleStatus, StatuteLibrary
from tests.knowledge.samples import library, shared

ROW = {"law": "劳动合同法", "date": "2012-12-28", "art": "三十九", "text": "劳动者有下列情形之一的", "local": False}
MARKDOWN = """# 中华人民共和国某某法

2007年6月29日 通过

2012年12月28日 修正

<!-- INFO END -->

## 第一章　总则

第一条　为了完善制度，制定本法。

第二条　下列情形适用本法：

（一）甲；

（二）乙。

## 第二章　附则

第二条之一　本法自公布之日起施行。
"""


@pytest.mark.parametrize(
    "name",
    [
        "劳动合同法",
        "《劳动合同法》",
        "中华人民共和国劳动合同法",
        "《中华人民共和国劳动合同法》",
        "劳动合同法（2012年修正）",
        " 劳动 合同法",
    ],
)
@pytest.mark.parametrize("number", ["十九", "第十九条", "19", "第19条"])
def test_an_article_is_found_however_it_is_named(name: str, number: str) -> None:
    found = library().article(name, number)
    assert found is not None
    assert (found.law, found.article) == ("劳动合同法", "十九")


def test_an_interpretation_is_found_without_its_court() -> None:
    found = library().article("关于旧事的解释", "二")
    assert found is not None
    assert found.status is ArticleStatus.UNCONFIRMED


def test_the_newest_version_comes_first_and_all_are_kept() -> None:
    old = Article(law="劳动合同法", article="十九", text="旧", version=date(2007, 6, 29))
    statutes = library(old)
    assert statutes.versions("劳动合同法") == (date(2007, 6, 29), date(2012, 12, 28))
    assert [item.version for item in statutes.editions("劳动合同法", "十九")] == [date(2012, 12, 28), date(2007, 6, 29)]
    assert statutes.newest == date(2020, 1, 1)


def test_what_is_not_there_is_none() -> None:
    assert library().article("劳动合同法", "九百") is None
    assert library().article("没有的法", "一") is None
    assert StatuteLibrary([]).newest is None


def test_articles_named_in_a_sentence_are_found() -> None:
    found = library().mentioned("单位可以依照劳动合同法第十九条处理，参见《某税法》第3条和不存在法第一条")
    assert [(item.law, item.article) for item in found] == [("劳动合同法", "十九"), ("某税法", "三")]


@pytest.mark.parametrize("packed", [False, True])
def test_json_lines_are_read_plain_or_gzipped(tmp_path: Path, packed: bool) -> None:
    repealed = {**ROW, "art": "四十之一", "status": "repealed"}
    data = f"{json.dumps(ROW, ensure_ascii=False)}\n\n{json.dumps(repealed)}\n".encode()
    path = tmp_path / "laws.jsonl"
    path.write_bytes(gzip.compress(data) if packed else data)
    first, second = read_articles(path)
    assert (first.law, first.article, first.version, first.status) == (
        "劳动合同法",
        "三十九",
        date(2012, 12, 28),
        ArticleStatus.COLLECTED,
    )
    assert (second.article, second.status) == ("四十之一", ArticleStatus.REPEALED)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        '{"law": "a"}',
        '{"law": "a", "art": "x", "text": "b"}',
        "[]",
        '{"law":"a","art":"一","text":"b","date":"x"}',
    ],
)
def test_a_bad_line_is_named_with_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "laws.jsonl"
    path.write_text(f"{json.dumps(ROW)}\n{line}\n")
    with pytest.raises(BrokenContent) as caught:
        load_library(path)
    assert [str(problem.place) for problem in caught.value.problems] == ["laws.jsonl:2"]


def test_a_broken_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "laws.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(ROW).encode() * 100)[:-20])
    with pytest.raises(BrokenContent):
        load_library(path)


def test_a_markdown_law_is_cut_into_articles() -> None:
    articles = read_markdown(MARKDOWN, "某某法.md")
    assert [(item.article, item.text) for item in articles] == [
        ("一", "为了完善制度，制定本法。"),
        ("二", "下列情形适用本法：\n（一）甲；\n（二）乙。"),
        ("二之一", "本法自公布之日起施行。"),
    ]
    assert {(item.law, item.version, item.local) for item in articles} == {("某某法", date(2012, 12, 28), False)}


def test_a_folder_of_markdown_laws_is_a_library(tmp_path: Path) -> None:
    (tmp_path / "地方性法规").mkdir()
    (tmp_path / "地方性法规" / "某条例(2020-03-04).md").write_text(MARKDOWN.replace("中华人民共和国某某法", "某条例"))
    (tmp_path / "README.md").write_text("# 第一条 说明")
    found = load_library(tmp_path).article("某条例", "一")
    assert found is not None
    assert (found.local, found.version) == (True, date(2020, 3, 4))


def test_nothing_to_read_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.jsonl"):
        with pytest.raises(MissingFolder):
            load_library(path)


class Shelf:
    """Keeps articles in memory."""

    def __init__(self) -> None:
        self.kept: list[Article] = []

    async def article(self, law: str, article: str) -> Article | None:
        return next((item for item in self.kept if (item.law, item.article) == (law, article)), None)

    async def replace(self, articles: Iterable[Article]) -> int:
        self.kept = list(articles)
        return len(self.kept)

    async def size(self) -> int:
        return len(self.kept)


async def test_an_import_replaces_the_shelf_and_a_broken_one_leaves_it(tmp_path: Path) -> None:
    shelf = Shelf()
    path = tmp_path / "laws.jsonl"
    path.write_text(json.dumps(ROW))
    assert await import_library(path, shelf) == 1
    path.write_text("{")
    with pytest.raises(BrokenContent):
        await import_library(path, shelf)
    assert await shelf.size() == 1
    assert await shelf.article("劳动合同法", "三十九") is not None


@pytest.mark.parametrize("number", [1, 10, 11, 19, 20, 100, 101, 110, 111, 1000, 1001, 1010, 1110, 1260, 9999])
def test_numerals_are_read_as_they_are_written(number: int) -> None:
    assert arabic(chinese(number)) == number
    assert article_name(str(number)) == chinese(number)
    assert article_name(article_label(chinese(number))) == chinese(number)


@pytest.mark.parametrize("text", ["", "第条", "十九a", "十九条款", "第19-1条", "12345"])
def test_what_is_no_article_number_is_none(text: str) -> None:
    assert article_name(text) is None


def test_the_whole_shared_library_is_read() -> None:
    statutes = load_library(shared("laws", "articles.jsonl.gz"))
    assert len(statutes) == 75_266
    found = statutes.article("中华人民共和国劳动合同法", "第39条")
    assert found is not None
    assert found.text.startswith("劳动者有下列情形之一的")
