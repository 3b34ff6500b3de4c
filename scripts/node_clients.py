"""Install the official JavaScript clients that some tests run, and Node itself where that can be done.

The tests themselves say loudly what they skip where it is not there. Packages are installed once; a change of
`package.json` installs them again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "sdk" / "js"
OLDEST_NODE = 20


def main() -> int:
    """Install, unless it is done already or cannot be; never fails the tests that need no Node."""
    problem = _install()
    if problem:
        print(f"{problem}: the tests of the JavaScript clients will be SKIPPED", file=sys.stderr)
    return 0


def _install() -> str | None:
    """What stands in the way, if anything does."""
    wanted = (FOLDER / "package.json").read_text()
    mark = FOLDER / "node_modules" / ".installed-for"
    if mark.exists() and mark.read_text() == wanted:
        return None
    problem = _provide_node()
    if problem:
        return problem
    print("installing the JavaScript clients for the tests ...", file=sys.stderr)
    command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
    if subprocess.run(command, cwd=FOLDER, check=False).returncode:
        return "npm could not install the JavaScript clients"
    mark.write_text(wanted)
    return None


def _provide_node() -> str | None:
    if shutil.which("npm") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("installing Node from the distribution ...", file=sys.stderr)
        for arguments in (["update", "-qq"], ["install", "-qq", "-y", "nodejs", "npm"]):
            subprocess.run(["apt-get", *arguments], stdout=subprocess.DEVNULL, check=False)
    if shutil.which("npm") is None or shutil.which("node") is None:
        return "Node and npm are not here"
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().removeprefix("v").partition(".")[0]
    if not major.isdigit() or int(major) < OLDEST_NODE:
        return f"Node {said.strip()} is older than {OLDEST_NODE}, which the clients need"
    return None


if __name__ == "__main__":
    sys.exit(main())
