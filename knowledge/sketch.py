"""What the comparison needs to know of one text, worked out once: words, characters, pairs, sounds, numbers, cues."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from knowledge import cues
from knowledge.index import Index
from knowledge.sounds import sound
from knowledge.text import bigrams, normalise, numbers
from knowledge.tokens import Tokenizer
from knowledge.typos import Homophones
from knowledge.words import Synonyms

RAW_CHARS = 200


@dataclass(frozen=True, slots=True)
class Bag:
    """Distinct terms with their idf; ``mass`` is the sum, ``ranked`` the terms by falling idf."""

    terms: dict[str, float]
    mass: float
    ranked: tuple[str, ...]

    @classmethod
    def of(cls, terms: Iterable[str], idf: Callable[[str], float]) -> Bag:
        """Weigh the distinct ``terms``; order of first occurrence is kept so that sums repeat exactly."""
        weighed = {term: idf(term) for term in dict.fromkeys(terms)}
        return cls(weighed, sum(weighed.values()), tuple(sorted(weighed, key=weighed.__getitem__, reverse=True)))


@dataclass(frozen=True, slots=True)
class Cut:
    """One text in its written forms: normalised, and cut into the words of its synonyms' first members.

    ``parts`` are the shorter dictionary words inside the words, for searching in long texts. ``raw`` is the text as it
    was written, in lower case and at most ``RAW_CHARS`` long.
    """

    text: str
    words: tuple[str, ...]
    parts: tuple[str, ...]
    raw: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """A text ready to be compared. ``sounds`` is toneless pinyin, one a Han character.

    ``sorted_text`` and ``sorted_words`` are what is left without the order.
    """

    cut: Cut
    words: Bag
    chars: Bag
    pairs: Bag
    sounds: tuple[str, ...]
    numbers: frozenset[float]
    codes: frozenset[str]
    negations: int
    kinds: frozenset[str]
    side: int
    sorted_text: str
    sorted_words: tuple[str, ...]

    @property
    def text(self) -> str:
        """The normalised text."""
        return self.cut.text


class Cutter:
    """Normalises and cuts texts the same way for phrases and questions."""

    def __init__(self, tokenizer: Tokenizer, synonyms: Synonyms) -> None:
        self._tokenizer = tokenizer
        self._synonyms = synonyms
        self._homophones = Homophones(tokenizer.terms, synonyms.variants, tokenizer.knows)
        self.cache_dir = tokenizer.cache_dir
        self.fingerprint = f"{tokenizer.fingerprint} {synonyms.fingerprint}"

    def cut(self, raw: str) -> Cut:
        """Normalise ``raw``, restore mistyped words of the field, replace synonyms, cut into words."""
        text = self._homophones.correct(normalise(raw))
        words = self._tokenizer.cut(self._synonyms.canonical(text))
        return Cut(text, tuple(words), tuple(self._tokenizer.parts(words)), raw[:RAW_CHARS].lower())


def sketch(cut: Cut, *, words: Index, chars: Index, pairs: Index) -> Sketch:
    """Weigh a cut text with the idf of the three fields and read its cues."""
    text = cut.text
    return Sketch(
        cut=cut,
        words=Bag.of(cut.words, words.idf_of),
        chars=Bag.of(text, chars.idf_of),
        pairs=Bag.of(bigrams(text), pairs.idf_of),
        sounds=tuple(sound(char) for char in text),
        numbers=numbers(text),
        codes=cues.codes(text),
        negations=cues.negations(text),
        kinds=cues.kinds(text),
        side=cues.side(text),
        sorted_text="".join(sorted(text)),
        sorted_words=tuple(sorted(cut.words)),
    )
