"""The running demo with its people in a real browser and a real mail server."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, Page

from tests.examples import Examples, examples
from tests.mailbox import Mailbox, mailbox
from tests.serving import Served
from tests.web.browser import chromium, opened

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass
class Demo:
    """The running demo: login links by name, the mailbox, and the cookies of those who are logged in."""

    served: Served
    box: Mailbox
    browser: Browser
    links: dict[str, str]
    questions: Examples
    cookies: dict[str, Any] = field(default_factory=dict)

    @asynccontextmanager
    async def at_desk(self, name: str, **kind: Any) -> AsyncIterator[Page]:  # noqa: ANN401 - a browser context
        """A member of staff in the console; the first time by the one-time link."""
        if name in self.cookies:
            kind["storage_state"] = self.cookies[name]
        address = f"{self.served.address}/console" if name in self.cookies else self.links[name]
        async with opened(self.browser, address, at=MONDAY, **kind) as page:
            if name not in self.cookies:
                await page.locator("form button[type=submit]").first.click()
                await page.wait_for_url(lambda url: url.endswith("/console"))
                self.cookies[name] = await page.context.storage_state()
            yield page

    @asynccontextmanager
    async def owner(self, address: str = "/", **kind: Any) -> AsyncIterator[Page]:  # noqa: ANN401 - a browser context
        """Somebody without any account."""
        async with opened(self.browser, f"{self.served.address}{address}", at=MONDAY, **kind) as page:
            yield page


@asynccontextmanager
async def running_demo(folder: Path) -> AsyncIterator[Demo]:
    """``make demo`` in ``folder``, on a Monday at ten."""
    async with mailbox() as box, chromium() as browser:
        served = Served(state=folder / "state", env={"TIJIAN_SMTP_URL": box.url, "TMPDIR": str(folder)})
        served.set_clock(MONDAY)
        await served.start("--demo", until="(throw-away)")
        links = {found[1]: found[2] for line in served.said if (found := re.match(r"(?:\S+ )?(\S+): (http\S+)", line))}
        yield Demo(served=served, box=box, browser=browser, links=links, questions=await examples(served, folder))
        await served.stop()
        shutil.rmtree(folder, ignore_errors=True)
