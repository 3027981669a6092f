"""A throw-away PostgreSQL server for tests: its own folder, a Unix socket, no port, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest

_NUMBERS = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server; ``socket`` is the folder of its Unix socket."""

    socket: Path

    def url(self, database: str) -> str:
        """As TIJIAN_DATABASE_URL takes it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket}"

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The address of a new database, a copy of ``template``, dropped afterwards."""
        name = f"t{os.getpid()}_{next(_NUMBERS)}"
        admin = f"postgresql://postgres@/postgres?host={self.socket}"
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        try:
            yield self.url(name)
        finally:
            with psycopg.connect(admin, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def server_binaries() -> Path | None:
    """The folder with ``initdb`` and ``postgres``, or None."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


@contextmanager
def postgres_server() -> Iterator[Server]:
    """Starts one; skips the test where there are no server programs, fails instead where CI is set."""
    binaries = server_binaries()
    if binaries is None:
        why = "no PostgreSQL server programs here (apt-get install postgresql)"
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(why)
        pytest.skip(why)
    folder = Path(tempfile.mkdtemp(prefix="tijian-pg-", dir="/tmp"))
    try:
        with _running(binaries, folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(binaries: Path, folder: Path) -> Iterator[Server]:
    who = _account()
    if who:
        shutil.chown(folder, who)
    groups: list[str] | None = [] if who else None
    data = folder / "data"
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True, capture_output=True, cwd=folder, user=who, group=who, extra_groups=groups,
    )  # fmt: skip
    settings = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "max_connections=60")
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, *(part for item in settings for part in ("-c", item))],
            stdout=log, stderr=log, cwd=folder, user=who, group=who, extra_groups=groups,
        )  # fmt: skip
    try:
        _wait(folder, server)
        yield Server(socket=folder)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)


def _account() -> str | None:
    """The server refuses root: run it as ``postgres`` or ``nobody`` then."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _wait(folder: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(f"postgresql://postgres@/postgres?host={folder}").close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail((folder / "log").read_text(encoding="utf-8", errors="replace"))
            time.sleep(0.05)
        else:
            return
