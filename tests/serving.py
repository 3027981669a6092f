"""The real ``tijian serve`` as a process of its own, with a state folder, a port and a clock that can be moved."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiohttp.test_utils import unused_port

ROOT = Path(__file__).resolve().parent.parent
START_S = 60.0


@dataclass
class Served:
    """``address`` is where it listens; ``said`` what it printed on stdout, line by line."""

    state: Path
    env: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=unused_port)
    process: asyncio.subprocess.Process | None = None
    said: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def clock_file(self) -> Path:
        return self.state.parent / f"{self.state.name}.clock"

    def environment(self) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("TIJIAN_")}
        return plain | {
            "TIJIAN_STATE_DIR": str(self.state),
            "TIJIAN_HTTP_PORT": str(self.port),
            "TIJIAN_PUBLIC_URL": self.address,
            "TIJIAN_CLOCK_OFFSET_FILE": str(self.clock_file),
            "PYTHONUNBUFFERED": "1",
            **self.env,
        }

    async def start(self, *arguments: str, until: str = "is ready") -> None:
        """Starts and waits until it says so: by default that it is ready."""
        with (self.state.parent / "serve.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "serve", *arguments, cwd=ROOT, env=self.environment(),
                stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip
        async with asyncio.timeout(START_S):
            while True:
                assert self.process.stdout is not None
                line = (await self.process.stdout.readline()).decode().strip()
                if not line:
                    raise AssertionError((self.state.parent / "serve.log").read_text(encoding="utf-8")[-3000:])
                self.said.append(line)
                if until in line:
                    return

    async def stop(self, with_signal: int = signal.SIGTERM) -> int:
        """Ends it; gives the exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(with_signal)
        return await asyncio.wait_for(self.process.wait(), 30)

    def set_clock(self, moment: datetime) -> None:
        """From now on the program's present is ``moment`` and goes on from there."""
        seconds = (moment - datetime.now(UTC)).total_seconds()
        new = self.clock_file.with_suffix(".new")
        new.write_text(str(seconds), encoding="ascii")
        new.replace(self.clock_file)

    async def command(self, *arguments: str) -> str:
        """Another ``tijian`` command on the same state; its stdout."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments, cwd=ROOT, env=self.environment(), stdout=asyncio.subprocess.PIPE
        )
        out, _ = await asyncio.wait_for(process.communicate(), START_S)
        assert process.returncode == 0, out.decode()
        return out.decode().strip()
