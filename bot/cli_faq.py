"""``tijian faq …``: check, import, export, history, rollback, eval, train."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from bot.clock import clock_of
from bot.exits import USAGE, WRONG, Refused, present, print_problems
from bot.settings import SHIPPED_FAQ, ensure_state, read_settings
from knowledge.entry import Entry

app = typer.Typer(no_args_is_help=True, help="the FAQ base: check, import, export, history, rollback, eval, train")

_Format = Literal["yaml", "jsonl", "csv", "xlsx"]
_MIRRORS = SHIPPED_FAQ.parent.parent / "tests" / "knowledge" / "questions"
"""Those of the shipped folder; a checkout has them, an installed package does not."""


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="a FAQ folder; default: TIJIAN_KNOWLEDGE_DIR")] = None,
    *,
    statutes: Annotated[Path | None, typer.Option("--statutes", help="a statute library to find the quotes in")] = None,
    mirrors: Annotated[Path | None, typer.Option("--mirrors", help="a folder of mirrored test questions")] = None,
) -> None:
    """Apply every rule of content; every problem names file, line or cell, and remedy."""
    from knowledge.audit import check as audit
    from knowledge.files import read_folder
    from knowledge.mirrors import load_mirrors
    from knowledge.statute_files import load_library

    for path in (folder, statutes, mirrors):
        present(path)
    settings = read_settings()
    where = folder or settings.knowledge_dir
    if mirrors is None and where.resolve() == SHIPPED_FAQ and _MIRRORS.is_dir():
        mirrors = _MIRRORS
    reading = read_folder(where)
    library = load_library(statutes) if statutes is not None else None
    loaded = load_mirrors(mirrors) if mirrors is not None else None
    today = clock_of(settings)().astimezone(settings.zone()).date()
    found = audit(reading.entries, on=today, library=library, mirrors=loaded)
    problems = [*reading.problems, *found.problems]
    print_problems(problems)
    counts = found.counts
    for topic, number in sorted(counts.sound.items()):
        print(f"{topic:<14}{number:>4}")
    print(
        f"{counts.entries} entries, {counts.published} published, {counts.needs_review} 待复核, "
        f"{counts.quotes} quotes, {counts.cannot_confirm} cannot confirm: library older, "
        f"{counts.mirrored} mirrored questions, {len(problems)} problem(s)"
    )
    if problems:
        raise typer.Exit(WRONG)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="YAML, JSONL, CSV or Excel")],
    *,
    publish: Annotated[bool, typer.Option("--publish", help="publish what is clean (high risk still waits)")] = False,
) -> None:
    """Show what the files would change; with --publish make it the active release."""
    for path in files:
        present(path)
        if path.is_dir():
            raise Refused(f"{path} is a folder: name its files")
    asyncio.run(_import(files, publish=publish))


async def _import(files: Sequence[Path], *, publish: bool) -> None:
    from bot.store import open_store
    from handlers.faq_keeping import FaqKeeping
    from handlers.faq_report import report_lines
    from knowledge.releases import SecondPersonNeeded

    settings = read_settings()
    keeping = FaqKeeping(zone=settings.zone())
    broken = False
    async with open_store(settings.database, ensure_state(settings), alone=False) as store:
        for path in files:
            at = clock_of(settings)()
            async with store.work() as work:
                trial = await keeping.dry_run(work, None, path.name, path.read_bytes(), at)
                print("\n".join(report_lines(trial)))
                broken = broken or (trial.draft is None and not trial.run.empty) or bool(trial.run.problems)
                if trial.draft is not None and publish:
                    try:
                        made = await keeping.publish(work, None, trial.draft, at)
                        print(f"published as release {made.number}")
                    except SecondPersonNeeded as needed:
                        await keeping.wait_for_second(work, None, trial.draft, at)
                        ids = ", ".join(needed.entries[:10])
                        print(f"waits for a second person in the console (high risk): {ids}")
                    await work.commit()
    if broken:
        raise typer.Exit(WRONG)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="a file; its ending chooses the format (.yaml .jsonl .csv .xlsx)")],
) -> None:
    """Write the active release (without a database: the FAQ folder) as one file."""
    from bot.offline import active_entries
    from knowledge.export import write

    kind = out.suffix.removeprefix(".")
    if kind not in {"yaml", "jsonl", "csv", "xlsx"}:
        raise Refused("the file must end in .yaml, .jsonl, .csv or .xlsx", USAGE)
    settings = read_settings()
    entries = asyncio.run(_active()) if settings.database_url else active_entries(settings)
    out.write_bytes(write(entries, cast("_Format", kind)))
    print(f"{len(entries)} entries written to {out}")


async def _active() -> Sequence[Entry]:
    from bot.store import open_store

    settings = read_settings()
    async with (
        open_store(settings.database, ensure_state(settings), alone=False) as store,
        store.reading() as work,
    ):
        active = await work.releases.active()
        return await work.releases.entries(active.id) if active is not None else ()


@app.command()
def history() -> None:
    """List releases and drafts, newest first."""
    asyncio.run(_history())


async def _history() -> None:
    from bot.store import open_store

    settings = read_settings()
    async with (
        open_store(settings.database, ensure_state(settings), alone=False) as store,
        store.reading() as work,
    ):
        rows = await work.releases.history()
    for row in rows:
        mark = "*" if row.active else " "
        name = str(row.number) if row.number is not None else "draft" + (" (waits)" if row.waiting_approval else "")
        when = row.at.astimezone(settings.zone()).strftime("%Y-%m-%d %H:%M")
        print(f"{mark} {name:<14} {when}  {row.entries:>5} entries  {row.content_hash[:12]}  {row.note}")
    if not rows:
        print("no release yet: the first start makes one from the FAQ folder")


@app.command()
def rollback(number: Annotated[int, typer.Argument(help="the release to serve again")]) -> None:
    """Make an earlier release active again."""
    asyncio.run(_rollback(number))
    print(f"release {number} is active")


async def _rollback(number: int) -> None:
    from bot.store import open_store
    from handlers.faq_keeping import FaqKeeping, NoSuchDraft

    settings = read_settings()
    async with open_store(settings.database, ensure_state(settings), alone=False) as store, store.work() as work:
        try:
            await FaqKeeping(zone=settings.zone()).rollback(work, None, number, clock_of(settings)())
        except NoSuchDraft:
            raise Refused(f"there is no release {number} (see `tijian faq history`)") from None
        await work.commit()


@app.command("eval")
def evaluate(
    questions: Annotated[Path, typer.Argument(help='JSONL lines {"question", "answer": entry id or null}')],
    *,
    knowledge: Annotated[Path | None, typer.Option("--knowledge")] = None,
    model: Annotated[Path | None, typer.Option("--model")] = None,
) -> None:
    """Measure: hit@1, coverage, right and wrong answers, with intervals."""
    from bot.offline import build_matcher
    from knowledge.entry import EntryId
    from knowledge.evaluation import evaluate as measure

    for path in (questions, knowledge, model):
        present(path)
    rows = _labelled(questions)
    matcher, _ = build_matcher(read_settings(), knowledge, model, progress=sys.stderr.isatty())
    decisions = [matcher.decide(text) for text, _ in rows]
    labels = [EntryId(label) if label is not None else None for _, label in rows]
    print("\n".join(measure(decisions, labels).lines()))


@app.command()
def train(
    *,
    knowledge: Annotated[Path, typer.Option("--knowledge", help="the FAQ base: bare questions are enough")],
    questions: Annotated[Path, typer.Option("--questions", help='JSONL lines {"question", "answer": id or null}')],
    out: Annotated[Path, typer.Option("--out", help="where to write the model")],
) -> None:
    """Train the confidence model that `--model` takes."""
    from knowledge.entry import EntryId
    from knowledge.files import load_folder
    from knowledge.tokens import Tokenizer
    from knowledge.training import LabelledQuestion
    from knowledge.training import train as fit

    for path in (knowledge, questions, out.absolute().parent):
        present(path)
    entries = load_folder(knowledge)
    rows = [
        LabelledQuestion(question=text, answer=EntryId(label) if label is not None else None)
        for text, label in _labelled(questions)
    ]
    known = {entry.id for entry in entries}
    strange = [row.answer for row in rows if row.answer is not None and row.answer not in known]
    if strange:
        raise Refused(f"{questions}: answers that are no entry of {knowledge}: {', '.join(strange[:5])}")
    model = fit(entries, rows, tokenizer=Tokenizer(ensure_state(read_settings()) / "cache"))
    model.save(out)
    print(f"written: {out}")


def _labelled(path: Path) -> list[tuple[str, str | None]]:
    rows: list[tuple[str, str | None]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            question, answer = row["question"], row["answer"]
        except (ValueError, KeyError, TypeError, RecursionError):
            question = answer = None
        if not isinstance(question, str) or not isinstance(answer, str | None):
            raise Refused(f"{path}:{number}: not a JSON object with `question` and `answer`")
        rows.append((question, answer))
    return rows
