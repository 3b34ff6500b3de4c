"""The processes that read files, and what they are given: one loop that never waits for a single one.

Rules:
- each has a few files at a time, so that it need not wait for the next; it answers in that order, so the
  first without an answer is the one that it is at;
- the folder that the command was given in has no say in what they import (`-P`).
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType

import msgspec

from keyless.assess.messages import HELLO, Answer, Request, framed

_AHEAD = 4
_CHUNK = 1 << 18
Lost = tuple[str, int]


class CannotStart(Exception):
    """The processes that read files do not start."""


class _Reader:
    """One process: what it is still to answer, and what is on the way to it and from it."""

    def __init__(self, root: Path) -> None:
        command = [sys.executable, "-P", "-m", "keyless.assess.worker", str(root)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        assert self.process.stdin is not None  # noqa: S101 - both are pipes
        assert self.process.stdout is not None  # noqa: S101
        self.requests, self.answers = self.process.stdin, self.process.stdout
        os.set_blocking(self.requests.fileno(), False)
        os.set_blocking(self.answers.fileno(), False)
        self.waiting: deque[Request] = deque()
        self.said_hello = False
        self.out = bytearray()
        self._in = bytearray()

    def give(self, request: Request) -> None:
        """Let it read one more file."""
        self.waiting.append(request)
        self.out += framed(msgspec.msgpack.encode(request))

    def write(self) -> None:
        """Send what can be sent now; what a process that ended does not take is told by its end."""
        try:
            del self.out[: os.write(self.requests.fileno(), self.out[:_CHUNK])]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.out.clear()

    def read(self) -> Iterator[bytes] | None:
        """The messages that came; none where it has ended."""
        data = os.read(self.answers.fileno(), _CHUNK)
        if not data:
            return None
        self._in += data
        return self._messages()

    def _messages(self) -> Iterator[bytes]:
        begin = 0
        while len(self._in) >= (at := begin + 4):
            end = at + int.from_bytes(self._in[begin:at], "big")
            if len(self._in) < end:
                break
            yield bytes(self._in[at:end])
            begin = end
        del self._in[:begin]

    def end(self) -> int:
        """End it, if it has not; its exit code."""
        self.requests.close()
        self.answers.close()
        return self.process.wait()


class Readers:
    """Several processes for many files."""

    def __init__(self, root: Path, requests: Sequence[Request], workers: int) -> None:
        self._root = root
        self._left = deque(requests)
        self._selector = selectors.DefaultSelector()
        self._readers: set[_Reader] = set()
        self._workers = workers
        self._decoder = msgspec.msgpack.Decoder(Answer)

    def __enter__(self) -> Readers:
        for _ in range(self._workers):
            self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for reader in self._readers:
            reader.process.kill()
            reader.end()
        self._selector.close()

    def answers(self) -> Iterator[Answer | Lost]:
        """An answer for each file, as they come; path and exit code where a process ended at one."""
        while any(reader.waiting for reader in self._readers):
            for key, events in self._selector.select():
                reader: _Reader = key.data
                if reader not in self._readers:
                    continue
                if events & selectors.EVENT_WRITE:
                    reader.write()
                    self._watch(reader)
                else:
                    yield from self._read(reader)

    def _start(self) -> None:
        reader = _Reader(self._root)
        self._readers.add(reader)
        self._selector.register(reader.answers, selectors.EVENT_READ, reader)
        self._feed(reader)

    def _feed(self, reader: _Reader) -> None:
        while self._left and len(reader.waiting) < _AHEAD:
            reader.give(self._left.popleft())
        self._watch(reader)

    def _watch(self, reader: _Reader) -> None:
        """Wait until more can be sent, where there is more."""
        known = reader.requests in self._selector.get_map()
        if reader.out and not known:
            self._selector.register(reader.requests, selectors.EVENT_WRITE, reader)
        elif known and not reader.out:
            self._selector.unregister(reader.requests)

    def _read(self, reader: _Reader) -> Iterator[Answer | Lost]:
        messages = reader.read()
        if messages is None:
            yield from self._ended(reader)
            return
        for message in messages:
            if message == HELLO:
                reader.said_hello = True
            else:
                reader.waiting.popleft()
                yield self._decoder.decode(message)
        self._feed(reader)

    def _ended(self, reader: _Reader) -> Iterator[Lost]:
        self._selector.unregister(reader.answers)
        reader.out.clear()
        self._watch(reader)
        self._readers.discard(reader)
        code = reader.end()
        if not reader.said_hello:
            raise CannotStart(
                f"the processes that read files end at once (code {code}): "
                "`python -P -m keyless.assess.worker .` says why"
            )
        if reader.waiting:
            yield reader.waiting.popleft().path, code
            self._left.extendleft(reversed(reader.waiting))
        if self._left:
            self._start()
