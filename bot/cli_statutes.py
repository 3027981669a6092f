"""``tijian statutes import``: the statute library behind 查看依据."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.exits import present
from bot.settings import ensure_state, read_settings

app = typer.Typer(no_args_is_help=True, help="the statute library behind 查看依据")


@app.callback()
def statutes() -> None:
    """Keep the statute library."""


@app.command("import")
def import_(file: Annotated[Path, typer.Argument(help="JSONL(.gz) lines or a folder of Markdown laws")]) -> None:
    """Put the library in place of the one before."""
    present(file)
    number = asyncio.run(_import(file))
    print(f"{number} articles imported")


async def _import(file: Path) -> int:
    from bot.store import open_store
    from knowledge.statute_files import read_articles

    settings = read_settings()
    async with open_store(settings.database, ensure_state(settings), alone=False) as store, store.work() as work:
        number = await work.statutes.shelf.replace(read_articles(file))
        await work.commit()
    return number
