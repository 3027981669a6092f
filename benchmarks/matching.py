"""Matching beside its peers: hit@1, risk–coverage and time a question, one thread, one run; then 100,000 phrases.

    python -m benchmarks.matching [--quick] [--size 100000]

``--quick`` trains one fold instead of five: held-out figures then come from that fold's questions.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.matching_data import base, padded, questions
from benchmarks.matching_peers import PEERS
from knowledge.confidence import Model
from knowledge.decision import Decision
from knowledge.entry import Entry
from knowledge.evaluation import evaluate
from knowledge.matcher import Matcher
from knowledge.tokens import Tokenizer
from knowledge.training import LabelledQuestion, cross_validate, fold_of, train
from knowledge.words import Synonyms

TIMED = 1_000


def median_ms(find: Callable[[str], object], asked: Sequence[str]) -> float:
    """Median time of one call in milliseconds, after a short warm-up."""
    for question in asked[:20]:
        find(question)
    times = []
    for question in asked:
        start = time.perf_counter()
        find(question)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1_000


def held_out(
    entries: list[Entry], items: list[LabelledQuestion], tokenizer: Tokenizer, *, quick: bool
) -> tuple[list[Decision], list[LabelledQuestion], Model]:
    """Held-out decisions with their questions, and a model of all but fold 0 for the clock."""
    rest = [item for item in items if fold_of(item.question) != 0]
    with Progress(transient=True) as bar:
        task = bar.add_task("training")
        model = train(
            entries, rest, tokenizer=tokenizer, progress=lambda done, all_: bar.update(task, completed=done, total=all_)
        )
        if not quick:
            decisions = cross_validate(
                entries,
                items,
                tokenizer=tokenizer,
                progress=lambda done, all_: bar.update(task, completed=done, total=all_),
            )
            return decisions, items, model
    out = [item for item in items if fold_of(item.question) == 0]
    matcher = build(entries, tokenizer, model)
    return [matcher.decide(item.question) for item in out], out, model


def build(entries: list[Entry], tokenizer: Tokenizer, model: Model) -> Matcher:
    """A matcher over bare entries, with a progress bar."""
    with Progress(transient=True) as bar:
        task = bar.add_task("indexing")
        return Matcher.build(
            entries,
            tokenizer=tokenizer,
            model=model,
            on=date(2026, 11, 22),
            serving=False,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def beside_peers(console: Console, tokenizer: Tokenizer, *, quick: bool) -> Model:
    """Print the table of the evaluation base; returns the model for the larger one."""
    entries, items = base(), questions()
    decisions, out, model = held_out(entries, items, tokenizer, quick=quick)
    report = evaluate(decisions, [item.answer for item in out])
    matcher = build(entries, tokenizer, model)
    timed = random.Random(1).sample([item.question for item in items], TIMED)  # noqa: S311 - repeatable
    rows = [("tijian", report.hit1.value, median_ms(matcher.decide, timed))]
    texts = [entry.question for entry in entries]
    known = [item for item in items if item.answer is not None]
    for name, make in PEERS.items():
        find = make(texts, tokenizer.cut)
        sample = known[::10] if name == "rapidfuzz over all" else known
        hits = sum(entries[place].id == item.answer for item in sample if (place := find(item.question)) >= 0)
        rows.append((name, hits / len(sample), median_ms(find, timed)))
    clock = {name: ms for name, _, ms in rows}["bm25s + jieba"]
    table = Table(title=f"{len(entries):,} entries, one thread; hit@1 held out over {report.hit1.whole:,} questions")
    for heading in ("", "hit@1", "median ms", "× bm25s + jieba"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, hit, ms in rows:
        table.add_row(name, f"{hit:.3f}", f"{ms:.2f}", f"{ms / clock:.1f}")
    console.print(table)
    console.print("\n".join(report.lines()))
    return model


def at_size(console: Console, tokenizer: Tokenizer, model: Model, size: int) -> None:
    """Print build time, memory and time a question on a padded base."""
    entries = padded(size, tokenizer.cut)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    matcher = build(entries, tokenizer, model)
    built = time.perf_counter() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    asked = random.Random(2).sample([item.question for item in questions()], TIMED)  # noqa: S311 - repeatable
    ms = median_ms(matcher.decide, asked)
    console.print(
        f"{size:,} phrases: built in {built:.1f} s, peak memory +{grown:.0f} MiB, median {ms:.2f} ms a question"
    )


def cold_start(console: Console, cache: Path) -> None:
    """Print how long tokenizer and synonyms take with a prepared dictionary."""
    start = time.perf_counter()
    Tokenizer(cache)
    Synonyms.load()
    console.print(f"tokenizer and lexicon ready in {time.perf_counter() - start:.2f} s (dictionary prepared)")


def main() -> None:
    """Run all parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--size", type=int, default=100_000)
    options = parser.parse_args()
    console = Console(width=max(100, int(os.environ.get("COLUMNS", "0"))))
    with tempfile.TemporaryDirectory() as folder:
        tokenizer = Tokenizer(Path(folder))
        cold_start(console, Path(folder))
        at_size_model = beside_peers(console, tokenizer, quick=options.quick)
        at_size(console, tokenizer, at_size_model, options.size)


if __name__ == "__main__":
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    main()
