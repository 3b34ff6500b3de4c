"""A process that reads files: it is given paths, and answers with what is in them.

Rules:
- a file that takes too long ends the process (an alarm of the system, which no loop can miss), one that needs
  too much memory fails; the process that asked notes that for the file, and starts another;
- a reader that fails is a problem of that file;
- what is nested too deeply to be gone through is not handed on.
"""

from __future__ import annotations

import gc
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from keyless.assess.files.contents import CannotRead, NotThere, bytes_of, text_of
from keyless.assess.files.kinds import kind_of
from keyless.assess.files.left_out import made_by_tool
from keyless.assess.files.limits import FILE_S, WORKER_BYTES, largest_bytes
from keyless.assess.messages import HELLO, Answer, Request, digest, framed
from keyless.assess.sources.read import read
from keyless.assess.standing.comments import comments_in
from keyless.assess.syntax.depth import is_too_deep
from keyless.assess.syntax.source import Lack, Problem, Source

_COLLECT_EVERY = 100


def main() -> None:
    """Answer requests from standard input until it ends; the folder is the only argument."""
    root = Path(sys.argv[1])
    _bound()
    gc.disable()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    _send(answers, HELLO)
    decoder = msgspec.msgpack.Decoder(Request)
    for number, message in enumerate(_messages(requests)):
        with _alarmed():
            answer = encoded(answered(root, decoder.decode(message)))
        _send(answers, answer)
        if number % _COLLECT_EVERY == 0:
            gc.collect()


def _bound() -> None:
    """Take no more memory than a file may cost, and leave it to the one who asked to be interrupted."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = WORKER_BYTES if most == resource.RLIM_INFINITY else min(WORKER_BYTES, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextmanager
def _alarmed() -> Iterator[None]:
    signal.setitimer(signal.ITIMER_REAL, FILE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _messages(stream: BinaryIO) -> Iterator[bytes]:
    while len(head := stream.read(4)) == 4:
        yield stream.read(int.from_bytes(head, "big"))


def _send(stream: BinaryIO, message: bytes) -> None:
    stream.write(framed(message))
    stream.flush()


def answered(root: Path, request: Request) -> Answer:
    """What a file says, or why it is not known."""
    try:
        return _answered(root, request)
    except NotThere as gone:
        return Answer(request.path, left_out=gone.why)
    except CannotRead as error:
        return lacking(request.path, error.lack, str(error))
    except MemoryError:
        return lacking(request.path, Lack.TOO_LARGE, "reading it takes too much memory")
    except Exception as error:
        return lacking(
            request.path, Lack.FAILED, f"its reader failed with `{type(error).__name__}`: please report it"
        )


def _answered(root: Path, request: Request) -> Answer:
    path, kind = request.path, kind_of(request.path)
    if kind is None:
        return Answer(path)
    data = bytes_of(root, path, largest_bytes(kind)) if request.data is None else request.data
    left_out = made_by_tool(path, kind, data, request.has_bicep)
    if left_out is not None:
        return Answer(path, left_out=left_out)
    source = read(path, data)
    return Answer(path, source, comments=comments_in(text_of(data)), digest=digest(data))


def encoded(answer: Answer) -> bytes:
    """An answer as a message; that it is nested too deeply, where it is."""
    try:
        if not is_too_deep(answer.source):
            return msgspec.msgpack.encode(answer)
    except RecursionError:
        pass
    return msgspec.msgpack.encode(lacking(answer.path, Lack.TOO_DEEP, "it is nested too deeply"))


def lacking(path: str, lack: Lack, message: str) -> Answer:
    """The answer for a file of which nothing is known."""
    return Answer(path, Source(path=path, problems=(Problem(path, lack, message),)))


if __name__ == "__main__":
    main()
