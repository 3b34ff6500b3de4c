"""Reading the files of a repository, in several processes.

Rules:
- a process that dies, or takes too long, costs the file that it was at: that is a problem of this file, and
  the others that it had been given are read by another process;
- what comes back is in the order of the paths, whichever process was faster.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from keyless.assess.files.left_out import LeftOut
from keyless.assess.files.limits import FILE_S, MOST_WORKERS
from keyless.assess.messages import Answer, Request
from keyless.assess.readers import Readers
from keyless.assess.standing.comments import Comment
from keyless.assess.syntax.source import Lack, Source
from keyless.assess.worker import lacking

_FILES_FOR_A_WORKER = 8
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Scan:
    """What was read, how many files were left out, by why, and comments that allow something."""

    sources: tuple[Source, ...]
    left_out: Mapping[LeftOut, int]
    comments: Mapping[str, tuple[Comment, ...]]
    digests: Mapping[str, bytes]


def scan(
    root: Path, requests: Sequence[Request], progress: Progress | None = None, workers: int | None = None
) -> Scan:
    """Read files below a folder, or what the requests hold; ``progress`` is told how many are done.

    Raises:
        CannotStart: the processes that read do not start.
    """
    wanted = min(workers or _processors(), 1 + len(requests) // _FILES_FOR_A_WORKER)
    sources: list[Source] = []
    left_out: Counter[LeftOut] = Counter()
    comments: dict[str, tuple[Comment, ...]] = {}
    digests: dict[str, bytes] = {}
    for done, answer in enumerate(_answers(root, requests, wanted), 1):
        if answer.source is not None:
            sources.append(answer.source)
            digests[answer.path] = answer.digest
        if answer.left_out is not None:
            left_out[answer.left_out] += 1
        if answer.comments:
            comments[answer.path] = answer.comments
        if progress is not None:
            progress(done)
    return Scan(tuple(sorted(sources, key=lambda one: one.path)), left_out, comments, digests)


def _processors() -> int:
    return min(
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        MOST_WORKERS,
    )


def _answers(root: Path, requests: Sequence[Request], workers: int) -> Iterable[Answer]:
    if not requests:
        return
    with Readers(root, requests, workers) as readers:
        for one in readers.answers():
            yield one if isinstance(one, Answer) else _lost(*one)


def _lost(path: str, code: int) -> Answer:
    """The answer for a file at which a process ended."""
    if code == -signal.SIGALRM:
        return lacking(path, Lack.TOO_SLOW, f"it was not read after {FILE_S:.0f} seconds")
    return lacking(
        path, Lack.FAILED, f"reading it ended the process that did (code {code}): please report it"
    )
