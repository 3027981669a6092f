"""Passwords as argon2id hashes, computed in a thread: one takes tens of milliseconds on purpose."""

from __future__ import annotations

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


async def hash_password(password: str) -> str:
    """The hash to keep, with its parameters and salt."""
    return await asyncio.to_thread(_hasher().hash, password)


async def password_fits(password: str, kept: str | None) -> bool:
    """Whether it is the one. Without a ``kept`` hash it takes as long, so that nobody learns who has a login."""
    return await asyncio.to_thread(_fits, password, kept)


def _fits(password: str, kept: str | None) -> bool:
    try:
        return _hasher().verify(kept or _decoy(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _decoy() -> str:
    return _hasher().hash("nobody")
