"""What is read out of names and first bytes."""

from __future__ import annotations

import pytest

from bot.web.login import read_login
from bot.web.magic import media_type, safe_name


def test_the_type_is_told_by_the_bytes_not_by_the_name() -> None:
    assert media_type(b"%PDF-1.7") == "application/pdf"
    assert media_type("说明".encode("gb18030")) == "text/plain"
    assert media_type(b"RIFF\0\0\0\0WEBPVP8 ") == "image/webp"
    assert media_type(b"\0\0\0\x18ftypheic") == "image/heic"


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("a\r\nSet-Cookie: x.pdf", "application/pdf", "aSet-Cookie_ x.pdf"),
        ("照片.jpg.exe", "image/jpeg", "照片.jpg.exe.jpg"),
        ("", "application/pdf", "文件.pdf"),
        ("\u202egpj.exe", "image/png", "gpj.exe.png"),
        ("C:\\桌面\\合同.DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "合同.docx"),
    ],
)
def test_a_name_becomes_harmless_and_its_ending_true(name: str, kind: str, safe: str) -> None:
    assert safe_name(name, kind) == safe


def test_a_login_name_is_read_without_width_and_case() -> None:
    assert read_login(" ＺＨＥＮＧ ") == "zheng"
