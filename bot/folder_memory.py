"""What the FAQ folder held when it was last taken into a release, and what of it waits in a draft.

Two files in the state folder: the content that is part of the running base (so that the next change is told from what
was imported elsewhere), and the draft that was made of a later content, until somebody publishes or drops it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.entry import Entry
from knowledge.errors import BrokenContent
from knowledge.releases import deserialise, serialise


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A draft made of the folder: its id and the folder's content then."""

    draft: str
    entries: tuple[Entry, ...]


class FolderMemory:
    """Both files of one state folder. A file that cannot be read counts as missing: the folder is taken in anew."""

    def __init__(self, state_dir: Path) -> None:
        self._taken = state_dir / "folder.jsonl"
        self._waiting = state_dir / "folder.draft.json"

    def taken(self) -> tuple[Entry, ...]:
        """The content that is part of the running base; empty where none is known."""
        try:
            return deserialise(self._taken.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, BrokenContent):
            return ()

    def waiting(self) -> Waiting | None:
        """The draft that waits, as far as this file knows."""
        try:
            kept = json.loads(self._waiting.read_text(encoding="utf-8"))
            return Waiting(draft=str(kept["draft"]), entries=deserialise(kept["content"]))
        except (OSError, ValueError, KeyError, TypeError, BrokenContent):
            return None

    def take(self, entries: Sequence[Entry]) -> None:
        """The content is part of the running base now; nothing waits any more. Raises OSError."""
        _write(self._taken, serialise(entries))
        self._waiting.unlink(missing_ok=True)

    def wait(self, draft: str, entries: Sequence[Entry]) -> None:
        """The content waits in a draft. Raises OSError."""
        _write(self._waiting, json.dumps({"draft": draft, "content": serialise(entries)}, ensure_ascii=False))


def _write(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
