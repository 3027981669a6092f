"""Structured logs on stderr, with personal data masked and secrets never printed."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Final

import structlog

_SECRET_KEYS: Final = frozenset({"token", "password", "secret", "pickup", "pickup_code", "authorization", "cookie"})
_MASKS: Final = (
    (re.compile(r"(?<!\d)\d{6,}:[A-Za-z0-9_-]{20,}"), "[token]"),  # its number may look like a phone's
    # longest first: an identity card number contains a phone-like run, a credit code looks like one
    (re.compile(r"(?<![0-9A-Za-z])\d{6}(?:19|20)\d{9}[\dXx](?![0-9A-Za-z])"), "[身份证号]"),
    (re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Z])"), "[信用代码]"),
    (re.compile(r"(?<!\d)(?:\d{16,19}|\d{4}(?:[ -]\d{4}){3}(?:[ -]?\d{1,3})?)(?!\d)"), "[银行卡号]"),
    (re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"), "[手机号]"),
    (re.compile(r"(?<=://)[^/\s@]+:[^/\s]+@"), "[…]@"),  # before e-mail: user and password of an address
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), "[邮箱]"),
)


def mask(text: str) -> str:
    """The text with identity card, credit code, bank card, phone, e-mail and bot tokens replaced."""
    for pattern, name in _MASKS:
        text = pattern.sub(name, text)
    return text


def mask_value(value: object) -> object:
    """``mask`` over nested values, whatever they are; keys named like secrets lose their value."""
    if isinstance(value, str):
        return mask(value)
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        text = str(value)
        return value if mask(text) == text else mask(text)
    if isinstance(value, Mapping):
        return {mask(str(key)): _kept(key, item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask_value(item) for item in value]
    return mask(str(value))


def _kept(key: object, value: object) -> object:
    return "[…]" if str(key).lower() in _SECRET_KEYS else mask_value(value)


def _mask_event(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    # Keys with an underscore are the logging machinery's own and never printed.
    return {key: item if key.startswith("_") else _kept(key, item) for key, item in event.items()}


def set_up_logging(level: str) -> None:
    """One line an event: readable on a terminal, JSON elsewhere; library logs go the same masked way."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        _mask_event,
    ]
    last: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("httpx", "httpcore", "telegram", "jieba", "alembic", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
