"""What Prometheus reads of the running program. Counters count on as things happen; depths are looked up when read.

Counters belong to the process, as Prometheus means them; nothing in the program decides by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY: Final = CollectorRegistry()

QUESTIONS: Final = Counter(
    "tijian_questions", "Questions decided, by verdict (answer, clarify, escalate)", ["verdict"], registry=REGISTRY
)
MESSAGES: Final = Counter(
    "tijian_messages",
    "Messages by channel and state (in, queued, sent, failed …)",
    ["channel", "state"],
    registry=REGISTRY,
)
REQUESTS: Final = Histogram(
    "tijian_request_seconds", "HTTP requests by route and status class", ["route", "status"], registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)  # fmt: skip
DECISIONS: Final = Histogram(
    "tijian_decision_seconds", "From taking up a message to its stored replies", registry=REGISTRY,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1),
)  # fmt: skip
INBOX: Final = Gauge(
    "tijian_inbox_depth", "Messages not worked off, by state (new, failed)", ["state"], registry=REGISTRY
)
OUTBOX: Final = Gauge(
    "tijian_outbox_depth", "Messages on their way, by channel and state", ["channel", "state"], registry=REGISTRY
)
CASES: Final = Gauge("tijian_open_cases", "Cases that are not closed, by status", ["status"], registry=REGISTRY)
RELEASE: Final = Gauge("tijian_release", "Number of the FAQ release that is serving", registry=REGISTRY)
STREAMS: Final = Gauge("tijian_chat_streams", "Open chat pages that are told of news", registry=REGISTRY)

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def set_depths(gauge: Gauge, depths: Mapping[tuple[str], int] | Mapping[tuple[str, str], int]) -> None:
    """Replaces all values of a gauge; labels that are gone go too."""
    gauge.clear()
    for labels, depth in depths.items():
        gauge.labels(*labels).set(depth)


def exposition() -> bytes:
    """The text format."""
    return generate_latest(REGISTRY)
