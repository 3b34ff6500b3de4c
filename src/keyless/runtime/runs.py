"""What is recorded of a run: which workload, in which mode, what program, from when to when, how it ended.

Rules:
- of the command only the program's base name is kept: arguments may hold secrets;
- it comes from a client, so it is cut and rid of control characters before it is kept.
"""

from __future__ import annotations

from keyless.model.evidence import Run
from keyless.runtime.leases import Lease
from keyless.runtime.messages import Bye, Mode

_LONGEST = 100


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
    )
