"""``python -m tests.botapi``: prints ``ready PORT`` once it listens."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from aiohttp import web

from tests.botapi import control, delivery, server


def application(state: server.State) -> web.Application:
    """The routes over one state."""
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app[server.STATE] = state
    app.router.add_route("*", "/bot{token}/{method}", server.call)
    app.router.add_get("/file/bot{token}/{path}", server.file)
    app.router.add_post("/control/push", control.push)
    app.router.add_post("/control/again", control.again)
    app.router.add_post("/control/fault", control.fault)
    app.router.add_post("/control/settings", control.settings)
    app.router.add_get("/control/calls", control.calls)
    app.router.add_route("*", "/control/talk", control.talk)
    return app


async def serve(port: int, state: server.State) -> None:
    """Runs until cancelled."""
    app = application(state)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    sockets = site._server.sockets if site._server is not None else ()  # type: ignore[attr-defined]
    print(f"ready {sockets[0].getsockname()[1]}", flush=True)
    await delivery.deliver_webhooks(app)


def main() -> None:
    """Reads the command line and serves."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default="123456:test-token-of-the-loopback")
    parser.add_argument("--log", type=Path)
    parser.add_argument("--delay", type=float, default=0.0)
    given = parser.parse_args()
    asyncio.run(serve(given.port, server.State(token=given.token, log=given.log, delay=given.delay)))


if __name__ == "__main__":
    main()
