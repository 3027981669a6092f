"""python-telegram-bot's requests over aiohttp: a third of the processor time of the library's own HTTP client.

The library parses the answers and names the errors; here is only the wire. What is added is the one distinction that
decides whether a message may have arrived: ``NeverLeft`` (no connection was made) and every other network error.
"""

from __future__ import annotations

import asyncio
import io
from typing import IO, Any, Final

import aiohttp
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT_S: Final = 5.0


class NeverLeft(NetworkError):
    """No connection: the request certainly had no effect."""


class AnswerLost(NetworkError):
    """The connection broke after the request: it may have had its effect."""


class AiohttpRequest(BaseRequest):
    """``connections`` at once at most; ``timeout_s`` from the request to the whole answer."""

    def __init__(self, *, connections: int, timeout_s: float) -> None:
        self._connections = connections
        self._timeout_s = timeout_s
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds; the library adds it to the long-polling time."""
        return self._timeout_s

    async def initialize(self) -> None:
        """Opens the session."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=60, keepalive_timeout=30),
                headers={"User-Agent": self.USER_AGENT},
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=True,
            )

    async def shutdown(self) -> None:
        """Closes it."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def do_request(  # noqa: PLR0917 - the library's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """The status and the body. Raises NeverLeft, AnswerLost, TimedOut."""
        del write_timeout, connect_timeout, pool_timeout  # one limit for the whole; connecting has its own
        if self._session is None:
            raise NeverLeft("not initialized")
        total = read_timeout if isinstance(read_timeout, int | float) else self._timeout_s
        limit = aiohttp.ClientTimeout(total=total, sock_connect=CONNECT_S)
        try:
            async with self._session.request(method, url, timeout=limit, **_content(request_data)) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError) as error:
            raise NeverLeft(type(error).__name__) from error
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError, asyncio.IncompleteReadError) as error:
            raise AnswerLost(type(error).__name__) from error


def _content(data: RequestData | None) -> dict[str, Any]:
    if data is None:
        return {}
    if not data.contains_files:
        return {"data": data.json_payload, "headers": {"Content-Type": "application/json"}}
    form = aiohttp.FormData(quote_fields=False)  # file names as they are: Telegram does not decode percent signs
    for name, text in data.json_parameters.items():
        form.add_field(name, text)
    for name, (filename, content, media_type) in (data.multipart_data or {}).items():
        form.add_field(name, _stream(content), filename=filename, content_type=media_type)
    return {"data": form}


def _stream(content: bytes | IO[bytes]) -> IO[bytes]:
    """Sent in pieces: a large body in one piece would hold up the event loop."""
    return io.BytesIO(content) if isinstance(content, bytes) else content
