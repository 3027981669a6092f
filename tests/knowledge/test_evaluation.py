"""The figures of a report follow from the decisions by hand."""

from __future__ import annotations

import pytest

from knowledge.decision import Candidate, Decision, Verdict
from knowledge.entry import EntryId
from knowledge.evaluation import evaluate, wilson


def decision(first: str, confidence: float, verdict: Verdict = Verdict.ANSWER, second: str = "z") -> Decision:
    candidates = (
        Candidate(entry=EntryId(first), phrase="", confidence=confidence),
        Candidate(entry=EntryId(second), phrase="", confidence=confidence / 2),
    )
    entry = EntryId(first) if verdict is Verdict.ANSWER else None
    return Decision(question="", verdict=verdict, entry=entry, confidence=confidence, candidates=candidates)


def test_counts_are_those_of_the_decisions() -> None:
    decisions = [
        decision("a", 0.9),
        decision("b", 0.8),
        decision("x", 0.7, Verdict.CLARIFY, second="c"),
        decision("x", 0.6),
        Decision(question="", verdict=Verdict.ESCALATE),
    ]
    labels = [EntryId("a"), EntryId("b"), EntryId("c"), None, EntryId("e")]
    report = evaluate(decisions, labels)
    assert (report.hit1.part, report.hit1.whole) == (2, 4)
    assert report.hit3.part == 3
    assert (report.answered_right.part, report.answered_right.whole) == (2, 4)
    assert (report.answered_wrong.part, report.answered_wrong.whole) == (1, 5)
    assert (report.answered_outside.part, report.answered_outside.whole) == (1, 1)
    assert report.helped.part == 3
    assert report.covered.part == 2
    assert sum(count for _, _, count in report.bins) == 5


def test_a_question_without_an_answer_is_wrong_wherever_it_stands() -> None:
    decisions = [decision("a", 0.9), decision("b", 0.5)]
    assert evaluate(decisions, [None, EntryId("b")]).covered.part == 0


def test_the_longest_prefix_may_run_over_an_early_mistake() -> None:
    decisions = [decision("x", 0.99)] + [decision("a", 0.9)] * 9
    assert evaluate(decisions, [EntryId("a")] * 10).covered.part == 10


def test_nothing_asked_gives_zeros_not_an_error() -> None:
    report = evaluate([], [])
    assert report.hit1.value == 0.0
    assert report.bins == ()
    assert len(report.lines()) == 9


def test_wilson_is_the_published_interval() -> None:
    low, high = wilson(8, 10)
    assert low == pytest.approx(0.490, abs=0.001)
    assert high == pytest.approx(0.943, abs=0.001)
    assert wilson(0, 0) == (0.0, 0.0)
