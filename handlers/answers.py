"""How an answer reads: text, 依据, review mark, region, what matched, disclaimer and buttons. Rendering only."""

from __future__ import annotations

from typing import Final

from handlers.actions import AskHuman, Feedback, Related, ShowBasis
from handlers.commands import Rows, Say
from handlers.messages import Button, Tone
from handlers.texts import say
from handlers.turn import Facts
from knowledge.decision import Decision, Reason
from knowledge.entry import Audience, Basis, Entry, Review, Source

EVERYWHERE: Final = "全国"
_MOST_RELATED: Final = 2


def answer(entry: Entry, facts: Facts, *, asked: str, decision: Decision | None = None, lead: str = "") -> Say:
    """The answer of an entry, with everything an owner needs to judge it. ``decision`` None: the owner picked it."""
    stale = entry.needs_review(facts.today)
    lines = [lead] if lead else []
    if decision is None:
        lines.append(say("answer.picked", question=entry.question))
    lines.append(entry.answer.strip())
    lines.append("")
    if entry.basis:
        lines.append(say("answer.basis", items="；".join(cite(item) for item in _articles(entry.basis))))
    if entry.source:
        lines.append(say("answer.source", items="；".join(name(item) for item in entry.source)))
    if stale:
        lines.append(say("answer.needs_review"))
    if entry.regions and entry.regions != (EVERYWHERE,):
        lines.append(say("answer.region", regions="、".join(entry.regions)))
    if entry.audience is not Audience.BOTH:
        lines.append(say(f"answer.side_{entry.audience}"))
    lines.append(f"【{_mark(entry)}】{say('answer.disclaimer')}")
    if decision is not None:
        lines.append(_why(decision))
    return Say(text="\n".join(lines), tone=Tone.ANSWER, buttons=_buttons(entry, facts, asked))


def cite(basis: Basis) -> str:
    """《法名》第…条（版本日期）."""
    version = say("answer.version", date=basis.version.isoformat()) if basis.version else ""
    return say("answer.basis_one", law=basis.law, article=basis.article, version=version)


def name(source: Source) -> str:
    """《公告》（机关，文号，日期）."""
    known = [source.issuer, source.number, source.date.isoformat() if source.date else ""]
    details = "，".join(item for item in known if item)
    return say("answer.source_one", title=source.title, details=f"（{details}）" if details else "")


def human(asked: str = "", key: str = "button.human_free") -> Button:
    """The one tap to a human being."""
    return Button(label=say(key), action=AskHuman(asked=asked))


def _articles(basis: tuple[Basis, ...]) -> list[Basis]:
    """One of each law and article: several quotes of one article are cited once."""
    return list({(item.law, item.article): item for item in basis}.values())


def _mark(entry: Entry) -> str:
    if entry.review is Review.LAWYER and entry.reviewed is not None:
        return say("answer.review_lawyer", reviewer=entry.reviewer, date=entry.reviewed.isoformat())
    return say("answer.review_machine")


def _why(decision: Decision) -> str:
    if Reason.EXACT in decision.reasons:
        return say("answer.exact", phrase=decision.matched)
    return say("answer.matched", phrase=decision.matched, percent=min(99, round(decision.confidence * 100)))


def _buttons(entry: Entry, facts: Facts, asked: str) -> Rows:
    first = (
        Button(label=say("button.helpful"), action=Feedback(asked=asked, helpful=True)),
        Button(label=say("button.unhelpful"), action=Feedback(asked=asked, helpful=False)),
        human(asked, "button.human"),
    )
    rows: list[tuple[Button, ...]] = [first]
    if entry.basis or entry.source:
        rows.append((Button(label=say("button.basis"), action=ShowBasis(entry=entry.id)),))
    related = (facts.entry(other) for other in entry.related)
    shown = [other for other in related if other is not None and other.id != entry.id][:_MOST_RELATED]
    rows.extend((Button(label=other.question, action=Related(entry=other.id)),) for other in shown)
    return tuple(rows)
