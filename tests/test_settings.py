"""Settings: every mistake at once, secrets out of sight, every key in ``.env.example``."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from bot.settings import BadSettings, Settings, ensure_state, read_settings, secret_key
from bot.store.errors import BrokenKey
from tests.serving import ROOT

SECRETS = {
    "secret_key": "key-in-sight", "telegram_token": "123456:token-in-sight", "telegram_webhook_secret": "hook-in-sight",
    "smtp_url": "smtp://a@b.cn:mail-in-sight@127.0.0.1/?from=a@b.cn", "notify_webhook": "https://b.cn/#key=way-in-sight",
    "metrics_token": "metrics-in-sight",
}  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No TIJIAN_ variable and no ``.env`` of this machine."""
    for name in os.environ:
        if name.startswith("TIJIAN_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def mistakes(**given: Any) -> dict[str, str]:  # noqa: ANN401 - as an environment gives them
    with pytest.raises(BadSettings) as error:
        read_settings(**given)
    return dict(error.value.mistakes)


def test_every_mistake_is_told_at_once_and_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "DATABASE_URL": "mysql://x", "HTTP_PORT": "70000", "PUBLIC_URL": "tijian.example.cn", "UPLOAD_LIMIT_MIB": "500",
        "TRUSTED_PROXIES": "10.0.0.300",
        "TELEGRAM_TOKEN": "no-token", "TELEGRAM_API": "ftp://x", "TELEGRAM_MODE": "pigeon", "TELEGRAM_CONTENT": "all",
        "TELEGRAM_RATE": "0", "TELEGRAM_WEBHOOK_SECRET": "with space", "SMTP_URL": "mail.example.cn",
        "NOTIFY_WEBHOOK": "gateway", "TIMEZONE": "Mars/Olympus", "LOG_LEVEL": "loud",
        "KNOWLEDGE_AUTO_PUBLISH": "perhaps", "CLOCK_OFFSET_FILE": "clock", "HTTP_HOST": "10.0.0.1",
    }  # fmt: skip
    for name, value in wrong.items():
        monkeypatch.setenv(f"TIJIAN_{name}", value)
    with pytest.raises(BadSettings) as error:
        read_settings()
    assert {name for name, _ in error.value.mistakes} == {f"TIJIAN_{name}" for name in wrong.keys() - {"HTTP_HOST"}}
    assert all(words for _, words in error.value.mistakes)


def test_a_webhook_needs_its_address_and_secret_and_both_are_told() -> None:
    given = {"telegram_mode": "webhook", "telegram_token": "123456:abcdefghijkl"}
    assert mistakes(**given) == {
        "TIJIAN_TELEGRAM_MODE": "webhook needs TIJIAN_PUBLIC_URL and TIJIAN_TELEGRAM_WEBHOOK_SECRET"
    }
    whole = read_settings(**given, public_url="https://a.cn/", telegram_webhook_secret="s")
    assert whole.address == "https://a.cn"
    assert read_settings(telegram_mode="webhook").telegram_mode == "webhook", "without a token there is no Telegram"


@pytest.mark.parametrize(
    "url",
    ["smtp://", "smtp://host:port/?from=a@b.cn", "smtp://host/", "http://host/?from=a@b.cn", "smtp://[::1/?from=a@b"],
)
def test_a_mail_address_that_cannot_send_is_refused_at_the_start(url: str) -> None:
    assert mistakes(smtp_url=url).keys() == {"TIJIAN_SMTP_URL"}


def test_a_mistake_never_repeats_a_secret() -> None:
    told = str(mistakes(telegram_token="very-secret", smtp_url="x://u:very-secret@h", notify_webhook="very-secret"))
    assert "very-secret" not in told


def test_secrets_never_show() -> None:
    settings = read_settings(**SECRETS)
    assert "in-sight" not in f"{settings!r} {settings} {settings.model_dump()}"
    secret = {name for name, field in Settings.model_fields.items() if field.annotation is SecretStr}
    assert secret == set(SECRETS), "a new secret belongs to this test"


def test_settings_cannot_change() -> None:
    with pytest.raises(ValidationError):
        read_settings().http_port = 1  # type: ignore[misc]


def test_the_example_lists_every_key_with_its_default() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    listed = re.findall(r"^(?:# )?TIJIAN_([A-Z_]+)=(.*)$", example, re.MULTILINE)
    assert {name.lower() for name, _ in listed} == set(Settings.model_fields)
    assert len(listed) == len(Settings.model_fields), "each once"
    for name, value in re.findall(r"^TIJIAN_([A-Z_]+)=(.+)$", example, re.MULTILINE):
        default = Settings.model_fields[name.lower()].default
        assert value == (str(default).lower() if isinstance(default, bool) else str(default)), name


def test_the_example_can_be_used_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes((ROOT / ".env.example").read_bytes())
    plain = read_settings(_env_file=None)
    assert read_settings() == plain
    monkeypatch.setenv("TIJIAN_HTTP_PORT", "9999")
    assert read_settings().http_port == 9999, "the environment wins over the file"


def test_an_unreadable_env_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"TIJIAN_X=\xff")
    assert mistakes().keys() == {".env"}


def test_the_state_folder_is_private_also_where_it_was_not(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o755)
    settings = read_settings(state_dir=folder)
    assert ensure_state(settings) == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_state_folder_that_cannot_be_is_a_mistake_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "deeper", Path("/proc/none")):
        with pytest.raises(BadSettings) as error:
            ensure_state(read_settings(state_dir=path))
        ((name, _),) = error.value.mistakes
        assert name == "TIJIAN_STATE_DIR"


def test_the_signing_key_is_made_once_and_private(tmp_path: Path) -> None:
    settings = read_settings(state_dir=tmp_path / "state")
    key = secret_key(settings)
    assert (secret_key(settings), len(key)) == (key, 32)
    assert stat.S_IMODE((tmp_path / "state" / "secret.key").stat().st_mode) == 0o600
    assert secret_key(read_settings(secret_key="given")) == b"given"


@pytest.mark.parametrize("spoilt", ["not hexadecimal", "", "ab12", "钥匙"])
def test_a_spoilt_signing_key_is_named_and_never_used(tmp_path: Path, spoilt: str) -> None:
    settings = read_settings(state_dir=tmp_path)
    (tmp_path / "secret.key").write_text(spoilt, encoding="utf-8")
    with pytest.raises(BrokenKey, match=r"secret\.key"):
        secret_key(settings)
