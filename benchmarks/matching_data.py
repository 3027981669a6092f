"""The evaluation set of the matching benchmarks, and larger bases made of it by seeded word swaps."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from knowledge.entry import Entry, EntryId
from knowledge.training import LabelledQuestion

SHARED = Path(os.environ.get("TIJIAN_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def lines(name: str) -> list[dict[str, Any]]:
    """The objects of a JSONL file of the evaluation data; leaves with a remark where the data is not there."""
    path = SHARED / "eval" / name
    if not path.exists():
        raise SystemExit(f"skipped: {path} does not exist (set TIJIAN_SHARED)")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def base() -> list[Entry]:
    """The 8,799 bare entries."""
    return [Entry(id=EntryId(line["id"]), question=line["question"]) for line in lines("lcqmc_dev_faq.jsonl")]


def questions() -> list[LabelledQuestion]:
    """The 7,118 labelled questions."""
    return [
        LabelledQuestion(question=line["question"], answer=line["answer"])
        for line in lines("lcqmc_dev_questions.jsonl")
    ]


def padded(size: int, cut: Callable[[str], list[str]], seed: int = 7) -> list[Entry]:
    """``size`` bare entries: the base and its questions, then copies in which two words come from other texts."""
    dice = random.Random(seed)  # noqa: S311 - a repeatable benchmark, nothing secret
    texts = [entry.question for entry in base()] + [item.question for item in questions()]
    words = [cut(text) for text in texts]
    pool = [word for text in words for word in text if len(word) > 1]
    while len(texts) < size:
        copy = list(dice.choice(words))
        for _ in range(min(2, len(copy))):
            copy[dice.randrange(len(copy))] = dice.choice(pool)
        texts.append("".join(copy))
    return [Entry(id=EntryId(f"p{n}"), question=text) for n, text in enumerate(texts[:size])]
