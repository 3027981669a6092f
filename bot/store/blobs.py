"""Bytes of uploaded files. A port, so that they can live elsewhere; here: a folder of the state folder.

A file is written under a temporary name, forced to the disk and renamed: what has a name is whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from bot.store.errors import DiskFull, FileTooLarge
from desk.case import FileId

_NAME: Final = re.compile(r"[0-9a-f]{32}")
_CHUNK: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Stored bytes: ``size`` in bytes, ``sha256`` hexadecimal of the original."""

    id: FileId
    size: int
    sha256: str


class Blobs(Protocol):
    """Where the bytes lie."""

    async def put(self, chunks: AsyncIterator[bytes], *, limit: int) -> Blob:
        """Keeps them. Raises FileTooLarge above ``limit`` bytes, DiskFull."""

    async def read(self, file: FileId) -> bytes:
        """All bytes. Raises FileNotFoundError."""

    def chunks(self, file: FileId) -> AsyncIterator[bytes]:
        """The bytes in pieces. Raises FileNotFoundError."""

    def discard(self, file: FileId) -> None:
        """Deletes; nothing happens if it is not there."""

    async def sweep(self, known: Collection[FileId], *, older_than_s: float) -> int:
        """Deletes what no record knows (an upload that was never recorded); how many."""

    def names(self) -> Iterator[FileId]:
        """Everything stored."""


async def once(data: bytes) -> AsyncIterator[bytes]:
    """Bytes at hand as chunks for ``put``."""
    yield data


class FolderBlobs:
    """Files named by random ids, spread over 256 folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._incoming = folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def put(self, chunks: AsyncIterator[bytes], *, limit: int) -> Blob:
        """Keeps them. Raises FileTooLarge above ``limit`` bytes, DiskFull."""
        file = FileId(secrets.token_hex(16))
        temporary = self._incoming / file
        digest, size = hashlib.sha256(), 0
        try:
            with await asyncio.to_thread(temporary.open, "xb") as stream:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        raise FileTooLarge(limit)
                    await asyncio.to_thread(_append, stream, digest.update, chunk)
                await asyncio.to_thread(self._finish, stream, file)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise DiskFull(str(error)) from error
            raise
        finally:
            temporary.unlink(missing_ok=True)
        return Blob(id=file, size=size, sha256=digest.hexdigest())

    async def put_bytes(self, data: bytes, *, limit: int) -> Blob:
        """The same for bytes at hand."""
        return await self.put(once(data), limit=limit)

    async def read(self, file: FileId) -> bytes:
        """All bytes. Raises FileNotFoundError."""
        return await asyncio.to_thread(self.path(file).read_bytes)

    async def chunks(self, file: FileId) -> AsyncIterator[bytes]:
        """The bytes in pieces of 64 KiB. Raises FileNotFoundError."""
        with await asyncio.to_thread(self.path(file).open, "rb") as stream:
            while chunk := await asyncio.to_thread(stream.read, _CHUNK):
                yield chunk

    def discard(self, file: FileId) -> None:
        """Deletes; nothing happens if it is not there."""
        with contextlib.suppress(FileNotFoundError):
            self.path(file).unlink()

    async def sweep(self, known: Collection[FileId], *, older_than_s: float) -> int:
        """Deletes what no record knows and is older, so that an upload under way is spared."""
        return await asyncio.to_thread(self._sweep, known, older_than_s)

    def names(self) -> Iterator[FileId]:
        """Everything stored."""
        return (FileId(path.name) for path in self.folder.glob("??/*") if _NAME.fullmatch(path.name))

    def put_back(self, file: FileId, data: bytes) -> None:
        """Bytes of a backup under the id they had; one that is there stays."""
        if self.path(file).exists():
            return
        with (self._incoming / file).open("wb") as stream:
            stream.write(data)
            self._finish(stream, file)

    def path(self, file: FileId) -> Path:
        """Where it lies. Raises FileNotFoundError for what is no name of ours (``../…``)."""
        if not _NAME.fullmatch(file):
            raise FileNotFoundError(file)
        return self.folder / file[:2] / file

    def _finish(self, stream: BinaryIO, file: FileId) -> None:
        stream.flush()
        os.fsync(stream.fileno())
        place = self.path(file)
        place.parent.mkdir(exist_ok=True, mode=0o700)
        (self._incoming / file).rename(place)
        _sync_folder(place.parent)
        _sync_folder(self.folder)

    def _sweep(self, known: Collection[FileId], older_than_s: float) -> int:
        newest = max((path.stat().st_mtime for path in self.folder.glob("??/*")), default=0.0)
        lost = [
            file
            for file in self.names()
            if file not in known and newest - self.path(file).stat().st_mtime >= older_than_s
        ]
        for file in lost:
            self.discard(file)
        for path in self._incoming.iterdir():
            if newest - path.stat().st_mtime >= older_than_s:
                path.unlink(missing_ok=True)
        return len(lost)


def _append(stream: BinaryIO, update: object, chunk: bytes) -> None:
    stream.write(chunk)
    update(chunk)  # type: ignore[operator]  # the hash's own method


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
