"""Records of uploaded files: whose they are and to which case they belong."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, insert, select, update

from bot.store.blobs import Blob, Blobs
from bot.store.tables import files
from bot.store.transaction import Transaction
from desk.case import CaseId, FileId
from desk.people import PersonId
from handlers.messages import FileRef

_ADD: Final = insert(files)
_GET: Final = select(files).where(files.c.id == bindparam("file"))
_ATTACH: Final = update(files).where(files.c.id == bindparam("file")).values(case=bindparam("to"))
_ALL: Final = select(files.c.id)


class SqlFiles:
    """See ``handlers.ports.Files``."""

    def __init__(self, tx: Transaction, blobs: Blobs) -> None:
        self._tx = tx
        self._blobs = blobs

    async def add(
        self, blob: Blob, *, name: str, media_type: str, person: PersonId | None, at: datetime,
        case: CaseId | None = None,
    ) -> FileRef:  # fmt: skip
        """Records bytes that ``blobs`` keeps already."""
        values = {
            "id": blob.id, "name": name, "media_type": media_type, "size": blob.size, "sha256": blob.sha256,
            "person": person, "case": case, "at": at,
        }  # fmt: skip
        self._tx.write_later(_ADD, values)
        return FileRef(id=blob.id, name=name, media_type=media_type, size=blob.size, sha256=blob.sha256)

    async def get(self, file: FileId) -> FileRef | None:
        """The record or None."""
        row = await self._tx.row(_GET, {"file": file})
        if row is None:
            return None
        return FileRef(id=FileId(row.id), name=row.name, media_type=row.media_type, size=row.size, sha256=row.sha256)

    async def owner(self, file: FileId) -> tuple[PersonId | None, CaseId | None]:
        """Who uploaded it and to which case it belongs; (None, None) where there is no such file."""
        row = await self._tx.row(_GET, {"file": file})
        if row is None:
            return None, None
        return row.person and PersonId(row.person), row.case and CaseId(row.case)

    async def attach(self, file: FileId, case: CaseId) -> None:
        """Binds an upload to a case."""
        self._tx.write_later(_ATTACH, {"file": file, "to": case})

    async def content(self, file: FileId) -> bytes:
        """The bytes as they came."""
        return await self._blobs.read(file)

    async def sweep(self, *, older_than_s: float = 86_400.0) -> int:
        """Deletes bytes without a record; how many."""
        known = {FileId(row.id) for row in await self._tx.rows(_ALL)}
        return await self._blobs.sweep(known, older_than_s=older_than_s)
