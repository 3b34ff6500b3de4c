"""Failures of Keyless itself: one clear message on standard error, and an exit code of their own.

`run` and `prove` fail with 125, as `env` and its kin do, so that the code of the command that they ran
cannot be mistaken for theirs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

OWN_FAILURE = 125


class Failure(Exception):
    """A failure to report; ``message`` may have several lines."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code

    def report(self) -> None:
        """Print the message."""
        for line in str(self).splitlines():
            sys.stderr.write(f"keyless: {line}\n")


@contextmanager
def explained(exit_code: int = 1) -> Iterator[None]:
    """Turn the errors that say what to do into failures; anything else stays a bug with its traceback."""
    from keyless.evidence.database import EvidenceError
    from keyless.runtime.client import PlaneUnavailable
    from keyless.runtime.project import ProjectError
    from keyless.store.ports import StoreError

    try:
        yield
    except (StoreError, EvidenceError, ProjectError, PlaneUnavailable) as error:
        raise Failure(str(error), exit_code) from error
