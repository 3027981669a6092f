"""What a member of staff has begun in chat, kept between two messages: a text to be written, or a text to be placed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from desk.case import CaseId, FileId
from handlers.actions import CaseVerb, OnCase
from handlers.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A verb was pressed that needs words: the next message is they. ``version`` is the case as it was shown."""

    verb: CaseVerb
    case: CaseId
    version: int

    @property
    def press(self) -> OnCase:
        """The press it began with."""
        return OnCase(self.verb, self.case, self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Words for a case that wait for a button to say what they are."""

    case: CaseId
    text: str = ""
    files: tuple[FileId, ...] = ()


Begun = Writing | Kept


def words_of(message: Message, case: CaseId) -> Kept:
    """What a message says, for that case."""
    return Kept(case=case, text=message.text, files=tuple(file.id for file in message.files))


def write_begun(begun: Begun) -> Mapping[str, Any]:
    """JSON-ready."""
    return asdict(begun)


def read_begun(kept: Mapping[str, Any] | None) -> Begun | None:
    """None for nothing begun, and for what an older version of the program wrote."""
    try:
        match kept:
            case {"verb": verb, "case": case, "version": version}:
                return Writing(verb=CaseVerb(verb), case=CaseId(case), version=int(version))
            case {"case": case, "text": text, "files": files}:
                return Kept(case=CaseId(case), text=str(text), files=tuple(FileId(file) for file in files))
    except ValueError:
        pass
    return None
