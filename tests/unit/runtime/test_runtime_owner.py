"""Who gets a shell of the owner's: nobody whom a workload's client has started."""

from __future__ import annotations

from pathlib import Path

import pytest

from keyless.gateway.attest.processes import Process, Processes
from keyless.model.hosts import HostKind
from keyless.runtime.leases import Lease, LeaseRefused
from keyless.runtime.messages import Mode
from keyless.runtime.owner import refuse_workloads

INIT, SHELL, RUN, WORKLOAD = Process(1, 1), Process(10, 5), Process(11, 6), Process(12, 7)
PARENTS = {INIT: 0, SHELL: 1, RUN: 10, WORKLOAD: 11}


@pytest.fixture
def processes(tmp_path: Path) -> Processes:
    """A machine on which a shell runs `keyless run`, which runs a workload."""
    for process, parent in PARENTS.items():
        folder = tmp_path / str(process.pid)
        folder.mkdir()
        fields = ["S", str(parent), *["0"] * 17, str(process.started)]
        (folder / "stat").write_text(f"{process.pid} (a program) {' '.join(fields)}")
    return Processes(tmp_path)


def lease(client: Process | None, user_id: str = "") -> Lease:
    return Lease("web", "", frozenset(), Mode.ENFORCE, False, [].append, HostKind.VM, client, user_id=user_id)


def test_what_a_workloads_client_has_started_gets_no_shell(processes: Processes) -> None:
    with pytest.raises(LeaseRefused, match="a workload is not the owner"):
        refuse_workloads(processes, WORKLOAD, [lease(RUN)])


@pytest.mark.parametrize(
    "leases",
    [[], [lease(None)], [lease(SHELL, "the-user")], [lease(WORKLOAD)]],
    ids=["alone", "of no client", "in a shell of the owner's", "beside a workload"],
)
def test_everybody_else_of_the_account_gets_one(processes: Processes, leases: list[Lease]) -> None:
    refuse_workloads(processes, RUN, leases)
    refuse_workloads(processes, None, leases)


def test_where_nobody_can_tell_there_is_none(processes: Processes) -> None:
    with pytest.raises(LeaseRefused, match="nobody can tell"):
        refuse_workloads(processes, Process(13, 8), [lease(RUN)])
