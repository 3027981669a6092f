"""The matcher without a running program: for the terminal, training and measuring."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from bot.settings import Settings, ensure_state
from knowledge.confidence import Model, load_shipped
from knowledge.entry import Entry
from knowledge.files import load_folder
from knowledge.matcher import Matcher
from knowledge.tokens import Tokenizer


def build_matcher(
    settings: Settings, knowledge: Path | None, model: Path | None, *, progress: bool = False
) -> tuple[Matcher, dict[str, Entry]]:
    """The matcher of a folder, else of the active release, else of the shipped folder.

    A folder given by hand may hold bare questions and is matched whole; what serves is matched as it serves.
    """
    chosen = Model.load(model) if model is not None else load_shipped()
    today = datetime.now(settings.zone()).date()
    entries: Sequence[Entry]
    entries = load_folder(knowledge) if knowledge is not None else active_entries(settings)
    bar, stop = _bar() if progress else (None, lambda: None)
    try:
        matcher = Matcher.build(
            entries,
            tokenizer=Tokenizer(ensure_state(settings) / "cache"),
            model=chosen,
            on=today,
            serving=knowledge is None,
            progress=bar,
        )
    finally:
        stop()
    return matcher, {entry.id: entry for entry in entries}


def active_entries(settings: Settings) -> Sequence[Entry]:
    """What serves now: read straight from an SQLite file (fast), else the FAQ folder."""
    prefix = "sqlite+aiosqlite:///"
    if settings.database.startswith(prefix):
        path = Path(settings.database.removeprefix(prefix))
        if path.exists():
            text = _active_text(path)
            if text is not None:
                from knowledge.releases import deserialise

                return deserialise(text)
    return load_folder(settings.knowledge_dir)


def _active_text(path: Path) -> str | None:
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return None
    try:
        row = connection.execute(
            "SELECT body FROM release_contents JOIN releases ON releases.id = release WHERE active"
        ).fetchone()
    except sqlite3.Error:
        return None
    finally:
        connection.close()
    return None if row is None else str(row[0])


def _bar() -> tuple[Callable[[int, int], None], Callable[[], None]]:
    from rich.progress import Progress

    shown = Progress(transient=True)
    task = shown.add_task("indexing", total=None)
    shown.start()
    return lambda done, total: shown.update(task, completed=done, total=total), shown.stop
