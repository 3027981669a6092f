"""Setting right a word of the field that was typed with a homophone: 试用其 → 试用期, 协义 → 协议.

Only words of the given list are restored, only one character may be wrong, and what is a word already is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from knowledge.sounds import sound

LONGEST = 100
"""Texts above this length are left as they are: nobody mistypes an answer."""
_SIZES = (6, 5, 4, 3, 2)
_SHORT = 2
_EVERYDAY = frozenset(
    "我你他她它是的地得了么吗呢吧啊一二三四五六七八九十在有这那不没要用个小大上下来去说会能可什怎多为死"
)
"""Characters that stand beside any other by chance."""


class Homophones:
    """Words by their sound, from ``longer_words`` only those of three characters or more.

    ``known`` tells whether a string is a word already.
    """

    def __init__(self, words: Iterable[str], longer_words: Iterable[str], known: Callable[[str], bool]) -> None:
        self._known = known
        self._by_sound: dict[tuple[str, ...], list[str]] = {}
        longer = (word for word in longer_words if len(word) > _SHORT and not _EVERYDAY.intersection(word))
        for word in dict.fromkeys([*words, *longer]):
            if len(word) in _SIZES:
                self._by_sound.setdefault(tuple(map(sound, word)), []).append(word)

    def correct(self, text: str) -> str:
        """The normalised text with mistyped words restored, longest first, from left to right; same length."""
        if len(text) > LONGEST:
            return text
        sounds = [sound(char) for char in text]
        windows = [
            (at, size, self._by_sound[heard])
            for size in _SIZES
            for at in range(len(text) - size + 1)
            if (heard := tuple(sounds[at : at + size])) in self._by_sound
        ]
        settled = {n for at, size, words in windows if text[at : at + size] in words for n in range(at, at + size)}
        for at, size, words in windows:
            places = range(at, at + size)
            word = None if settled.intersection(places) else self._meant(text, at, size, words)
            if word is not None:
                text = text[:at] + word + text[at + size :]
                settled.update(places)
        return text

    def _meant(self, text: str, at: int, size: int, words: list[str]) -> str | None:
        typed = text[at : at + size]
        if self._known(typed):
            return None
        if size == _SHORT and (_EVERYDAY.intersection(typed) or self._reaches_out(text, at)):
            return None
        for word in words:
            wrong = [n for n, (meant, is_) in enumerate(zip(word, typed, strict=True)) if meant != is_]
            if len(wrong) == 1 and not self._in_place(text, at + wrong[0]):
                return word
        return None

    def _in_place(self, text: str, at: int) -> bool:
        """Whether a character makes a word with a neighbour, and so is hardly mistyped (投资公司 holds no 子公司)."""
        return self._pair(text, at - 1) or self._pair(text, at)

    def _reaches_out(self, text: str, at: int) -> bool:
        """Whether a character of the pair makes a word with what stands beside the pair (名字好 holds no 字号)."""
        return self._pair(text, at - 1) or self._pair(text, at + 1)

    def _pair(self, text: str, at: int) -> bool:
        pair = text[at : at + 2] if at >= 0 else ""
        return len(pair) == _SHORT and self._known(pair)
