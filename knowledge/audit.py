"""The content rules behind ``faq check``: what an entry needs to be published, what must never stand in it.

Rules for questions: ``audit_phrases``; for the legal basis: ``audit_basis``; for test questions: ``mirrors``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from knowledge.audit_basis import check_basis
from knowledge.audit_phrases import check_phrases
from knowledge.changed_laws import ChangedLaws, shipped_changes
from knowledge.entry import Entry, EntryId, EntryStatus, Review, Risk
from knowledge.errors import Problem
from knowledge.figures import calendar_dates, unquoted
from knowledge.files import duplicate_ids
from knowledge.labels import OFFICERS
from knowledge.mirrors import Likeness, Mirror, check_mirrors
from knowledge.statutes import StatuteLibrary

MAX_ANSWER = 500
"""Characters of an answer, line ends included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Figures for the last line of a check.

    ``sound`` counts by topic the published entries that are neither 待复核 nor beyond what the library can confirm.
    """

    entries: int = 0
    published: int = 0
    needs_review: int = 0
    cannot_confirm: int = 0
    high_risk: int = 0
    quotes: int = 0
    mirrored: int = 0
    sound: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The result: problems to mend; what an older library cannot confirm; crossings of negatives, for a look."""

    problems: tuple[Problem, ...]
    cannot_confirm: tuple[Problem, ...] = ()
    crossings: tuple[Problem, ...] = ()
    likenesses: tuple[Likeness, ...] = ()
    counts: Counts = field(default_factory=Counts)


def check(
    entries: Sequence[Entry],
    *,
    on: date,
    library: StatuteLibrary | None,
    mirrors: Iterable[Mirror] | None = None,
    changes: ChangedLaws | None = None,
) -> Audit:
    """Apply every rule as of the day ``on``; no library: quotes are not looked up, no mirrors: none are asked for."""
    phrases = check_phrases(entries)
    basis = check_basis(entries, on=on, library=library, changes=changes or shipped_changes())
    problems = [*duplicate_ids(entries), *phrases.problems, *basis.problems]
    known = {entry.id for entry in entries}
    for entry in entries:
        if entry.status is not EntryStatus.WITHDRAWN:
            problems += _entry(entry, known)
    likenesses: tuple[Likeness, ...] = ()
    mirrored = 0
    if mirrors is not None:
        found = check_mirrors(entries, mirrors)
        problems += found.problems
        likenesses = found.likenesses
        mirrored = len(likenesses)
    return Audit(
        problems=tuple(sorted(problems, key=_order)),
        cannot_confirm=basis.cannot_confirm,
        crossings=phrases.crossings,
        likenesses=likenesses,
        counts=_counts(entries, on, {EntryId(problem.entry) for problem in basis.cannot_confirm}, mirrored),
    )


def _entry(entry: Entry, known: set[EntryId]) -> Iterator[Problem]:
    if entry.status is EntryStatus.PUBLISHED:
        yield from _publishable(entry)
    for index, other in enumerate(entry.related):
        if other not in known:
            yield _problem(
                entry, f"related[{index}]", "related-unknown", f"关联的 {other} 不存在", "核对编号，或者删去"
            )
        elif other == entry.id:
            yield _problem(entry, f"related[{index}]", "related-self", "关联了自己", "删去这一项")
    for index, officer in enumerate(entry.officer):
        if officer not in OFFICERS:
            remedy = "只能写 律师、法官、检察官、警官、司法局（lawyer judge prosecutor police bureau）"
            yield _problem(entry, f"officer[{index}]", "officer-unknown", f"不认识的承办“{officer}”", remedy)
    if entry.valid_from and entry.valid_until and entry.valid_until < entry.valid_from:
        yield _problem(entry, "valid_until", "dates-crossed", "失效日期早于生效日期", "核对两个日期")
    if entry.reviewed and entry.review_by and entry.review_by <= entry.reviewed:
        yield _problem(entry, "review_by", "dates-crossed", "复核期限不晚于审校日期", "复核期限通常是审校日期之后一年")
    yield from _answer(entry)


def _publishable(entry: Entry) -> Iterator[Problem]:
    if not entry.answer.strip():
        yield _problem(entry, "answer", "answer-missing", "要发布的条目没有答案", "写上答案，或者把状态改为草稿")
    if not entry.basis and not entry.source:
        remedy = "写上依据（法名、条号、版本、原文）或者来源，否则把状态改为草稿"
        yield _problem(entry, "basis", "basis-missing", "要发布的条目没有依据或来源", remedy)
    if entry.review is Review.LAWYER and not (entry.reviewer and entry.reviewed):
        remedy = "由律师账号审校后自动写入；否则审校方式写机器"
        yield _problem(entry, "review", "reviewer-missing", "写明律师审校，却没有审校人或审校日期", remedy)


def _answer(entry: Entry) -> Iterator[Problem]:
    if len(entry.answer) > MAX_ANSWER:
        message = f"答案有 {len(entry.answer)} 个字，超过 {MAX_ANSWER}"
        yield _problem(entry, "answer", "answer-long", message, "删去枝节，或者拆成两条")
    quotes = [basis.quote for basis in entry.basis]
    for figure in unquoted(entry.answer, quotes):
        message = f"答案里的“{figure.text}”不在任何引文里"
        remedy = "补上含有这个数字的引文；自己算的，在同一句里写明推算、折算或举例"
        yield _problem(entry, "answer", "number-unquoted", message, remedy, number=figure.text)
    dates = {part for quote in quotes for part in calendar_dates(quote)} | _own_dates(entry)
    for written in calendar_dates(entry.answer):
        if written not in dates:
            message = f"答案里的日期 {written} 不在引文里，也不是这一条的日期"
            yield _problem(entry, "answer", "number-unquoted", message, "核对日期，或者补上引文", number=written)


def _own_dates(entry: Entry) -> set[str]:
    days = [entry.valid_from, entry.valid_until]
    days += [day for basis in entry.basis for day in (basis.version, basis.changed)]
    days += [source.date for source in entry.source]
    return {text for day in days if day for text in (f"{day.year}-{day.month}", f"{day.year}-{day.month}-{day.day}")}


def _counts(entries: Sequence[Entry], on: date, unconfirmed: set[EntryId], mirrored: int) -> Counts:
    published = [entry for entry in entries if entry.status is EntryStatus.PUBLISHED]
    sound = Counter(entry.topic for entry in published if not entry.needs_review(on) and entry.id not in unconfirmed)
    return Counts(
        entries=len(entries),
        published=len(published),
        needs_review=sum(entry.needs_review(on) for entry in published),
        cannot_confirm=sum(entry.id in unconfirmed for entry in published),
        high_risk=sum(entry.risk is not Risk.NORMAL for entry in published),
        quotes=sum(bool(basis.quote) for entry in entries for basis in entry.basis),
        mirrored=mirrored,
        sound=dict(sorted(sound.items())),
    )


def _order(problem: Problem) -> tuple[str, int, str]:
    place = problem.place
    if place is None:
        return ("", 0, problem.entry)
    return (place.file, place.line or 0, place.cell or "")


def _problem(entry: Entry, spot: str, code: str, message: str, remedy: str, **values: str) -> Problem:
    place = entry.place.of(spot) if entry.place else None
    return Problem(place=place, code=code, message=message, remedy=remedy, entry=entry.id, values=values)
