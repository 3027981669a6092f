"""The statute library: articles of laws with their version and status, found by law name and article number.

Reading library files lives in ``statute_files``; full-text search is not here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from knowledge.citations import mentions
from knowledge.numerals import article_name

_STATE = "中华人民共和国"
_NOISE = re.compile(r"[《》〈〉<>\s]")
_EDITION = re.compile(r"\((?:\d{4}年?)?(?:修正|修订|修正本|修订本|\d{4}-\d{2}-\d{2})\)$|\(\d{4}年?(?:版|施行)?\)$")
_ISSUER = re.compile(r"^(?:(?:最高人民法院|最高人民检察院|国务院|公安部|司法部)[、,]?)+(?=关于|实施|贯彻)")
_BRACKETS = str.maketrans("（）［］〔〕，", "()[][],")


class ArticleStatus(StrEnum):
    """``REPEALED`` must not be cited; ``UNCONFIRMED`` only with a source that shows it is in force."""

    COLLECTED = "collected"
    UNCONFIRMED = "unconfirmed"
    REPEALED = "repealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article: ``article`` is the bare numeral (``十九``), ``version`` the day of the law's version."""

    law: str
    article: str
    text: str
    version: date | None = None
    local: bool = False
    status: ArticleStatus = ArticleStatus.COLLECTED


@lru_cache(maxsize=8_192)
def law_key(name: str) -> str:
    """A law's name without 《》, 中华人民共和国, spaces and edition remarks: names that agree here name one law."""
    plain = _NOISE.sub("", name).translate(_BRACKETS).replace(_STATE, "")
    return _EDITION.sub("", plain) or plain


def short_key(name: str) -> str:
    """The key without the issuing body (最高人民法院关于… → 关于…), for names cited without it."""
    return _ISSUER.sub("", law_key(name))


class StatuteLibrary:
    """In-memory lookups; names with or without 中华人民共和国 and 《》, numbers as 十九, 第十九条 or 19."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._laws: dict[str, dict[str, list[Article]]] = {}
        self._size = 0
        newest: date | None = None
        for article in articles:
            self._laws.setdefault(law_key(article.law), {}).setdefault(article.article, []).append(article)
            self._size += 1
            if article.version is not None and (newest is None or article.version > newest):
                newest = article.version
        self.newest = newest
        """The latest version day in the library; None where it is empty."""
        self._short: dict[str, str] = {}
        for key in self._laws:
            self._short.setdefault(short_key(key), key)

    def __len__(self) -> int:
        return self._size

    def knows(self, law: str) -> bool:
        """Whether the library holds the law at all."""
        return self._key(law) is not None

    def versions(self, law: str) -> tuple[date, ...]:
        """The days of the law's versions in the library, oldest first."""
        articles = self._laws.get(self._key(law) or "", {})
        return tuple(
            sorted({item.version for found in articles.values() for item in found if item.version is not None})
        )

    def editions(self, law: str, article: str) -> tuple[Article, ...]:
        """Every version of one article, newest first."""
        number = article_name(article) or article
        found = self._laws.get(self._key(law) or "", {}).get(number, [])
        return tuple(sorted(found, key=lambda item: item.version or date.min, reverse=True))

    def article(self, law: str, article: str) -> Article | None:
        """The newest version of one article, or None."""
        return next(iter(self.editions(law, article)), None)

    def mentioned(self, text: str) -> tuple[Article, ...]:
        """The articles a sentence names (``依照劳动合同法第三十九条``), in order; unknown ones are left out."""
        found = []
        for law, number in mentions(text):
            # without 《》 the words before the name hang on to it: the longest tail that is a law wins
            names = (law[start:] for start in range(len(law) - 1))
            article = next((hit for name in names if (hit := self.article(name, number)) is not None), None)
            if article is not None and article not in found:
                found.append(article)
        return tuple(found)

    def _key(self, law: str) -> str | None:
        key = law_key(law)
        return key if key in self._laws else self._short.get(short_key(law))
