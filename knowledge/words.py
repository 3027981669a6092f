"""The lexicon's synonyms and stop words, and the replacement of a variant by its group's first word."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ruamel.yaml import YAML

from knowledge.text import normalise
from knowledge.tokens import LEXICON


class Synonyms:
    """Groups of words that mean the same to a questioner; the first of a group stands for all.

    A variant found in two groups counts for the first. Longer variants win over shorter ones at the same place.
    """

    def __init__(self, groups: list[list[str]]) -> None:
        self.fingerprint = hashlib.sha256(repr(groups).encode()).hexdigest()
        self._by_first: dict[str, list[tuple[str, str]]] = {}
        known: set[str] = set()
        for group in groups:
            words = [normalise(word) for word in group]
            for word in words:
                if word and word not in known:
                    known.add(word)
                    self._by_first.setdefault(word[0], []).append((word, words[0]))
        self.variants = tuple(sorted(known))
        for variants in self._by_first.values():
            variants.sort(key=lambda pair: -len(pair[0]))

    @classmethod
    def load(cls, path: Path = LEXICON / "synonyms.yaml") -> Synonyms:
        """Read the shipped groups: a mapping of subject → list of groups."""
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        return cls([group for groups in content.values() for group in groups])

    def canonical(self, text: str) -> str:
        """The normalised text with every variant replaced by the first word of its group."""
        pieces: list[str] = []
        at = 0
        while at < len(text):
            for variant, first in self._by_first.get(text[at], ()):
                if text.startswith(variant, at):
                    pieces.append(first)
                    at += len(variant)
                    break
            else:
                pieces.append(text[at])
                at += 1
        return "".join(pieces)


def stopwords(path: Path = LEXICON / "stopwords.txt") -> frozenset[str]:
    """Words that carry no subject of their own."""
    return _listed(path)


def other_fields(path: Path = LEXICON / "other_fields.txt") -> frozenset[str]:
    """Words of fields that the base does not cover."""
    return _listed(path)


def _listed(path: Path) -> frozenset[str]:
    """Words from a file, one a line; ``#`` starts a remark."""
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return frozenset(line for line in lines if line)
