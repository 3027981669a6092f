"""Make knowledge/model.json again from the FAQ base; run it after the content has changed.

    python -m benchmarks.train_shipped [--out knowledge/model.json] [--check]

Uses the base's own phrases, the project's questions of other fields, and, where the evaluation data is there, those
questions of STARD (MIT) that plainly belong to private life and stand in no set that is used for measuring.
``--check`` measures the model on the mirrored questions and on the private set without writing it.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import date
from pathlib import Path

from rich.progress import Progress

from benchmarks.matching_data import SHARED, lines
from knowledge.confidence import SHIPPED, Model, load_shipped
from knowledge.decision import Verdict
from knowledge.entry import Entry
from knowledge.evaluation import Share, evaluate
from knowledge.files import load_folder
from knowledge.matcher import Matcher
from knowledge.mirrors import load_mirrors
from knowledge.shipped import of_another_field, train_shipped
from knowledge.tokens import Tokenizer

ROOT = Path(__file__).resolve().parents[1]


def null_questions() -> tuple[str, ...]:
    """Questions of private life from STARD; none where the data is not there."""
    if not (SHARED / "eval").exists():
        print(f"{SHARED} does not exist: training without STARD's questions")
        return ()
    measured = [line["question"] for name in ("business_dev", "private_dev") for line in lines(f"{name}.jsonl")]
    return of_another_field([line["question"] for line in lines("stard_dev.jsonl")], but_not=measured)


def check(entries: tuple[Entry, ...], model: Model, tokenizer: Tokenizer) -> None:
    """Print what the model does with mirrored questions and with the private set."""
    matcher = Matcher.build(entries, tokenizer=tokenizer, model=model, on=date(2026, 11, 22))
    mirrors = [
        m for m in load_mirrors(ROOT / "tests" / "knowledge" / "questions") if m.entry in {e.id for e in entries}
    ]
    report = evaluate([matcher.decide(mirror.ask) for mirror in mirrors], [mirror.entry for mirror in mirrors])
    print("\n".join(report.lines()))
    if (SHARED / "eval").exists():
        private = [matcher.decide(line["question"]) for line in lines("private_dev.jsonl")]
        answered = Share(sum(decision.verdict is Verdict.ANSWER for decision in private), len(private))
        print(f"private set answered       {answered}")


def main() -> None:
    """Train and write, or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    entries = load_folder(ROOT / "knowledge" / "faq")
    with tempfile.TemporaryDirectory() as folder:
        tokenizer = Tokenizer(Path(folder))
        if options.check:
            check(entries, load_shipped(), tokenizer)
            return
        with Progress(transient=True) as bar:
            task = bar.add_task("training")
            model = train_shipped(
                entries,
                null_questions(),
                tokenizer=tokenizer,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        model.save(options.out)
        print(f"{options.out}: {model.notes}, answer from {model.answer:.3f}, clarify from {model.clarify:.3f}")
        check(entries, model, tokenizer)


if __name__ == "__main__":
    main()
