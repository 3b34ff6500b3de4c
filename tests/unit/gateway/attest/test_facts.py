"""What is read of real processes: the user, the program as a file, where they are."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from attest_world import Row, WrittenProcesses

from keyless.gateway.attest.facts import ReadsFacts, facts_of
from keyless.gateway.attest.machine import ThisMachine
from keyless.gateway.attest.processes import Process, Processes, Unreadable
from keyless.gateway.attest.sockets import FarSocket
from keyless.model.workloads import Placement, ProcessFacts

MACHINE = ThisMachine()


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program of our own."""
    made = tmp_path / "orders"
    shutil.copy(shutil.which("sleep") or "/bin/sleep", made)
    return made


@pytest.fixture
def running(program: Path) -> Iterator[Process]:
    """It runs."""
    with subprocess.Popen([str(program), "60"]) as popen:
        yield Processes().process(popen.pid)
        popen.kill()


def test_our_own_facts_are_as_we_know_them() -> None:
    own = Processes().process(os.getpid())
    facts = ReadsFacts(Processes())(own, FarSocket(0, 0, 0))
    assert (facts.pid, facts.uid) == (os.getpid(), os.getuid())
    assert facts.groups == {os.getgid(), *os.getgroups()}
    assert facts.executable == MACHINE.file_of("/proc/self/exe")
    assert facts.placement.cgroup is not None


def test_the_executable_is_the_file_whatever_the_path_that_leads_there(
    program: Path, running: Process, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(program)
    facts = facts_of(Processes(), running)
    assert facts.executable == MACHINE.file_of(str(program)) == MACHINE.file_of(str(tmp_path / "link"))
    assert facts.program == str(program)


def test_a_program_that_was_replaced_since_it_started_is_another_file(
    program: Path, running: Process
) -> None:
    shutil.copy(program, program.with_suffix(".new"))
    os.replace(program.with_suffix(".new"), program)
    facts = facts_of(Processes(), running)
    assert MACHINE.file_of(str(program)) is not None
    assert facts.executable != MACHINE.file_of(str(program))


def test_a_program_that_was_deleted_is_no_file_that_anyone_can_name(program: Path, running: Process) -> None:
    program.unlink()
    facts = facts_of(Processes(), running)
    assert MACHINE.file_of(str(program)) is None
    assert facts.executable is not None
    assert facts.program == f"{program} (deleted)"


def test_what_a_process_calls_itself_is_no_fact(tmp_path: Path) -> None:
    cgroup = "0::/system.slice/orders.service\n"
    processes = WrittenProcesses(tmp_path, {10: Row(name="orders", groups=(5, 6), cgroup=cgroup)})
    facts = facts_of(processes, Process(10, 100))
    assert facts == ProcessFacts(
        10,
        1000,
        frozenset({1000, 5, 6}),
        None,
        "an unknown program",
        Placement("/system.slice/orders.service", "orders.service"),
    )


def test_a_process_that_is_gone_has_no_facts(tmp_path: Path) -> None:
    processes = WrittenProcesses(tmp_path, {})
    with pytest.raises(Unreadable, match="process 10 cannot be looked at"):
        facts_of(processes, Process(10, 100))


def test_names_mean_what_this_machine_says() -> None:
    assert MACHINE.uid_of("root") == MACHINE.uid_of("0") == 0
    assert MACHINE.gid_of("0") == 0
    assert MACHINE.uid_of("no-such-user-here") is None
    assert MACHINE.gid_of("no-such-group-here") is None
    assert MACHINE.file_of("/no/such/file") is None
    assert MACHINE.file_of("/with\0zero") is None
    assert MACHINE.user_name(0) == "root"
    assert MACHINE.user_name(3_999_999_999) == "3999999999"
