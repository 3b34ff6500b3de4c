"""Watching a command in a thread until it has served its first request.

Rules:
- nothing is looked at before anybody has come to a socket of this machine: the kernel counts that, and to
  read the count costs next to nothing; to look at all sockets costs as much as the kernel's table is long;
- nothing is done in the first quarter of a second either: most commands that serve nothing are over by then;
- it takes a thousandth of a core at most, after a few looks that are free: the dearer they are, the rarer;
- it ends with the first request, where it cannot look (no /proc), or when it is told to.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

_EVERY_S = 0.25
_FREE_S = 0.1
_SHARE = 0.001


class ServingWatch:
    """Tells once of a command's first request. ``served`` is called in the watch's own thread."""

    def __init__(self, served: Callable[[], None], proc: Path = Path("/proc")) -> None:
        self._served = served
        self._proc = proc
        self._stopped = threading.Event()

    def start(self, command: int) -> None:
        """Begin to watch a process."""
        came = connections_taken(self._proc) if sys.platform == "linux" else None
        if came is not None:
            arguments = (command, came)
            threading.Thread(target=self._watch, args=arguments, name="keyless-serving", daemon=True).start()

    def stop(self) -> None:
        """Watch no more."""
        self._stopped.set()

    def _watch(self, command: int, came: int) -> None:
        if self._stopped.wait(_EVERY_S):
            return
        from keyless.gateway.serving.look import Looker  # here: a command that is over needs none of it

        looker = Looker(command, proc=self._proc)
        began, spent = time.monotonic(), time.thread_time()
        seen: int | None = came
        with contextlib.suppress(OSError):  # processes cannot be looked at
            while not self._stopped.is_set():
                before, seen = seen, connections_taken(self._proc)
                if (seen != before or looker.somebody_waits) and looker.has_served():
                    self._served()
                    return
                self._stopped.wait(pause_s(time.thread_time() - spent, time.monotonic() - began))


def pause_s(spent_s: float, running_s: float) -> float:
    """How long to wait for the next look, where looks took so much processor time up to now."""
    return max(_EVERY_S, (spent_s - _FREE_S) / _SHARE - running_s)


def connections_taken(proc: Path) -> int | None:
    """How many TCP connections were made to this network namespace; none where the kernel does not say.

    Source: RFC 1213, `tcpPassiveOpens`; proc_pid_net(5), `snmp`.
    """
    try:
        lines = (proc / "net" / "snmp").read_text("ascii").splitlines()
        names, values = (line.split() for line in lines if line.startswith("Tcp:"))
        return int(values[names.index("PassiveOpens")])
    except (OSError, ValueError, IndexError):
        return None
