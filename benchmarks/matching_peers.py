"""What else finds a question in a list: each peer takes the texts once and returns the position of its best hit."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence

import bm25s
import tantivy
from rapidfuzz import fuzz, process

Find = Callable[[str], int]


def bm25s_jieba(texts: Sequence[str], cut: Callable[[str], list[str]]) -> Find:
    """bm25s with its defaults over jieba words."""
    retriever = bm25s.BM25()
    retriever.index([cut(text) for text in texts], show_progress=False)

    def find(question: str) -> int:
        hits, scores = retriever.retrieve([cut(question)], k=1, show_progress=False)
        return int(hits[0, 0]) if scores[0, 0] > 0 else -1

    return find


def tantivy_jieba(texts: Sequence[str], cut: Callable[[str], list[str]]) -> Find:
    """Tantivy's BM25 over jieba words joined by blanks."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=False, tokenizer_name="whitespace")
    builder.add_integer_field("place", stored=True)
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(heap_size=64_000_000, num_threads=1)
    for place, text in enumerate(texts):
        writer.add_document(tantivy.Document(text=" ".join(cut(text)), place=place))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def find(question: str) -> int:
        terms = [tantivy.Query.term_query(schema, "text", word) for word in cut(question)]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        hits = searcher.search(query, 1).hits
        return int(searcher.doc(hits[0][1])["place"][0]) if hits else -1

    return find


def sqlite_fts5(texts: Sequence[str], cut: Callable[[str], list[str]]) -> Find:
    """SQLite's FTS5 with bm25() over jieba words."""
    store = sqlite3.connect(":memory:")
    store.execute("CREATE VIRTUAL TABLE faq USING fts5(text)")
    store.executemany(
        "INSERT INTO faq(rowid, text) VALUES (?, ?)", ((n, " ".join(cut(t))) for n, t in enumerate(texts))
    )

    def find(question: str) -> int:
        words = [re.sub(r'["\s]', "", word) for word in cut(question)]
        match = " OR ".join(f'"{word}"' for word in words if word)
        if not match:
            return -1
        row = store.execute("SELECT rowid FROM faq WHERE faq MATCH ? ORDER BY bm25(faq) LIMIT 1", (match,)).fetchone()
        return int(row[0]) if row else -1

    return find


def rapidfuzz_all(texts: Sequence[str], _cut: Callable[[str], list[str]]) -> Find:
    """Rapidfuzz's ratio against every text."""
    kept = list(texts)

    def find(question: str) -> int:
        hit = process.extractOne(question, kept, scorer=fuzz.ratio)
        return int(hit[2]) if hit else -1

    return find


PEERS: dict[str, Callable[[Sequence[str], Callable[[str], list[str]]], Find]] = {
    "bm25s + jieba": bm25s_jieba,
    "tantivy + jieba": tantivy_jieba,
    "SQLite FTS5 + jieba": sqlite_fts5,
    "rapidfuzz over all": rapidfuzz_all,
}
