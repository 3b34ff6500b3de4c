"""Kills writers at random moments, one after the other on the same files, and judges what each leaves.

Rules:
- what was acknowledged is there; of what was under way the whole is there, or nothing;
- no file of the state directory holds a planted secret, before it is opened again and with its logs in it;
- a writer that ends by itself, or a vault that does not open, is a failure like any other.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.kills.model import Operation, State, after
from bench.kills.reader import HalfThere, read, same
from bench.kills.traces import forms, found_in
from bench.kills.vault import found, opened, project_in
from bench.kills.writer import Writer, heard
from keyless.runtime.project import Project
from keyless.tokens.keys import SigningKey

_LONGEST_LIFE_S = 0.06
_EARLY, _BEGUN = 0.1, 0.3
"""How many are killed without regard to whether they have begun to write, as they open the files, too; and
how many so, or with their first write under way. All others had a write acknowledged, on any disk."""
_PIPE_BYTES = 1 << 20


@dataclass(slots=True)
class Report:
    """What came of it. ``failures`` say of each what is wrong."""

    kills: int = 0
    acknowledged: int = 0
    under_way: int = 0
    applied: int = 0
    files: int = 0
    scanned_bytes: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)


class Campaign:
    """Rounds of one writer each over one state directory."""

    def __init__(self, directory: Path, seed: int) -> None:
        self._project = project_in(directory)
        self._key: SigningKey = asyncio.run(found(self._project))
        self._chance = random.Random(seed)  # when to kill need not be secret
        self._marker = f"planted{secrets.token_hex(8)}"
        self._needles = forms(self._marker)
        self._state = State()
        self._next = 1
        self.report = Report()

    def run(self, rounds: int) -> Report:
        """Kill that many writers, or fewer where one leaves something wrong."""
        began = time.perf_counter()
        while self.report.kills < rounds and not self.report.failures:
            self._round()
        self.report.seconds = time.perf_counter() - began
        return self.report

    def _round(self) -> None:
        said = self._killed()
        self.report.kills += 1
        done = list(heard(said))
        self._look_for_traces()
        state, pending = self._expected(done)
        self._judge(state, pending)
        self._next += len(done)

    def _killed(self) -> bytes:
        """Let a writer live for a while; what it said until it was killed."""
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            self._be_writer(reading, writing)
        os.close(writing)
        chance = self._chance.random()
        said = b"" if chance < _EARLY else _begun(reading, answered=chance >= _BEGUN)
        time.sleep(self._chance.uniform(0, _LONGEST_LIFE_S))
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        said += _rest(reading)
        if not os.WIFSIGNALED(status):
            self.report.failures.append(f"the writer ended by itself: {said[-300:]!r}")
        return said

    def _be_writer(self, reading: int, writing: int) -> None:
        """Never returns: the rest of this program is the parent's."""
        try:
            os.close(reading)
            Writer(self._project, self._key, self._state, self._marker, self._next).run(writing)
        finally:
            os._exit(1)

    def _look_for_traces(self) -> None:
        files = [path for path in self._project.state.rglob("*") if path.is_file()]
        self.report.files = len(files)
        self.report.scanned_bytes += sum(path.stat().st_size for path in files)
        for path in found_in(self._project.state, self._needles):
            self.report.failures.append(f"a secret is in `{path}`")

    def _expected(self, done: list[tuple[Operation, bool]]) -> tuple[State, Operation | None]:
        """The state that was acknowledged, and the operation that was under way."""
        state, pending = self._state, None
        for operation, answered in done:
            if answered:
                state = after(state, operation)
                self.report.acknowledged += 1
            else:
                pending = operation
        return state, pending

    def _judge(self, state: State, pending: Operation | None) -> None:
        whole = state if pending is None else after(state, pending)
        self.report.under_way += pending is not None
        try:
            left = asyncio.run(_read(self._project, self._key, self._marker))
        except HalfThere as error:
            self.report.failures.append(f"half there: {error}")
            return
        if same(left, state):
            self._state = state.without_backups()
        elif same(left, whole):
            self._state = whole.without_backups()
            self.report.applied += 1
        else:
            self.report.failures.append(f"expected {state} or {pending} beyond it, and found {left}")


async def _read(project: Project, key: SigningKey, marker: str) -> State:
    with opened(project, key) as vault:
        return await read(vault, marker)


def _begun(reading: int, *, answered: bool) -> bytes:
    """What a writer has said by the time it writes, or has had an answer; less where it ends before."""
    said = os.read(reading, _PIPE_BYTES)
    while answered and not any(done for _, done in heard(said)):
        more = os.read(reading, _PIPE_BYTES)
        if not more:
            break
        said += more
    return said


def _rest(reading: int) -> bytes:
    said = b""
    while more := os.read(reading, _PIPE_BYTES):
        said += more
    os.close(reading)
    return said
