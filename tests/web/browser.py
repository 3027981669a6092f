"""A real Chromium for the pages, phone and desk, and screenshots where they are wanted."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
_COLOURS = 192
"""Enough for pages of text; a picture takes a third of the room."""
_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def installed() -> str:
    """The browser's path; where there is none the test is skipped, and fails where CI is set."""
    found = next((path for name in NAMES if (path := shutil.which(name))), "")
    if not found:
        why = "no Chromium on this machine: pages are not tried in a browser"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    return found


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The machine's own Chromium, headless."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=installed(), args=_ARGS)
        yield browser
        await browser.close()


@asynccontextmanager
async def opened(
    browser: Browser,
    address: str,
    *,
    at: datetime | None = None,
    **kind: Any,  # noqa: ANN401 - whatever Playwright's context takes
) -> AsyncIterator[Page]:
    """A page of a fresh visitor; an error of a script, or something the policy refused, fails the test.

    ``at`` is the page's present, where the program's own was moved.
    """
    context = await browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **kind)
    page = await context.new_page()
    if at is not None:
        await page.clock.set_fixed_time(at)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
    page.set_default_timeout(15_000)
    await page.goto(address)
    yield page
    await context.close()
    assert not wrong, wrong


async def shot(page: Page, name: str) -> None:
    """A picture, where ``TIJIAN_SCREENSHOTS`` names a folder."""
    folder = os.environ.get("TIJIAN_SCREENSHOTS")
    if folder:
        await page.wait_for_timeout(250)
        taken = Image.open(BytesIO(await page.screenshot())).convert("RGB")
        taken.quantize(_COLOURS, dither=Image.Dither.NONE).save(Path(folder) / f"{name}.png", optimize=True)


async def accessible(page: Page) -> None:
    """No violation of WCAG 2.1 A and AA that axe can find."""
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
    found = await Axe().run(page, options=options)
    assert found.violations_count == 0, found.generate_report()
