"""Words that come before any answer: emergencies with a number to call, and risks that narrow who may be asked.

The words stand in ``lexicon/risk_words.yaml``; what is then said and who sees it is decided by ``handlers``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from knowledge.text import normalise
from knowledge.tokens import LEXICON


class RiskKind(StrEnum):
    """What a question hints at. The first four are emergencies."""

    FIRE = "fire"
    VIOLENCE = "violence"
    CONFINEMENT = "confinement"
    CRIME_IN_PROGRESS = "crime_in_progress"
    SUSPECT = "suspect"
    VICTIM_OF_CRIME = "victim_of_crime"
    POLICE_REFUSE = "police_refuse"
    SUICIDE = "suicide"
    CROWD = "crowd"
    STATE_SECRET = "state_secret"  # noqa: S105 - a kind of risk, no password
    MINOR_WORKER = "minor_worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """One hint: ``words`` as they stand in the normalised question, ``call`` the emergency numbers in order.

    ``route`` names who may be asked (``lawyer``, ``police``, ``prosecutor``, ``bureau``, or a number); empty for
    emergencies.
    """

    kind: RiskKind
    words: str
    call: tuple[str, ...] = ()
    route: str = ""

    @property
    def emergency(self) -> bool:
        """Whether the emergency line comes first."""
        return bool(self.call)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRule:
    """One kind with its patterns; a hit that touches a match of ``unless`` does not count."""

    kind: RiskKind
    call: tuple[str, ...]
    route: str
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]

    def find(self, text: str) -> Risk | None:
        """The first hit in a normalised text, if any."""
        for pattern in self.patterns:
            for hit in pattern.finditer(text):
                if not _NEGATED.search(text[: hit.start()]) and not self._cancelled(text, hit):
                    return Risk(kind=self.kind, words=hit.group(), call=self.call, route=self.route)
        return None

    def _cancelled(self, text: str, hit: re.Match[str]) -> bool:
        return any(
            other.start() < hit.end() and hit.start() < other.end()
            for pattern in self.unless
            for other in pattern.finditer(text)
        )


_NEGATED = re.compile(
    r"(没有|没|并未|不是|不会|如果|假如|万一|要是|怎样防止|怎么防止|如何防止|怎么预防|防止|避免|预防)$"
)


@dataclass(frozen=True, slots=True)
class RiskWords:
    """All rules, emergencies first."""

    rules: tuple[RiskRule, ...]

    @classmethod
    @cache
    def load(cls, path: Path = LEXICON / "risk_words.yaml") -> RiskWords:
        """Read the shipped rules; read once per path."""
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        rules = [
            RiskRule(
                kind=RiskKind(item["kind"]),
                call=tuple(str(number) for number in item.get("call", ())),
                route=str(item.get("route", "")),
                patterns=tuple(re.compile(pattern) for pattern in item["any"]),
                unless=tuple(re.compile(pattern) for pattern in item.get("unless", ())),
            )
            for group in ("emergency", "risk")
            for item in content[group]
        ]
        return cls(tuple(rules))

    def find(self, text: str) -> tuple[Risk, ...]:
        """Every kind of risk a question hints at, emergencies first, at most one of a kind."""
        plain = normalise(text)
        found = (rule.find(plain) for rule in self.rules)
        return tuple(risk for risk in found if risk is not None)
