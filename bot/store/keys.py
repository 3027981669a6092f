"""Secrets beside the database: made at the first start, readable by the owner of the process alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def private_folder(path: Path) -> Path:
    """The folder, made if needed, for nobody else to read (0700)."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def kept_key(path: Path) -> bytes:
    """The 32 random bytes of that file; a new file is whole before it has its name."""
    try:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        pass
    made = secrets.token_bytes(32)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, made.hex().encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    temporary.rename(path)
    return made
