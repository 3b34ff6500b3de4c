"""How long `keyless assess` takes for one tree, and how much memory.

python -m bench.assess_speed FOLDER

Prints files read, seconds on the wall and of the processors, files a second, and the most memory that one
process had. On a busy machine only the seconds of the processors mean something.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.assess_runs import KEYLESS

_KIB = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """What one assessment took; ``peak_bytes`` is of the largest of its processes."""

    files: int
    wall_s: float
    cpu_s: float
    peak_bytes: int


def measured(tree: Path) -> Speed:
    """One assessment, as a user would run it; the first of a process, since peaks of children only grow.

    Raises:
        RuntimeError: the command failed.
    """
    before, begin = _used(), time.perf_counter()
    done = subprocess.run((*KEYLESS, str(tree)), check=False, capture_output=True, text=True)
    wall, after = time.perf_counter() - begin, _used()
    if done.returncode not in {0, 1, 3}:
        raise RuntimeError(done.stderr)
    return Speed(
        files=json.loads(done.stdout)["counts"]["files"],
        wall_s=wall,
        cpu_s=after - before,
        peak_bytes=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _KIB,
    )


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure the tree that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    found = measured(parser.parse_args().folder)
    print(
        f"{found.files:,} files  {found.wall_s:.1f} s  {found.cpu_s:.1f} s of processors  "
        f"{found.files / found.wall_s:,.0f} files/s  {found.peak_bytes / 2**20:,.0f} MB"
    )


if __name__ == "__main__":
    main()
