"""Reading what the chat page's script posts: JSON of known fields, everything checked, nothing trusted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from aiohttp import web

from bot.store.work import SqlWork
from desk.case import FileId
from desk.people import PersonId
from handlers.messages import FileRef

LONGEST_TEXT: Final = 20_000
MOST_FILES: Final = 10


class BadPost(Exception):
    """A field is missing or wrong: a page that is too old, or no page of ours. ``text`` is for the visitor."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


async def body_of(request: web.Request) -> dict[str, Any]:
    """The JSON object. Raises BadPost."""
    try:
        body = await request.json()
    except (ValueError, LookupError, RecursionError):  # no JSON, no such charset, nested without end
        raise BadPost("看不懂这个请求，请刷新页面再试。") from None
    if not isinstance(body, dict):
        raise BadPost("看不懂这个请求，请刷新页面再试。")
    return body


def text_of(body: dict[str, Any], name: str, *, longest: int = 500) -> str:
    """A text field, "" where it is missing; control characters go. Raises BadPost where it is too long or no text."""
    value = body.get(name, "")
    if not isinstance(value, str):
        raise BadPost("看不懂这个请求，请刷新页面再试。")
    if len(value) > longest:
        raise BadPost(f"内容太长了，请不要超过{longest}字；更长的材料可以作为附件。")
    return "".join(letter for letter in value if letter in "\n\t" or (letter >= " " and not _lone(letter)))


def ids_of(body: dict[str, Any], name: str) -> Sequence[FileId]:
    """A list of file ids. Raises BadPost."""
    value = body.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadPost("看不懂这个请求，请刷新页面再试。")
    if len(value) > MOST_FILES:
        raise BadPost(f"附件最多{MOST_FILES}个。")
    return [FileId(item) for item in dict.fromkeys(value)]


async def own_files(work: SqlWork, person: PersonId, files: Sequence[FileId]) -> tuple[FileRef, ...]:
    """The records of files that the person uploaded and that belong to no case yet. Raises BadPost."""
    found = []
    for file in files:
        uploader, case = await work.files.owner(file)
        record = await work.files.get(file)
        if record is None or uploader != person or case is not None:
            raise BadPost("有附件不在了，请删掉它再传一次。")
        found.append(record)
    return tuple(found)


def _lone(letter: str) -> bool:
    # Half of a surrogate pair cannot be stored as UTF-8.
    return "\ud800" <= letter <= "\udfff"
