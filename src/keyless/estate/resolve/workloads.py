"""Workload rules: which processes may speak as which compute resource."""

from __future__ import annotations

from keyless.estate.declared.estate import EstateEntry
from keyless.estate.declared.workloads import WorkloadEntry
from keyless.estate.reading import Located, Reading
from keyless.estate.resolve.resources import Resources
from keyless.model.workloads import WorkloadRule


def read_workloads(entry: EstateEntry, resources: Resources, reading: Reading) -> tuple[WorkloadRule, ...]:
    """The workload rules. One that names nobody, or no compute resource, is reported and left out."""
    rules = (_rule(name, declared, resources, reading) for name, declared in entry.workloads.items)
    return tuple(rule for rule in rules if rule is not None)


def _rule(
    name: Located[str], entry: WorkloadEntry, resources: Resources, reading: Reading
) -> WorkloadRule | None:
    compute = resources.compute.find(entry.runs_as, reading)
    who = {
        "user": entry.user.value if entry.user else None,
        "systemd_unit": entry.systemd_unit.value if entry.systemd_unit else None,
        "container": entry.container.value if entry.container else None,
    }
    lost = any(
        entry.lost(field)
        for field in (WorkloadEntry.user, WorkloadEntry.systemd_unit, WorkloadEntry.container)
    )
    if not any(who.values()):
        if not lost:
            reading.report(
                name.at,
                f"the workload rule `{name.value}` does not say who the processes are",
                "add at least one of `user`, `systemdUnit` and `container`",
            )
        return None
    if compute is None:
        return None
    return WorkloadRule(
        name.value,
        compute.resource_id,
        **who,
        group=entry.group,
        executable=entry.executable,
        cgroup=entry.cgroup,
    )
