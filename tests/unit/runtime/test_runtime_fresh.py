"""Beginning anew, and the places of proofs: what is removed, what stays, and who is waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from keyless.runtime import fresh, proof
from keyless.runtime.client import PlaneUnavailable, take_lock, wait_for_end
from keyless.runtime.fresh import remove_store
from keyless.runtime.project import Project
from keyless.runtime.proof import only_proof


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path, tmp_path / ".keyless")
    made.prepare()
    return made


def test_the_store_goes_with_what_lies_beside_it_and_all_else_stays(project: Project) -> None:
    for name in ("store.db", "store.db-wal", "store.db-shm", "evidence.db", "root.key", "plan.json"):
        (project.state / name).write_text("")
    remove_store(project)
    left = {file.name for file in project.state.iterdir()}
    assert left == {"evidence.db", "root.key", "plan.json", "plane.lock", ".gitignore"}
    assert wait_for_end(project, 0)


def test_where_there_is_no_store_there_is_nothing_to_remove(project: Project) -> None:
    remove_store(project)


def test_nothing_is_removed_while_a_plane_runs(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "_END_S", 0.05)
    project.store_file.write_text("mine")
    plane = take_lock(project)
    assert plane is not None
    with pytest.raises(PlaneUnavailable, match="end what runs on it before you begin anew with `--fresh`"):
        remove_store(project)
    assert project.store_file.read_text() == "mine"
    os.close(plane)


def test_a_proof_has_an_empty_place_and_leaves_what_it_did(project: Project) -> None:
    for _ in range(2):
        with only_proof(project) as copy:
            assert copy.state == project.state / "proof"
            assert list(copy.state.iterdir()) == []
            copy.store_file.write_text("")
            copy.lock_file.write_text("")
        assert copy.store_file.exists()


def test_one_proof_runs_at_a_time(project: Project) -> None:
    with (
        only_proof(project),
        pytest.raises(PlaneUnavailable, match="another proof runs in this project"),
        only_proof(project),
    ):
        pass
    with only_proof(project):
        pass


def test_the_last_proofs_plane_is_waited_for_and_named_where_it_does_not_end(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "_END_S", 0.05)
    with only_proof(project) as copy:
        plane = take_lock(copy)
    assert plane is not None
    with (
        pytest.raises(PlaneUnavailable, match=f"`kill` the process in `{copy.lock_file}`"),
        only_proof(project),
    ):
        pass
    os.close(plane)
    with only_proof(project):
        pass
