"""All settings, read once from the environment or ``.env`` into one frozen object; all mistakes are told at once.

Names and defaults are the promises of ``.env.example``. Secrets never show in ``repr``.
"""

from __future__ import annotations

import errno
import ipaddress
import re
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SHIPPED_FAQ: Final = Path(__file__).resolve().parent.parent / "knowledge" / "faq"
_HOOK_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{0,256}")


class BadSettings(Exception):
    """Every setting that cannot be used: (name, what is wrong)."""

    def __init__(self, mistakes: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{name}: {wrong}" for name, wrong in mistakes))
        self.mistakes = mistakes


class Settings(BaseSettings):
    """Everything an operator can set; keys are ``TIJIAN_`` + the upper-case name."""

    model_config = SettingsConfigDict(
        env_prefix="TIJIAN_", env_file=".env", env_file_encoding="utf-8", frozen=True, extra="ignore",
        validate_default=True,
    )  # fmt: skip

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
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_mode: Literal["polling", "webhook"] = "polling"
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
        if value and not _names_host(value, "http", "https"):
            raise ValueError("must be an http(s) address")
        return value.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: SecretStr) -> SecretStr:
        plain = value.get_secret_value()
        if plain:
            # Imported here: a command that sends no mail must not wait for the mail library.
            from bot.channels.mail import BadSmtpUrl, read_smtp_url

            try:
                read_smtp_url(plain)
            except BadSmtpUrl as error:
                raise ValueError(f"{error}; e.g. smtp://user:password@host:587/?from=name@example.cn") from None
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _hook_secret(cls, value: SecretStr) -> SecretStr:
        if not _HOOK_SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("may hold only A-Z a-z 0-9 _ - (256 at most)")
        return value

    @field_validator("notify_webhook")
    @classmethod
    def _gateway(cls, value: SecretStr) -> SecretStr:
        plain = value.get_secret_value()
        if plain and not _names_host(plain, "http", "https"):
            raise ValueError("must be an http(s) address")
        return value

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

    # What depends on another setting is checked with the later of the two fields, so that it is told with the rest.

    @field_validator("telegram_mode")
    @classmethod
    def _needs(cls, value: str, info: ValidationInfo) -> str:
        if value == "webhook" and _given(info.data.get("telegram_token")):
            needed = ("public_url", "telegram_webhook_secret")  # one that was wrong is not in the data: told already
            missing = [f"TIJIAN_{name.upper()}" for name in needed if name in info.data and not _given(info.data[name])]
            if missing:
                raise ValueError(f"webhook needs {' and '.join(missing)}")
        return value

    @field_validator("clock_offset_file")
    @classmethod
    def _for_drills(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is not None and not is_loopback(info.data.get("http_host", "")):
            raise ValueError("is for drills on loopback only")
        return value

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


def _names_host(address: str, *schemes: str) -> bool:
    try:
        parts: SplitResult = urlsplit(address)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname)


def _given(value: object) -> bool:
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


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
    except UnicodeDecodeError:
        raise BadSettings(((".env", "is not UTF-8 text"),)) from None
    except OSError as error:
        raise BadSettings(((".env", f"cannot be read: {error.strerror}"),)) from None
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
    """Makes the state folder (0700) and returns it. Raises BadSettings; a full disk stays an OSError."""
    folder = settings.state_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise BadSettings((("TIJIAN_STATE_DIR", f"cannot be used: {error.strerror}: {folder}"),)) from None
    return folder


def secret_key(settings: Settings) -> bytes:
    """The signing key: the setting, or one made on first start and kept in the state folder (0600).

    Raises BrokenKey where the kept one cannot be read.
    """
    from bot.store.keys import kept_key

    given = settings.secret_key.get_secret_value()
    return given.encode() if given else kept_key(ensure_state(settings) / "secret.key")
