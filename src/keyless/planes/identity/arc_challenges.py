"""The challenges of Azure Arc's endpoint: a file that the workload's user alone can read, and its content.

Rules:
- a challenge is for one workload, holds 256 random bits, is good for one answer and for half a minute;
- a file is gone once it is answered, once its workload ends, and once another is made after its time;
- a workload has a limited number of them at a time: the oldest gives way.

Pure but for the files, which come in through ``KeyFiles``; the time is given.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Protocol

from keyless.wire.call import Workload

LIFE_S = 30
_AT_ONCE = 32


class KeyFiles(Protocol):
    """Where challenges are put."""

    def write(self, content: str) -> str:
        """Put one into a new file; the path by which the workload knows it."""
        ...

    def remove(self, path: str) -> None:
        """Remove one; nothing where it is gone."""
        ...


@dataclass(frozen=True, slots=True)
class _Challenge:
    workload: Workload
    path: str
    expires_at: float
    answer: str = field(repr=False)


class Challenges:
    """The challenges that are open."""

    def __init__(self, files: KeyFiles) -> None:
        self._files = files
        self._open: list[_Challenge] = []

    def issue(self, workload: Workload, now: float) -> str:
        """Challenge a workload; the path of the file that it has to read.

        Raises:
            OSError: the file cannot be written.
        """
        own = [challenge for challenge in self._open if challenge.workload == workload]
        self._close([*(c for c in self._open if c.expires_at <= now), *own[: 1 - _AT_ONCE]])
        answer = secrets.token_urlsafe(32)
        made = _Challenge(workload, self._files.write(answer), now + LIFE_S, answer)
        self._open.append(made)
        return made.path

    def redeem(self, workload: Workload, answer: str, now: float) -> bool:
        """Whether a workload has read the file of a challenge of its own; the challenge is over then."""
        offered = answer.encode(errors="replace")
        met = [c for c in self._open if hmac.compare_digest(c.answer.encode(), offered)]
        own = [challenge for challenge in met if challenge.workload == workload]
        self._close(own)
        return any(challenge.expires_at > now for challenge in own)

    def forget(self, workload: Workload) -> None:
        """End a workload's challenges."""
        self._close([challenge for challenge in self._open if challenge.workload == workload])

    def _close(self, over: list[_Challenge]) -> None:
        self._open = [challenge for challenge in self._open if challenge not in over]
        for challenge in over:
            self._files.remove(challenge.path)
