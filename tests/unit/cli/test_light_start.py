"""What `keyless run` loads before its command runs: no more than it takes to ask a plane for a place."""

from __future__ import annotations

import subprocess
import sys

ABSENT = (
    "keyless.store",
    "keyless.tokens",
    "keyless.planes",
    "keyless.wire",
    "keyless.catalog",
    "dns",
    "asyncio",
)


def test_a_command_is_run_without_what_only_planes_need() -> None:
    asked = f"import sys, keyless.cli.run; print([name for name in {ABSENT!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
