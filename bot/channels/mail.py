"""Mail: word that something happened, with a link and never content, by the operator's SMTP server.

What a server refuses at once is known here; a bounce that comes back later as a mail is for whoever reads the
sender's mailbox.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
import structlog

from bot import killpoints
from bot.channels.channel import Arrived, GivenUp, Result, TryAgain
from bot.store.outbox import OutboxRow
from bot.store.replies_json import read_nudge_text
from handlers.messages import Nudge
from handlers.texts import say

TIMEOUT_S: Final = 20.0
_ADDRESS: Final = re.compile(r"[^\s@<>\"(),:;\[\]\\]{1,64}@[^\s@<>\"(),:;\[\]\\]{1,255}")
_PERMANENT: Final = range(500, 600)
_BAD_MAILBOX: Final = frozenset({550, 551, 553, 501})
log = structlog.get_logger()


class BadSmtpUrl(ValueError):
    """``TIJIAN_SMTP_URL`` cannot be used; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpPlace:
    """Where mail goes out. ``tls`` from the first byte (smtps); otherwise STARTTLS where the server offers it."""

    host: str
    port: int
    tls: bool
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


def read_smtp_url(url: str) -> SmtpPlace:
    """``smtp://user:password@host:587/?from=a@b`` or ``smtps://…``. Raises BadSmtpUrl."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadSmtpUrl("not an address") from error
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise BadSmtpUrl("must start with smtp:// or smtps:// and name a host")
    user = unquote(parts.username or "")
    sender = parse_qs(parts.query).get("from", [user])[0]
    if not _ADDRESS.fullmatch(sender):
        raise BadSmtpUrl("needs a sender: ?from=name@example.cn")
    tls = parts.scheme == "smtps"
    return SmtpPlace(
        host=parts.hostname, port=port or (465 if tls else 587), tls=tls, sender=sender, user=user,
        password=unquote(parts.password or ""),
    )  # fmt: skip


class MailSender:
    """Delivers nudges by mail."""

    def __init__(self, *, place: SmtpPlace, clock: Callable[[], datetime]) -> None:
        self._place = place
        self._clock = clock

    async def deliver(self, row: OutboxRow) -> Result:  # noqa: PLR0911 - one line an answer
        """One mail. A refused mailbox is marked; a busy or absent server means later."""
        if not _ADDRESS.fullmatch(row.address) or not row.address.isprintable():
            return GivenUp(why="refused", unreachable=True)
        message = self.compose(row, read_nudge_text(row.payload))
        try:
            killpoints.reach("send.before")
            await self._send(message)
            killpoints.reach("send.after")
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = {refused.code for refused in error.recipients}
            return _refused(max(codes, default=0), row)
        except aiosmtplib.SMTPAuthenticationError as error:
            log.warning("mail.login", code=error.code)
            return TryAgain(why="login", counts=False, after_s=300.0, maybe_repeat=row.maybe_repeat)
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error.code, row)
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPConnectTimeoutError) as error:
            return TryAgain(why=type(error).__name__, maybe_repeat=row.maybe_repeat)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return TryAgain(why=type(error).__name__, maybe_repeat=True)
        return Arrived()

    def compose(self, row: OutboxRow, nudge: Nudge) -> EmailMessage:
        """The mail: plain text, a Message-ID that stays the same over every try, no line breaks in headers."""
        message = EmailMessage(policy=SMTP.clone(max_line_length=78))
        message["From"] = self._place.sender
        message["To"] = row.address
        message["Subject"] = _one_line(nudge.subject)
        message["Date"] = format_datetime(self._clock())
        message["Message-ID"] = f"<{row.id}.{int(row.queued_at.timestamp())}@{self._place.sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        mark = f"{say('telegram.repeat')}\n" if row.maybe_repeat else ""
        message.set_content(f"{mark}{nudge.text}\n\n{nudge.link}\n", cte="base64")
        return message

    async def _send(self, message: EmailMessage) -> None:
        place = self._place
        await aiosmtplib.send(
            message, hostname=place.host, port=place.port, use_tls=place.tls, timeout=TIMEOUT_S,
            username=place.user or None, password=place.password or None,
        )  # fmt: skip


def _one_line(text: str) -> str:
    """Without anything that would begin another header."""
    return " ".join(text.split())


def _refused(code: int, row: OutboxRow) -> Result:
    if code not in _PERMANENT:
        return TryAgain(why=str(code), maybe_repeat=row.maybe_repeat)
    log.warning("mail.refused", outbox=row.id, code=code)
    return GivenUp(why="bounced" if code in _BAD_MAILBOX else "refused", unreachable=code in _BAD_MAILBOX)
