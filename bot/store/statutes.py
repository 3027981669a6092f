"""The imported statute library as rows: one article each, the newest version wins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import islice
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, select

from bot.store.put import put_new
from bot.store.tables import statutes
from bot.store.transaction import AnyRow, Transaction
from knowledge.statutes import Article, ArticleStatus, law_key, short_key

_BATCH: Final = 5_000
_ADD: Final = put_new(statutes)
_NEWEST: Final = statutes.c.version.desc()
_BY_NAME: Final = (
    select(statutes)
    .where(statutes.c.law_key == bindparam("law"), statutes.c.article == bindparam("number"))
    .order_by(_NEWEST)
    .limit(1)
)
_BY_SHORT: Final = (
    select(statutes)
    .where(statutes.c.short_key == bindparam("law"), statutes.c.article == bindparam("number"))
    .order_by(_NEWEST)
    .limit(1)
)
_SIZE: Final = select(func.count()).select_from(statutes)


class SqlShelf:
    """See ``knowledge.ports.StatuteShelf``."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def article(self, law: str, article: str) -> Article | None:
        """The newest version; the law by name with or without 《》, 中华人民共和国 and issuer, the number bare."""
        row = await self._tx.row(_BY_NAME, {"law": law_key(law), "number": article})
        if row is None:
            row = await self._tx.row(_BY_SHORT, {"law": short_key(law), "number": article})
        return None if row is None else _article(row)

    async def replace(self, articles: Iterable[Article]) -> int:
        """Puts a whole library in place of the old one; returns how many articles it has."""
        await self._tx.run(lambda connection: connection.execute(delete(statutes)))
        rest = iter(articles)
        while rows := [_values(article) for article in islice(rest, _BATCH)]:
            await self._tx.write(_ADD, rows)
        self._tx.touch("statutes")
        return await self.size()

    async def size(self) -> int:
        """How many articles are stored."""
        row = await self._tx.row(_SIZE)
        return 0 if row is None else int(row[0])


class SqlStatutes:
    """See ``handlers.ports.Statutes``."""

    def __init__(self, tx: Transaction) -> None:
        self.shelf = SqlShelf(tx)

    async def article(self, law: str, article: str) -> str | None:
        """The article's text, or None where no library (or no such article) was imported."""
        found = await self.shelf.article(law, article)
        return None if found is None else found.text


def _values(article: Article) -> dict[str, Any]:
    return {
        "law_key": law_key(article.law), "short_key": short_key(article.law), "article": article.article,
        "version": "" if article.version is None else article.version.isoformat(), "law": article.law,
        "text": article.text, "status": article.status.value, "local": article.local,
    }  # fmt: skip


def _article(row: AnyRow) -> Article:
    return Article(
        law=row.law, article=row.article, text=row.text, local=row.local, status=ArticleStatus(row.status),
        version=date.fromisoformat(row.version) if row.version else None,
    )  # fmt: skip
