"""Servers to measure, each on one core, and the load on them from another."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench.ready import Ready

SERVER, CLIENT = 0, 1
"""The cores of those who serve and of those who ask."""
SECONDS = 2
ROUNDS = 9


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, over and over; ``body`` makes it a POST, or what ``method`` says.

    A `%d` in the body is another number each time. Where there are ``targets``, these are asked for in turns,
    at the server of the address.
    """

    url: str
    headers: tuple[str, ...]
    body: str = ""
    method: str = "POST"
    targets: tuple[str, ...] = ()


def wrk() -> str | None:
    """The program that asks; installed where that can be done."""
    found = shutil.which("wrk")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-qq", "-y", "wrk"], stdout=subprocess.DEVNULL, check=False)
        found = shutil.which("wrk")
    return found


@contextlib.contextmanager
def keyless_server(folder: Path) -> Iterator[Ready]:
    """The plane's fronts."""
    process = subprocess.Popen(on_core(SERVER, [sys.executable, "-m", "bench.serve", str(folder)]))
    try:
        ready = folder / "ready.json"
        while not ready.exists():
            if process.poll() is not None:
                raise SystemExit("the server to be measured did not start")
            time.sleep(0.05)
        yield msgspec.json.decode(ready.read_bytes(), type=Ready)
    finally:
        end(process)


@contextlib.contextmanager
def bare_server(
    answer: bytes, *, certificate: str | None, app: str = "app", pid_file: Path | None = None
) -> Iterator[int]:
    """A bare granian application of `bench.bare`, on the port that comes; with TLS or without.

    The process that answers writes its number to ``pid_file``, where one is given.
    """
    port = 20000 + os.getpid() % 20000
    files = [f"--ssl-certificate={certificate}", f"--ssl-keyfile={certificate}"] if certificate else []
    options = [
        "--interface=rsgi",
        "--workers=1",
        "--runtime-threads=1",
        "--loop=uvloop",
        "--no-ws",
        "--no-log",
    ]
    command = [sys.executable, "-m", "granian", *options, *files, f"--port={port}", f"bench.bare:{app}"]
    environment = os.environ | {"KEYLESS_BENCH_ANSWER": answer.decode()}
    if pid_file is not None:
        environment["KEYLESS_BENCH_PID_FILE"] = str(pid_file)
    process = subprocess.Popen(on_core(SERVER, command), env=environment)
    try:
        _wait_for(port)
        yield port
    finally:
        end(process)


def rate_of(asked: Asked, folder: Path) -> float:
    """Requests a second."""
    script = ["-s", str(_script(asked, folder))] if asked.body or asked.targets else []
    headers = [part for header in asked.headers for part in ("-H", header)]
    command = on_core(CLIENT, ["wrk", "-t1", "-c16", f"-d{SECONDS}s", *headers, *script, asked.url])
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise SystemExit(f"not every answer was good:\n{said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if found is None:
        raise SystemExit(f"wrk said nothing of requests per second:\n{said}")
    return float(found[1])


def rate_for_processor(asked: Asked, folder: Path, pid: int) -> float:
    """Requests in a second of the processor's time that the process which answers takes, all its threads."""
    before = _processor_s(pid)
    answered = rate_of(asked, folder) * SECONDS
    return answered / (_processor_s(pid) - before)


def _processor_s(pid: int) -> float:
    """What Linux says that a process has taken so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def report(what: str, ours: Sequence[float], yardstick: str, theirs: Sequence[float], aim: str) -> None:
    """Print two rates of the same rounds, and how they compare."""
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    for name, values in ((yardstick, theirs), (what, ours)):
        rounds = " ".join(f"{value:.0f}" for value in values)
        print(f"{name:<32} median {statistics.median(values):8.0f}   rounds {rounds}")
    print(f"{'ratio':<32} median {statistics.median(ratios):8.0%}   {aim}".rstrip())


def on_core(core: int, command: list[str]) -> list[str]:
    """The command, kept to one core where that can be done."""
    if shutil.which("taskset") is None or (os.cpu_count() or 1) < 2:
        return command
    return ["taskset", "-c", str(core), *command]


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process, at the latest after ten seconds."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)
    process.kill()
    process.wait()


def _script(asked: Asked, folder: Path) -> Path:
    """What tells wrk to ask for more than one address by GET."""
    lines = [f'wrk.method = "{asked.method}"', f"wrk.body = [[{asked.body}]]"] if asked.body else []
    if asked.targets:
        listed = ", ".join(f'"{target}"' for target in asked.targets)
        lines += [
            f"local targets, at = {{{listed}}}, 0",
            "request = function() at = at % #targets + 1 return wrk.format(nil, targets[at]) end",
        ]
    elif "%d" in asked.body:
        lines += [
            "local count = 0",
            "request = function()",
            "  count = count + 1",
            "  return wrk.format(nil, nil, nil, string.format(wrk.body, count))",
            "end",
        ]
    script = folder / "ask.lua"
    script.write_text("\n".join(lines))
    return script


def _wait_for(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise SystemExit("the yardstick did not start")
