"""Whose descendant a process is.

Rules:
- the way up goes from parent to parent, and is walked twice: both must be the same, so that no parent died on
  the way;
- a parent was started before its child: one that was started later has only got a dead parent's number;
- the nearest ancestor of those asked about counts; a process that its starter has left behind (a daemon,
  whose parent is now another) is nobody's descendant any more;
- behind a process that must not speak for others (the plane itself, which carries their requests) nobody is
  looked for.
"""

from __future__ import annotations

from collections.abc import Collection

from keyless.gateway.attest.processes import Process, Processes, Unreadable

_MOST_GENERATIONS = 4096


def nearest_ancestor(
    processes: Processes, process: Process, among: Collection[Process], barrier: int
) -> Process | None:
    """The nearest proper ancestor of a process that is one of ``among``; none where ``barrier`` is nearer.

    ``barrier`` is the id of a process that neither is a descendant of anyone, nor are its children.

    Raises:
        Unreadable: the way up cannot be followed, or changed meanwhile.
    """
    way = _way_up(processes, process)
    if _way_up(processes, process) != way:
        raise Unreadable(f"the ancestors of process {process.pid} have changed")
    if process.pid == barrier:
        return None
    for ancestor in way[1:]:
        if ancestor.pid == barrier:
            return None
        if ancestor in among:
            return ancestor
    return None


def _way_up(processes: Processes, process: Process) -> list[Process]:
    """A process and its ancestors, nearest first."""
    way = [process]
    if processes.process(process.pid) != process:
        raise Unreadable(f"process {process.pid} has ended")
    while (parent := processes.parent(way[-1].pid)) and len(way) < _MOST_GENERATIONS:
        above = processes.process(parent)
        if above.started > way[-1].started:
            raise Unreadable(f"the parent of process {way[-1].pid} has ended")
        way.append(above)
    return way
