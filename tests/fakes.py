"""A small stand-in of what another package decides: a matcher by likeness of characters."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.decision import Candidate, Decision, Reason, Verdict
from knowledge.entry import Audience, Entry
from knowledge.text import dice, normalise


class LikenessMatcher:
    """Sure from 0.8 of shared character pairs, unsure from 0.3; never uses more than that."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries

    def decide(self, question: str, *, audience: Audience | None = None, region: str | None = None) -> Decision:
        plain = normalise(question)
        del region
        found = []
        for entry in self.entries:
            if audience is not None and entry.audience not in {Audience.BOTH, audience}:
                continue
            phrase = max(entry.phrases, key=lambda one: dice(plain, normalise(one)))
            found.append(Candidate(entry=entry.id, phrase=phrase, confidence=dice(plain, normalise(phrase))))
        best = tuple(sorted(found, key=lambda item: -item.confidence)[:5])
        top = best[0].confidence if best else 0.0
        if len(plain) <= 2 and plain and any(plain in item.phrase for item in best):
            named = tuple(item for item in best if plain in item.phrase)
            return Decision(
                question=question,
                verdict=Verdict.CLARIFY,
                candidates=named,
                reasons=(Reason.TOO_SHORT,),
                confidence=0.3,
            )
        if top >= 0.8:
            why = Reason.EXACT if top >= 0.999 else Reason.SURE
            return Decision(
                question=question, verdict=Verdict.ANSWER, entry=best[0].entry, confidence=top, matched=best[0].phrase,
                candidates=best, reasons=(why,),
            )  # fmt: skip
        near = tuple(item for item in best if item.confidence >= 0.3)
        if near:
            return Decision(
                question=question, verdict=Verdict.CLARIFY, confidence=top, candidates=near, reasons=(Reason.UNSURE,)
            )
        return Decision(question=question, verdict=Verdict.ESCALATE, candidates=best, reasons=(Reason.NOTHING_ALIKE,))
