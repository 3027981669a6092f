"""A loopback SMTP server that keeps what it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiohttp.test_utils import unused_port
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

PATIENCE_S = 20.0


class Mailbox:
    """The mails taken so far, oldest first."""

    def __init__(self, port: int) -> None:
        self.mails: list[EmailMessage] = []
        self.url = f"smtp://127.0.0.1:{port}/?from=tijian@example.cn"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        del server, session
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(message_from_bytes(content, policy=default))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """Those of one recipient."""
        return [mail for mail in self.mails if mail["To"] == address]

    async def received(self, address: str, words: str, *, after: int = 0) -> EmailMessage:
        """The first mail to the address with these words in its text, not counting ``after`` older ones; waits."""
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE_S
        while loop.time() < until:
            found = [mail for mail in self.to(address)[after:] if words in mail.get_content()]
            if found:
                return found[0]
            await asyncio.sleep(0.05)
        raise AssertionError((address, words, [mail.get_content() for mail in self.mails]))


@asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    """Listens until the block ends."""
    port = unused_port()
    box = Mailbox(port)
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
