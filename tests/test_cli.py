"""Every command of the command line, on a small base, in this process; what goes wrong is ``test_bad_input_cli``'s."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import run
from knowledge.decision import Verdict
from knowledge.entry import Entry, EntryStatus, Risk
from knowledge.export import write
from knowledge.files import load_folder
from knowledge.tokens import Tokenizer
from tests.knowledge.samples import ARTICLE_TEXT, entry, other
from tests.terminal import Done

Tijian = Callable[..., Done]
ARTICLE = {"law": "劳动合同法", "date": "2012-12-28", "art": "十九", "text": ARTICLE_TEXT}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A FAQ folder of two entries."""
    made = tmp_path / "faq"
    made.mkdir()
    (made / "faq.yaml").write_bytes(write((entry(), other()), "yaml"))
    return made


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return Tokenizer(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def tijian(
    tmp_path: Path, folder: Path, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Tijian:  # fmt: skip
    monkeypatch.setattr("bot.offline.Tokenizer", lambda _: tokenizer)  # its word list takes a second to load
    for name in os.environ:
        if name.startswith("TIJIAN_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TIJIAN_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("TIJIAN_KNOWLEDGE_DIR", str(folder))

    def call(*arguments: str | Path) -> Done:
        capsys.readouterr()
        code = run([str(each) for each in arguments])
        told = capsys.readouterr()
        return Done(code=code, out=told.out, err=told.err)

    return call


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    return path


def sheet(path: Path, *entries: Entry) -> Path:
    path.write_bytes(write(entries, "xlsx" if path.suffix == ".xlsx" else "yaml"))
    return path


# --- ask --------------------------------------------------------------------------------------------------------------


def test_one_question_gets_the_answer_with_its_basis(tijian: Tijian) -> None:
    done = tijian("ask", "试用期最长可以约定多久？")
    assert (done.code, done.err) == (0, "")
    assert "最长六个月，看合同期限。" in done.out
    assert "依据：《劳动合同法》第十九条（2012-12-28）" in done.out


def test_an_unknown_question_is_an_honest_miss(tijian: Tijian) -> None:
    done = tijian("ask", "火星上怎么种土豆")
    assert done.code == 0
    assert "没有可靠的答案" in done.out
    assert "12348" in done.out


def test_one_question_as_json_keeps_the_promised_fields(tijian: Tijian) -> None:
    (row,) = (json.loads(line) for line in tijian("ask", "试用期最长可以约定多久？", "--json").out.splitlines())
    assert list(row) == ["question", "decision", "entry", "confidence", "matched", "candidates"]
    assert (row["decision"], row["entry"]) == ("answer", "labour.probation")
    assert list(row["candidates"][0]) == ["entry", "phrase", "confidence"]
    assert 0 <= row["confidence"] <= 1


def test_a_file_of_questions_is_answered_line_by_line_in_its_order(tijian: Tijian, tmp_path: Path) -> None:
    asked = ["客户不要发票还要报税吗？", "", "火星上怎么种土豆", "试用期最长可以约定多久？", "😀", "问" * 4_000]
    file = lines(tmp_path / "q.jsonl", *({"question": text, "more": 1} for text in asked))
    file.write_bytes("\N{BYTE ORDER MARK}".encode() + file.read_bytes() + b"\n")
    rows = [json.loads(line) for line in tijian("ask", "--file", file, "--json").out.splitlines()]
    assert [row["question"] for row in rows] == asked
    assert {row["decision"] for row in rows} <= {each.value for each in Verdict}
    assert [row["entry"] for row in rows][:4] == ["tax.invoice", None, None, "labour.probation"]


def test_a_folder_of_bare_questions_can_be_matched(tijian: Tijian, tmp_path: Path) -> None:
    base = lines(tmp_path / "bare.jsonl", {"id": "a", "question": "怎么改密码"}, {"id": "b", "question": "怎么退款"})
    (row,) = (json.loads(line) for line in tijian("ask", "怎么退款", "--json", "--knowledge", base).out.splitlines())
    assert row["candidates"][0]["entry"] == "b"


def test_what_was_published_is_what_the_terminal_answers_from(tijian: Tijian, tmp_path: Path) -> None:
    file = sheet(tmp_path / "new.yaml", entry(answer="以新的为准。"))
    assert tijian("faq", "import", file, "--publish").code == 0
    assert "以新的为准。" in tijian("ask", "试用期最长可以约定多久？").out


# --- faq --------------------------------------------------------------------------------------------------------------


def test_checking_a_clean_folder_counts_it(tijian: Tijian, tmp_path: Path) -> None:
    library = tmp_path / "laws.jsonl.gz"
    library.write_bytes(gzip.compress(json.dumps(ARTICLE, ensure_ascii=False).encode()))
    done = tijian("faq", "check", "--statutes", library)
    assert (done.code, done.err) == (0, "")
    assert re.search(r"2 entries, 2 published, .* 0 problem\(s\)", done.out)


def test_checking_names_every_problem_by_line_and_remedy(tijian: Tijian, folder: Path) -> None:
    (folder / "bad.yaml").write_text("topic: labour\nentries:\n  - id: x.y\n  - question: 有吗\n", encoding="utf-8")
    done = tijian("faq", "check", folder)
    assert done.code == 1
    assert re.search(r"^bad\.yaml:3 x\.y: .+ → .+$", done.err, re.MULTILINE)
    assert re.search(r"^bad\.yaml:4 .+ → .+$", done.err, re.MULTILINE)


@pytest.mark.parametrize("kind", ["yaml", "jsonl", "csv", "xlsx"])
def test_an_export_comes_back_as_it_was(tijian: Tijian, folder: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / f"out.{kind}"
    assert tijian("faq", "export", out).out == f"2 entries written to {out}\n"
    assert load_folder(out) == load_folder(folder)


def test_an_import_is_a_dry_run_unless_it_is_published(tijian: Tijian, tmp_path: Path) -> None:
    file = sheet(tmp_path / "new.xlsx", entry(), other())
    assert "新增 2 条" in tijian("faq", "import", file).out
    assert "*" not in tijian("faq", "history").out
    assert "published as release 1" in tijian("faq", "import", file, "--publish").out
    assert "*" in tijian("faq", "history").out


def test_a_release_is_rolled_back_in_one_step(tijian: Tijian, tmp_path: Path) -> None:
    tijian("faq", "import", sheet(tmp_path / "a.yaml", entry()), "--publish")
    tijian("faq", "import", sheet(tmp_path / "b.yaml", entry(answer="改过了。")), "--publish")
    assert tijian("faq", "rollback", "1").out == "release 1 is active\n"
    assert "改过了。" not in tijian("ask", "试用期最长可以约定多久？").out
    first, second = tijian("faq", "history").out.splitlines()
    assert (first[:3], second[:3]) == ("  2", "* 1")


def test_high_risk_waits_for_a_second_person(tijian: Tijian, tmp_path: Path) -> None:
    tijian("faq", "import", sheet(tmp_path / "a.yaml", entry()), "--publish")
    done = tijian("faq", "import", sheet(tmp_path / "b.yaml", entry(risk=Risk.HIGH)), "--publish")
    assert "waits for a second person in the console (high risk): labour.probation" in done.out
    assert "draft (waits)" in tijian("faq", "history").out


def test_an_import_goes_out_as_published_whatever_its_status_column_says(tijian: Tijian, tmp_path: Path) -> None:
    tijian("faq", "import", sheet(tmp_path / "a.yaml", entry(status=EntryStatus.DRAFT)), "--publish")
    assert "最长六个月" in tijian("ask", "试用期最长可以约定多久？").out


def test_a_model_is_trained_measured_and_used(tijian: Tijian, tmp_path: Path) -> None:
    entries = [{"id": f"e{n}", "question": f"{what}怎么{how}"} for n, (what, how) in enumerate(_things())]
    base = lines(tmp_path / "base.jsonl", *entries)
    asked = [{"question": f"请问{each['question']}呢", "answer": each["id"]} for each in entries]
    asked += [{"question": f"{word}好不好看", "answer": None} for word in "花鸟山"]
    questions, model = lines(tmp_path / "q.jsonl", *asked), tmp_path / "model.json"
    assert tijian("faq", "train", "--knowledge", base, "--questions", questions, "--out", model).code == 0
    told = tijian("faq", "eval", questions, "--knowledge", base, "--model", model).out
    assert "hit@1" in told
    done = tijian("ask", "请问发票怎么开具呢", "--json", "--knowledge", base, "--model", model)
    assert json.loads(done.out)["candidates"][0]["phrase"] == "发票怎么开具"


def _things() -> list[tuple[str, str]]:
    return [(what, how) for what in ("发票", "合同") for how in ("开具", "作废", "补办")]


# --- statutes, people -------------------------------------------------------------------------------------------------


def test_a_statute_library_is_imported_from_lines_and_put_in_place_of_the_last(tijian: Tijian, tmp_path: Path) -> None:
    file = lines(tmp_path / "laws.jsonl", ARTICLE, ARTICLE | {"art": "二十"})
    assert tijian("statutes", "import", file).out == "2 articles imported\n"
    assert tijian("statutes", "import", lines(file, ARTICLE)).out == "1 articles imported\n"


def test_people_are_invited_listed_given_a_new_link_and_disabled(tijian: Tijian) -> None:
    link = tijian("user", "invite", "--role", "lawyer", "--name", "李律师", "--region", "浙江省/湖州市").out
    assert re.fullmatch(r"http://127\.0\.0\.1:8080/join/[A-Za-z0-9_-]{20,64}\n", link)
    assert "nobody yet" in tijian("user", "list").out
    assert tijian("user", "disable", "nobody").refused(1) == "there is nobody on the staff with the id nobody"
    assert tijian("user", "link", "nobody").refused(1) == "there is nobody on the staff with the id nobody"


# --- backup, doctor ---------------------------------------------------------------------------------------------------


def test_a_backup_brings_back_what_was_published(tijian: Tijian, tmp_path: Path) -> None:
    tijian("faq", "import", sheet(tmp_path / "a.yaml", entry()), "--publish")
    copy = tmp_path / "copy.tar.gz"
    assert tijian("backup", copy).out.startswith(f"written: {copy} (")
    tijian("faq", "import", sheet(tmp_path / "b.yaml", entry(answer="改过了。")), "--publish")
    assert tijian("restore", copy).out.startswith("restored: ")
    assert "改过了。" not in tijian("ask", "试用期最长可以约定多久？").out
    assert len(tijian("faq", "history").out.splitlines()) == 1


def test_the_doctor_looks_at_everything_and_says_how_it_is(tijian: Tijian) -> None:
    done = tijian("doctor")
    assert (done.code, done.err) == (0, "")
    looked = [line[5:].split(":")[0] for line in done.out.splitlines()]
    assert looked == ["settings", "disk", "database", "knowledge", "fonts", "telegram", "e-mail", "notify"]
    assert all(line.startswith("ok   ") for line in done.out.splitlines())


# --- the frame --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", [(), ("faq",), ("user",), ("statutes",)])
def test_without_a_command_the_help_is_shown(tijian: Tijian, group: tuple[str, ...]) -> None:
    done = tijian(*group)
    assert (done.code, done.err) == (2, "")
    assert "Usage: tijian" in done.out


@pytest.mark.parametrize("help_of", [("ask",), ("serve",), ("faq", "import"), ("user", "invite")])
def test_every_command_explains_itself(tijian: Tijian, help_of: tuple[str, ...]) -> None:
    done = tijian(*help_of, "--help")
    assert (done.code, done.err) == (0, "")
    assert "--" in done.out


def test_a_fault_of_the_program_is_one_line_too(tijian: Tijian, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr("bot.offline.build_matcher", broken)
    assert "a fault of the program, please report it: RuntimeError: two lines" in tijian("ask", "问").refused(1)
    monkeypatch.setenv("TIJIAN_LOG_LEVEL", "debug")
    assert "Traceback" in tijian("ask", "问").err
