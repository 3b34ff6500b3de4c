"""Build the program on the official Go client that some tests run, where Go is installed.

The toolchain that is there is taken as it is: none is fetched in its place.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from client_builds import BUILT, SDK, provide, run

FOLDER = SDK / "go"
PROGRAM = FOLDER / BUILT / "identities"


def main() -> int:
    """Build, unless it is done already or cannot be."""
    sources = [FOLDER / name for name in ("go.mod", "go.sum", "main.go")]
    return provide("Go", FOLDER / BUILT, sources, _build)


def _build(folder: Path) -> str | None:
    """What stands in the way, if anything does."""
    if shutil.which("go") is None:
        return "Go is not here"
    print("building the program on the Go client for the tests ...", file=sys.stderr)
    folder.mkdir(exist_ok=True)
    command = ["go", "build", "-trimpath", "-o", str(PROGRAM), "."]
    environment = {"GOTOOLCHAIN": "local", "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -buildvcs=false"}
    return None if run(command, FOLDER, environment) else "the program on the Go client could not be built"


if __name__ == "__main__":
    sys.exit(main())
