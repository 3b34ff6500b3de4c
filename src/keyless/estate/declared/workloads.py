"""Which processes are which workload."""

from __future__ import annotations

from keyless.estate import naming
from keyless.estate.declared.texts import REFERENCE
from keyless.estate.shapes.base import Where
from keyless.estate.shapes.record import Record, optional, required
from keyless.estate.shapes.scalars import Text


class WorkloadEntry(Record, title="a workload rule"):
    """Processes of this machine that may speak as a compute resource without holding any secret.

    They are known by what the kernel says of them when they ask the metadata endpoint for a token. All that
    a rule says must hold, and it says at least one of `user`, `systemdUnit` and `container`.
    """

    runs_as = required(REFERENCE, "The compute resource that they run as: its name, or `group/name`.")
    user = optional(
        Where(Text(naming.USER)), "The user that they run as. Names are looked up when a process asks."
    )
    group = optional(Text(naming.GROUP), "A group that they are in, be it their main one or another.")
    executable = optional(
        Text(naming.EXECUTABLE),
        "The program that they run: the very file, so that one replaced since the start is not it. This "
        "narrows a rule; it keeps nobody out who may run the program themselves.",
    )
    systemd_unit = optional(Where(Text(naming.SYSTEMD_UNIT)), "The systemd unit that they run in.")
    container = optional(Where(Text(naming.CONTAINER)), "The container that they run in.")
    cgroup = optional(Text(naming.CGROUP), "A control group that they are in, at any depth.")
