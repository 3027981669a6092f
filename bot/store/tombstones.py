"""Who was forgotten, kept outside the database too, so that a restored backup forgets them again."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from desk.people import PersonId


class Tombstones:
    """A file of lines ``{"person": id, "at": time}``: ids and times only, never shortened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def all(self) -> Mapping[PersonId, datetime]:
        """Every deletion, the last time for each person; a torn last line is left out."""
        if not self.path.exists():
            return {}
        found: dict[PersonId, datetime] = {}
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                row = json.loads(line)
                found[PersonId(row["person"])] = datetime.fromisoformat(row["at"])
            except (KeyError, ValueError):
                continue
        return found

    def add(self, people: Mapping[PersonId, datetime]) -> None:
        """Appends those that are not there yet, forced to the disk."""
        known = self.all()
        fresh = {person: at for person, at in people.items() if person not in known}
        if not fresh:
            return
        lines = "".join(json.dumps({"person": who, "at": at.isoformat()}) + "\n" for who, at in fresh.items())
        torn = self.path.exists() and not self.path.read_bytes().endswith((b"\n",)) and self.path.stat().st_size > 0
        with open(self.path, "a", encoding="utf-8", opener=_private) as stream:
            stream.write(("\n" if torn else "") + lines)
            stream.flush()
            os.fsync(stream.fileno())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
