"""Written references: 《劳动合同法》第十九条（2012-12-28）：「原文」 in a cell, 劳动合同法第三十九条 in a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from knowledge.entry import Basis, Source
from knowledge.numerals import article_label, article_name

_DAY = r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?"
_NUMBER = r"(?:[0-9]{1,4}|[零〇一二两三四五六七八九十百千]+)"
_ARTICLE = rf"第\s*{_NUMBER}\s*条(?:\s*之\s*(?:[0-9]{{1,2}}|[一二三四五六七八九十]+))?"
_END = r"[ \u3000]*[。；;]?\s*(?=\n|##|《|$)"
_CHANGED = rf"(?:[ \u3000]*[（(]\s*(?:已修订|修订)\s*[：:]?\s*(?P<changed>{_DAY})\s*[)）])?"
_HEAD = re.compile(
    rf"《(?P<law>[^\n]+?)》\s*(?P<article>{_ARTICLE})(?:[ \u3000]*[（(]\s*(?P<version>{_DAY})\s*[)）])?"
    rf"(?:(?P<open>\s*[：:]?\s*「)|{_CHANGED}{_END})"
)
_CLOSE = re.compile(rf"(?P<slashes>\\*)」{_CHANGED}{_END}")
_BETWEEN = re.compile(r"(?:\s|##)*")
_PIECE = re.compile(r"\\[\\|｜]|[|｜]|[^\\|｜]+|\\")
_IN_TEXT = re.compile(rf"(?:《(?P<marked>[^》\n]+)》|(?P<bare>[\u4e00-\u9fff（）]{{2,40}}?))\s*(?P<article>{_ARTICLE})")


class Mention(NamedTuple):
    """A law and an article named in free text; ``law`` may carry words before the name where it had no 《》."""

    law: str
    article: str


def write_basis(basis: Basis) -> str:
    """One line of the 依据 cell; ``changed`` follows the quote as （已修订：2025-10-15）."""
    line = f"《{basis.law}》{article_label(basis.article)}"
    if basis.version is not None:
        line += f"（{basis.version.isoformat()}）"
    if basis.quote:
        quote = re.sub(r"(\\*)」", r"\1\1\\」", basis.quote)
        tail = len(quote) - len(quote.rstrip("\\"))
        line += "：「" + quote + "\\" * tail + "」"
    if basis.changed is not None:
        line += f"（已修订：{basis.changed.isoformat()}）"
    return line


def read_basis(cell: str) -> tuple[list[dict[str, str]], list[str]]:
    """The references of a 依据 cell as raw fields, and the parts that are none (to be named in a problem)."""
    found: list[dict[str, str]] = []
    odd: list[str] = []
    at = _skip(cell, 0)
    while at < len(cell):
        fields, end = _one_basis(cell, at)
        if fields is None:
            odd.append(cell[at:end].strip())
        else:
            found.append(fields)
        at = _skip(cell, end)
    return found, odd


def write_source(source: Source) -> str:
    """One line of the 来源 cell: 《标题》｜机关｜文号｜日期, empty parts at the end left out."""
    day = source.date.isoformat() if source.date is not None else ""
    parts = [
        re.sub(r"[\\|｜]", r"\\\g<0>", part) for part in (f"《{source.title}》", source.issuer, source.number, day)
    ]
    while not parts[-1]:
        parts.pop()
    return "｜".join(parts)


def read_source(line: str) -> dict[str, str]:
    """The reverse of ``write_source``; a bare title without 《》 is taken as the title, ``|`` as the separator too."""
    parts = [""]
    for piece in _PIECE.findall(line):
        if piece in {"|", "｜"}:
            parts.append("")
        else:
            parts[-1] += piece[1] if len(piece) == 2 and piece[0] == "\\" else piece  # noqa: PLR2004
    parts = [part.strip() for part in parts]
    title = parts[0].removeprefix("《").removesuffix("》") if parts[0].endswith("》") else parts[0]
    issuer, number = [*parts[1:3], "", ""][:2]
    return {"title": title, "issuer": issuer, "number": number, "date": "｜".join(parts[3:])}


def mentions(text: str) -> tuple[Mention, ...]:
    """Every law with an article that a sentence names (``劳动合同法第三十九条``, ``《公司法》第15条``), in order."""
    return tuple(
        Mention(match["marked"] or match["bare"], article_name(match["article"]) or "")
        for match in _IN_TEXT.finditer(text)
        if article_name(match["article"])
    )


def join_values(values: Sequence[str]) -> str:
    """Several values in one cell, a line each; ``##`` inside a value and ``#`` after a backslash are escaped."""
    return "\n".join(re.sub(r"(\\*)(#+)", _write_hashes, value) for value in values)


def split_values(cell: str) -> list[str]:
    """The reverse of ``join_values``: values separated by line breaks or ``##``; empty ones are left out."""
    marked = re.sub(r"(\\*)(#+)", _read_hashes, cell.replace("\x00", ""))
    return [part.strip() for part in re.split("\n|\x00", marked) if part.strip()]


def _write_hashes(match: re.Match[str]) -> str:
    before, hashes = match[1], match[2]
    if not before and len(hashes) == 1:
        return hashes
    return before + before + "\\#" * len(hashes)


def _read_hashes(match: re.Match[str]) -> str:
    before, hashes = match[1], match[2]
    kept = "\\" * (len(before) // 2)
    if len(before) % 2:
        kept += "#"
        hashes = hashes[1:]
    return kept + ("\x00" if len(hashes) > 1 else hashes)


def _skip(cell: str, at: int) -> int:
    match = _BETWEEN.match(cell, at)
    return match.end() if match else at


def _one_basis(cell: str, at: int) -> tuple[dict[str, str] | None, int]:
    """The reference that starts at ``at`` and its end; None and the end of the line where it is none."""
    head = _HEAD.match(cell, at)
    if head is None:
        return None, _line_end(cell, at)
    fields = {"law": head["law"], "article": article_name(head["article"]) or head["article"]}
    fields |= {"version": head["version"] or "", "quote": "", "changed": head["changed"] or ""}
    if not head["open"]:
        return fields, head.end()
    for close in _CLOSE.finditer(cell, head.end()):
        if len(close["slashes"]) % 2 == 0:
            quote = cell[head.end() : close.start()] + close["slashes"][: len(close["slashes"]) // 2]
            fields["quote"] = re.sub(r"(\\+)」", lambda m: "\\" * (len(m[1]) // 2) + "」", quote)
            fields["changed"] = close["changed"] or ""
            return fields, close.end()
    return None, _line_end(cell, at)


def _line_end(cell: str, at: int) -> int:
    ends = [end for end in (cell.find("\n", at), cell.find("##", at)) if end > at]
    return min(ends, default=len(cell))
