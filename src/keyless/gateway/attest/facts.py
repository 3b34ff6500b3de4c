"""The facts about a process that rules may rest on.

The executable is the file that runs, not a name: a rule's path must lead to that very file when it is asked.
So a program that was deleted or replaced since it started is not the rule's any more, and a file of the same
name in a container's own file system never is.
"""

from __future__ import annotations

import os

from keyless.gateway.attest.placement import read_placement
from keyless.gateway.attest.processes import Process, Processes, readable
from keyless.gateway.attest.sockets import FarSocket
from keyless.model.workloads import FileId, ProcessFacts


def facts_of(processes: Processes, process: Process) -> ProcessFacts:
    """What the kernel says of a process, which the caller holds fast; raises Unreadable."""
    credentials = processes.credentials(process.pid)
    folder = processes.proc / str(process.pid)
    with readable(process.pid):
        cgroups = (folder / "cgroup").read_text("utf-8", "backslashreplace")
    executable, program = _executable(f"{folder}/exe")
    return ProcessFacts(
        process.pid, credentials.uid, credentials.groups, executable, program, read_placement(cgroups)
    )


def _executable(link: str) -> tuple[FileId | None, str]:
    """The file that a process runs, and what it was called; none where there is none to be seen."""
    try:
        found = os.stat(link)
        called = os.readlink(os.fsencode(link)).decode("utf-8", "backslashreplace")
        return FileId(found.st_dev, found.st_ino), called
    except OSError:
        return None, "an unknown program"


class ReadsFacts:
    """Reads facts for an attestor."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes

    def __call__(self, process: Process, socket: FarSocket) -> ProcessFacts:
        """The facts about a process that holds a socket."""
        return facts_of(self._processes, process)
