"""The dispatcher over the real store, as the conversations' own tests have it."""

from __future__ import annotations

from tests.handlers.conftest import asked, chat, dispatcher, store, telegram, web
from tests.handlers.test_my_cases import case

__all__ = ["asked", "case", "chat", "dispatcher", "store", "telegram", "web"]
