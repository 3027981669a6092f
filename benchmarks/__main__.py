"""``python -m benchmarks``: every table one after the other, each benchmark a process of its own."""

from __future__ import annotations

import subprocess
import sys

ALL = ("benchmarks.matching", "benchmarks.store", "benchmarks.throughput", "benchmarks.start")


def main() -> None:
    """Runs them all; the exit code is that of the first that failed."""
    for module in ALL:
        print(f"== {module}", flush=True)
        done = subprocess.run([sys.executable, "-m", module], check=False)  # noqa: S603 - our own modules
        if done.returncode:
            sys.exit(done.returncode)


if __name__ == "__main__":
    main()
