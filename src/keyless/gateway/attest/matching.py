"""Which workload a process is, by the rules of the estate. Pure, given what names mean on the machine.

Rules:
- every selector that a rule gives must hold, and one that does not say who a process is matches nobody;
- where several processes hold a connection, a rule must hold for each of them;
- several rules may match as long as they mean the same compute resource; where they mean different ones, the
  process is none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from keyless.gateway.attest.machine import Machine
from keyless.model.workloads import ProcessFacts, WorkloadRule


class NotAdmitted(Exception):
    """A process that is no workload; the message says why, for the person who writes the rules."""


def matches(rule: WorkloadRule, facts: ProcessFacts, machine: Machine) -> bool:
    """Whether a rule holds for a process."""
    return rule.says_who and all(
        holds(wanted, facts, machine)
        for selector, holds in _SELECTORS.items()
        if (wanted := getattr(rule, selector)) is not None
    )


def workload_of(
    rules: Iterable[WorkloadRule], processes: Sequence[ProcessFacts], machine: Machine
) -> WorkloadRule:
    """The rule for all the processes that hold a connection.

    Raises:
        NotAdmitted: no rule holds for all of them, or rules for different compute resources do.
    """
    found = [
        rule for rule in rules if processes and all(matches(rule, facts, machine) for facts in processes)
    ]
    if not found:
        raise NotAdmitted("no rule under `workloads` matches it")
    if len({rule.runs_as.casefold() for rule in found}) > 1:
        names = " and ".join(f"`{rule.name}`" for rule in found)
        raise NotAdmitted(f"the workloads {names} both match it: make their rules exclude each other")
    return found[0]


def _user(wanted: str, facts: ProcessFacts, machine: Machine) -> bool:
    return machine.uid_of(wanted) == facts.uid


def _group(wanted: str, facts: ProcessFacts, machine: Machine) -> bool:
    return machine.gid_of(wanted) in facts.groups


def _executable(wanted: str, facts: ProcessFacts, machine: Machine) -> bool:
    return facts.executable is not None and machine.file_of(wanted) == facts.executable


def _systemd_unit(wanted: str, facts: ProcessFacts, machine: Machine) -> bool:
    return facts.placement.systemd_unit == wanted


def _container(wanted: str, facts: ProcessFacts, machine: Machine) -> bool:
    found = facts.placement.container
    return found is not None and len(wanted) >= SHORTEST_ID and found.startswith(wanted)


def _cgroup(wanted: str, facts: ProcessFacts, machine: Machine) -> bool:
    found = facts.placement.cgroup
    return found is not None and f"{found}/".startswith(f"{wanted.rstrip('/')}/")


SHORTEST_ID = 12
_SELECTORS: dict[str, Callable[[str, ProcessFacts, Machine], bool]] = {
    "user": _user,
    "group": _group,
    "executable": _executable,
    "systemd_unit": _systemd_unit,
    "container": _container,
    "cgroup": _cgroup,
}
