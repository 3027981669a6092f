"""Every text is used, every used text exists, and each is given exactly the values it wants."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.texts import FOLDER, BrokenTexts, load, placeholders, say

PACKAGE = FOLDER.parent
OTHERS = (PACKAGE.parent / "bot",)


def calls() -> Iterator[tuple[str, ast.Call]]:
    for folder in (PACKAGE, *OTHERS):
        for path in sorted(folder.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
                if isinstance(node, ast.Call) and name in {"say", "has"} and node.args:
                    yield f"{path.name}:{node.lineno}", node


def patterns(node: ast.expr) -> list[str]:
    """The keys a first argument may be; ``*`` stands for what is only known when it runs."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            return [*patterns(one), *patterns(other)]
        case ast.JoinedStr(values=parts):
            return ["".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in parts)]
        case _:
            return []


def fits(pattern: str, key: str) -> bool:
    head, star, tail = pattern.partition("*")
    return key == pattern if not star else key.startswith(head) and key.endswith(tail.replace("*", ""))


def test_every_call_names_a_text_and_gives_exactly_its_values() -> None:
    wrong = []
    for where, node in calls():
        if not isinstance(node.func, ast.Name) or node.func.id != "say":
            continue
        given = {item.arg for item in node.keywords}
        for pattern in patterns(node.args[0]):
            keys = [key for key in load() if fits(pattern, key)]
            if not keys:
                wrong.append(f"{where}: no text {pattern}")
            # A key that is only known when it runs must have some text that these values fill.
            short = [key for key in keys if None not in given and not placeholders(load()[key]) <= given]
            if short == keys and keys:
                wrong.append(f"{where}: {pattern} wants more than {sorted(map(str, given))}")
    assert not wrong, "\n".join(wrong)


def test_every_text_of_the_owners_side_is_used() -> None:
    nodes = [
        node
        for folder in (PACKAGE, *OTHERS)
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    ]
    strings = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    named = {pattern for node in nodes if isinstance(node, ast.JoinedStr) for pattern in patterns(node)}
    named = {pattern for pattern in named if pattern.partition("*")[0].count(".")}
    mine = load_of("zh.yaml", "intake.yaml", "owner.yaml")
    unused = [key for key in mine if key not in strings and not any(fits(pattern, key) for pattern in named)]
    assert not unused, unused


def load_of(*names: str) -> list[str]:
    from ruamel.yaml import YAML

    tops = {key for name in names for key in YAML(typ="safe").load(FOLDER / name)}
    return [key for key in load() if key.split(".", maxsplit=1)[0] in tops]


def test_a_value_is_never_read_as_a_placeholder() -> None:
    assert "{code}" in say("case_owner.corrected", text="{code}")


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("case_owner.corrected")


@pytest.mark.parametrize(
    ("content", "words"),
    [("a: 1\n", "a: not a text"), ("a: '{0}'\n", "no plain name"), ("a: '{x'\n", "a: "), ("a: {b: '{x.y}'}\n", "a.b")],
)
def test_a_broken_text_file_is_told_with_file_and_key(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "zh.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(BrokenTexts, match=r"zh\.yaml") as raised:
        load(tmp_path)
    assert words in str(raised.value)


def test_a_key_in_two_files_is_an_error(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("x: {y: 有}\n", encoding="utf-8")
    with pytest.raises(BrokenTexts, match="two places"):
        load(tmp_path)
