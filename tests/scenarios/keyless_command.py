"""`keyless` as a person runs it: processes in a project's directory, all of which are gone in the end."""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

WORKLOAD = Path(__file__).with_name("workload.py")
LIMIT_S = 60
_PR_CAPBSET_DROP = 24
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2
_OTHERS_VARIABLES = re.compile(
    r"(AZURE|KEYLESS|ORDERS|IDENTITY|MSI|JAVA)_.*|.*_PROXY|SSL_CERT_.*|.*CA_BUNDLE|.*_CERTS?", re.IGNORECASE
)


class Ran(NamedTuple):
    """A command that has ended: its exit code as Python gives it, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> list[str]:
        """What Keyless itself said, line by line."""
        return [
            line.removeprefix("keyless: ") for line in self.err.splitlines() if line.startswith("keyless: ")
        ]


def app(code: str) -> list[str]:
    """The command of a workload that runs this code (see `workload.py` for what it can use)."""
    return ["--", sys.executable, "-I", str(WORKLOAD), code]


def clean_environment(home: Path) -> dict[str, str]:
    """This process's own environment, without what could lead a command elsewhere.

    It trusts no public authority: nothing here needs one, and a bundle of them takes time to make and read.
    """
    trusted = home / "no-authorities.pem"
    trusted.touch()
    kept = {name: value for name, value in os.environ.items() if not _OTHERS_VARIABLES.fullmatch(name)}
    return (
        kept
        | {"HOME": str(home), "TMPDIR": str(home), "NO_COLOR": "1", "TERM": "dumb"}
        | {"SSL_CERT_FILE": str(trusted)}
    )


def obey_permissions() -> None:
    """For a child of the superuser: let modes of files count for it as they do for everybody."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
            libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


class Running:
    """A command that runs, and is spoken to line by line."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self.popen = popen

    @property
    def pid(self) -> int:
        """The process."""
        return self.popen.pid

    def line(self) -> str:
        """The next line of standard output; empty at its end."""
        return self.popen.stdout.readline().decode().rstrip("\n")

    def tell(self, text: str = "go") -> None:
        """Write a line to standard input."""
        self.popen.stdin.write(f"{text}\n".encode())

    def end(self, text: str | None = None) -> Ran:
        """Say a last line, close standard input, and wait for the end."""
        out, err = self.popen.communicate(None if text is None else f"{text}\n".encode(), timeout=LIMIT_S)
        return Ran(self.popen.returncode, out.decode(), err.decode())

    def kill(self) -> None:
        """Kill the process alone."""
        self.popen.send_signal(signal.SIGKILL)


class Project:
    """A project's directory, and `keyless` run in it."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root = root
        self.environment = clean_environment(home)

    @property
    def state(self) -> Path:
        """The project's state directory."""
        return self.root / ".keyless"

    @property
    def estate(self) -> Path:
        """The project's estate file."""
        return self.root / "keyless.yaml"

    def __call__(self, *arguments: str, stdin: str | bytes = b"", **options: Any) -> Ran:
        """Run a command to its end."""
        given = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            self._command(arguments),
            input=given,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
            **self._options(options),
        )
        return Ran(
            done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        )

    @contextmanager
    def running(self, *arguments: str, **options: Any) -> Iterator[Running]:
        """Run a command beside the test; killed, session and all, where it is still there in the end."""
        popen = subprocess.Popen(
            self._command(arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,  # so that what is read line by line takes nothing from what is read in the end
            start_new_session=True,
            **self._options(options),
        )
        try:
            yield Running(popen)
        finally:
            with popen:
                if popen.poll() is None:
                    os.killpg(popen.pid, signal.SIGKILL)

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "keyless.cli.main", *arguments]

    def _options(self, options: dict[str, Any]) -> dict[str, Any]:
        more: Mapping[str, str] = options.pop("env", {})
        return {"cwd": self.root, "env": {**self.environment, **more}} | options

    def learned(self, code: str, **options: Any) -> Ran:
        """Run a workload that must succeed, learning."""
        ran = self("run", "--learn", *app(code), **options)
        assert ran.code == 0, ran.err
        return ran

    def evidence(self, **options: Any) -> list[dict[str, Any]]:
        """The decisions that were recorded."""
        return [line for line in self.recorded(**options) if "record" not in line]

    def sign_ins(self, **options: Any) -> list[dict[str, Any]]:
        """The sign-ins that were recorded."""
        return [line for line in self.recorded(**options) if line.get("record") == "sign-in"]

    def recorded(self, **options: Any) -> list[dict[str, Any]]:
        """Everything that was recorded."""
        return [json.loads(line) for line in self("evidence", "show", "--json", **options).out.splitlines()]

    def plane_pid(self) -> int:
        """The process id of the plane that runs, or ran last."""
        return int((self.state / "plane.lock").read_text())


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, with its content; locks and logs, which are not state, left out."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.is_symlink() and file.suffix not in {".lock", ".log"}
    }


def wait_until(done: Callable[[], bool], what: str) -> None:
    """Wait for something that must come about."""
    deadline = time.monotonic() + LIMIT_S
    pause = threading.Event()
    while not done():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        pause.wait(0.01)


def plane_has_ended(lock: Path) -> bool:
    """Whether no process holds a plane's lock."""
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def assert_nothing_is_left(folder: Path) -> None:
    """Every plane below a folder ends, and takes its socket with it."""
    for lock in folder.rglob("plane.lock"):
        wait_until(lambda lock=lock: plane_has_ended(lock), f"the plane of {lock.parent} ends")
    assert not [file for file in folder.rglob("*") if file.is_socket()]


def processes_about(folder: Path) -> list[int]:
    """The processes whose command names a folder (where the system lists processes as files)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in command and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found
