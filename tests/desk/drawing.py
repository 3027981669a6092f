"""Draws the lifecycle table for ``docs/case-life.md``: a Mermaid diagram and one line a move.

``python -m tests.desk.drawing`` writes both into the document; ``test_drawing`` keeps them equal to the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from desk.case import Move, Status
from desk.lifecycle import DESK_REASONS, MOVES, OPEN, REASONS
from desk.moves import Who

DOCUMENT = Path(__file__).parents[2] / "docs" / "case-life.md"
CALLED = {
    Status.NEW: "待签收",
    Status.SIGNED: "办理中",
    Status.WAITING: "待补充",
    Status.ANSWERED: "已答复",
    Status.REFERRED: "转出",
    Status.CLOSED: "办结",
}


def diagram() -> str:
    """Every move that changes the status, as a state diagram; the moves of one arrow stand together."""
    arrows: dict[tuple[Status, Status], list[str]] = {}
    for (status, move), rule in MOVES.items():
        if rule.target is not status:
            arrows.setdefault((status, rule.target), []).append(move.value)
    lines = ["stateDiagram-v2"]
    lines += [f"    {status.value}: {status.value} {CALLED[status]}" for status in Status]
    lines.append(f"    [*] --> {OPEN.target.value}: {Move.OPEN.value}")
    for (source, target), moves in sorted(
        arrows.items(), key=lambda item: [list(Status).index(one) for one in item[0]]
    ):
        lines.append(f"    {source.value} --> {target.value}: {', '.join(sorted(moves))}")
    return "```mermaid\n" + "\n".join(lines) + "\n```"


def table() -> str:
    """One line for each move and target: from where, who may, whether a reason is needed, what the clocks do."""
    head = ["| move | from | to | who | reason | clocks |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *_lines()])


def _lines() -> Iterator[str]:
    yield f"| `{Move.OPEN.value}` | – | new | {_people(OPEN.who)} | | {OPEN.clocks.value} |"
    for move in Move:
        same: dict[tuple[str, ...], list[str]] = {}
        for (status, its), rule in MOVES.items():
            if its is move:
                target = "stays" if rule.target is status else rule.target.value
                clocks = "" if rule.clocks.value == "none" else rule.clocks.value
                key = (target, _people(rule.who), "yes" if rule.reason else "", clocks)
                same.setdefault(key, []).append(status.value)
        for (target, people, reason, clocks), sources in same.items():
            yield f"| `{move.value}` | {', '.join(sources)} | {target} | {people} | {reason} | {clocks} |"


def _people(who: frozenset[Who]) -> str:
    return ", ".join(one.value for one in Who if one in who)


def reasons() -> str:
    """The codes a reason is chosen from."""
    people = [f"- `{move.value}`: {', '.join(codes)}" for move, codes in REASONS.items()]
    desk = [f"- `{move.value}` by the desk itself: {', '.join(codes)}" for move, codes in DESK_REASONS.items()]
    return "\n".join(people + desk)


BLOCKS = {"diagram": diagram, "table": table, "reasons": reasons}


def drawn(text: str) -> str:
    """The document with every block between its marks drawn anew."""
    for name, draw in BLOCKS.items():
        marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text = marks.sub(lambda found, draw=draw: found[1] + draw() + "\n" + found[2], text)  # type: ignore[misc]
    return text


if __name__ == "__main__":
    DOCUMENT.write_text(drawn(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
