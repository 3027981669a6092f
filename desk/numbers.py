"""Case numbers with a check digit, and the secret 取件码 that opens a case on any device.

A number such as ``FT20261122-0042-7`` names a case and protects nothing; the code protects and names nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from stdnum import damm
from stdnum.exceptions import ValidationError

from desk.calendar import SHANGHAI

PREFIX: Final = "FT"
CODE_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 characters: no I, L, O, U."""
CODE_LENGTH: Final = 12
"""Twelve characters of 32 are 60 bits."""
_SEED: Final = "6"
"""Stands before the digits when the check digit is reckoned (F is the sixth letter), so that other numbers with a Damm
digit are not taken for ours."""
_NUMBER: Final = re.compile(r"FT(\d{8})-?(\d{4,9})-?(\d)")
_GROUP: Final = 4
_LOOKS_LIKE: Final = str.maketrans("ILO", "110")
_SCRYPT_LOG_COST: Final = 10  # about 4 ms and 1 MiB: well under the 20 ms the event loop may be held
NO_DIGEST: Final = f"scrypt${_SCRYPT_LOG_COST}${'00' * 16}${'00' * 32}"
"""Fits no code; checked where there is no case, so that a wrong number takes as long as a wrong code."""


def day_of(at: datetime, zone: ZoneInfo = SHANGHAI) -> str:
    """The day a number carries and the running number is counted by: ``20261122``, in Chinese time."""
    return at.astimezone(zone).strftime("%Y%m%d")


def case_number(day: str, running: int) -> str:
    """``FT20261122-0042-7`` from the day and the running number (≥ 1).

    The last digit (Damm) catches every single wrong digit and every swap of neighbours.
    """
    if running < 1:
        raise ValueError(f"running numbers start at 1: {running}")
    date.fromisoformat(day)
    body = f"{running:04d}"
    return f"{PREFIX}{day}-{body}-{damm.calc_check_digit(_SEED + day + body)}"


def parse_case_number(text: str) -> str | None:
    """The canonical form of what somebody typed (full width, lower case, dashes and spaces as they come), or None.

    None also where the check digit or the date is wrong.
    """
    plain = re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", text)).upper()
    plain = re.sub(r"[‐-―−ー一﹣]", "-", plain)
    found = _NUMBER.fullmatch(plain.replace("-", ""))
    if found is None or not plain.isascii():
        return None
    day, digits = found[1], plain.replace("-", "")[len(PREFIX) :]
    try:
        date.fromisoformat(day)
        damm.validate(_SEED + digits)
    except (ValueError, ValidationError):
        return None
    body = digits[len(day) : -1]
    return f"{PREFIX}{day}-{body}-{digits[-1]}"


def new_pickup_code() -> str:
    """A fresh secret of 60 bits in groups of four: ``7K2M-Q9ZD-XH4P``. Shown once, kept as a digest only."""
    letters = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    return "-".join(letters[start : start + _GROUP] for start in range(0, CODE_LENGTH, _GROUP))


def plain_pickup_code(text: str) -> str:
    """What somebody typed, without what does not matter: width, case, spaces, dashes, I/L for 1, O for 0."""
    upper = unicodedata.normalize("NFKC", text).upper().translate(_LOOKS_LIKE)
    return "".join(letter for letter in upper if letter in CODE_ALPHABET)


def pickup_digest(code: str) -> str:
    """``scrypt$cost$salt$hash`` (hex) of a code, for keeping."""
    salt = secrets.token_bytes(16)
    return f"scrypt${_SCRYPT_LOG_COST}${salt.hex()}${_scrypt(code, salt, _SCRYPT_LOG_COST).hex()}"


def pickup_code_fits(code: str, digest: str) -> bool:
    """Whether the code belongs to the digest, compared in constant time; False for any malformed digest."""
    match digest.split("$"):
        case ["scrypt", cost, salt, wanted]:
            try:
                made = _scrypt(code, bytes.fromhex(salt), int(cost))
                return hmac.compare_digest(made, bytes.fromhex(wanted))
            except ValueError:
                return False
        case _:
            return False


def _scrypt(code: str, salt: bytes, log_cost: int) -> bytes:
    return hashlib.scrypt(plain_pickup_code(code).encode(), salt=salt, n=2**log_cost, r=8, p=1, dklen=32)
