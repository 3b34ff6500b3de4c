"""Runs each of several commands, at once, and prints as a line of JSON how they went.

The argument is JSON: ``commands`` by a name of theirs, and the variables that they go ``without`` and
``with``. So one workload runs programs of many languages.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def main() -> None:
    """Run them."""
    asked = json.loads(sys.argv[1])
    commands = asked["commands"]
    kept = {name: value for name, value in os.environ.items() if name not in asked["without"]}
    environment = kept | asked["with"]

    def went(command: list[str]) -> dict[str, object]:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, env=environment, capture_output=True, text=True, check=False
        )
        return {"code": done.returncode, "stdout": done.stdout, "stderr": done.stderr}

    with ThreadPoolExecutor() as pool:
        print(json.dumps(dict(zip(commands, pool.map(went, commands.values()), strict=True))))


if __name__ == "__main__":
    main()
