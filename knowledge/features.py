"""How a question and one phrase are alike or differ: one row of named numbers, and the words in which they differ.

What the numbers are worth is learned (``training``) and kept (``confidence``); what a whole shortlist tells stands in
``shortlist``.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from math import fsum, log1p

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel, JaroWinkler, Levenshtein, Postfix, Prefix

from knowledge.sketch import Bag, Sketch

PAIR_FEATURES: tuple[str, ...] = (
    "words_of_question",
    "words_of_phrase",
    "words_dice",
    "words_missing_in_phrase",
    "words_missing_in_question",
    "words_worst_missing_in_phrase",
    "words_worst_missing_in_question",
    "words_missing_both",
    "chars_of_question",
    "chars_of_phrase",
    "chars_dice",
    "chars_missing_in_phrase",
    "chars_missing_in_question",
    "chars_worst_missing_in_phrase",
    "chars_worst_missing_in_question",
    "chars_missing_both",
    "pairs_of_question",
    "pairs_of_phrase",
    "pairs_dice",
    "pairs_missing_in_phrase",
    "pairs_missing_in_question",
    "pairs_worst_missing_in_phrase",
    "pairs_worst_missing_in_question",
    "pairs_missing_both",
    "ratio",
    "edit_ratio",
    "jaro",
    "partial_ratio",
    "word_order_ratio",
    "sorted_words_ratio",
    "sound_ratio",
    "sound_gain",
    "prefix",
    "postfix",
    "same",
    "phrase_in_question",
    "question_in_phrase",
    "number_conflict",
    "number_one_sided",
    "code_conflict",
    "code_one_sided",
    "negation_conflict",
    "kind_same",
    "kind_conflict",
    "kind_one_sided",
    "side_conflict",
    "length_question",
    "length_phrase",
    "length_gap",
    "subject_swap",
    "as_written",
)


def pair_row(question: Sketch, phrase: Sketch) -> list[float]:
    """One number for each of ``PAIR_FEATURES``; all finite, also for empty texts."""
    left, right = question.text, phrase.text
    ratio = Indel.normalized_similarity(left, right)
    sounds = Indel.normalized_similarity(question.sounds, phrase.sounds)
    longest = max(len(left), len(right), 1)
    shortest = max(min(len(left), len(right)), 1)
    return [
        *_bags(question.words, phrase.words),
        *_bags(question.chars, phrase.chars),
        *_bags(question.pairs, phrase.pairs),
        ratio,
        Levenshtein.normalized_similarity(left, right),
        JaroWinkler.similarity(left, right),
        fuzz.partial_ratio(left, right) / 100,
        Indel.normalized_similarity(question.cut.words, phrase.cut.words),
        Indel.normalized_similarity(question.sorted_words, phrase.sorted_words),
        sounds,
        sounds - ratio,
        Prefix.similarity(left, right) / longest,
        Postfix.similarity(left, right) / longest,
        float(left == right),
        float(bool(right) and right in left),
        float(bool(left) and left in right),
        *_conflict(question.numbers, phrase.numbers),
        *_conflict(question.codes, phrase.codes),
        float((question.negations - phrase.negations) % 2),
        *_kinds(question.kinds, phrase.kinds),
        float(question.side * phrase.side < 0),
        log1p(len(left)),
        log1p(len(right)),
        1 - shortest / longest,
        Indel.normalized_similarity(question.sorted_text, phrase.sorted_text) - ratio if left and right else 0.0,
        Indel.normalized_similarity(question.cut.raw, phrase.cut.raw),
    ]


def differences(question: Sketch, phrase: Sketch) -> list[str]:
    """Names of what one side has and the other lacks: ``q 词``, ``p 词``, a character ``c 字``, a swap ``词|词``.

    A swap is named only where few words differ, its two words in sorted order, so that 怎么|如何 is one name.
    """
    mine, theirs = question.words.terms, phrase.words.terms
    lacking = [word for word in mine if word not in theirs]
    extra = [word for word in theirs if word not in mine]
    own, other = question.chars.terms, phrase.chars.terms
    names = [f"q {word}" for word in lacking] + [f"p {word}" for word in extra]
    names += [f"c {char}" for char in own if char not in other]
    names += [f"c {char}" for char in other if char not in own]
    if 0 < len(lacking) * len(extra) <= 9:  # noqa: PLR2004 - three against three; more is another question
        names += [f"{min(a, b)}|{max(a, b)}" for a in lacking for b in extra]
    return names


def _bags(question: Bag, phrase: Bag) -> tuple[float, ...]:
    common = question.terms.keys() & phrase.terms.keys()
    shared = fsum(map(question.terms.__getitem__, common))  # exact: the order of a set changes from run to run
    lacking, extra = max(question.mass - shared, 0.0), max(phrase.mass - shared, 0.0)
    both = question.mass + phrase.mass
    return (
        shared / question.mass if question.mass else 0.0,
        shared / phrase.mass if phrase.mass else 0.0,
        2 * shared / both if both else 0.0,
        log1p(lacking),
        log1p(extra),
        _heaviest(question, common),
        _heaviest(phrase, common),
        log1p(lacking + extra),
    )


def _heaviest(bag: Bag, common: AbstractSet[str]) -> float:
    """The idf of the heaviest term that is not common to both."""
    if len(common) < len(bag.terms):
        for term in bag.ranked:
            if term not in common:
                return bag.terms[term]
    return 0.0


def _conflict(left: frozenset[object], right: frozenset[object]) -> tuple[float, float]:
    if left == right:
        return 0.0, 0.0
    return (1.0, 0.0) if left and right else (0.0, 1.0)


def _kinds(left: frozenset[str], right: frozenset[str]) -> tuple[float, float, float]:
    if not left and not right:
        return 0.0, 0.0, 0.0
    if not left or not right:
        return 0.0, 0.0, 1.0
    same = len(left & right) / len(left | right)
    return same, float(not left & right), 0.0
