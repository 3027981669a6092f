"""One file with everything that is kept, made while serving, and the way back.

A backup is a gzip'ed tar: ``manifest.json`` (format, schema revision, digests), ``tables/*.jsonl``, ``blobs/*``. Keys
of the state folder are not in it: keep ``audit.key`` elsewhere. Restoring repeats deletions made after the backup.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import Connection, select, update

from bot.store.blobs import FolderBlobs
from bot.store.dump import kept_tables, read_rows, write_rows
from bot.store.errors import BrokenBackup
from bot.store.forgetting import forget
from bot.store.migrate import HEAD
from bot.store.replies import QUEUED, SENDING
from bot.store.store import SqlStore
from bot.store.tables import forgotten, outbox
from desk.case import FileId
from desk.people import PersonId

FORMAT: Final = "tijian-backup-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back: rows in all, files, and the people who were forgotten (again)."""

    rows: int
    files: int
    forgotten: tuple[PersonId, ...]


async def backup(store: SqlStore, path: Path, at: datetime) -> int:
    """Writes ``path`` (whole or not at all) from one consistent view; returns its size in bytes."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as name:
        folder = Path(name)
        (folder / "tables").mkdir()

        def dump(connection: Connection) -> dict[str, int]:
            return {
                table.name: write_rows(connection, table, folder / "tables" / f"{table.name}.jsonl")
                for table in kept_tables()
            }

        async with store.reading() as work:
            rows = await work.tx.run(dump)
        return await asyncio.to_thread(_pack, folder, store.blobs, path, rows, at)


async def restore(store: SqlStore, path: Path) -> Restored:
    """Puts a backup in place of everything kept, in one transaction. Raises BrokenBackup before anything is touched.

    Messages that were waiting to be sent may have been sent since: they go out marked as possible repeats.
    """
    await asyncio.to_thread(_check, path)
    again = await store.keep_tombstones()
    files = await asyncio.to_thread(_unpack_blobs, path, store.blobs)

    def load(connection: Connection) -> int:
        with tarfile.open(path) as archive:
            rows = sum(
                read_rows(connection, table, _lines(archive, f"tables/{table.name}.jsonl")) for table in kept_tables()
            )
        open_rows = update(outbox).where(outbox.c.state.in_([QUEUED, SENDING]))
        connection.execute(open_rows, {"maybe_repeat": True})
        return rows

    async with store.work() as work:
        try:
            rows = await work.tx.run(load)
        except (KeyError, StopIteration, ValueError) as error:
            raise BrokenBackup(str(path), "rows") from error
        known = {row.person: row.at for row in await work.tx.rows(select(forgotten))}
        late = {person: when for person, when in again.items() if known.get(person) != when}
        for person, when in late.items():
            await forget(work.tx, store.blobs, person, when, open_cases_too=True)
        work.tx.touch("*")
        await work.commit()
    return Restored(rows=rows, files=files, forgotten=tuple(late))


def _pack(folder: Path, blobs: FolderBlobs, path: Path, rows: Mapping[str, int], at: datetime) -> int:
    temporary = folder / "backup.tar.gz"
    digests: dict[str, str] = {}
    with tarfile.open(temporary, "w:gz", compresslevel=6) as archive:
        for table in sorted((folder / "tables").iterdir()):
            digests[f"tables/{table.name}"] = _digest(table.open("rb"))
            archive.add(table, f"tables/{table.name}")
        for file in sorted(blobs.names()):
            try:
                digests[f"blobs/{file}"] = _digest(blobs.path(file).open("rb"))
                archive.add(blobs.path(file), f"blobs/{file}")
            except FileNotFoundError:  # forgotten while we were writing
                digests.pop(f"blobs/{file}", None)
        manifest = folder / "manifest.json"
        told = {"format": FORMAT, "revision": HEAD, "at": at.isoformat(), "rows": dict(rows), "sha256": digests}
        manifest.write_text(json.dumps(told, indent=1), encoding="utf-8")
        archive.add(manifest, "manifest.json")
    temporary.chmod(0o600)
    with temporary.open("rb") as stream:
        os.fsync(stream.fileno())
    temporary.replace(path)
    return path.stat().st_size


def _check(path: Path) -> None:
    """Raises BrokenBackup for what is no whole, unchanged backup of this schema."""
    try:
        with tarfile.open(path) as archive:
            manifest: dict[str, Any] = json.loads(_member(archive, "manifest.json").read())
            if manifest["format"] != FORMAT:
                raise BrokenBackup(str(path), "format")
            if manifest["revision"] != HEAD:
                raise BrokenBackup(str(path), "revision")
            for name, digest in manifest["sha256"].items():
                if _digest(_member(archive, name)) != digest:
                    raise BrokenBackup(str(path), name)
            missing = {f"tables/{table.name}.jsonl" for table in kept_tables()} - set(manifest["sha256"])
            if missing:
                raise BrokenBackup(str(path), min(missing))
    except (tarfile.TarError, OSError, EOFError, KeyError, ValueError, TypeError) as error:
        raise BrokenBackup(str(path), type(error).__name__) from error


def _unpack_blobs(path: Path, blobs: FolderBlobs) -> int:
    count = 0
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            folder, _, name = member.name.partition("/")
            if folder != "blobs" or not member.isfile():
                continue
            blobs.put_back(FileId(name), _member(archive, member.name).read())
            count += 1
    return count


def _lines(archive: tarfile.TarFile, name: str) -> Iterator[str]:
    for line in _member(archive, name):
        yield line.decode("utf-8")


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    found = archive.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _digest(stream: IO[bytes]) -> str:
    with stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # a tar member reads like a file
