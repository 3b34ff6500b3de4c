"""Holding signals back, so that they can be passed on to a child instead of ending us.

While they are held, every signal that a child could be meant to have is blocked and waited for. The wait
tells where a signal came from, which decides whether the child has had it already:
- the kernel sends what a terminal causes (Ctrl-C, Ctrl-\\, Ctrl-Z, a new window size, a hang-up) to the whole
  foreground process group, and the child is in it: it must not get the signal twice;
- `kill` sends to us alone: the child must get it from us.

A signal that is blocked in one thread is given to another that does not block it. So signals are held in the
main thread before other threads start: those inherit it.

Source: sigaction(2) (`si_code`), signal(7), pthread_sigmask(3).
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any, NamedTuple

_NAMES = (
    "SIGHUP",
    "SIGINT",
    "SIGQUIT",
    "SIGTERM",
    "SIGUSR1",
    "SIGUSR2",
    "SIGALRM",
    "SIGVTALRM",
    "SIGPROF",
    "SIGWINCH",
    "SIGIO",
    "SIGPWR",
    "SIGINFO",
    "SIGCONT",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
)

_STOPPING = frozenset({signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU})
_FROM_TERMINAL = frozenset({signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGWINCH})

Handler = Any  # what signal.signal takes and gives


def forwarded_signals() -> frozenset[int]:
    """The signals that are passed on: all that a process may be sent, save those that a fault raises."""
    named = {int(getattr(signal, name)) for name in _NAMES if hasattr(signal, name)}
    first, last = getattr(signal, "SIGRTMIN", 1), getattr(signal, "SIGRTMAX", 0)
    return frozenset(named | set(range(first, last + 1)))


class Arrival(NamedTuple):
    """A signal that has arrived. ``sender`` is a process id, 0 for none or an unknown one."""

    number: int
    from_kernel: bool
    sender: int


@dataclass(frozen=True, slots=True)
class HeldSignals:
    """Signals that are being held back. ``mask`` is the set that was blocked before, which a child gets."""

    mask: frozenset[int]

    def wait(self) -> Arrival:
        """Wait for the next signal; `SIGCHLD` is one."""
        waited_for = forwarded_signals() | {signal.SIGCHLD}
        if sys.platform == "darwin":  # it has no way to ask where a signal came from
            number = int(signal.sigwait(waited_for))
            return Arrival(number, number in _FROM_TERMINAL and in_foreground(), 0)
        info = signal.sigwaitinfo(waited_for)
        return Arrival(info.si_signo, info.si_code > 0 and info.si_pid == 0, info.si_pid)


@contextlib.contextmanager
def held_signals() -> Iterator[HeldSignals]:
    """Hold signals back. Enter it in the main thread, before any other thread starts.

    What arrives and is not waited for takes effect when this ends. Raises ValueError in another thread.
    """
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, forwarded_signals() | {signal.SIGCHLD})
    before: dict[int, Handler] = {}
    try:
        _catch(before)
        yield HeldSignals(frozenset(int(number) for number in mask))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _catch(before: dict[int, Handler]) -> None:
    """Give each signal that is ignored by default a handler, else some systems would drop it while blocked.

    The ones that were ignored on purpose (`nohup`) stay so, for the child inherits that. `SIGCHLD` must not
    be, or nobody could wait for the child. What was there goes into ``before``.
    """
    for number in (signal.SIGCHLD, signal.SIGCONT, signal.SIGWINCH):
        handler = signal.getsignal(number)
        if number == signal.SIGCHLD or handler is signal.SIG_DFL:
            signal.signal(number, _nothing)
            before[number] = signal.SIG_DFL if handler is None else handler


def _nothing(number: int, frame: FrameType | None) -> None:
    """A handler that is never called while its signal is blocked."""


def leads_session() -> bool:
    """Whether the kernel tells us alone, and not our group, that the terminal has hung up."""
    return os.getsid(0) == os.getpid()


def in_foreground() -> bool:
    """Whether we have a terminal, and are in the process group that it sends its signals to."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def stop_like(number: int) -> bool:
    """Stop ourselves as a child was stopped, so that the shell gets its terminal back.

    Returns true once we have been resumed; false at once for a child that was sent `SIGSTOP` where no shell
    is waiting for the terminal: only whoever stopped it knows when it is to go on.
    """
    if number in _STOPPING:
        _take_default(number)
        return True
    if in_foreground():
        os.kill(os.getpid(), signal.SIGSTOP)
        return True
    return False


def _take_default(number: int) -> None:
    """Let one signal have its default effect on us, although it is held back."""
    handler = signal.getsignal(number)
    signal.signal(number, signal.SIG_DFL)
    try:
        os.kill(os.getpid(), number)
        was = signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
        signal.pthread_sigmask(signal.SIG_SETMASK, was)
    finally:
        signal.signal(number, handler)


def die_of(number: int) -> None:
    """End this process by a signal, as if it had been the one that was hit; leaves no core dump.

    Returns only where the signal cannot end a process.
    """
    import resource

    # 1, not 0: a kernel that pipes core dumps to a program does so whatever the limit, save for this one
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (1 if hard else 0, hard))
    if number not in {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    os.kill(os.getpid(), number)
