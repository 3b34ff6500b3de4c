"""The signals that concern a child, and what they do to ourselves: stop like it, die like it.

Source: signal(7); core(5), on the limit of 1 byte.
"""

from __future__ import annotations

import os
import signal

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


def forwarded_signals() -> frozenset[int]:
    """The signals that are passed on: all that a process may be sent, save those that a fault raises."""
    named = {int(getattr(signal, name)) for name in _NAMES if hasattr(signal, name)}
    first, last = getattr(signal, "SIGRTMIN", 1), getattr(signal, "SIGRTMAX", 0)
    return frozenset(named | set(range(first, last + 1)))


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
    handler = signal.signal(number, signal.SIG_DFL)
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
