"""Inputs that are no plain question, and how parts of one question find together. Pure; the wording is in ``texts``."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Final

from handlers.conversation import LastQuestion
from knowledge.text import MAX_CHARS, han_share, normalise

QUIET_WINDOW: Final = timedelta(seconds=30)
"""A later part within this time of the question before may belong to it."""

_QUESTION: Final = re.compile(
    r"[?？]|吗|呢|么$|怎么|如何|怎样|咋|啥|什么|多少|多久|几[天年个月次号]|哪|谁|能否|可否|是否|能不能|可不可以|"
    r"要不要|是不是|算不算|会不会|行不行|有没有|合法|违法|为何|凭什么|怎办|该不该"
)
_PINYIN_SYLLABLE: Final = (
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|van|ai|ei|ui|ao|ou|iu|ie|ue|ve|er|an|en|in|un|vn|ia|ua|uo|"
    r"a|o|e|i|u|v))"
)
_PINYIN: Final = re.compile(rf"{_PINYIN_SYLLABLE}{{2,}}")
_ENGLISH: Final = frozenset(
    re.findall(
        r"\w+",
        "the is are was what how can do does my your you we our when where who why which for of to in and or not a an "
        "company employee contract law hello please help need want pay salary i it this that me",
    )
)
_DIALECT: Final = re.compile(
    "侬|阿拉|伲|伐[?？]?$|勿要|勿晓得|啥子|咋个|咋整|要得|晓不得|嘎哈|冇|唔该|点解|乜嘢|系咪|噶|哪能办|弗|俺|啷个|么子|咩|嘞$|唛|喃$"
)
_OTHER_SCRIPT: Final = re.compile("[\u3041-\u30ff\uac00-\ud7af]")
"""Kana and hangul; a single の is fashion."""
_GREETING: Final = re.compile(
    r"(?:你好|您好|在吗|在么|在不在|哈喽|嗨|hi|hello|hey|早上好|下午好|晚上好|有人吗)+[啊呀哈吗]?"
)
_THANKS: Final = re.compile(r"(?:好的?|嗯+|哦+|ok|谢谢您?你?|多谢|感谢|知道了|明白了|收到|辛苦了)+[啊了哈]?")
_HUMAN: Final = re.compile(r"(?:我要|我想|请)?(?:找|转|要|联系)?(?:人工|真人|客服|律师|人工客服|人工服务)(?:服务)?")
_SPLIT: Final = re.compile(r"(?<=[?？])|[\n；;]+|另外[,，]?|还有[,，]|顺便(?:再)?问(?:一下)?[,，]?")
_SHORTEST_PART: Final = 6
_MOST_PARTS: Final = 3
_WHAT_IT_IS: Final = {
    "voice": "voice", "audio": "voice", "video_note": "voice", "video": "video", "sticker": "sticker",
    "animation": "sticker", "location": "location", "contact": "contact_card", "poll": "other", "dice": "sticker",
}  # fmt: skip


def unreadable(unsupported: str) -> str:
    """The text key for a kind of message the bot cannot read."""
    return f"odd.{_WHAT_IT_IS.get(unsupported, 'other')}"


def too_long(text: str) -> bool:
    """Whether the text is longer than anything looks at."""
    return len(text) > MAX_CHARS


def oddity(text: str) -> str | None:  # noqa: PLR0911 - one return an oddity
    """The code of what is odd about a text before it is matched, or None: empty, emoji, one_word, pinyin, language."""
    if not text.strip():
        return "empty"
    plain = normalise(text)
    if not plain:
        if any(char.isalpha() for char in text):
            return "language"
        return "emoji" if any(unicodedata.category(char) == "So" for char in text) else "punctuation"
    if len(_OTHER_SCRIPT.findall(text)) > 1:
        return "language"
    if len(plain) == 1 or plain.isdigit():
        return "one_word"
    if han_share(text) < 0.2:  # noqa: PLR2004 - a Chinese question with a long product name has more
        return _foreign(plain)
    return None


def _foreign(plain: str) -> str | None:
    words = re.findall(r"[a-z]+", plain)
    if not words:
        return "language" if not plain.isascii() else None
    if len(plain.replace(" ", "")) < 6:  # noqa: PLR2004 - LPR, N+1, OEM: terms, not a language
        return None
    if not _ENGLISH & set(words) and all(_PINYIN.fullmatch(word) or word in {"a", "e"} for word in words):
        return "pinyin"
    return "language"


def dialect(text: str) -> bool:
    """Whether the words sound like a dialect: used only to say why a question was not understood."""
    return bool(_DIALECT.search(text))


def greeting(text: str) -> bool:
    """Whether it is a greeting and nothing else."""
    return bool(_GREETING.fullmatch(normalise(text)))


def thanks(text: str) -> bool:
    """Whether it is a word of thanks or agreement and nothing else."""
    return bool(_THANKS.fullmatch(normalise(text)))


def wants_person(text: str) -> bool:
    """Whether it is nothing but the wish for a human being."""
    return bool(_HUMAN.fullmatch(normalise(text)))


def is_question(text: str) -> bool:
    """Whether the text asks something by itself."""
    return bool(_QUESTION.search(text))


def joins(last: LastQuestion | None, text: str, at: datetime) -> bool:
    """Whether the text is a later part of the question before.

    It is, within the quiet window, when it asks nothing itself, or when the part before asked nothing and got no
    answer (a question told in several messages).
    """
    if last is None or not last.text or not timedelta(0) <= at - last.at <= QUIET_WINDOW:
        return False
    if not is_question(text):
        return True
    return last.verdict != "answer" and not is_question(last.text)


def parts(text: str) -> tuple[str, ...]:
    """The questions of a message that asks more than one, each long enough to stand alone; else the whole text."""
    if len(text) < 2 * _SHORTEST_PART:
        return (text,)
    pieces = [piece.strip(" ,，。.") for piece in _SPLIT.split(text) if piece]
    asking = tuple(piece for piece in pieces if len(normalise(piece)) >= _SHORTEST_PART and is_question(piece))
    return asking if len(asking) > 1 else (text,)


def too_many(found: tuple[str, ...]) -> bool:
    """Whether there are more questions in one message than can be answered at once."""
    return len(found) > _MOST_PARTS
