"""Running a command in our place, as `env` and `sudo` would: the person at the terminal sees no difference.

Rules:
- same process group, same terminal, same standard streams, untouched; no pseudo-terminal in between;
- the child starts with the signal mask that we were started with, and with default handlers; what was ignored
  on purpose before us (`nohup`) stays ignored;
- signals reach the child once: those that a terminal sends it has had, all others are passed on to it;
- when the child is stopped (Ctrl-Z), we stop in the same way, and resume it when we are resumed;
- the exit code is the child's; of one that died by a signal we die by the same (`exit_like`), so that a shell
  above sees what it would have seen; 127 for a command that is not there, 126 for one that cannot be run.

A command's own process is never forwarded what it sent us itself. Source: POSIX, `env`, exit status; sudo(8),
"Signal handling"; https://www.cons.org/cracauer/sigint.html on why to die by the signal.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from keyless.gateway.held_signals import Arrival, HeldSignals, held_signals
from keyless.gateway.signals import die_of, leads_session, stop_like

NOT_FOUND = 127
NOT_RUNNABLE = 126
_SIGNALLED = 128

_CHANGED_BY_PYTHON = tuple(
    getattr(signal, name) for name in ("SIGPIPE", "SIGXFSZ", "SIGXFZ") if hasattr(signal, name)
)


class CannotRun(Exception):
    """A command that could not be started. ``exit_code`` is 126 or 127, as `env` has them."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class ChildStatus:
    """How a child ended: by itself with a code, or by a signal. Exactly one of the two is set."""

    code: int | None
    signal: int | None

    @property
    def exit_code(self) -> int:
        """The code as a shell shows it: 128 and the signal's number for a child that died of one."""
        return self.code if self.code is not None else _SIGNALLED + (self.signal or 0)

    @property
    def succeeded(self) -> bool:
        """Whether it ended with code 0."""
        return self.code == 0

    @classmethod
    def from_wait(cls, status: int) -> ChildStatus:
        """Read what `waitpid` gives for a process that has ended."""
        if os.WIFSIGNALED(status):
            return cls(None, os.WTERMSIG(status))
        return cls(os.WEXITSTATUS(status), None)


def run_child(
    argv: Sequence[str],
    environment: Mapping[str, str],
    signals: HeldSignals | None = None,
    started: Callable[[int], None] | None = None,
) -> ChildStatus:
    """Run a command to its end, from the main thread.

    Whoever starts threads beside it holds the signals first, and hands them in (see
    `keyless.gateway.held_signals`): a thread that does not block a signal is given it. ``started`` is told
    the command's process id.

    Raises:
        CannotRun: there is no such command, or it cannot be run.
        ValueError: there is no command at all, or this is not the main thread.
    """
    if not argv or not argv[0]:
        raise ValueError("there is no command to run")
    with contextlib.ExitStack() as stack:
        held = signals or stack.enter_context(held_signals())
        pid = _spawn(list(argv), dict(environment), held)
        if started is not None:
            started(pid)
        return _attend(pid, held)


def _spawn(argv: list[str], environment: dict[str, str], held: HeldSignals) -> int:
    try:
        return _spawn_as_it_is(argv[0], argv, environment, held)
    except OSError as error:
        script = shutil.which(argv[0]) if error.errno == errno.ENOEXEC else None
        if script is None:
            raise _cannot_run(argv[0], error) from error
    try:  # a script that names no interpreter is the shell's, as for `execvp`
        return _spawn_as_it_is("/bin/sh", ["/bin/sh", script, *argv[1:]], environment, held)
    except OSError as error:
        raise _cannot_run("/bin/sh", error) from error


def _spawn_as_it_is(file: str, argv: list[str], environment: dict[str, str], held: HeldSignals) -> int:
    return os.posix_spawnp(file, argv, environment, setsigmask=held.mask, setsigdef=_CHANGED_BY_PYTHON)


def _cannot_run(command: str, error: OSError) -> CannotRun:
    code = NOT_FOUND if error.errno == errno.ENOENT else NOT_RUNNABLE
    return CannotRun(f"cannot run `{command}`: {_why_not(command, error)}", code)


def _why_not(command: str, error: OSError) -> str:
    if error.errno == errno.ENOENT:
        if shutil.which(command):
            return "it is there, but the interpreter that it names is not; install that, or make it anew"
        return "no such file or directory; check its spelling and the PATH"
    if os.path.isdir(command):
        return "it is a directory; name a program in it"
    if error.errno == errno.EACCES:
        return "permission denied; `chmod +x` makes a file executable"
    return os.strerror(error.errno or 0).lower()


def _attend(pid: int, held: HeldSignals) -> ChildStatus:
    """Pass signals on to a child until it has ended."""
    while True:
        arrival = held.wait()
        if arrival.number == signal.SIGCHLD:
            ended = _look_after(pid)
            if ended is not None:
                return ended
        elif not _has_had(arrival, pid):
            _send(pid, arrival.number)


def _has_had(arrival: Arrival, pid: int) -> bool:
    """Whether a child has had a signal already: from the terminal, or because it sent it itself."""
    if arrival.number == signal.SIGHUP and leads_session():
        return False
    return arrival.from_kernel or arrival.sender == pid


def _look_after(pid: int) -> ChildStatus | None:
    """Stop and resume with a child; how it ended, once it has."""
    while True:
        found, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
        if not found:
            return None
        if not os.WIFSTOPPED(status):
            return ChildStatus.from_wait(status)
        if stop_like(os.WSTOPSIG(status)):
            _send(pid, signal.SIGCONT)


def _send(pid: int, number: int) -> None:
    """Signal a child that has not been waited for; one that runs as another user cannot be reached."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def exit_like(status: ChildStatus) -> NoReturn:
    """End this process as the child ended: with its code, or by the signal that it died of."""
    if status.signal is not None:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        die_of(status.signal)
    sys.exit(status.exit_code)
