"""Secrets beside the database: made at the first start, readable by the owner of the process alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from bot.store.errors import BrokenKey

_BYTES: Final = 32


def private_folder(path: Path) -> Path:
    """The folder, made if needed, for nobody else to read (0700)."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def kept_key(path: Path) -> bytes:
    """The 32 random bytes of that file; a new file is whole before it has its name. Raises BrokenKey."""
    try:
        kept = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return _made(path)
    except ValueError:
        raise BrokenKey(str(path)) from None
    if len(kept) != _BYTES:
        raise BrokenKey(str(path))
    return kept


def _made(path: Path) -> bytes:
    made = secrets.token_bytes(_BYTES)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(made.hex().encode())
            file.flush()
            os.fsync(handle)
        temporary.rename(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return made
