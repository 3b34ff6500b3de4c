"""What the scripts that provide client libraries for the tests have in common: they build once, never fail.

A build is marked with what it was made from; a change of any of those files makes it anew. A build that
cannot be made never fails the tests that do without it: they say loudly what they skip.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

SDK = Path(__file__).resolve().parent.parent / "tests" / "sdk"
BUILT = ".built"
_MARK = ".made-from"


def provide(clients: str, folder: Path, sources: Sequence[Path], make: Callable[[Path], str | None]) -> int:
    """Have ``make`` build into ``folder``, unless that is done already; it says what stands in the way."""
    wanted = _digest(sources)
    mark = folder / _MARK
    if mark.exists() and mark.read_text() == wanted:
        return 0
    problem = make(folder)
    if problem:
        print(f"{problem}: the tests of the {clients} clients will be SKIPPED", file=sys.stderr)
        return 0
    mark.write_text(wanted)
    return 0


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> bool:
    """Whether a command went well; what it says goes to the terminal."""
    changed = {**os.environ, **(environment or {})}
    return subprocess.run(command, cwd=folder, env=changed, check=False).returncode == 0


def install(program: str, *packages: str) -> bool:
    """Whether a program is there; root installs the distribution's packages first where it is not."""
    if shutil.which(program) is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"installing {', '.join(packages)} from the distribution ...", file=sys.stderr)
        for arguments in (["update", "-qq"], ["install", "-qq", "-y", *packages]):
            subprocess.run(["apt-get", *arguments], stdout=subprocess.DEVNULL, check=False)
    return shutil.which(program) is not None


def _digest(sources: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()
