"""Install the official JavaScript clients that some tests run, where Node is there.

The tests themselves say loudly what they skip where it is not. Packages are installed once; a change of
`package.json` installs them again.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "sdk" / "js"


def main() -> int:
    """Install, unless it is done already or cannot be."""
    wanted = (FOLDER / "package.json").read_text()
    mark = FOLDER / "node_modules" / ".installed-for"
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        print("Node is not here: the tests of the JavaScript clients will be skipped", file=sys.stderr)
        return 0
    if mark.exists() and mark.read_text() == wanted:
        return 0
    print("installing the JavaScript clients for the tests ...", file=sys.stderr)
    command = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
    done = subprocess.run(command, cwd=FOLDER, check=False)
    if done.returncode == 0:
        mark.write_text(wanted)
    else:
        print("npm failed: the tests of the JavaScript clients will be skipped", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
