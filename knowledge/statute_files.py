"""Reading a statute library: JSONL lines (also gzipped) or a folder of Markdown laws. Lookups live in ``statutes``."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO, cast

from knowledge.entry import Place
from knowledge.errors import BrokenContent, MissingFolder, Problem
from knowledge.numerals import article_name
from knowledge.plain_text import parse_date
from knowledge.ports import StatuteShelf
from knowledge.statutes import Article, ArticleStatus, StatuteLibrary

MAX_UNPACKED = 1024 * 1024 * 1024
"""Bytes of text a library file may hold once unpacked."""
MAX_PROBLEMS = 20

_ARTICLE = re.compile(
    r"第(?P<number>[零〇一二两三四五六七八九十百千]+)条(?:之(?P<sub>[一二三四五六七八九十]+))?[\s\u3000]*(?P<text>.*)"
)
_DAY = re.compile(r"\d{4}\s*[-年.]\s*\d{1,2}\s*[-月.]\s*\d{1,2}\s*日?")
_INFO_END = "<!-- INFO END -->"


def load_library(path: Path | str) -> StatuteLibrary:
    """The library of a file or folder. Raises ``BrokenContent`` or ``MissingFolder``."""
    return StatuteLibrary(read_articles(path))


async def import_library(path: Path | str, shelf: StatuteShelf) -> int:
    """Put the library of a file or folder on the shelf in place of the old one; returns how many articles it has.

    Raises ``BrokenContent`` or ``MissingFolder``; the old library stays then.
    """
    return await shelf.replace(read_articles(path))


def read_articles(path: Path | str) -> Iterator[Article]:
    """Every article of a JSONL(.gz) file or of a folder of ``*.md`` laws, as they come.

    Raises ``MissingFolder`` where there is nothing to read, ``BrokenContent`` with the first bad lines.
    """
    place = Path(path)
    if place.is_dir():
        yield from _folder(place)
    elif place.is_file():
        yield from _lines(place)
    else:
        raise MissingFolder(str(place))


def read_markdown(text: str, name: str, *, local: bool = False) -> tuple[Article, ...]:
    """The articles of one Markdown law: ``# 名称``, then days of passing and revision, then 第一条 …

    The version is the day in the file's name (``劳动合同法(2012-12-28).md``), else the last day before the articles.
    """
    title, version = "", _day_in(name)
    before: list[str] = []
    articles: list[tuple[str, list[str]]] = []
    for raw in text.splitlines():
        line = raw.strip().strip("\u3000").strip()
        start = _ARTICLE.match(line)
        if line.startswith("# ") and not title:
            title = line[2:].strip()
        elif line.startswith("#"):
            articles.append(("", []))  # a chapter's heading ends the article before it
        elif start is not None:
            number = article_name(f"第{start['number']}条" + (f"之{start['sub']}" if start["sub"] else "")) or ""
            articles.append((number, [start["text"]]))
        elif not any(number for number, _ in articles):
            before.append(line)
        elif line and line != _INFO_END:
            articles[-1][1].append(line)
    if version is None:
        days = [day for found in _DAY.findall("\n".join(before)) if (day := parse_date(found)) is not None]
        version = max(days, default=None)
    law = title.removeprefix("中华人民共和国") or _DAY.sub("", Path(name).stem).strip("()（）")
    return tuple(
        Article(law=law, article=number, text="\n".join(part for part in parts if part), version=version, local=local)
        for number, parts in articles
        if number
    )


def _folder(folder: Path) -> Iterator[Article]:
    found = False
    for path in sorted(folder.rglob("*.md")):
        if path.name.lower() in {"readme.md", "_index.md"}:
            continue
        local = any("地方" in part for part in path.relative_to(folder).parts[:-1])
        try:
            articles = read_markdown(path.read_text(encoding="utf-8-sig"), path.name, local=local)
        except UnicodeDecodeError as error:
            raise BrokenContent((_problem(path.name, None, "文件不是 UTF-8 编码", "另存为 UTF-8"),)) from error
        found = found or bool(articles)
        yield from articles
    if not found:
        raise MissingFolder(str(folder))


def _lines(path: Path) -> Iterator[Article]:
    problems: list[Problem] = []
    size = 0
    with _opened(path) as stream:
        try:
            for number, line in enumerate(stream, start=1):
                size += len(line)
                if size > MAX_UNPACKED:
                    problems.append(_problem(path.name, number, "法条库解压后太大", "分成几个文件导入"))
                    break
                article = _article(line)
                if article is not None:
                    yield article
                elif line.strip():
                    remedy = '每行写一个 {"law": …, "date": …, "art": …, "text": …}'
                    problems.append(_problem(path.name, number, "这一行不是一条法条", remedy))
                if len(problems) >= MAX_PROBLEMS:
                    break
        except (OSError, EOFError, zlib.error) as error:
            problem = _problem(path.name, None, "压缩文件读不完整", "重新下载或重新压缩后再导入")
            raise BrokenContent((problem,)) from error
    if problems:
        raise BrokenContent(tuple(problems))


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.open(path, "rb")) if packed else path.open("rb")


def _article(line: bytes) -> Article | None:
    """One line as an article; None where it is none."""
    try:
        row = json.loads(line)
        number = article_name(str(row["art"]))
        law, text = str(row["law"]).strip(), str(row["text"])
        day = date.fromisoformat(row["date"]) if row.get("date") else None
        status = ArticleStatus(row.get("status") or "collected")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if number is None or not law:
        return None
    return Article(law=law, article=number, text=text, version=day, local=bool(row.get("local")), status=status)


def _day_in(name: str) -> date | None:
    found = _DAY.search(name)
    return parse_date(found[0]) if found else None


def _problem(name: str, line: int | None, message: str, remedy: str) -> Problem:
    place = Place(file=name, line=line)
    return Problem(place=place, code="statutes", message=message, remedy=remedy)
