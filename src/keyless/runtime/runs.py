"""What is recorded of a run: which workload, in which mode, what program, from when to when, how it ended,
and what it read again when its start was over.

Rules:
- of the command only the program's base name is kept: arguments may hold secrets;
- it comes from a client, so it is cut and rid of control characters before it is kept.
"""

from __future__ import annotations

from collections import Counter

from keyless.model.evidence import Run, RunRead
from keyless.model.resource_id import ResourceId
from keyless.model.resources import STORE_TYPE
from keyless.runtime.directory import Directory
from keyless.runtime.leases import Lease
from keyless.runtime.messages import Bye, Mode, ReadInRun, ReadLater
from keyless.runtime.reads import RunReads

_LONGEST = 100
_MOST_TOLD = 20


def shown_program(program: str) -> str:
    """A program's base name, as it can be kept and shown."""
    base = program.rstrip("/").rpartition("/")[2]
    return "".join(letter for letter in base if letter.isprintable())[:_LONGEST]


def run_of(lease: Lease, ended: int, goodbye: Bye | None) -> Run:
    """The run of a workload whose lease has ended at ``ended`` (epoch seconds)."""
    return Run(
        workload=lease.name,
        principal_ids=tuple(sorted(lease.principal_ids)),
        learning=lease.mode is Mode.LEARN,
        program=lease.program,
        started=lease.started,
        ended=ended,
        exit_code=goodbye.exit_code if goodbye else None,
        serving_since=lease.reads.serving_since,
        started_up=lease.reads.started_up,
    )


def later_reads_of(reads: RunReads) -> list[RunRead]:
    """What a run that has ended read again when its start was over, too often, or looked at for changes."""
    return [
        RunRead(*thing, tally.at_start, tally.later, tally.checks, again)
        for thing, tally in reads
        if (again := reads.is_read_again(tally)) or tally.later or tally.checks
    ]


def told_of(reads: RunReads, directory: Directory) -> ReadInRun | None:
    """What to tell of the reads of a run that has ended.

    None where nothing was read, and where there is nothing that was not told and the run was too short to
    have more than a start.
    """
    later, checks = _untold(reads, directory), sum(tally.checks for _, tally in reads)
    if not (later or checks or reads.by_itself):
        return None
    things = Counter(thing.action for thing, _ in reads if not _is_store(thing.scope))
    lists = sum(max(tally.distinct, 1) for thing, tally in reads if _is_store(thing.scope))
    if not (things or lists):
        return None
    served = reads.serving_since is not None
    return ReadInRun(tuple(things.items()), lists, checks, served, later[:_MOST_TOLD])


def _untold(reads: RunReads, directory: Directory) -> tuple[ReadLater, ...]:
    """What was read later, what is read again and again first; without what was all said.

    What a run without more than a start has read twice is not worth a word.
    """
    found = []
    for thing, tally in reads:
        again = reads.is_read_again(tally)
        if tally.reads > tally.told if again else tally.later and reads.by_itself:
            name = directory.name_of(thing.principal_id)
            found.append(ReadLater(name, thing.action, thing.scope, tally.at_start, tally.later, again))
    return tuple(sorted(found, key=lambda one: (not one.again, -one.later, one.scope)))


def _is_store(scope: str) -> bool:
    return ResourceId.parse(scope).is_type(STORE_TYPE)
