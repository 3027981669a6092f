"""Mail against a real SMTP server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.channels.channel import Arrived, GivenUp, Result, TryAgain
from bot.channels.mail import BadSmtpUrl, MailSender, SmtpPlace, read_smtp_url
from bot.store.outbox import OutboxRow
from bot.store.replies_json import nudge_text
from desk.case import CaseId
from handlers.messages import Nudge
from tests.channels.conftest import OWNER
from tests.channels.running import free_port

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class Box:
    """Takes mail; ``answer`` is what it says to a recipient or to the whole mail."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.to_recipient = "250 OK"
        self.to_mail = "250 OK"

    async def handle_RCPT(  # noqa: N802 - the server's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del server, session
        content = envelope.content
        self.mails.append(message_from_bytes(content if isinstance(content, bytes) else b"", policy=default))
        return self.to_mail


@pytest.fixture
def box() -> Iterator[Box]:
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.port = controller.port  # type: ignore[attr-defined]
    yield box
    controller.stop()


@pytest.fixture
def mail(box: Box) -> MailSender:
    port: int = box.port  # type: ignore[attr-defined]
    return MailSender(place=read_smtp_url(f"smtp://127.0.0.1:{port}/?from=desk@tijian.example"), clock=lambda: AT)


def row(
    *, address: str = "owner@example.cn", subject: str = "案件FT20261123-0001-1有新进展", **more: object
) -> OutboxRow:
    nudge = Nudge(
        to=OWNER, case=CaseId("c1"), way="email", subject=subject, text="案件 FT20261123-0001-1 有新答复。",
        link="https://tijian.example/?case=FT20261123-0001-1",
    )  # fmt: skip
    made = OutboxRow(
        id=5, channel="email", person=OWNER, address=address, case=CaseId("c1"), payload=nudge_text(nudge), attempts=0,
        queued_at=AT, parts=(), maybe_repeat=False,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


async def test_a_mail_carries_number_and_link(mail: MailSender, box: Box) -> None:
    assert await mail.deliver(row()) == Arrived()
    (seen,) = box.mails
    assert seen["Subject"] == "案件FT20261123-0001-1有新进展"
    assert (seen["To"], seen["From"]) == ("owner@example.cn", "desk@tijian.example")
    assert seen.get_content_type() == "text/plain"
    assert "https://tijian.example/?case=FT20261123-0001-1" in seen.get_content()


async def test_every_try_has_the_same_message_id_and_a_possible_repeat_is_marked(mail: MailSender, box: Box) -> None:
    await mail.deliver(row())
    await mail.deliver(row(maybe_repeat=True))
    first, second = box.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert second.get_content().startswith("（可能重复）")


async def test_a_line_break_in_a_subject_begins_no_header(mail: MailSender, box: Box) -> None:
    await mail.deliver(row(subject="进展\r\nBcc: other@example.cn\r\n\r\n正文"))
    (seen,) = box.mails
    assert seen["Bcc"] is None
    assert seen["Subject"] == "进展 Bcc: other@example.cn 正文"


@pytest.mark.parametrize(
    "address",
    ["a@b.cn\r\nRCPT TO:<x@y.cn>", "a@b.cn, x@y.cn", "<a@b.cn>", "nobody", "", "a b@c.cn", "a@b.cn\x00"],
)
async def test_what_is_no_single_address_is_never_tried(mail: MailSender, box: Box, address: str) -> None:
    assert await mail.deliver(row(address=address)) == GivenUp(why="refused", unreachable=True)
    assert box.mails == []


@pytest.mark.parametrize(
    ("to_recipient", "to_mail", "expected"),
    [
        ("550 no such user", "250 OK", GivenUp(why="bounced", unreachable=True)),
        ("450 try later", "250 OK", TryAgain(why="450")),
        ("250 OK", "552 too much", GivenUp(why="refused")),
        ("250 OK", "451 later", TryAgain(why="451")),
    ],
)
async def test_every_refusal_has_its_consequence(
    mail: MailSender, box: Box, to_recipient: str, to_mail: str, expected: Result
) -> None:
    box.to_recipient, box.to_mail = to_recipient, to_mail
    assert await mail.deliver(row()) == expected


async def test_an_absent_server_means_later() -> None:
    mail = MailSender(
        place=read_smtp_url(f"smtp://127.0.0.1:{free_port()}/?from=desk@tijian.example"), clock=lambda: AT
    )
    result = await mail.deliver(row())
    assert isinstance(result, TryAgain)
    assert not result.maybe_repeat


def test_the_address_of_the_server_is_read_whole() -> None:
    assert read_smtp_url("smtps://desk%40a.cn:p%3Aw@smtp.a.cn/?from=desk@a.cn") == SmtpPlace(
        host="smtp.a.cn", port=465, tls=True, sender="desk@a.cn", user="desk@a.cn", password="p:w"
    )
    assert "p:w" not in repr(read_smtp_url("smtp://desk%40a.cn:p%3Aw@smtp.a.cn"))


@pytest.mark.parametrize(
    "url", ["http://a.cn", "smtp://", "smtp://a.cn", "smtp://a.cn/?from=x", "smtp://a.cn:99999/?from=a@b.cn"]
)
def test_an_unusable_address_is_refused(url: str) -> None:
    with pytest.raises(BadSmtpUrl):
        read_smtp_url(url)
