"""Kill writers of a vault and print what came of it: `python -m bench.kills ROUNDS [SEED]`."""

from __future__ import annotations

import dataclasses
import json
import sys
import tempfile
from pathlib import Path

from bench.kills.campaign import Campaign


def main(rounds: int, seed: int) -> int:
    """Run a campaign in a directory of its own."""
    with tempfile.TemporaryDirectory(prefix="keyless-kills-") as directory:
        report = Campaign(Path(directory), seed).run(rounds)
    print(json.dumps(dataclasses.asdict(report)))
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
