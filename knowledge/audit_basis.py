"""Content rules for the legal basis: quotes that stand in the cited article, of a law in force, of the same version."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.changed_laws import Change, ChangedLaws, ChangeKind
from knowledge.entry import Basis, Entry, EntryId, EntryStatus, Place
from knowledge.errors import Problem
from knowledge.numerals import article_label
from knowledge.statutes import Article, ArticleStatus, StatuteLibrary, law_key

MIN_QUOTE = 12
"""Characters of a quote, spaces left out."""
MAX_ENTRIES_A_QUOTE = 3

_SPACE = re.compile(r"[\s\u3000]+")
_EDGE = frozenset("，。；：！？—”“‘’、（）()【】《》,;:.!?")


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisFindings:
    """Problems, and what an older library cannot confirm (no problem, but it does not count as confirmed)."""

    problems: tuple[Problem, ...]
    cannot_confirm: tuple[Problem, ...]


def check_basis(
    entries: Sequence[Entry], *, on: date, library: StatuteLibrary | None, changes: ChangedLaws
) -> BasisFindings:
    """Check every reference of every entry that is not withdrawn; without a library only what needs none."""
    problems: list[Problem] = []
    cannot: list[Problem] = []
    for entry in entries:
        if entry.status is EntryStatus.WITHDRAWN:
            continue
        for index, basis in enumerate(entry.basis):
            spot = _Spot(entry, index, basis)
            problems += spot.form()
            problems += spot.change(changes, on)
            if library is not None:
                for problem in spot.in_library(library, changes):
                    (cannot if problem.code == "library-older" else problems).append(problem)
    problems += _overused(entries)
    return BasisFindings(problems=tuple(problems), cannot_confirm=tuple(cannot))


def stands_whole(quote: str, text: str) -> bool | None:
    """Whether a quote is whole clauses of an article's text; None where it does not stand there at all.

    Spaces and line ends are ignored in both; a clause begins and ends at punctuation, a line end or the text's ends.
    """
    wanted = _SPACE.sub("", quote)
    plain, breaks = _squeezed(text)
    found: bool | None = None
    at = plain.find(wanted) if wanted else -1
    while at >= 0:
        end = at + len(wanted)
        starts = at == 0 or at in breaks or plain[at - 1] in _EDGE
        ends = end == len(plain) or end in breaks or plain[end] in _EDGE or plain[end - 1] in _EDGE
        if starts and ends:
            return True
        found = False
        at = plain.find(wanted, at + 1)
    return found


@dataclass(frozen=True, slots=True)
class _Spot:
    """One reference of one entry."""

    entry: Entry
    index: int
    basis: Basis

    def form(self) -> Iterator[Problem]:
        published = self.entry.status is EntryStatus.PUBLISHED
        if published and self.basis.version is None:
            yield self._problem("version-missing", f"{self._name} 没有写版本日期", "写上该法现行版本的公布或修正日期")
        if published and not self.basis.quote:
            yield self._problem("quote-missing", f"{self._name} 没有引原文", "从该条抄一句完整的原文")
        if self.basis.quote and len(_SPACE.sub("", self.basis.quote)) < MIN_QUOTE:
            message = f"{self._name} 的引文不足 {MIN_QUOTE} 个字：{self.basis.quote}"
            yield self._problem("quote-short", message, "引完整的一句")

    def change(self, changes: ChangedLaws, on: date) -> Iterator[Problem]:
        change = changes.of(self.basis)
        published = self.entry.status is EntryStatus.PUBLISHED
        if change is not None and change.kind is ChangeKind.REPEALED and (change.since is None or change.since <= on):
            message = f"《{self.basis.law}》自 {change.since} 起废止"
            yield self._problem("law-repealed", message, "改引现行的规定，或者撤下这一条")
        elif change is not None and change.kind is not ChangeKind.NEW:
            yield from self._revised(change, published=published)
        elif published and self.basis.changed is not None and self.basis.changed <= on:
            message = f"{self._name} 自 {self.basis.changed} 起已修订，不能以发布状态提供"
            yield self._problem("changed-law", message, "按新文本改写并换版本日期，或者把状态改为内部")

    def _revised(self, change: Change, *, published: bool) -> Iterator[Problem]:
        what = f"自 {change.since} 起已修订" if change.since else "的内容将并入正在审议的法典"
        if published:
            remedy = "改引未修订的规定；或者按新文本改写；否则把状态改为内部"
            yield self._problem("changed-law", f"《{self.basis.law}》{what}，依据它的条目不能发布", remedy)
        elif change.since is not None and self.basis.changed is None:
            message = f"《{self.basis.law}》{what}，依据里没有注明"
            yield self._problem(
                "changed-unmarked",
                message,
                f"在这条依据上写 changed: {change.since}（表格里写（已修订：{change.since}））",
            )

    def in_library(self, library: StatuteLibrary, changes: ChangedLaws) -> Iterator[Problem]:
        basis = self.basis
        if not library.knows(basis.law):
            change = changes.of_law(basis.law)
            newer = basis.version is not None and library.newest is not None and basis.version > library.newest
            if newer or (change is not None and change.kind is ChangeKind.NEW):
                yield self._older(f"法条库里还没有《{basis.law}》")
            else:
                message = f"法条库里没有《{basis.law}》"
                yield self._problem(
                    "law-unknown", message, "检查法名（不带“中华人民共和国”）；没有条文的文件写在来源里"
                )
            return
        newest = max(library.versions(basis.law), default=None)
        if basis.version is not None and newest is not None and basis.version > newest:
            yield self._older(f"法条库里的《{basis.law}》是 {newest} 的版本")
            return
        editions = library.editions(basis.law, basis.article)
        if not editions:
            yield self._problem("article-unknown", f"《{basis.law}》没有{article_label(basis.article)}", "核对条号")
            return
        same = [article for article in editions if article.version == basis.version]
        if basis.version is not None and not same:
            remedy = f"按现行版本核对内容，把版本日期改为 {editions[0].version}"
            yield self._problem("version-differs", f"{self._name} 的版本 {basis.version} 与法条库不同", remedy)
        yield from self._against(same[0] if same else editions[0])

    def _against(self, article: Article) -> Iterator[Problem]:
        if article.status is ArticleStatus.REPEALED:
            yield self._problem("law-repealed", f"《{self.basis.law}》已废止", "改引现行的规定，或者撤下这一条")
        if article.status is ArticleStatus.UNCONFIRMED and not self.entry.source:
            message = f"《{self.basis.law}》早于2020年底的司法解释清理，法条库不能确认现行有效"
            yield self._problem("unconfirmed", message, "在来源里写明能证明它现行有效的文件，或者改引别的规定")
        if not self.basis.quote:
            return
        whole = stands_whole(self.basis.quote, article.text)
        if whole is None:
            message = f"{self._name} 里找不到引文“{self.basis.quote[:30]}”"
            yield self._problem("quote-not-found", message, "照该条原文逐字抄写，核对条号")
        elif not whole:
            message = f"引文不是完整的句子：“{self.basis.quote[:30]}”"
            yield self._problem("quote-cut", message, "从标点处开始、到标点处结束")

    @property
    def _name(self) -> str:
        return f"《{self.basis.law}》{article_label(self.basis.article)}"

    @property
    def _place(self) -> Place | None:
        return self.entry.place.of(f"basis[{self.index}]") if self.entry.place else None

    def _older(self, message: str) -> Problem:
        return self._problem("library-older", f"{message}，不能核对 {self._name}", "导入更新的法条库后再核对")

    def _problem(self, code: str, message: str, remedy: str) -> Problem:
        values = {"law": self.basis.law, "article": self.basis.article}
        return Problem(place=self._place, code=code, message=message, remedy=remedy, entry=self.entry.id, values=values)


def _overused(entries: Iterable[Entry]) -> Iterator[Problem]:
    """One problem for each entry that uses a quote beyond the third, whole base."""
    used: dict[tuple[str, str, str], set[EntryId]] = defaultdict(set)
    for entry in entries:
        if entry.status is EntryStatus.WITHDRAWN:
            continue
        for index, basis in enumerate(entry.basis):
            users = used[law_key(basis.law), basis.article, _SPACE.sub("", basis.quote)]
            if not basis.quote or entry.id in users:
                continue
            users.add(entry.id)
            if len(users) > MAX_ENTRIES_A_QUOTE:
                others = "、".join(sorted(users - {entry.id}))
                message = f"同一句引文已用于 {others}：“{basis.quote[:30]}”"
                remedy = f"一句引文最多用于 {MAX_ENTRIES_A_QUOTE} 条；引更贴切的一句，或者合并条目"
                place = entry.place.of(f"basis[{index}]") if entry.place else None
                yield Problem(place=place, code="quote-overused", message=message, remedy=remedy, entry=entry.id)


def _squeezed(text: str) -> tuple[str, frozenset[int]]:
    """The text without white space, and the positions in it where some was taken out."""
    plain = ""
    breaks = set()
    for part in _SPACE.split(text):
        breaks.add(len(plain))
        plain += part
    return plain, frozenset(breaks)
