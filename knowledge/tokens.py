"""Cutting normalised text into words with jieba and the legal word list. What words weigh is ``index``'s business."""

from __future__ import annotations

import hashlib
import logging
import sys
from pathlib import Path
from typing import Any

LEXICON = Path(__file__).with_name("lexicon")
TERMS = LEXICON / "terms.txt"


def _import_jieba() -> Any:  # noqa: ANN401 - jieba ships no types
    """Import jieba without pkg_resources: that import costs 0.2 s and only finds files jieba also finds alone."""
    hidden = "pkg_resources" not in sys.modules
    if hidden:
        sys.modules["pkg_resources"] = None  # type: ignore[assignment]  # None makes the import fail
    try:
        import jieba
    finally:
        if hidden:
            del sys.modules["pkg_resources"]
    jieba.setLogLevel(logging.CRITICAL)  # a cache that cannot be written is read from the package, no traceback
    return jieba


class Tokenizer:
    """A jieba dictionary of its own plus the legal word list.

    ``cache_dir`` is a private folder for jieba's prepared dictionary: jieba unmarshals that file, so a shared temporary
    folder would let others run code here. Without it the dictionary is read from the package each time (about 0.7 s).
    Safe to share between threads once built.
    """

    def __init__(self, cache_dir: Path | None = None, terms: Path = TERMS) -> None:
        jieba = _import_jieba()
        self.cache_dir = cache_dir
        self.fingerprint = hashlib.sha256(terms.read_bytes()).hexdigest()
        self._cutter: Any = jieba.Tokenizer()
        if cache_dir is None:
            self._cutter.FREQ, self._cutter.total = self._cutter.gen_pfdict(self._cutter.get_dict_file())
            self._cutter.initialized = True
        else:
            cache_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._cutter.tmp_dir = str(cache_dir)
            self._cutter.initialize()
        listed = read_terms(terms)
        self.terms = tuple(word for word, _ in listed)
        for word, frequency in listed:
            self._cutter.add_word(word, frequency)

    def cut(self, text: str) -> list[str]:
        """Words of a normalised text in order, blanks left out."""
        return [word for word in self._cutter.lcut(text) if not word.isspace()]

    def search_cut(self, text: str) -> list[str]:
        """The same for searching: long words are followed by the shorter words inside them."""
        return [word for word in self._cutter.lcut_for_search(text) if not word.isspace()]

    def knows(self, word: str) -> bool:
        """Whether the dictionary or the legal word list has the word."""
        return bool(self._cutter.FREQ.get(word))

    def parts(self, words: list[str]) -> list[str]:
        """The dictionary words of two to four characters that stand inside longer ``words``."""
        known = self._cutter.FREQ
        found: list[str] = []
        for word in words:
            for width in (2, 3, 4):
                if len(word) > width:
                    pieces = (word[at : at + width] for at in range(len(word) - width + 1))
                    found.extend(piece for piece in pieces if known.get(piece))
        return found


def read_terms(path: Path) -> list[tuple[str, int]]:
    """Words with their frequency from a file of ``word frequency`` lines; ``#`` starts a remark."""
    terms = []
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, frequency = line.partition("#")[0].strip().partition(" ")
        if word:
            terms.append((word, int(frequency or 1_000)))
    return terms
