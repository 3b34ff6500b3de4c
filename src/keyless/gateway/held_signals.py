"""Holding signals back, so that they can be passed on to a child instead of ending us.

While they are held, every signal that a child could be meant to have is waited for. Where it came from says
whether the child has had it already:
- the kernel sends what a terminal causes (Ctrl-C, Ctrl-\\, Ctrl-Z, a new window size, a hang-up) to the whole
  foreground process group, and the child is in it: it must not get the signal twice;
- `kill` sends to us alone: the child must get it from us.

Where the system can say so (`sigtimedwait`), the signals are blocked, and the wait tells the origin. A signal
that is blocked in one thread is given to another that does not block it: so hold them in the main thread
before other threads start, which inherit that. A thread that was there before may still take one; that is
noticed within ``_PATIENCE_S``. Elsewhere (macOS), or for a signal so taken, the origin is guessed: what a
terminal can send is taken to come from it where we are in its foreground.

Source: sigaction(2) (`si_code`), signal(7), pthread_sigmask(3).
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections import deque
from collections.abc import Iterator
from types import FrameType
from typing import Any, NamedTuple, Protocol

from keyless.gateway.signals import forwarded_signals, in_foreground

_WAITED_FOR = forwarded_signals() | {signal.SIGCHLD}
_FROM_TERMINAL = frozenset({signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGWINCH})
_PATIENCE_S = 0.25
_CAN_TELL_ORIGIN = hasattr(signal, "sigtimedwait")

Handler = Any  # what signal.signal takes and gives


class Arrival(NamedTuple):
    """A signal that has arrived. ``sender`` is a process id, 0 for none or an unknown one."""

    number: int
    from_kernel: bool
    sender: int


class HeldSignals(Protocol):
    """Signals that are being held back."""

    @property
    def mask(self) -> frozenset[int]:
        """The signals that were blocked before, which is what a child gets."""
        ...

    def wait(self) -> Arrival:
        """Wait for the next signal; `SIGCHLD` is one."""
        ...


@contextlib.contextmanager
def held_signals(*, tell_origin: bool = _CAN_TELL_ORIGIN) -> Iterator[HeldSignals]:
    """Hold signals back. Enter it in the main thread, before any other thread starts.

    What arrives and is not waited for takes effect when this ends. Raises ValueError in another thread.
    """
    with _blocked() if tell_origin else _piped() as held:
        yield held


class _Blocked:
    """Blocked signals. ``strays`` are those that other threads have taken."""

    def __init__(self, mask: frozenset[int]) -> None:
        self.mask = mask
        self.strays: deque[int] = deque()

    def catch(self, number: int, frame: FrameType | None) -> None:
        """A handler: called only for a signal that another thread was given."""
        self.strays.append(number)

    def wait(self) -> Arrival:
        """Wait for the next signal."""
        while True:
            if self.strays:
                return _guessed(self.strays.popleft())
            info = signal.sigtimedwait(_WAITED_FOR, _PATIENCE_S)
            if info is not None:
                return Arrival(info.si_signo, info.si_code > 0 and info.si_pid == 0, info.si_pid)


@contextlib.contextmanager
def _blocked() -> Iterator[_Blocked]:
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _WAITED_FOR)
    held = _Blocked(frozenset(int(number) for number in mask))
    try:
        with _caught(held.catch):
            yield held
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        _raise_again(held.strays)


class _Piped:
    """Signals that are caught, whichever thread they are given to, and come through a pipe."""

    def __init__(self, pipe: int) -> None:
        self.mask = frozenset(int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, ()))
        self._pipe = pipe

    def wait(self) -> Arrival:
        """Wait for the next signal."""
        return _guessed(os.read(self._pipe, 1)[0])

    def left(self) -> bytes:
        """What nobody has waited for."""
        os.set_blocking(self._pipe, False)
        with contextlib.suppress(BlockingIOError):
            return os.read(self._pipe, 4096)
        return b""


@contextlib.contextmanager
def _piped() -> Iterator[_Piped]:
    pipe, written_by_handlers = os.pipe()
    try:
        os.set_blocking(written_by_handlers, False)
        held = _Piped(pipe)
        with _caught(_nothing), _waking(written_by_handlers):
            yield held
        _raise_again(held.left())
    finally:
        os.close(pipe)
        os.close(written_by_handlers)


@contextlib.contextmanager
def _waking(pipe: int) -> Iterator[None]:
    before = signal.set_wakeup_fd(pipe, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)


def _nothing(number: int, frame: FrameType | None) -> None:
    """A handler; the pipe has the signal's number before it is called."""


@contextlib.contextmanager
def _caught(handler: Handler) -> Iterator[None]:
    """Give every signal a handler, and in the end its own again.

    A signal that is ignored on purpose (`nohup`) stays so, for the child inherits that; `SIGCHLD` must not
    be, or nobody could wait for the child.
    """
    before: dict[int, Handler] = {}
    try:
        for number in sorted(_WAITED_FOR):
            found = signal.getsignal(number)
            if number == signal.SIGCHLD or found is not signal.SIG_IGN:
                before[number] = signal.SIG_DFL if found is None else found
                signal.signal(number, handler)
        yield
    finally:
        for number, found in before.items():
            signal.signal(number, found)


def _guessed(number: int) -> Arrival:
    """A signal of unknown origin."""
    return Arrival(number, number in _FROM_TERMINAL and in_foreground(), 0)


def _raise_again(numbers: deque[int] | bytes) -> None:
    for number in numbers:
        if number != signal.SIGCHLD:
            os.kill(os.getpid(), number)
