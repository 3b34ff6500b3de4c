"""The history of a project's score: `.keyless/scores.jsonl`, a line for each time that it says anything new.

A line that cannot be read, or that is of another schema, is left where it is and passed over: a history is
not lost because its last line was cut off.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from keyless.plan.score import SCORE_SCHEMA, Score, worth_keeping


def read_scores(file: Path) -> tuple[Score, ...]:
    """The scores in a file, in the order of time; none where there is no file."""
    if not file.exists():
        return ()
    found = [score for line in file.read_bytes().splitlines() if (score := _score(line))]
    return tuple(sorted(found, key=lambda score: score.at))


def _score(line: bytes) -> Score | None:
    try:
        score = msgspec.json.decode(line, type=Score)
    except (msgspec.DecodeError, RecursionError):
        return None
    return score if score.schema == SCORE_SCHEMA else None


def keep_score(file: Path, score: Score) -> tuple[Score, ...]:
    """Add a score where it says something new; the whole history, this score its last."""
    history = read_scores(file)
    if not worth_keeping(score, history):
        return history
    _append(file, msgspec.json.encode(score))
    return (*history, score)


def _append(file: Path, line: bytes) -> None:
    """Add a line to a file that only its owner may read, in one write; after one that was cut off, too."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as opened:
        size = opened.seek(0, os.SEEK_END)
        whole = size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
        opened.write((b"" if whole else b"\n") + line + b"\n")
