"""What can go wrong with the database, its files and its lease: data only, the sentences are the caller's."""

from __future__ import annotations


class StoreError(Exception):
    """The root of this package's errors."""


class DatabaseUnreachable(StoreError):
    """No connection. ``where`` is the address without password, ``why`` the driver's first line."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


class DatabaseBusyElsewhere(StoreError):
    """Another process holds the lease of this database, or keeps it locked. ``holder`` is its process id if known."""

    def __init__(self, where: str, holder: str = "") -> None:
        super().__init__(f"{where}: in use" + (f" by process {holder}" if holder else ""))
        self.where = where
        self.holder = holder


class DatabaseNewer(StoreError):
    """The schema was made by a later version of the program; ``revision`` is unknown here."""

    def __init__(self, revision: str) -> None:
        super().__init__(revision)
        self.revision = revision


class DiskFull(StoreError):
    """The database or the state folder cannot grow; nothing of the transaction was kept."""


class WaitedTooLong(StoreError):
    """A transaction did not get its turn within ``seconds``: another one never ended."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no turn within {seconds:g} s")
        self.seconds = seconds


class BrokenBackup(StoreError):
    """The file is no backup of this program, or was changed; ``why`` is a code."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


class BrokenKey(StoreError):
    """A key that is kept in a file of the state folder was changed or cut off."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is no key any more")
        self.path = path


class BrokenValue(StoreError):
    """A stored JSON text does not fit the value it should become; ``kind`` is the value's type."""

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(f"{kind}: {why}")
        self.kind = kind
        self.why = why


class FileTooLarge(StoreError):
    """An upload went over ``limit`` bytes; nothing of it was kept."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit
