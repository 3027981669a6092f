"""``tijian`` and ``python -m bot``: runs the command line and turns errors into one clear line and an exit code."""

from __future__ import annotations

import sys


def main() -> None:
    """Exit codes: 0 fine, 1 the content or the request is wrong, 2 usage, 3 the environment is wrong."""
    from bot.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
