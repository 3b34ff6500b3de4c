"""Install the official JavaScript clients that some tests run, and Node itself where that can be done.

The tests themselves say loudly what they skip where it is not there.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from client_builds import SDK, install, provide, run

FOLDER = SDK / "js"
OLDEST_NODE = 20


def main() -> int:
    """Install, unless it is done already or cannot be."""
    return provide("JavaScript", FOLDER / "node_modules", [FOLDER / "package.json"], _install)


def _install(_: Path) -> str | None:
    """What stands in the way, if anything does."""
    if not install("npm", "nodejs", "npm") or not install("node", "nodejs"):
        return "Node and npm are not here"
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().removeprefix("v").partition(".")[0]
    if not major.isdigit() or int(major) < OLDEST_NODE:
        return f"Node {said.strip()} is older than {OLDEST_NODE}, which the clients need"
    print("installing the JavaScript clients for the tests ...", file=sys.stderr)
    command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
    return None if run(command, FOLDER) else "npm could not install the JavaScript clients"


if __name__ == "__main__":
    sys.exit(main())
