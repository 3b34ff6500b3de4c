"""A project of its own for each test, in which programs on the client libraries run under `keyless run`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Seen = dict[str, Any]
SkipLoudly = Callable[[str], None]
Once = Callable[[str, Callable[[Path], Any]], Any]
"""Makes a thing of JSON once, in a directory given, for all of pytest's processes; the thing has a name."""

PROGRAMS = Path(__file__).parent / "programs"
_FOREIGN = ("AZURE_", "IDENTITY_", "MSI_", "IMDS_", "KEYLESS_")
_LIMIT_S = 90


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command went. ``seen`` is what the program printed last, a line of JSON."""

    code: int
    stdout: str
    stderr: str

    @property
    def seen(self) -> Any:
        """What a program that came to its end saw."""
        assert self.code == 0, self.stderr + self.stdout
        return json.loads(self.stdout.splitlines()[-1])


class Site:
    """A project directory with an estate."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def made(cls, directory: Path) -> Site:
        """A new project in a directory."""
        root = directory / "orders"
        root.mkdir()
        return cls(root)

    def declare(self, estate: str) -> None:
        """Write the estate that the runs are under."""
        (self.root / "keyless.yaml").write_text(estate)

    def run(
        self,
        *command: str,
        options: tuple[str, ...] = (),
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Ran:
        """Run a command. It reaches the local plane and nothing else, and has none of our own settings."""
        done = subprocess.run(
            self.keyless(command, options),
            cwd=cwd or self.root,
            env={**neutral_environment(), **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def python(
        self,
        program: str,
        *arguments: str,
        options: tuple[str, ...] = (),
        env: Mapping[str, str] | None = None,
    ) -> Ran:
        """Run one of the Python programs beside this file."""
        return self.run(sys.executable, str(PROGRAMS / program), *arguments, options=options, env=env)

    @contextmanager
    def inside(self, workload: str) -> Iterator[dict[str, str]]:
        """Be in a workload's place for a while: gives the environment that its commands have."""
        command = (sys.executable, str(PROGRAMS / "environment.py"))
        with subprocess.Popen(
            self.keyless(command, ("--as", workload)),
            env=neutral_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as running:
            stdin, stdout = running.stdin, running.stdout
            assert stdin is not None
            assert stdout is not None
            try:
                yield json.loads(stdout.readline())
            finally:
                stdin.close()
                running.wait(_LIMIT_S)

    def keyless(self, command: tuple[str, ...], options: tuple[str, ...] = ()) -> list[str]:
        """The command line by which a command is run."""
        run = [sys.executable, "-m", "keyless.cli.main", "run", "--offline", "--project", str(self.root)]
        return [*run, *options, "--", *command]


def neutral_environment() -> dict[str, str]:
    """This process's own environment, without what could lead a command elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
