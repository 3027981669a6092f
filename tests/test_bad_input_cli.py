"""What an operator gets wrong, with the real program: one English line, the right exit code, nothing lost."""

from __future__ import annotations

import asyncio
import io
import re
import socket
import sqlite3
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from knowledge.export import write
from tests.channels.running import TOKEN, BotApi, bot_api
from tests.knowledge.samples import entry, other
from tests.serving import Served
from tests.small_disk import SmallDisk, small_disk
from tests.terminal import Terminal

BROKEN = "topic: labour\nentries:\n  - id: labour.x\n    question: [\n"
FULL = "the disk is full: make room under TIJIAN_STATE_DIR; nothing that was confirmed is lost"


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(state=tmp_path / "state")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A clean FAQ file."""
    path = tmp_path / "good.yaml"
    path.write_bytes(write([entry()], "yaml"))
    return path


@pytest.fixture
def published(terminal: Terminal, good: Path) -> Terminal:
    """A state folder in which release 1 is active."""
    terminal.ok("faq", "import", good, "--publish")
    return terminal


def still_there(terminal: Terminal) -> None:
    """Release 1 is what is active."""
    assert re.fullmatch(r"\* 1 .+ 1 entries .+\n", terminal.ok("faq", "history"))


# --- usage ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["ask"], "give a question or --file, one of the two"),
        (["ask", "问", "--bogus"], "No such option: --bogus"),
        (["faq", "rollback", "last"], "Invalid value for 'number'"),
        (["faq", "export", "out.doc"], "the file must end in .yaml, .jsonl, .csv or .xlsx"),
        (["user", "invite"], "Missing option '--role'"),
        (["user", "invite", "--role", "king"], "--role is one of: judge, prosecutor"),
        (["user", "invite", "--role", "owner"], "owners need no invitation"),
    ],
)
def test_a_wrong_command_is_told_in_one_line(terminal: Terminal, arguments: list[str], told: str) -> None:
    assert told in terminal.run(*arguments).refused(2)


def test_the_demo_refuses_any_host_but_loopback(terminal: Terminal) -> None:
    assert "TIJIAN_HTTP_HOST is 10.0.0.1" in terminal.process("serve", "--demo", TIJIAN_HTTP_HOST="10.0.0.1").refused(2)


# --- content ----------------------------------------------------------------------------------------------------------


def test_a_broken_faq_file_is_named_by_line_and_leaves_the_release_as_it_was(
    published: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "faq").mkdir()
    broken = tmp_path / "faq" / "broken.yaml"
    broken.write_text(BROKEN, encoding="utf-8")
    done = published.run("faq", "import", broken, "--publish")
    assert (done.code, "broken.yaml 第" in done.out) == (1, True)
    assert re.search(r"^broken\.yaml:\d .+ → .+$", published.run("faq", "check", broken.parent).err, re.MULTILINE)
    done = published.run("ask", "问", "--knowledge", broken.parent)
    assert done.refused(1) == "1 problem(s) in the content"
    assert done.err.startswith("broken.yaml:")
    still_there(published)


def test_without_a_release_a_broken_folder_ends_the_start(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "faq").mkdir()
    (tmp_path / "faq" / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    done = terminal.process("serve", TIJIAN_KNOWLEDGE_DIR=str(tmp_path / "faq"))
    assert done.refused(1) == "1 problem(s) in the content"


def test_a_missing_folder_ends_the_start(terminal: Terminal) -> None:
    done = terminal.process("serve", TIJIAN_KNOWLEDGE_DIR="/none/faq")
    assert done.refused(3) == "there is no FAQ folder or file at /none/faq (TIJIAN_KNOWLEDGE_DIR)"


@pytest.mark.parametrize(
    "arguments",
    [
        ["faq", "check", "/none"], ["faq", "import", "/none"], ["ask", "--file", "/none"],
        ["ask", "问", "--model", "/none"], ["statutes", "import", "/none"], ["restore", "/none"],
    ],
)  # fmt: skip
def test_a_file_that_is_not_there_is_named(terminal: Terminal, arguments: list[str]) -> None:
    assert terminal.run(*arguments).refused(1) == "there is no file or folder /none"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'{"question": "a"}\n[1]\n', ":2: not a JSON object with `question`"),
        (b'{"question": 7}\n', ":1: not a JSON object with `question`"),
        (b"[" * 100_000, ":1: not a JSON object with `question`"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
    ],
    ids=["list", "number", "deep", "bytes"],
)
def test_a_broken_file_of_questions_is_named_by_line(
    terminal: Terminal, tmp_path: Path, good: Path, data: bytes, told: str
) -> None:
    (tmp_path / "q.jsonl").write_bytes(data)
    done = terminal.run("ask", "--file", tmp_path / "q.jsonl", "--json", "--knowledge", good)
    assert told in done.refused(1)


def test_a_model_that_is_none_is_named(terminal: Terminal, good: Path) -> None:
    assert str(good) in terminal.run("ask", "问", "--knowledge", good, "--model", good).refused(1)


def test_a_zip_bomb_is_refused_in_one_sentence_and_at_once(published: Terminal, tmp_path: Path) -> None:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(300):
            part.write(b"0" * 1_000_000)
    (tmp_path / "bomb.xlsx").write_bytes(stream.getvalue())
    began = time.monotonic()
    done = published.run("faq", "import", tmp_path / "bomb.xlsx", "--publish")
    assert (done.code, "Traceback" in done.err) == (1, False)
    assert "有 1 处要先改好才能发布" in done.out
    assert time.monotonic() - began < 10
    still_there(published)


def test_a_faq_file_of_50_mb_is_refused_in_one_sentence(published: Terminal, tmp_path: Path) -> None:
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    done = published.run("faq", "import", tmp_path / "large.csv")
    assert (done.code, "文件超过 32 MB，没有读入" in done.out) == (1, True)


def test_what_is_no_backup_changes_nothing(published: Terminal, tmp_path: Path, good: Path) -> None:
    copy = tmp_path / "copy.tar.gz"
    published.ok("backup", copy)
    copy.write_bytes(copy.read_bytes()[:-200])
    for path in (copy, good):
        assert "is no whole backup of this version of tijian" in published.run("restore", path).refused(1)
    still_there(published)


# --- the environment --------------------------------------------------------------------------------------------------


def test_all_settings_that_cannot_be_used_are_told_in_one_line(terminal: Terminal) -> None:
    line = terminal.process(
        "serve", TIJIAN_HTTP_PORT="x", TIJIAN_TELEGRAM_TOKEN="secret", TIJIAN_TIMEZONE="Mars"
    ).refused(3)
    assert re.findall(r"TIJIAN_[A-Z_]+", line) == ["TIJIAN_HTTP_PORT", "TIJIAN_TELEGRAM_TOKEN", "TIJIAN_TIMEZONE"]
    assert "secret" not in line


def test_a_state_folder_that_cannot_be_is_named(terminal: Terminal, good: Path) -> None:
    assert f"TIJIAN_STATE_DIR: cannot be used: File exists: {good}" in terminal.run(
        "user", "list", TIJIAN_STATE_DIR=str(good)
    ).refused(3)


@pytest.mark.parametrize("command", [("serve",), ("faq", "history")])
def test_an_unreachable_database_is_named_without_its_password(terminal: Terminal, command: tuple[str, ...]) -> None:
    url = "postgresql+psycopg://tijian:s3cret@127.0.0.1:9/tijian"
    done = terminal.process(*command, TIJIAN_DATABASE_URL=url)
    assert done.refused(3).startswith(
        "the database cannot be reached (TIJIAN_DATABASE_URL): postgresql+psycopg://tijian:***@"
    )
    assert "s3cret" not in done.err


def test_a_database_file_that_is_none_is_left_alone(terminal: Terminal, good: Path) -> None:
    before = good.read_bytes()
    done = terminal.process("serve", TIJIAN_DATABASE_URL=f"sqlite+aiosqlite:///{good}")
    assert "the database cannot be reached" in done.refused(3)
    assert good.read_bytes() == before


def test_a_database_of_a_later_version_is_left_alone(published: Terminal) -> None:
    with sqlite3.connect(published.state / "tijian.sqlite3") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    assert "made by a later version of tijian (schema 9999)" in published.process("serve").refused(3)


def test_a_key_that_was_cut_off_is_named_and_not_replaced(published: Terminal) -> None:
    key = published.state / "audit.key"
    key.write_text("", encoding="ascii")
    assert f"the key {key} was changed or cut off" in published.process("serve").refused(3)
    assert key.read_bytes() == b""


def test_a_taken_port_is_told(published: Terminal, good: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = published.process("serve", TIJIAN_HTTP_PORT=port, TIJIAN_KNOWLEDGE_DIR=str(good))
        assert done.refused(3) == "the port is taken: set TIJIAN_HTTP_PORT to another, or stop what uses it"
    still_there(published)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", "2m") as made:
        yield made


def test_a_full_disk_is_told_and_loses_nothing(disk: SmallDisk, good: Path, tmp_path: Path) -> None:
    terminal = Terminal(state=disk.folder / "state")
    terminal.ok("faq", "import", good, "--publish")
    second = tmp_path / "second.yaml"
    second.write_bytes(write([other(question="客户" + "一定" * 40_000)], "yaml"))
    disk.fill()
    for command in (("faq", "import", second, "--publish"), ("serve",), ("backup", disk.folder / "copy.tar.gz")):
        assert terminal.process(*command).refused(3) == FULL
    assert not (disk.folder / "copy.tar.gz").exists()
    disk.make_room()
    still_there(terminal)


def test_a_first_start_on_a_full_disk_leaves_nothing_that_spoils_the_next(disk: SmallDisk, good: Path) -> None:
    terminal = Terminal(state=disk.folder / "state", env={"TIJIAN_KNOWLEDGE_DIR": str(good)})
    disk.fill()
    assert terminal.process("serve").refused(3) == FULL
    disk.make_room()
    assert "no release yet" in terminal.ok("faq", "history")


@pytest.fixture
async def api(tmp_path: Path) -> Iterator[BotApi]:
    async with bot_api(tmp_path) as running:
        yield running


async def test_a_wrong_token_and_a_broken_folder_leave_the_web_chat_serving(
    published: Terminal, tmp_path: Path, api: BotApi
) -> None:
    (tmp_path / "faq").mkdir()
    (tmp_path / "faq" / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    env = {
        "TIJIAN_TELEGRAM_TOKEN": f"{TOKEN}-no-longer", "TIJIAN_TELEGRAM_API": api.address,
        "TIJIAN_KNOWLEDGE_DIR": str(tmp_path / "faq"),
    }  # fmt: skip
    done = await asyncio.to_thread(Terminal(state=published.state, env=env).process, "doctor")
    assert done.code == 3
    assert re.search(r"^BAD  knowledge: .+ 1 problem\(s\)$", done.out, re.MULTILINE)
    assert "BAD  telegram: the token is refused (TIJIAN_TELEGRAM_TOKEN)" in done.out
    right = await asyncio.to_thread(published.process, "doctor", **env | {"TIJIAN_TELEGRAM_TOKEN": TOKEN})
    assert re.search(r"^ok   telegram: @\w+, polling$", right.out, re.MULTILINE)
    served = Served(state=published.state, env=env)
    await served.start()
    try:
        second = await asyncio.to_thread(published.process, "serve", TIJIAN_HTTP_PORT="0")
        assert second.refused(3) == "another tijian already works on this database: one process a database"
        async with aiohttp.ClientSession(served.address) as session, session.get("/readyz") as answer:
            ready = await answer.json()
            assert (ready["database"], ready["knowledge"], ready["telegram"]) == (True, True, False)
        async with aiohttp.ClientSession(served.address) as session, session.get("/") as answer:
            assert answer.status == 200
    finally:
        assert await served.stop() == 0
    log = (tmp_path / "serve.log").read_text(encoding="utf-8")
    assert log.count("TIJIAN_TELEGRAM_TOKEN is refused by Telegram; the web chat goes on without it") == 1
    assert '"event": "folder.broken"' in log
    assert "no-longer" not in log
    assert "Traceback" not in log
