"""Workloads that are known by what the kernel says of their processes, and the rules that know them.

Rules:
- a rule's selectors must all hold; what it does not say may be anything;
- a rule names a user, a systemd unit or a container: the rest alone does not say who a process is;
- a process's name and arguments are no facts: it writes them itself.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec


class WorkloadRule(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A rule that lets processes speak as a compute resource, ``runs_as`` (its ARM id).

    ``user`` and ``group`` are names or numbers; ``executable`` is a path; ``systemd_unit`` a unit's full
    name, with the user manager's in front for a unit of a user's own (`user@1000.service/app.service`);
    ``container`` the beginning of a container's id; ``cgroup`` a control group that holds the process, at any
    depth.
    """

    name: str
    runs_as: str
    user: str | None = None
    group: str | None = None
    executable: str | None = None
    systemd_unit: str | None = None
    container: str | None = None
    cgroup: str | None = None

    @property
    def says_who(self) -> bool:
        """Whether the rule may be used at all."""
        return any(said is not None for said in (self.user, self.systemd_unit, self.container))


class FileId(NamedTuple):
    """A file, whatever it is called."""

    device: int
    inode: int


class Placement(NamedTuple):
    """Where the system's manager has put a process; each is none where nothing says so."""

    cgroup: str | None = None
    systemd_unit: str | None = None
    container: str | None = None


class ProcessFacts(NamedTuple):
    """What the kernel says of one process. ``groups`` has every group, ``program`` is for people to read."""

    pid: int
    uid: int
    groups: frozenset[int]
    executable: FileId | None
    program: str
    placement: Placement
