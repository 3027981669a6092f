"""The shape of the tree: sizes, names, docstrings; settings and their example are ``test_settings``'s."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import ROOT

PACKAGES = ("bot", "handlers", "desk", "knowledge")
MOST_LINES = 300
VAGUE = re.compile(r"(?:^|_)(?:utils?|helpers?|common|base|manager|misc|stuff)(?:_|$)")
NAMED_AFTER_THE_FAQ_BASE = {"bot/base_keeper.py", "handlers/base.py"}
"""``base`` is a word of the glossary (知识库), no base class."""


def sources(*folders: str) -> Iterator[Path]:
    """Python files, migrations left out: they are history."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_a_file_has_one_subject_and_at_most_300_lines() -> None:
    browser = (ROOT / "bot" / "web" / "static").glob("*.*s*")
    files = [*sources(*PACKAGES, "tests", "benchmarks"), *(path for path in browser if path.suffix in {".js", ".css"})]
    sizes = {shown(path): len(path.read_bytes().splitlines()) for path in files}
    assert {name: lines for name, lines in sizes.items() if lines > MOST_LINES} == {}


def test_every_module_says_what_lives_in_it() -> None:
    silent = [
        shown(path)
        for path in sources(*PACKAGES, "tests", "benchmarks")
        if (text := path.read_text(encoding="utf-8")).strip() and not ast.get_docstring(ast.parse(text))
    ]
    assert silent == []


def test_no_file_is_named_after_nothing() -> None:
    names = {shown(path): path.stem for path in sources(*PACKAGES)}
    vague = {name for name, stem in names.items() if VAGUE.search(stem)}
    assert vague - NAMED_AFTER_THE_FAQ_BASE == set()


def test_nothing_is_left_for_later() -> None:
    mark = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|NotImplementedError\(\)?$|pragma: no cover")
    left = [
        f"{shown(path)}:{number}"
        for path in sources(*PACKAGES)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if mark.search(line)
    ]
    assert left == []


def test_only_the_outermost_layer_reads_the_clock() -> None:
    reads = re.compile(r"\b(?:datetime|date)\.(?:now|today|utcnow)\(")
    found = {shown(path) for path in sources(*PACKAGES) if reads.search(path.read_text(encoding="utf-8"))}
    assert {name for name in found if not name.startswith("bot/")} == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_with_code_is_a_package(package: str) -> None:
    folders = {path.parent for path in sources(package)}
    assert [shown(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_the_four_packages_and_no_others_are_installed() -> None:
    found = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert found["tool"]["setuptools"]["packages"]["find"]["include"] == [f"{name}*" for name in PACKAGES]
    assert tuple(found["tool"]["mypy"]["packages"]) == PACKAGES
    layers = next(each for each in found["tool"]["importlinter"]["contracts"] if each["type"] == "layers")
    assert layers["layers"] == ["bot", "handlers", "desk | knowledge"]


def test_every_dependency_is_pinned_for_a_fresh_machine() -> None:
    found = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*found["dependencies"], *found["optional-dependencies"]["dev"]]
    pinned = {
        re.split(r"[=\[]", line)[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    names = {re.split(r"[\[<>=! ]", each)[0].lower().replace("_", "-") for each in wanted}
    assert names - pinned == set()
