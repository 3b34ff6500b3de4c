"""Runs each of several commands, at once, and prints as a line of JSON how they went.

The argument is JSON: commands by a name of theirs. So one workload runs programs of many languages.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def went(command: list[str]) -> dict[str, object]:
    """How a command went."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return {"code": done.returncode, "stdout": done.stdout, "stderr": done.stderr}


def main() -> None:
    """Run them."""
    commands = json.loads(sys.argv[1])
    with ThreadPoolExecutor() as pool:
        print(json.dumps(dict(zip(commands, pool.map(went, commands.values()), strict=True))))


if __name__ == "__main__":
    main()
