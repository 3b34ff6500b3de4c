"""Install the Azure CLI that some tests run, into a virtual environment of its own.

Its pins would fight with those of the tests' own environment, and nothing of it is imported there: it is run.
"""

from __future__ import annotations

import sys
import venv
from pathlib import Path

from client_builds import BUILT, SDK, provide, run

FOLDER = SDK / "az"
PROGRAM = FOLDER / BUILT / "bin" / "az"
"""The command, as it is installed."""
PYTHON = FOLDER / BUILT / "bin" / "python"
"""The interpreter that the command runs under."""
_REQUIREMENTS = FOLDER / "requirements.txt"


def main() -> int:
    """Install, unless it is done already or cannot be."""
    return provide("Azure CLI", FOLDER / BUILT, [_REQUIREMENTS], _install)


def _install(folder: Path) -> str | None:
    """What stands in the way, if anything does."""
    print("installing the Azure CLI for the tests (about 700 MB, a minute or two) ...", file=sys.stderr)
    try:
        venv.create(folder, clear=True, with_pip=True, symlinks=True)
    except Exception as error:  # whatever is missing here, the tests say what they skip
        return f"a virtual environment for the Azure CLI could not be made ({type(error).__name__})"
    quietly = ["--quiet", "--disable-pip-version-check", "--no-input"]
    command = [str(PYTHON), "-m", "pip", "install", *quietly, "--requirement", str(_REQUIREMENTS)]
    return None if run(command, FOLDER) else "pip could not install the Azure CLI"


if __name__ == "__main__":
    sys.exit(main())
