"""How the periods of a received paper read: rule, first day, last day, roll, basis, with 「以文书载明为准」."""

from __future__ import annotations

from datetime import date
from typing import Final

from handlers.answers import cite, human
from handlers.commands import Say
from handlers.deadlines import from_receipt
from handlers.messages import Tone
from handlers.texts import say
from knowledge.periods import Deadline, Paper, PeriodRule, deadline
from knowledge.ports import WorkCalendar

_NEAR_DAYS: Final = 3


def result(paper: Paper, day: date | None, today: date, calendar: WorkCalendar) -> Say:
    """The paper's periods; with the day unknown, or a period that does not run from it, the rule only."""
    head = say("deadline.head", paper=paper.name, received=say("deadline.on", date=day_text(day)) if day else "")
    blocks = [_block(rule, day, today, calendar) for rule in paper.rules]
    closing = say("deadline.as_the_paper_says") if day else say("deadline.rule_only")
    return Say(text="\n\n".join([head, *blocks, closing]), tone=Tone.ANSWER, buttons=((human("", "button.human"),),))


def day_text(day: date) -> str:
    """2026年11月3日（周二）."""
    return say("deadline.date", year=day.year, month=day.month, day=day.day, weekday="一二三四五六日"[day.weekday()])


def _block(rule: PeriodRule, day: date | None, today: date, calendar: WorkCalendar) -> str:
    found = deadline(rule, day if from_receipt(rule.counts_from) else None, calendar)
    lines = [
        say(
            "deadline.rule", action=rule.action, counts_from=rule.counts_from, amount=rule.amount,
            unit=say(f"deadline.unit.{rule.unit}"),
        )
    ]  # fmt: skip
    if found.first_day is not None and found.last_day is not None:
        lines.append(say("deadline.days", first=day_text(found.first_day), last=day_text(found.last_day)))
        lines.extend(_remarks(found, today))
    if rule.changed is not None:
        lines.append(say("deadline.changed", date=rule.changed.isoformat()))
    lines.extend(note for note in (rule.note, rule.counting.note) if note)
    if rule.counting.transit:
        lines.append(say("deadline.transit"))
    cited = dict.fromkeys(cite(item) for item in rule.all_basis)
    lines.append(say("answer.basis", items="；".join(cited)))
    return "\n".join(lines)


def _remarks(found: Deadline, today: date) -> list[str]:
    lines = []
    if found.rolled and found.nominal_last_day is not None:
        lines.append(say("deadline.rolled", nominal=day_text(found.nominal_last_day)))
    if found.provisional:
        lines.append(say("case.provisional"))
    left = found.days_left(today)
    if left is not None and left < 0:
        lines.append(say("deadline.past"))
    elif left is not None and left <= _NEAR_DAYS:
        lines.append(say("deadline.near", days=left))
    return lines
