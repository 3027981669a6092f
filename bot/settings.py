"""All settings, read once from the environment or ``.env`` into one frozen object; all mistakes are told at once.

Names and defaults are the promises of ``.env.example``. Secrets never show in ``repr``.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SHIPPED_FAQ = Path(__file__).resolve().parent.parent / "knowledge" / "faq"


class BadSettings(Exception):
    """Every setting that cannot be used: (name, what is wrong)."""

    def __init__(self, mistakes: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{name}: {wrong}" for name, wrong in mistakes))
        self.mistakes = mistakes


class Settings(BaseSettings):
    """Everything an operator can set; keys are ``TIJIAN_`` + the upper-case name."""

    model_config = SettingsConfigDict(
        env_prefix="TIJIAN_", env_file=".env", env_file_encoding="utf-8", frozen=True, extra="ignore"
    )

    state_dir: Path = Path("state")
    database_url: str = ""
    knowledge_dir: Path = SHIPPED_FAQ
    knowledge_auto_publish: bool = False
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = ""
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    secret_key: SecretStr = SecretStr("")
    telegram_token: SecretStr = SecretStr("")
    telegram_api: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_content: Literal["notice", "full"] = "notice"
    telegram_rate: float = Field(default=30, gt=0)
    smtp_url: SecretStr = SecretStr("")
    notify_webhook: SecretStr = SecretStr("")
    metrics_token: SecretStr = SecretStr("")
    timezone: str = "Asia/Shanghai"
    report_font: Path | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    upload_limit_mib: int = Field(default=20, ge=1, le=50)
    clock_offset_file: Path | None = None

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for part in value:
            ipaddress.ip_network(part, strict=False)
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("no such time zone") from error
        return value

    @field_validator("public_url", "telegram_api")
    @classmethod
    def _address(cls, value: str) -> str:
        if value:
            parts = urlsplit(value)
            if parts.scheme not in {"http", "https"} or not parts.netloc:
                raise ValueError("must be an http(s) address")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite+aiosqlite:///", "postgresql+psycopg://")):
            raise ValueError("must start with sqlite+aiosqlite:/// or postgresql+psycopg://")
        return value

    @field_validator("telegram_token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        plain = value.get_secret_value()
        number, colon, rest = plain.partition(":")
        if plain and not (number.isdigit() and colon and len(rest) >= 10):  # noqa: PLR2004 - shape of a bot token
            raise ValueError("does not look like a bot token (123456:ABC…)")
        return value

    @model_validator(mode="after")
    def _together(self) -> Settings:
        if self.telegram_mode == "webhook" and self.telegram_token.get_secret_value():
            if not self.public_url:
                raise ValueError("TELEGRAM_MODE=webhook needs PUBLIC_URL")
            if not self.telegram_webhook_secret.get_secret_value():
                raise ValueError("TELEGRAM_MODE=webhook needs TELEGRAM_WEBHOOK_SECRET")
        if self.clock_offset_file is not None and not is_loopback(self.http_host):
            raise ValueError("CLOCK_OFFSET_FILE is for drills on loopback only")
        return self

    @property
    def database(self) -> str:
        """The database address, by default SQLite in the state folder."""
        return self.database_url or f"sqlite+aiosqlite:///{(self.state_dir / 'tijian.sqlite3').resolve()}"

    @property
    def address(self) -> str:
        """Where owners reach the program, without a slash at the end."""
        return self.public_url or f"http://{self.http_host}:{self.http_port}"

    def zone(self) -> ZoneInfo:
        """The time zone dates are shown in."""
        return ZoneInfo(self.timezone)


def is_loopback(host: str) -> bool:
    """Whether a host to listen on is reached from this machine only."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_settings(**given: object) -> Settings:
    """Reads the environment; raises BadSettings with every mistake. ``given`` overrides by field name."""
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks each value
    except ValidationError as error:
        mistakes = tuple(
            (
                f"TIJIAN_{str(item['loc'][0]).upper()}" if item["loc"] else "TIJIAN_…",
                item["msg"].removeprefix("Value error, "),
            )
            for item in error.errors(include_input=False)
        )
        raise BadSettings(mistakes) from None


def ensure_state(settings: Settings) -> Path:
    """Makes the state folder (0700) and returns it."""
    folder = settings.state_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    return folder


def secret_key(settings: Settings) -> bytes:
    """The signing key: the setting, or one made on first start and kept in the state folder (0600)."""
    given = settings.secret_key.get_secret_value()
    if given:
        return given.encode()
    path = ensure_state(settings) / "secret.key"
    try:
        return bytes.fromhex(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        key = secrets.token_bytes(32)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key.hex())
            file.flush()
            os.fsync(file.fileno())
        return key
