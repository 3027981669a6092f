"""The command line: serve, ask, backup, restore, doctor. FAQ, statutes and people have files of their own."""

from __future__ import annotations

import asyncio
import json
import sys
import traceback
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import click
import typer

from bot import cli_faq, cli_people, cli_statutes
from bot.clock import clock_of
from bot.exits import ENVIRONMENT, USAGE, Refused, explain
from bot.settings import ensure_state, read_settings

INTERRUPTED = 130

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="企业法治体检")
app.add_typer(cli_faq.app, name="faq")
app.add_typer(cli_statutes.app, name="statutes")
app.add_typer(cli_people.app, name="user")


@app.command()
def serve(
    *,
    demo: Annotated[
        bool, typer.Option("--demo", help="loopback, a throw-away state folder, people of every role")
    ] = False,
) -> None:
    """Run web chat, console and Telegram (when a token is set) until stopped."""
    from bot.app import run

    settings = read_settings()
    if demo:
        from bot.demo import demo_settings

        settings = demo_settings(settings)
    asyncio.run(run(settings, demo=demo))


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="one question")] = None,
    *,
    file: Annotated[Path | None, typer.Option("--file", help="JSONL, each line with `question`")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a question")] = False,
    knowledge: Annotated[Path | None, typer.Option("--knowledge", help="a FAQ folder or file to match against")] = None,
    model: Annotated[Path | None, typer.Option("--model", help="a confidence model made by `faq train`")] = None,
) -> None:
    """Decide on one question, or on a file of them in the same order."""
    if (question is None) == (file is None):
        raise Refused("give a question or --file, one of the two", USAGE)
    settings = read_settings()
    from bot.offline import build_matcher

    matcher, entries = build_matcher(settings, knowledge, model, progress=file is not None and sys.stderr.isatty())
    for text in [question] if question is not None else _questions(file or Path()):
        decision = matcher.decide(text)
        if as_json or file is not None:
            print(json.dumps(_as_json(decision), ensure_ascii=False))
        else:
            _tell(decision, entries)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="where to write the copy (.tar.gz)")]) -> None:
    """Write a consistent copy of everything kept, also while the program serves."""
    size = asyncio.run(_backup(file))
    print(f"written: {file} ({size / 1024 / 1024:.1f} MiB)")


async def _backup(file: Path) -> int:
    from bot.store import open_store
    from bot.store.backup import backup as write

    settings = read_settings()
    async with open_store(settings.database, ensure_state(settings), alone=False) as store:
        return await write(store, file, clock_of(settings)())


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="a copy made by `backup`")]) -> None:
    """Put a copy in place of everything kept and apply again the deletions that people asked for since."""
    rows, files, forgotten = asyncio.run(_restore(file))
    print(f"restored: {rows} rows, {files} files; deletions applied again: {forgotten}")


async def _restore(file: Path) -> tuple[int, int, int]:
    from bot.store import open_store
    from bot.store.backup import restore as read

    settings = read_settings()
    async with open_store(settings.database, ensure_state(settings)) as store:
        back = await read(store, file)
    return back.rows, back.files, len(back.forgotten)


@app.command()
def doctor() -> None:
    """Check settings, database, knowledge, fonts and channels."""
    from bot.doctor import examine

    settings = read_settings()
    findings = asyncio.run(examine(settings))
    for finding in findings:
        print(f"{'ok  ' if finding.fine else 'BAD '} {finding.what}: {finding.words}")
    if not all(finding.fine for finding in findings):
        raise typer.Exit(ENVIRONMENT)


def run(arguments: Sequence[str]) -> int:
    """Runs one command; every known error becomes one line on stderr."""
    try:
        result = app(args=list(arguments), standalone_mode=False, prog_name="tijian")
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message())
        return USAGE
    except click.exceptions.UsageError as error:
        print(f"tijian: {error.format_message()}", file=sys.stderr)
        return USAGE
    except (click.exceptions.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last place: whatever it is becomes a line and a code
        return _failed(error)
    return int(result) if isinstance(result, int) else 0


def _failed(error: Exception) -> int:
    known = explain(error)
    if known is None:
        traceback.print_exception(error)
        return 1
    print(f"tijian: {known[0]}", file=sys.stderr)
    return known[1]


def _questions(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield str(json.loads(line)["question"])
            except (ValueError, KeyError, TypeError):
                raise Refused(f"{path}:{number}: not a JSON object with `question`") from None


def _as_json(decision: Any) -> dict[str, Any]:  # noqa: ANN401 - knowledge is imported late, for a fast start
    return {
        "question": decision.question,
        "decision": decision.verdict.value,
        "entry": decision.entry,
        "confidence": round(decision.confidence, 6),
        "matched": decision.matched,
        "candidates": [
            {"entry": item.entry, "phrase": item.phrase, "confidence": round(item.confidence, 6)}
            for item in decision.candidates
        ],
    }


def _tell(decision: Any, entries: dict[str, Any]) -> None:  # noqa: ANN401 - as above
    from knowledge.decision import Verdict

    if decision.verdict is Verdict.ANSWER:
        entry = entries[decision.entry]
        print(entry.answer.strip() or f"→ {entry.id} {entry.question}")
        for item in entry.basis:
            version = f"（{item.version.isoformat()}）" if item.version else ""
            print(f"依据：《{item.law}》第{item.article}条{version}")
        if entry.needs_review(date.today()):  # noqa: DTZ011 - a terminal shows its own day
            print("【待复核】")
        print(f"（匹配“{decision.matched}”，把握 {decision.confidence:.0%}）")
    elif decision.verdict is Verdict.CLARIFY:
        print("您想问的是？")
        for item in decision.candidates[:3]:
            print(f"  · {entries[item.entry].question}（{item.confidence:.0%}）")
    else:
        print("没有可靠的答案。可以找人工（免费），或拨打 12348 法律咨询。")
