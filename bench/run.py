"""Measure what the performance page states, side by side in one run.

- requests per second of an authorised, recorded `GET secret` over TLS, against a bare granian application
  that returns the same bytes to the same requests, each server on one core and the load (wrk) on another,
  in alternating rounds;
- the time from the start of `keyless run` to the first token, with the plane to be started;
- what `keyless run -- true` takes, with the plane to be started and with one to join.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

HOST = "contoso-orders.vault.azure.net"
PATH = "/secrets/db-password/?api-version=7.6"
ROUNDS = 9
SECONDS = 2
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
    """Run everything; prints a table."""
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory(prefix="keyless-bench-") as folder:
        if _wrk() is None:
            print("wrk is not here: requests per second are NOT measured (Debian: apt-get install wrk)")
        else:
            _throughput(Path(folder))
        _starts(Path(folder) / "starts")
    return 0


def _wrk() -> str | None:
    found = shutil.which("wrk")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-qq", "-y", "wrk"], stdout=subprocess.DEVNULL, check=False)
        found = shutil.which("wrk")
    return found


def _throughput(folder: Path) -> None:
    with _keyless_server(folder) as ready, _bare_server(folder, ready) as bare_port:
        headers = ["-H", f"Host: {HOST}", "-H", f"Authorization: Bearer {ready['token']}"]
        ours, bare = [], []
        for _ in range(ROUNDS):
            bare.append(_load(f"https://127.0.0.1:{bare_port}{PATH}", headers))
            ours.append(_load(f"https://127.0.0.1:{ready['port']}{PATH}", headers))
    ratios = [mine / theirs for mine, theirs in zip(ours, bare, strict=True)]
    print(f"bare granian, requests/s     median {statistics.median(bare):8.0f}   rounds {_listed(bare)}")
    print(f"GET secret,   requests/s     median {statistics.median(ours):8.0f}   rounds {_listed(ours)}")
    print(f"ratio                        median {statistics.median(ratios):8.0%}   (aim: at least 60 %)")


@contextlib.contextmanager
def _keyless_server(folder: Path) -> Iterator[dict[str, str]]:
    process = subprocess.Popen(_on_core(0, [sys.executable, "-m", "bench.serve", str(folder)]))
    try:
        ready = folder / "ready.json"
        while not ready.exists():
            if process.poll() is not None:
                raise SystemExit("the server to be measured did not start")
            time.sleep(0.05)
        yield json.loads(ready.read_text())
    finally:
        _end(process)


@contextlib.contextmanager
def _bare_server(folder: Path, ready: dict[str, str]) -> Iterator[int]:
    port = 20000 + os.getpid() % 20000
    files = [f"--ssl-certificate={ready['certificate']}", f"--ssl-keyfile={ready['certificate']}"]
    options = [
        "--interface=rsgi",
        "--workers=1",
        "--runtime-threads=1",
        "--loop=uvloop",
        "--no-ws",
        "--no-log",
    ]
    command = [sys.executable, "-m", "granian", *options, *files, f"--port={port}", "bench.bare:app"]
    environment = os.environ | {"KEYLESS_BENCH_ANSWER": _answer(ready).decode()}
    process = subprocess.Popen(_on_core(0, command), env=environment)
    try:
        _wait_for(port)
        yield port
    finally:
        _end(process)


def _answer(ready: dict[str, str]) -> bytes:
    """The bytes that the plane answers: the yardstick returns the same."""
    context = ssl.create_default_context(cafile=ready["certificate"])
    context.check_hostname = False  # the connection goes to an address; the certificate is still verified
    asked = urllib.request.Request(
        f"https://127.0.0.1:{ready['port']}{PATH}",
        headers={"Host": HOST, "Authorization": f"Bearer {ready['token']}"},
    )
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    with opener.open(asked) as answer:
        content: bytes = answer.read()
    return content


def _wait_for(port: int) -> None:
    import socket

    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise SystemExit("the yardstick did not start")


def _load(url: str, headers: list[str]) -> float:
    command = _on_core(1, ["wrk", "-t1", "-c16", f"-d{SECONDS}s", *headers, url])
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise SystemExit(f"not every answer was good:\n{said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if found is None:
        raise SystemExit(f"wrk said nothing of requests per second:\n{said}")
    return float(found[1])


def _starts(folder: Path) -> None:
    folder.mkdir()
    run = [sys.executable, "-m", "keyless.cli.main", "run", "--quiet", "--learn", "--"]
    _timed([*run, "true"], folder)  # the first makes keys and certificates
    cold = [_timed([*run, "true"], folder) for _ in range(STARTS)]
    tokens = [_first_token(run, folder) for _ in range(STARTS)]
    holder = subprocess.Popen([*run, "sleep", "600"], cwd=folder)
    time.sleep(2)
    joined = [_timed([*run, "true"], folder) for _ in range(STARTS)]
    _end(holder)
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


def _on_core(core: int, command: list[str]) -> list[str]:
    if shutil.which("taskset") is None or (os.cpu_count() or 1) < 2:
        return command
    return ["taskset", "-c", str(core), *command]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)
    process.kill()
    process.wait()


def _listed(values: list[float]) -> str:
    return " ".join(f"{value:.0f}" for value in values)


if __name__ == "__main__":
    sys.exit(main())
