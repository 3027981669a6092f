"""How soon the program is there: ``tijian ask`` cold, and ``tijian serve`` until it says it is ready.

``python -m benchmarks.start [--runs 5]``; the peer is an empty Python process that imports numpy.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path


def ask(env: dict[str, str]) -> float:
    """Seconds for one question on the terminal, from nothing."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "bot", "ask", "试用期最长可以约定多久", "--json"]
    subprocess.run(command, env=env, check=True, capture_output=True)  # noqa: S603
    return time.perf_counter() - began


def serve(env: dict[str, str]) -> float:
    """Seconds until the line that says it is ready."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        for line in process.stdout or ():
            if "is ready" in line:
                break
        took = time.perf_counter() - began
        process.send_signal(signal.SIGTERM)
    return took


def peer(env: dict[str, str]) -> float:
    """Seconds for Python to start and import numpy."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import numpy"], env=env, check=True)
    return time.perf_counter() - began


def table(name: str, measure: Callable[[dict[str, str]], float], env: dict[str, str], runs: int) -> None:
    """First run, then median and worst of the others."""
    first, *rest = [measure(env) for _ in range(runs + 1)]
    print(f"{name:<28} first {first:5.2f} s   median {statistics.median(rest):5.2f} s   worst {max(rest):5.2f} s")


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("TIJIAN_")}
        env = plain | {"TIJIAN_STATE_DIR": str(Path(folder) / "state"), "TIJIAN_HTTP_PORT": "18099"}
        table("tijian ask (cold process)", ask, env, runs)
        table("tijian serve until ready", serve, env, runs)
        table("python -c 'import numpy'", peer, env, runs)


if __name__ == "__main__":
    main()
