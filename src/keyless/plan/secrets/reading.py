"""Who reads each secret, how often, and whether that is more often than a start needs.

Rules:
- a secret is to be read when the code starts, kept in memory, and read again when it stops working;
- it is read too often where one caller reads it more than once within a second; or more than once an hour,
  on an average of the days on which it was read; or more than ten times a run, on an average of the runs of
  those who read it. A run may start several programs, so that one read a run would be too strict;
- the limit is the vault's own, for all of its callers together.

Pure. Source: https://learn.microsoft.com/azure/key-vault/general/overview-throttling
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keyless.catalog.limits import limits
from keyless.model.evidence import Observation, Outcome, Run
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.plan.problem import Subject
from keyless.plan.wording import counted

_READS = frozenset(
    {
        "microsoft.keyvault/vaults/secrets/getsecret/action",
        "microsoft.appconfiguration/configurationstores/keyvalues/read",
    }
)
_HOURS_A_DAY = 24
_STARTS_A_RUN = 10


@dataclass(frozen=True, slots=True)
class Reading:
    """Of one secret: names of who read it, how often in all, at most in a second, on how many days.

    ``runs`` is how many runs those had; 0 where that is not known.
    """

    read_by: tuple[str, ...] = ()
    reads: int = 0
    most_per_second: int = 0
    days: int = 0
    runs: int = 0

    @property
    def too_often(self) -> bool:
        """Whether a start needs fewer reads than there were."""
        return (
            self.most_per_second > 1
            or self.reads > _HOURS_A_DAY * max(self.days, 1)
            or self.reads > _STARTS_A_RUN * self.runs > 0
        )


NOT_READ = Reading()


def readings(
    observations: Iterable[Observation],
    subjects: Mapping[str, Subject],
    peaks: Mapping[tuple[str, str], int],
    runs: Iterable[Run] = (),
) -> dict[ResourceId, Reading]:
    """How often each thing was read, by its id; refused reads do not count."""
    ran = [{guid_key(principal_id) for principal_id in run.principal_ids} for run in runs]
    seen: dict[ResourceId, list[Observation]] = {}
    for one in observations:
        if one.action.casefold() in _READS and one.outcome is not Outcome.DENIED:
            seen.setdefault(one.scope_id, []).append(one)
    return {scope: _reading(lines, subjects, peaks, ran) for scope, lines in seen.items()}


def _reading(
    lines: list[Observation],
    subjects: Mapping[str, Subject],
    peaks: Mapping[tuple[str, str], int],
    ran: list[set[str]],
) -> Reading:
    readers = {guid_key(one.principal_id) for one in lines}
    names = {_name(one.principal_id, subjects) for one in lines}
    days = {day for one in lines for day in one.days}
    return Reading(
        read_by=tuple(sorted(names, key=str.casefold)),
        reads=sum(one.count for one in lines),
        most_per_second=max(
            peaks.get((guid_key(one.principal_id), one.scope.casefold()), 0) for one in lines
        ),
        days=len(days),
        runs=sum(not readers.isdisjoint(principal_ids) for principal_ids in ran),
    )


def _name(principal_id: str, subjects: Mapping[str, Subject]) -> str:
    subject = subjects.get(guid_key(principal_id))
    return subject.name if subject is not None else principal_id


def advice(reading: Reading) -> str:
    """What is said of a secret that is read too often."""
    vault = limits().key_vault
    peak = f", up to {reading.most_per_second:,} within one second" if reading.most_per_second > 1 else ""
    on = f" on {counted(reading.days, 'day')}" if reading.days else ""
    on += f" in {counted(reading.runs, 'run')}" if reading.runs else ""
    return (
        f"it was read {counted(reading.reads, 'time')}{on}{peak}: read it once at the start, keep it in "
        "memory, and read it again when it stops working (a vault answers "
        f"{vault.transactions_per_window:,} calls in {vault.window_s} s, from all callers together)"
    )
