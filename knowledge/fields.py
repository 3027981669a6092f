"""From the raw values of one entry, whatever file they stood in, to a frozen ``Entry`` and the problems found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from knowledge.entry import Audience, Basis, Entry, EntryId, EntryStatus, Place, Review, Risk, Source
from knowledge.errors import Problem
from knowledge.labels import CHOICES, TITLES, title_of, value_of
from knowledge.numerals import article_name
from knowledge.plain_text import clean, clean_line, has_control, parse_date

RawItem = str | Mapping[str, str]
RawValue = str | Sequence[RawItem]

_BASIS_FIELDS = ("law", "article", "version", "quote", "changed")
_SOURCE_FIELDS = ("title", "issuer", "number", "date")
_Choice = TypeVar("_Choice", Audience, Risk, Review, EntryStatus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """The values of one entry as written: texts, lists of texts, lists of mappings; ``place`` knows each one's spot."""

    values: Mapping[str, RawValue]
    place: Place


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns raw values into typed ones and collects what is wrong with them."""

    raw: Raw
    problems: list[Problem]

    def complain(self, name: str, code: str, message: str, remedy: str, **values: str) -> None:
        entry = self.raw.values.get("id", "")
        self.problems.append(
            Problem(
                place=self.raw.place.of(name),
                code=code,
                message=message,
                remedy=remedy,
                entry=entry if isinstance(entry, str) else "",
                values={"field": name.partition("[")[0], **values},
            )
        )

    def checked(self, name: str, text: str) -> str:
        if has_control(text):
            self.complain(
                name, "control-character", f"“{title_of(name)}”里有不可见的控制字符", "删去后重新输入这一处文字"
            )
        return text

    def text(self, name: str) -> str:
        value = self.raw.values.get(name, "")
        if not isinstance(value, str):
            self.complain(name, "not-text", f"“{title_of(name)}”应当是一段文字，不是列表", "改成一段文字")
            return ""
        return clean(self.checked(name, value))

    def line(self, name: str) -> str:
        return clean_line(self.text(name))

    def items(self, name: str) -> list[tuple[str, RawItem]]:
        """The items of a list field with the names of their places; a bare text is a list of one."""
        value = self.raw.values.get(name, ())
        listed = [value] if isinstance(value, str) else list(value)
        return [(f"{name}[{index}]", item) for index, item in enumerate(listed)]

    def lines(self, name: str) -> tuple[str, ...]:
        found = []
        for spot, item in self.items(name):
            if not isinstance(item, str):
                self.complain(spot, "not-text", f"“{title_of(name)}”的每一项应当是文字", "每一项只写一句话")
            elif plain := clean_line(self.checked(spot, item)):
                found.append(plain)
        return tuple(found)

    def date(self, name: str, text: str) -> date | None:
        if not text.strip():
            return None
        day = parse_date(text)
        if day is None:
            field = name.partition("[")[0]
            self.complain(
                name,
                "bad-date",
                f"“{title_of(field)}”的日期“{text[:20]}”看不懂",
                "写成 2026-11-22 这样的年-月-日",
                text=text,
            )
        return day

    def choice(self, name: str, kind: type[_Choice], default: _Choice) -> _Choice:
        text = self.line(name)
        if not text:
            return default
        value = value_of(name, text)
        if value not in {member.value for member in kind}:
            allowed = "、".join(f"{label}（{known}）" for label, known in CHOICES[name].items())
            self.complain(name, "bad-choice", f"“{title_of(name)}”不能写“{text[:20]}”", f"只能写：{allowed}", text=text)
            return default
        return kind(value)

    def mapping(self, spot: str, item: RawItem, allowed: tuple[str, ...], bare: str) -> Mapping[str, str]:
        """A nested item as a mapping; a bare text stands for the field ``bare``."""
        if isinstance(item, str):
            return {bare: item}
        for key in item:
            if key not in allowed:
                self.unknown(spot, key)
        return {key: self.checked(spot, value) for key, value in item.items()}

    def unknown(self, spot: str, key: str) -> None:
        self.complain(
            spot,
            "unknown-field",
            f"不认识的栏目“{key[:40]}”",
            "检查拼写；不需要的栏目请删去，它的内容不会被读入",
            field=key,
        )


def build(raw: Raw) -> tuple[Entry | None, tuple[Problem, ...]]:
    """The entry, or None where id or question is missing, and every problem found; wrong values fall to defaults."""
    reader = _Reader(raw, [])
    for key in raw.values:
        if key not in TITLES:
            reader.unknown(key, key)
    identity, question = reader.line("id"), reader.line("question")
    for name, value in (("id", identity), ("question", question)):
        if not value:
            reader.complain(
                name, f"missing-{name}", f"缺少“{title_of(name)}”", f"补上“{title_of(name)}”，或者删去这一条"
            )
    if not identity or not question:
        return None, tuple(reader.problems)
    entry = Entry(
        id=EntryId(identity),
        question=question,
        topic=reader.line("topic"),
        asks=reader.lines("asks"),
        not_asks=reader.lines("not_asks"),
        answer=reader.text("answer"),
        basis=tuple(_basis(reader, spot, item) for spot, item in reader.items("basis")),
        source=tuple(_source(reader, spot, item) for spot, item in reader.items("source")),
        regions=reader.lines("regions") or ("全国",),
        industries=reader.lines("industries"),
        audience=reader.choice("audience", Audience, Audience.BOTH),
        officer=tuple(value_of("officer", name) for name in reader.lines("officer")),
        risk=reader.choice("risk", Risk, Risk.NORMAL),
        related=tuple(EntryId(name) for name in reader.lines("related")),
        valid_from=reader.date("valid_from", reader.line("valid_from")),
        valid_until=reader.date("valid_until", reader.line("valid_until")),
        review=reader.choice("review", Review, Review.MACHINE),
        reviewed=reader.date("reviewed", reader.line("reviewed")),
        reviewer=reader.line("reviewer"),
        review_by=reader.date("review_by", reader.line("review_by")),
        status=reader.choice("status", EntryStatus, EntryStatus.DRAFT),
        place=raw.place,
    )
    return entry, tuple(reader.problems)


def _basis(reader: _Reader, spot: str, item: RawItem) -> Basis:
    fields = reader.mapping(spot, item, _BASIS_FIELDS, "law")
    law = clean_line(fields.get("law", ""))
    if law.startswith("《") and law.endswith("》"):
        law = law[1:-1]
    written = clean_line(fields.get("article", ""))
    article = article_name(written)
    if not law or article is None:
        reader.complain(
            spot,
            "bad-basis",
            f"依据“{law}{written}”没有写清法名和条号",
            "写成《劳动合同法》第十九条（2012-12-28）：「原文」；没有条文的文件写在“来源”里",
        )
    return Basis(
        law=law,
        article=article or written,
        version=reader.date(spot, fields.get("version", "")),
        quote=clean(fields.get("quote", "")),
        changed=reader.date(spot, fields.get("changed", "")),
    )


def _source(reader: _Reader, spot: str, item: RawItem) -> Source:
    fields = reader.mapping(spot, item, _SOURCE_FIELDS, "title")
    title = clean_line(fields.get("title", ""))
    if not title:
        reader.complain(
            spot, "bad-source", "来源没有标题", "写成 {title: 标题, issuer: 机关, number: 文号, date: 日期}"
        )
    return Source(
        title=title,
        issuer=clean_line(fields.get("issuer", "")),
        number=clean_line(fields.get("number", "")),
        date=reader.date(spot, fields.get("date", "")),
    )
