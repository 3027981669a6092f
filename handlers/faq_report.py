"""A dry run in words: for the terminal and for the chat; the console shows the same as a page."""

from __future__ import annotations

from handlers.faq_keeping import Trial
from handlers.texts import say
from knowledge.errors import Problem
from knowledge.labels import TITLES

_MOST = 12


def place_of(problem: Problem) -> str:
    """「第12行」「单元格 B7」, with the file's name."""
    place = problem.place
    if place is None:
        return problem.entry
    if place.cell is not None:
        return say("faq.cell", file=place.file, cell=place.cell)
    if place.line is not None:
        return say("faq.line", file=place.file, line=place.line)
    return place.file


def problem_sentence(problem: Problem) -> str:
    """Where, what, and the remedy."""
    return say("faq.problem", place=place_of(problem), message=problem.message, remedy=problem.remedy)


def report_lines(trial: Trial, *, most: int = _MOST) -> list[str]:
    """Counts first, then what changes, then what is wrong; long lists are cut and say so."""
    run = trial.run
    lines = [
        say(
            "faq.counts",
            name=trial.name,
            added=len(run.added),
            changed=len(run.changed),
            removed=len(run.removed),
            unchanged=len(run.unchanged),
        )
    ]
    lines += _cut([say("faq.added", id=entry.id, question=entry.question) for entry in run.added], most)
    lines += _cut(
        [
            say("faq.changed", id=item.after.id, fields="、".join(TITLES.get(name, name) for name in item.fields))
            for item in run.changed
        ],
        most,
    )
    lines += _cut([say("faq.removed", id=entry.id, question=entry.question) for entry in run.removed], most)
    wrong = [*run.problems, *run.duplicates, *run.conflicts]
    if wrong:
        lines.append(say("faq.wrong", count=len(wrong)))
        lines += _cut([problem_sentence(problem) for problem in wrong], most)
    if run.crossings:
        lines.append(say("faq.crossings", count=len(run.crossings)))
    if run.high_risk:
        lines.append(say("faq.high_risk", ids="、".join(run.high_risk[:most])))
    if run.empty and not wrong:
        lines.append(say("faq.empty"))
    return lines


def _cut(lines: list[str], most: int) -> list[str]:
    return lines if len(lines) <= most else [*lines[:most], say("faq.more", count=len(lines) - most)]
