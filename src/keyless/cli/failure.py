"""Failures of Keyless itself: one clear message on standard error, and an exit code of their own.

`run` and `prove` fail with 125, as `env` and its kin do, so that the code of the command that they ran
cannot be mistaken for theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from keyless.cli.terminal import say

OWN_FAILURE = 125


class Failure(Exception):
    """A failure to report; ``message`` may have several lines."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code

    def report(self) -> None:
        """Print the message."""
        for line in str(self).splitlines():
            say(line, bad=True)


@contextmanager
def explained() -> Iterator[None]:
    """Turn the errors that say what to do into failures; anything else stays a bug with its traceback."""
    try:
        yield
    except Exception as error:
        if isinstance(error, _that_explain_themselves()):
            raise Failure(str(error)) from error
        if isinstance(error, OSError) and error.filename is not None:
            why = (error.strerror or str(error)).lower()
            raise Failure(f"cannot use `{error.filename}`: {why}") from error
        raise


@contextmanager
def own_failures() -> Iterator[None]:
    """As ``explained``, for a command that runs another: what fails here ends with 125, 126 or 127."""
    from keyless.gateway.child import CannotRun

    try:
        with explained():
            yield
    except CannotRun as error:
        raise Failure(str(error), error.exit_code) from error
    except Failure as failure:
        raise Failure(str(failure), OWN_FAILURE) from failure


def _that_explain_themselves() -> tuple[type[Exception], ...]:
    from keyless.deploy.apply import CannotApply
    from keyless.evidence.database import EvidenceError
    from keyless.evidence.logs.files import LogError
    from keyless.gateway.metadata.server import CannotServeMetadata
    from keyless.runtime.client import PlaneUnavailable
    from keyless.runtime.project import ProjectError
    from keyless.store.ports import StoreError

    return (
        StoreError,
        EvidenceError,
        LogError,
        ProjectError,
        PlaneUnavailable,
        CannotApply,
        CannotServeMetadata,
    )
