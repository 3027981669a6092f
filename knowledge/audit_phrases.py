"""Content rules for questions: no phrase twice, none too like another, negatives that are not one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from knowledge.entry import Entry, EntryStatus
from knowledge.errors import Problem
from knowledge.text import bigrams, normalise

MAX_DICE = 0.70
"""Dice of the character-bigram sets of two normalised phrases of one entry may not exceed this."""
MIN_ASKS = 4
"""Similar questions a published entry must have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseFindings:
    """Problems, and ``crossings``: negative questions that are another entry's phrase (allowed, worth a look)."""

    problems: tuple[Problem, ...]
    crossings: tuple[Problem, ...]


def check_phrases(entries: Sequence[Entry]) -> PhraseFindings:
    """Check the phrases of all entries that are not withdrawn."""
    problems: list[Problem] = []
    crossings: list[Problem] = []
    owners: dict[str, Entry] = {}
    live = [entry for entry in entries if entry.status is not EntryStatus.WITHDRAWN]
    for entry in live:
        problems += _within(entry)
        for spot, phrase in _spots(entry):
            key = normalise(phrase)
            owner = owners.setdefault(key, entry) if key else entry
            if owner.id != entry.id:
                message = f"“{phrase}”同时是 {owner.id} 的问法"
                remedy = "一种问法只能属于一条：删去其中一处，或者合并两条"
                problems.append(_problem(entry, spot, "phrase-shared", message, remedy, other=owner.id))
    for entry in live:
        for index, phrase in enumerate(entry.not_asks):
            owner = owners.get(normalise(phrase), entry)
            if owner.id != entry.id:
                message = f"反例“{phrase}”正是 {owner.id} 的问法"
                remedy = "这是允许的：它让这一条不抢那一条；请确认没有写反"
                crossings.append(
                    _problem(entry, f"not_asks[{index}]", "negative-crosses", message, remedy, other=owner.id)
                )
    return PhraseFindings(problems=tuple(problems), crossings=tuple(crossings))


def _within(entry: Entry) -> list[Problem]:
    problems = []
    keyed = [(spot, phrase, normalise(phrase)) for spot, phrase in _spots(entry)]
    pairs = [(spot, phrase, key, frozenset(bigrams(key))) for spot, phrase, key in keyed]
    for spot, phrase, key, _ in pairs:
        if not key:
            message, remedy = f"问法“{phrase}”里没有可以匹配的文字", "写一句完整的问话"
            problems.append(_problem(entry, spot, "phrase-empty", message, remedy))
    for (_, first, left, left_pairs), (spot, second, right, right_pairs) in combinations(pairs, 2):
        if left and left == right:
            message, remedy = f"“{second}”与“{first}”是同一句", "删去一句"
            problems.append(_problem(entry, spot, "phrase-twice", message, remedy))
            continue
        total = len(left_pairs) + len(right_pairs)
        alike = 2 * len(left_pairs & right_pairs) / total if total else 0.0
        if alike > MAX_DICE:
            message = f"“{second}”与“{first}”太像（{alike:.2f}，上限 {MAX_DICE:.2f}）"
            problems.append(_problem(entry, spot, "phrases-alike", message, "换一种说法，用别的词"))
    own = {key for _, _, key in keyed if key}
    seen: set[str] = set()
    for index, phrase in enumerate(entry.not_asks):
        key = normalise(phrase)
        if key in own:
            message = f"反例“{phrase}”就是这一条自己的问法"
            problems.append(_problem(entry, f"not_asks[{index}]", "negative-own", message, "两处只能留一处"))
        if key in seen:
            message = f"反例“{phrase}”写了两次"
            problems.append(_problem(entry, f"not_asks[{index}]", "phrase-twice", message, "删去一句"))
        seen.add(key)
    if entry.status is EntryStatus.PUBLISHED and len(entry.asks) < MIN_ASKS:
        message = f"相似问只有 {len(entry.asks)} 句"
        problems.append(_problem(entry, "asks", "few-asks", message, f"发布的条目至少写 {MIN_ASKS} 句不同的问法"))
    return problems


def _spots(entry: Entry) -> list[tuple[str, str]]:
    return [("question", entry.question), *((f"asks[{index}]", ask) for index, ask in enumerate(entry.asks))]


def _problem(entry: Entry, spot: str, code: str, message: str, remedy: str, **values: str) -> Problem:
    place = entry.place.of(spot) if entry.place else None
    return Problem(place=place, code=code, message=message, remedy=remedy, entry=entry.id, values=values)
