"""Random entries as the readers can produce them: clean texts, real dates, any choice."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from knowledge.entry import Audience, Basis, Entry, EntryId, EntryStatus, Review, Risk, Source
from knowledge.numerals import chinese
from knowledge.plain_text import clean, clean_line

_NASTY = st.sampled_from(
    ["##", "#", "\\", "」", "「", "《", "》", "｜", "|", "=1+1", "'", '"', ",", ": ", "- ", "{", "试用期", "@", "😀"]
)
_pieces = st.lists(st.one_of(_NASTY, st.text(max_size=6)), min_size=1, max_size=5).map("".join)
lines = _pieces.map(clean_line).filter(bool)
texts = st.lists(_pieces, max_size=4).map("\n".join).map(clean)
days = st.dates(min_value=date(1949, 10, 1), max_value=date(2199, 12, 31))
maybe_days = st.none() | days
_han = st.text(alphabet="关于劳动合同法税收条例的解释（一）", min_size=1, max_size=12)
laws = _han | _han.map(lambda name: f"最高人民法院关于适用《{name}》若干问题的规定")
articles = st.integers(1, 1_500).map(chinese) | st.tuples(st.integers(1, 500), st.integers(1, 20)).map(
    lambda pair: f"{chinese(pair[0])}之{chinese(pair[1])}"
)
bases = st.builds(Basis, law=laws, article=articles, version=maybe_days, quote=texts, changed=maybe_days)
sources = st.builds(Source, title=lines, issuer=lines | st.just(""), number=lines | st.just(""), date=maybe_days)


def listed(items: st.SearchStrategy[str], *, least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    """A tuple of up to four."""
    return st.lists(items, min_size=least, max_size=4).map(tuple)


entries = st.builds(
    Entry,
    id=lines.map(EntryId),
    question=lines,
    topic=lines | st.just(""),
    asks=listed(lines),
    not_asks=listed(lines),
    answer=texts,
    basis=st.lists(bases, max_size=3).map(tuple),
    source=st.lists(sources, max_size=2).map(tuple),
    regions=listed(lines, least=1),
    industries=listed(lines),
    audience=st.sampled_from(Audience),
    officer=listed(st.sampled_from(["lawyer", "judge", "prosecutor", "police", "bureau"])),
    risk=st.sampled_from(Risk),
    related=listed(lines).map(lambda ids: tuple(EntryId(item) for item in ids)),
    valid_from=maybe_days,
    valid_until=maybe_days,
    review=st.sampled_from(Review),
    reviewed=maybe_days,
    reviewer=lines | st.just(""),
    review_by=maybe_days,
    status=st.sampled_from(EntryStatus),
)
bases_of_entries = st.lists(entries, min_size=1, max_size=3)
