"""Keeping the cut texts of a base in the private cache folder, so that a start need not cut the same answers again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from knowledge.sketch import Cut, Cutter

FORMAT = "6"
_KEPT_FILES = 4
_WORTH_KEEPING = 200
"""Fewer texts than this are cut faster than read."""


def cut_all(cutter: Cutter, raws: Sequence[str], tell: Callable[[int], None]) -> list[Cut]:
    """Cut all texts in order; ``tell`` hears how many are done. The very same texts are read from the cache."""
    path = _path(cutter, raws)
    found = None if path is None else _read(path, len(raws))
    if found is not None:
        return found
    cuts = []
    for done, raw in enumerate(raws):
        cuts.append(cutter.cut(raw))
        if done % 1_000 == 0:
            tell(done)
    if path is not None:
        _write(path, cuts)
    return cuts


def _path(cutter: Cutter, raws: Sequence[str]) -> Path | None:
    """A file named after everything the result depends on: the texts, the lexicon, this format."""
    if cutter.cache_dir is None or len(raws) < _WORTH_KEEPING:
        return None
    digest = hashlib.sha256(f"{FORMAT} {cutter.fingerprint}".encode())
    for raw in raws:
        digest.update(b"\0" + raw.encode("utf-8", "surrogatepass"))
    return cutter.cache_dir / f"cuts-{digest.hexdigest()[:32]}.json"


def _read(path: Path, count: int) -> list[Cut] | None:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        cuts = [Cut(str(text), tuple(words), tuple(parts), str(raw)) for text, words, parts, raw in rows]
    except (OSError, ValueError, TypeError):
        return None
    return cuts if len(cuts) == count else None


def _write(path: Path, cuts: Sequence[Cut]) -> None:
    """Write beside and rename, so that a reader never sees half a file; a full disk only costs the next start time."""
    beside = path.with_suffix(f".{os.getpid()}.part")
    try:
        rows = [(cut.text, cut.words, cut.parts, cut.raw) for cut in cuts]
        beside.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        beside.replace(path)
        old = sorted(path.parent.glob("cuts-*.json"), key=lambda kept: kept.stat().st_mtime)[:-_KEPT_FILES]
        for kept in old:
            kept.unlink(missing_ok=True)
    except OSError:
        beside.unlink(missing_ok=True)
