"""The sound of a character, for words typed with a homophone. Which words those are is decided in ``typos``."""

from __future__ import annotations

import os
import unicodedata
from functools import cache


@cache
def sound(char: str) -> str:
    """Toneless pinyin of a character's commonest reading, southern mergers joined (zh/z, n/l, ng/n); itself if none."""
    readings = _readings().get(ord(char))
    if not readings:
        return char
    plain = "".join(c for c in unicodedata.normalize("NFD", readings.split(",")[0]) if not unicodedata.combining(c))
    for spoken, merged in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if plain.startswith(spoken):
            plain = merged + plain[2:]
    return plain.replace("ang", "an").replace("eng", "en").replace("ing", "in")


@cache
def _readings() -> dict[int, str]:
    """Read pypinyin's table of single characters; its phrases would cost 0.15 s at start and are of no use here."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin.constants import PINYIN_DICT

    return dict(PINYIN_DICT)
