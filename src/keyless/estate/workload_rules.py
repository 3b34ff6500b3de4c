"""What deserves a second look in workload rules, on this machine.

A rule that can match no process here, and two rules that can match one process though they mean different
compute resources: such a process is refused.
"""

from __future__ import annotations

import grp
import itertools
import os
import pwd
from collections.abc import Callable, Iterator

from keyless.estate.export.references import References
from keyless.model.estate import Estate
from keyless.model.workloads import WorkloadRule


def rules_without_match(estate: Estate, references: References) -> Iterator[str]:
    """Rules with a user, group or program that this machine does not know."""
    for rule in estate.workloads:
        for noun, said, known in (
            ("user", rule.user, pwd.getpwnam),
            ("group", rule.group, grp.getgrnam),
            ("executable", rule.executable, os.stat),
        ):
            if said is not None and not said.isdecimal() and not _is_known(said, known):
                yield (
                    f"no match: this machine has no {noun} `{said}`, so no process here matches the workload "
                    f"rule {rule.name}"
                )


def _is_known(said: str, known: Callable[[str], object]) -> bool:
    try:
        known(said)
    except PermissionError:  # it is there, as far as we can tell
        return True
    except (KeyError, OSError):
        return False
    return True


def rules_that_overlap(estate: Estate, references: References) -> Iterator[str]:
    """Pairs of rules for different compute resources that one process can match."""
    for one, other in itertools.combinations(estate.workloads, 2):
        if one.runs_as.casefold() != other.runs_as.casefold() and may_overlap(one, other):
            yield (
                f"overlap: a process can match the workload rules {one.name} and {other.name}, and is then "
                "refused; make them differ in `user`, `systemdUnit` or `container`"
            )


def may_overlap(one: WorkloadRule, other: WorkloadRule) -> bool:
    """Whether one process can match both: nothing that both say excludes the other."""
    pairs = (
        (one.user, other.user, _same),
        (one.executable, other.executable, _same),
        (one.systemd_unit, other.systemd_unit, _same),
        (one.container, other.container, _one_begins_the_other),
        (_as_path(one.cgroup), _as_path(other.cgroup), _one_begins_the_other),
    )
    return all(a is None or b is None or compatible(a, b) for a, b, compatible in pairs)


def _same(one: str, other: str) -> bool:
    return one == other


def _one_begins_the_other(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _as_path(cgroup: str | None) -> str | None:
    return None if cgroup is None else f"{cgroup}/"
