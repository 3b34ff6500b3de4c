"""What a workload rule says, by the keys of the estate file and in words."""

from __future__ import annotations

from keyless.model.workloads import WorkloadRule

_KEYS = {
    "user": "user",
    "group": "group",
    "executable": "executable",
    "systemd_unit": "systemdUnit",
    "container": "container",
    "cgroup": "cgroup",
}


def selectors_of(rule: WorkloadRule) -> dict[str, str]:
    """What a rule says, by the keys of the estate file."""
    return {key: said for field, key in _KEYS.items() if (said := getattr(rule, field)) is not None}


def selectors_in_words(rule: WorkloadRule) -> str:
    """What a rule says, for people."""
    return ", ".join(f"{key} {said}" for key, said in selectors_of(rule).items())
