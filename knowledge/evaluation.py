"""How good decisions are against labels: hit@1, risk–coverage, wrong confident answers, with Wilson intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from knowledge.decision import Decision, Verdict
from knowledge.entry import EntryId


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``whole`` with its Wilson interval; all zero where ``whole`` is zero."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share 0..1."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson score interval."""
        return wilson(self.part, self.whole)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.part}/{self.whole} = {self.value:.3f} ({low:.3f}–{high:.3f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What ``evaluate`` found.

    ``hit1`` and ``hit3``: answerable questions whose entry is the first / among the first three candidates, whatever
    the verdict. ``covered``: at ``precision`` right the longest prefix by confidence, against the answerable questions.
    ``answered_right``, ``answered_wrong`` and ``answered_outside`` count verdict ANSWER of answerable, of all, of
    unanswerable questions. ``bins``: for each tenth of confidence (mean confidence, share right, questions).
    """

    hit1: Share
    hit3: Share
    covered: Share
    precision: float
    answered_right: Share
    answered_wrong: Share
    answered_outside: Share
    clarified: Share
    escalated: Share
    helped: Share
    bins: tuple[tuple[float, float, int], ...]

    def lines(self) -> tuple[str, ...]:
        """The report in plain English, one figure a line."""
        return (
            f"hit@1                      {self.hit1}",
            f"hit@3                      {self.hit3}",
            f"coverage at {self.precision:.0%} right      {self.covered}",
            f"answered right at once     {self.answered_right}",
            f"right, or among the three  {self.helped}",
            f"answered wrong (of all)    {self.answered_wrong}",
            f"answered though outside    {self.answered_outside}",
            f"clarified                  {self.clarified}",
            f"escalated                  {self.escalated}",
        )


def wilson(part: int, whole: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson score interval of a share; (0, 0) for an empty whole."""
    if not whole:
        return 0.0, 0.0
    share = min(part / whole, 1.0)  # a prefix that is 90 % right may be longer than what can be answered
    spread = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    middle = share + z * z / (2 * whole)
    scale = 1 + z * z / whole
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def evaluate(decisions: Sequence[Decision], labels: Sequence[EntryId | None], precision: float = 0.9) -> Report:
    """Compare decisions with the entry that answers each question (``None``: none does), same order and length."""
    pairs = list(zip(decisions, labels, strict=True))
    known = [(decision, label) for decision, label in pairs if label is not None]
    outside = [decision for decision, label in pairs if label is None]
    answered = [(decision, label) for decision, label in pairs if decision.verdict is Verdict.ANSWER]
    right = sum(decision.entry == label for decision, label in answered)
    asked_back = [
        decision for decision, label in known if decision.verdict is Verdict.CLARIFY and _among(decision, label)
    ]
    return Report(
        hit1=Share(sum(_first(decision) == label for decision, label in known), len(known)),
        hit3=Share(sum(_among(decision, label) for decision, label in known), len(known)),
        covered=Share(covered(pairs, precision), len(known)),
        precision=precision,
        answered_right=Share(right, len(known)),
        answered_wrong=Share(len(answered) - right, len(pairs)),
        answered_outside=Share(sum(decision.verdict is Verdict.ANSWER for decision in outside), len(outside)),
        clarified=Share(sum(decision.verdict is Verdict.CLARIFY for decision in decisions), len(pairs)),
        escalated=Share(sum(decision.verdict is Verdict.ESCALATE for decision in decisions), len(pairs)),
        helped=Share(right + len(asked_back), len(known)),
        bins=_bins(pairs),
    )


def covered(pairs: Sequence[tuple[Decision, EntryId | None]], precision: float) -> int:
    """Length of the longest prefix, by falling confidence of the first candidate, that is ``precision`` right.

    A question without an answer in the base is wrong wherever it stands. Equal confidences keep their order.
    """
    ordered = sorted(pairs, key=lambda pair: -_sure(pair[0]))
    longest = right = 0
    for place, (decision, label) in enumerate(ordered, start=1):
        right += label is not None and _first(decision) == label
        if right >= precision * place:
            longest = place
    return longest


def _first(decision: Decision) -> EntryId | None:
    return decision.candidates[0].entry if decision.candidates else None


def _sure(decision: Decision) -> float:
    return decision.candidates[0].confidence if decision.candidates else 0.0


def _among(decision: Decision, label: EntryId | None) -> bool:
    return label in [candidate.entry for candidate in decision.candidates[:3]]


def _bins(pairs: Sequence[tuple[Decision, EntryId | None]]) -> tuple[tuple[float, float, int], ...]:
    bins = []
    for tenth in range(10):
        inside = [pair for pair in pairs if min(int(_sure(pair[0]) * 10), 9) == tenth]
        if inside:
            mean = sum(_sure(decision) for decision, _ in inside) / len(inside)
            right = sum(label is not None and _first(decision) == label for decision, label in inside) / len(inside)
            bins.append((mean, right, len(inside)))
    return tuple(bins)
