"""FAQ files in YAML: parsed into nodes that know their lines, so that every problem can name one.

The C parser's nodes are walked directly: building Python objects first would lose the lines and take three times as
long. Aliases and deep nesting are refused before that: files come from strangers too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, Event
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from knowledge.entry import Place
from knowledge.errors import Problem
from knowledge.fields import Raw, RawItem, RawValue

_NULL = "tag:yaml.org,2002:null"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 16
_TOP_FIELDS = {"topic", "entries"}


class _Refused(Exception):
    """A part that cannot be read: code, message, remedy."""

    def __init__(self, node: Node | Event, code: str, message: str, remedy: str) -> None:
        super().__init__(code)
        self.line = node.start_mark.line + 1 if node.start_mark is not None else None
        self.code = code
        self.message = message
        self.remedy = remedy


def read_yaml(text: str, name: str) -> tuple[list[Raw], list[Problem]]:
    """The raw entries of one file and what keeps parts of it from being read; never raises for bad content."""
    try:
        _refuse_traps(text)
        top = yaml.compose(text, _LOADER)
    except _Refused as refused:
        return [], [_problem(name, refused.line, refused.code, refused.message, refused.remedy)]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else None
        message = f"YAML 格式有误：{error.problem or error.context or '无法解析'}"
        return [], [_problem(name, line, "yaml-syntax", message, "检查这一行及上一行的缩进、冒号后的空格和引号")]
    except (yaml.YAMLError, RecursionError):
        message, remedy = "文件不是可读的 YAML（有控制字符，或者嵌套太深）", "另存为 UTF-8 文本，删去异常字符"
        return [], [_problem(name, None, "yaml-syntax", message, remedy)]
    if top is None:
        return [], [_problem(name, 1, "no-entries", "文件是空的", "写上 topic: 和 entries:，或者删去这个文件")]
    walker = _Walker(name)
    try:
        return walker.document(top), walker.problems
    except _Refused as refused:
        refusal = _problem(name, refused.line, refused.code, refused.message, refused.remedy)
        return [], [*walker.problems, refusal]


def load_shipped(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """A YAML file that the project itself ships, as plain values."""
    return yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - a safe loader, the C one


def _refuse_traps(text: str) -> None:
    """Looks at the events only: a deep nesting would overrun the C composer's stack, an alias multiplies its anchor."""
    depth = 0
    for event in yaml.parse(text, _LOADER):
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > _MAX_DEPTH:
                raise _Refused(event, "yaml-syntax", "嵌套太深", "照其他文件的样子写，每一条只有一层缩进")
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        elif isinstance(event, AliasEvent):
            raise _Refused(event, "yaml-anchor", "不接受 YAML 的引用写法（& 和 *）", "把被引用的内容直接写出来")


class _Walker:
    """Reads the node tree of one document."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []

    def document(self, top: Node) -> list[Raw]:
        if not isinstance(top, MappingNode):
            raise _Refused(
                top, "no-entries", "文件开头应当是 topic: 和 entries:", "照其他文件的样子写上 topic: 和 entries:"
            )
        pairs = self.pairs(top)
        for key, (key_node, _) in pairs.items():
            if key not in _TOP_FIELDS:
                self.report(
                    key_node, "unknown-field", f"文件开头不认识“{key[:40]}”", "只能有 topic 和 entries，检查拼写或缩进"
                )
        topic = self.scalar(pairs["topic"][1]) if "topic" in pairs else ""
        if "entries" not in pairs:
            raise _Refused(top, "no-entries", "文件里没有 entries:", "在 topic: 下面写 entries:，再逐条列出")
        entries = pairs["entries"][1]
        if isinstance(entries, ScalarNode) and entries.tag == _NULL:
            return []
        if not isinstance(entries, SequenceNode):
            raise _Refused(entries, "no-entries", "entries: 下面应当是列表", "每一条以“- id:”开头")
        found = []
        for node in entries.value:
            try:
                found.append(self.entry(node, topic))
            except _Refused as refused:
                self.problems.append(_problem(self.name, refused.line, refused.code, refused.message, refused.remedy))
        return found

    def entry(self, node: Node, topic: str) -> Raw:
        if not isinstance(node, MappingNode):
            raise _Refused(node, "not-an-entry", "这一项不是条目", "每一条以“- id:”开头，下面各栏缩进对齐")
        values: dict[str, RawValue] = {"topic": topic} if topic else {}
        parts: list[tuple[str, int | str]] = []
        for key, (key_node, value_node) in self.pairs(node).items():
            parts.append((key, key_node.start_mark.line + 1))
            if isinstance(value_node, SequenceNode):
                for index, item in enumerate(value_node.value):
                    parts.append((f"{key}[{index}]", item.start_mark.line + 1))
                values[key] = [self.item(item) for item in value_node.value]
            elif isinstance(value_node, MappingNode):
                values[key] = [self.item(value_node)]
            elif value := self.scalar(value_node):
                values[key] = value
            elif key != "topic":
                values[key] = ""
        place = Place(file=self.name, line=node.start_mark.line + 1, parts=tuple(parts))
        return Raw(values=values, place=place)

    def item(self, node: Node) -> RawItem:
        if isinstance(node, MappingNode):
            return {key: self.scalar(value) for key, (_, value) in self.pairs(node).items()}
        return self.scalar(node)

    def scalar(self, node: Node) -> str:
        if not isinstance(node, ScalarNode):
            raise _Refused(node, "not-text", "这里应当是一段文字", "去掉多余的缩进或括号；文字里有冒号加空格时加引号")
        return "" if node.tag == _NULL else str(node.value)

    def pairs(self, node: MappingNode) -> dict[str, tuple[Node, Node]]:
        found: dict[str, tuple[Node, Node]] = {}
        for key_node, value_node in node.value:
            key = self.scalar(key_node)
            if key in found:
                self.report(key_node, "field-twice", f"“{key[:40]}”写了两次", "合并成一处，现在读的是第一处")
                continue
            found[key] = (key_node, value_node)
        return found

    def report(self, node: Node, code: str, message: str, remedy: str) -> None:
        self.problems.append(_problem(self.name, node.start_mark.line + 1, code, message, remedy))


def _problem(name: str, line: int | None, code: str, message: str, remedy: str) -> Problem:
    return Problem(place=Place(file=name, line=line), code=code, message=message, remedy=remedy)
