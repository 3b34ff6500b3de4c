"""Install the browser that some tests look at pages with, where the distribution has it and we may."""

from __future__ import annotations

import sys

from client_builds import install

PROGRAM = "chromium"


def main() -> int:
    """Install, unless it is there already or cannot be."""
    if not install(PROGRAM, PROGRAM):
        print(f"{PROGRAM} is not here: the tests of pages in a browser will be SKIPPED", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
