"""The command line: serve, ask, backup, restore, doctor. FAQ, statutes and people have files of their own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from bot import cli_faq, cli_people, cli_statutes
from bot.clock import clock_of
from bot.exits import ENVIRONMENT, FINE, USAGE, WRONG, Refused, explain, one_line, present
from bot.settings import ensure_state, read_settings

INTERRUPTED: Final = 130
_USAGE_ERROR: Final[Any] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "UsageError")
"""typer brings a click of its own since 0.2; its other usage errors have no public name."""

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
    for path in (file, knowledge, model):
        present(path)
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
    present(file)
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
    """Runs one command; every error becomes one line on stderr."""
    try:
        result = app(args=list(arguments), standalone_mode=False, prog_name="tijian")
        sys.stdout.flush()
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:  # `tijian … | head`: nobody reads on, and Python would complain once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except Exception as error:  # noqa: BLE001 - the last place: whatever it is becomes a line and a code
        return _failed(error)
    return int(result) if isinstance(result, int) else FINE


def _failed(error: Exception) -> int:
    if isinstance(error, _USAGE_ERROR):
        if type(error).__name__ != "NoArgsIsHelpError":  # the help is on the terminal already
            print(f"tijian: {one_line(error.format_message())}", file=sys.stderr)
        return USAGE
    known = explain(error)
    if known is not None:
        print(f"tijian: {known[0]}", file=sys.stderr)
        return known[1]
    if os.environ.get("TIJIAN_LOG_LEVEL", "").lower() == "debug":
        traceback.print_exception(error)
    what = one_line(f"{type(error).__name__}: {error}")
    print(
        f"tijian: a fault of the program, please report it: {what} (TIJIAN_LOG_LEVEL=debug shows where)",
        file=sys.stderr,
    )
    return WRONG


def _questions(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            row = _object(line)
            question = row.get("question") if isinstance(row, dict) else None
            if not isinstance(question, str):
                raise Refused(f"{path}:{number}: not a JSON object with `question`")
            yield question


def _object(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


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
