"""Whose descendant a process is: the nearest that was asked about, and never a number given out again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from attest_world import Row, WrittenProcesses

from keyless.gateway.attest.ancestry import nearest_ancestor
from keyless.gateway.attest.processes import Process, Processes, Unreadable

RUN, SHELL, INNER, APP = 10, 20, 30, 40
LEAF = Process(APP, 103)


@pytest.fixture
def family(tmp_path: Path) -> WrittenProcesses:
    """init, a run, a shell in it, a run in that, and an app in that."""
    rows = {
        1: Row(parent=0, started=0),
        RUN: Row(parent=1, started=100),
        SHELL: Row(parent=RUN, started=101),
        INNER: Row(parent=SHELL, started=102),
        APP: Row(parent=INNER, started=103),
    }
    return WrittenProcesses(tmp_path, rows)


def ancestor(family: Processes, *among: Process, of: Process = LEAF, barrier: int = 0) -> Process | None:
    return nearest_ancestor(family, of, among, barrier)


def test_a_descendant_of_any_depth_is_found(family: WrittenProcesses) -> None:
    assert ancestor(family, Process(RUN, 100)) == Process(RUN, 100)


def test_the_nearest_counts(family: WrittenProcesses) -> None:
    assert ancestor(family, Process(RUN, 100), Process(INNER, 102)) == Process(INNER, 102)


def test_a_process_is_not_its_own_descendant(family: WrittenProcesses) -> None:
    assert ancestor(family, Process(APP, 103)) is None


def test_a_stranger_descends_from_none(family: WrittenProcesses) -> None:
    assert ancestor(family, Process(77, 1)) is None


def test_a_number_that_was_given_out_again_is_not_the_ancestor(family: WrittenProcesses) -> None:
    assert ancestor(family, Process(RUN, 99)) is None


def test_behind_the_plane_nobody_is_looked_for(family: WrittenProcesses) -> None:
    assert ancestor(family, Process(RUN, 100), barrier=SHELL) is None
    assert ancestor(family, Process(RUN, 100), barrier=APP) is None
    assert ancestor(family, Process(INNER, 102), barrier=SHELL) == Process(INNER, 102)


def test_a_parent_that_was_started_later_is_no_parent(family: WrittenProcesses) -> None:
    family.write(SHELL, Row(parent=RUN, started=500))
    with pytest.raises(Unreadable, match="parent of process 30 has ended"):
        ancestor(family, Process(RUN, 100))


def test_a_process_that_was_left_behind_is_nobodys(family: WrittenProcesses) -> None:
    family.write(SHELL, Row(parent=1, started=101))
    assert ancestor(family, Process(RUN, 100)) is None


def test_a_way_up_that_changes_meanwhile_is_not_trusted(family: WrittenProcesses) -> None:
    family.after("parent", SHELL, Row(parent=1, started=101))
    with pytest.raises(Unreadable, match="have changed"):
        ancestor(family, Process(RUN, 100))


def test_a_process_that_has_become_another_is_not_followed(family: WrittenProcesses) -> None:
    with pytest.raises(Unreadable, match="has ended"):
        ancestor(family, Process(RUN, 100), of=Process(APP, 90))


def test_a_circle_of_parents_ends(family: WrittenProcesses) -> None:
    family.write(RUN, Row(parent=APP, started=100))
    for pid in (SHELL, INNER, APP):
        family.write(pid, Row(parent=family.rows[pid].parent, started=100))
    assert ancestor(family, Process(77, 1), of=Process(APP, 100)) is None


def test_a_real_child_descends_from_us() -> None:
    own = Processes().process(os.getpid())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as popen:
        child = Processes().process(popen.pid)
        assert nearest_ancestor(Processes(), child, {own}, barrier=0) == own
        assert nearest_ancestor(Processes(), child, {own}, barrier=os.getpid()) is None
        popen.kill()
