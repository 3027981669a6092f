"""What can go wrong while reading or matching knowledge: data only, the sentences are in ``handlers/texts``."""

from __future__ import annotations

from dataclasses import dataclass, field

from knowledge.entry import Place


class KnowledgeError(Exception):
    """The root of this package's errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with content: where, what (a code such as ``duplicate-id``), the values, and the remedy.

    ``message`` and ``remedy`` are Chinese sentences for the person who keeps the file: they are about content, which
    is Chinese, and the same in the command line, the console and the chat.
    """

    place: Place | None
    code: str
    message: str
    remedy: str
    entry: str = ""
    values: dict[str, str] = field(default_factory=dict)


class BrokenContent(KnowledgeError):
    """A folder or file that cannot become a base; carries every problem found, not the first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{len(problems)} problem(s) in the content")
        self.problems = problems


class MissingFolder(KnowledgeError):
    """The knowledge folder does not exist or holds no FAQ file."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class NoSuchRelease(KnowledgeError):
    """No release or draft of that id or number (or the draft was published or dropped meanwhile)."""

    def __init__(self, release: str) -> None:
        super().__init__(release)
        self.release = release
