"""A command of the program, here or as ``python -m bot …``: what it printed, what it complained of, its exit code."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from bot.cli import run
from tests.serving import ROOT

LONGEST_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One command."""

    code: int
    out: str
    err: str

    def refused(self, code: int) -> str:
        """The one line on stderr, without log lines; asserts the code, the form, and that nobody sees a traceback."""
        assert self.code == code, self
        assert "Traceback" not in self.err
        (line,) = [line for line in self.err.splitlines() if line.startswith("tijian: ")]
        assert self.err.endswith(f"{line}\n"), "it is the last one"
        return line.removeprefix("tijian: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A state folder and the settings of every command in it."""

    state: Path
    env: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("TIJIAN_")}
        return plain | {"TIJIAN_STATE_DIR": str(self.state)} | dict(self.env)

    def process(self, *arguments: str | Path, **env: str) -> Done:
        """As a process of its own. Settings by keyword win over those of the terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *map(str, arguments)],
            cwd=ROOT, env=self.environment() | env, capture_output=True, timeout=LONGEST_S, check=False,
        )  # fmt: skip
        return Done(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())

    def run(self, *arguments: str | Path, **env: str) -> Done:
        """In this process, which saves a second of imports each time."""
        out, err = io.StringIO(), io.StringIO()
        with (
            patch.dict(os.environ, self.environment() | env, clear=True),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = run([str(each) for each in arguments])
        return Done(code=code, out=out.getvalue(), err=err.getvalue())

    def ok(self, *arguments: str | Path, **env: str) -> str:
        """Its stdout; asserts that it went well."""
        done = self.run(*arguments, **env)
        assert done.code == 0, done.err
        return done.out
