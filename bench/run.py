"""Measure what the performance page states, side by side in one run.

- requests per second of an authorised, recorded `GET secret` over TLS, against a bare granian application
  that returns the same bytes to the same requests, each server on one core and the load (wrk) on another,
  in alternating rounds; and of `PUT secret`, each on the disk before it is answered, against one that keeps
  nothing;
- signatures, wrapped and unwrapped keys per second by keys of a vault, over TLS, against how many the library
  does alone on the same core, and against a bare granian application that reads as much and answers with as
  much;
- tokens per second that a managed identity's endpoint keeps, against such an application without TLS;
- tokens per second that it signs anew for each request, those of the site's own issuer, against how many
  tokens the library signs alone on the same core;
- tokens per second that Entra's endpoint signs anew for a client secret over TLS, against how many of the
  same claims the library signs alone on the same core, and against a bare granian application that signs as
  many in its answers;
- decisions per second against cedarpy and pycasbin, and our own cost as role assignments grow to a million
  (alone: `python -m bench.decisions`);
- what plans grant beyond use against other ways to choose roles, and what they cost as identities grow
  (alone: `python -m bench.plans`);
- the time from the start of `keyless run` to the first token, with the plane to be started;
- what `keyless run -- true` takes, with the plane to be started and with one to join.

With `--logs` instead: an import of up to ten million events of Azure's logs, and the plan made of them (see
`bench.logs`).
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.decisions import decisions
from bench.plans import plans
from bench.requests import throughput
from bench.servers import end, wrk

STARTS = 12
TOKEN_PROGRAM = """
import os, time, urllib.request
url = os.environ["IDENTITY_ENDPOINT"] + "?api-version=2019-08-01&resource=https://vault.azure.net"
asked = urllib.request.Request(url, headers={"X-IDENTITY-HEADER": os.environ["IDENTITY_HEADER"]})
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
assert b"access_token" in opener.open(asked).read()
print(time.clock_gettime(time.CLOCK_MONOTONIC))
"""


def main() -> int:
    """Run everything; prints a table. With `--logs` only the import of logs, which takes long."""
    if "--logs" in sys.argv[1:]:
        from bench.logs import grow

        grow()
        return 0
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    decisions()
    plans()
    with tempfile.TemporaryDirectory(prefix="keyless-bench-") as folder:
        if wrk() is None:
            print("wrk is not here: requests per second are NOT measured (Debian: apt-get install wrk)")
        else:
            throughput(Path(folder))
        _starts(Path(folder) / "starts")
    return 0


def _starts(folder: Path) -> None:
    folder.mkdir()
    run = [sys.executable, "-m", "keyless.cli.main", "run", "--quiet", "--learn", "--"]
    _timed([*run, "true"], folder)  # the first makes keys and certificates
    cold = [_timed([*run, "true"], folder) for _ in range(STARTS)]
    tokens = [_first_token(run, folder) for _ in range(STARTS)]
    holder = subprocess.Popen([*run, "sleep", "600"], cwd=folder)
    time.sleep(2)
    joined = [_timed([*run, "true"], folder) for _ in range(STARTS)]
    end(holder)
    bare = [_timed(["true"], folder) for _ in range(STARTS)]
    _row("true alone, s", bare)
    _row("run -- true, plane started, s", cold, "aim: under 0.5")
    _row("run -- true, plane joined, s", joined)
    _row("start to first token, s", tokens, "aim: under 0.7")


def _row(what: str, values: list[float], aim: str = "") -> None:
    spread = f"{min(values):.3f} to {max(values):.3f}"
    print(f"{what:<30} median {statistics.median(values):.3f}   {spread:<16}   {aim}".rstrip())


def _timed(command: list[str], folder: Path) -> float:
    started = time.monotonic()
    subprocess.run(command, cwd=folder, check=True)
    return time.monotonic() - started


def _first_token(run: list[str], folder: Path) -> float:
    started = time.clock_gettime(time.CLOCK_MONOTONIC)
    command = [*run, sys.executable, "-S", "-c", TOKEN_PROGRAM]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    return float(said) - started


if __name__ == "__main__":
    sys.exit(main())
