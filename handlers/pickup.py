"""Reading a case number and a 取件码 out of what somebody typed. Whether they belong together is checked elsewhere."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from desk.numbers import CODE_LENGTH, parse_case_number, plain_pickup_code

_NUMBER: Final = re.compile(r"F\s*T[\s-]*\d{8}[\s-]*\d{4,9}?[\s-]*\d(?!\d)", re.IGNORECASE)
_CODE: Final = re.compile(r"[0-9A-Za-z](?:[\s-]?[0-9A-Za-z]){11}")


def read_pickup(text: str, known: str = "") -> tuple[str, str]:
    """(canonical number or "", plain code or ""). ``known`` is a number given before."""
    plain = unicodedata.normalize("NFKC", text)
    found = _NUMBER.search(plain)
    number = parse_case_number(found.group()) or "" if found else ""
    rest = plain.replace(found.group(), " ") if found else plain
    code = _CODE.search(rest)
    secret = plain_pickup_code(code.group()) if code else ""
    return number or known, secret if len(secret) == CODE_LENGTH else ""
