"""A project's directories: which one, where its files lie, and that nobody else gets in."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from keyless.runtime.project import Project, ProjectError, find_project


def project_at(root: Path) -> Project:
    return Project(root, root / ".keyless")


@pytest.mark.parametrize("mark", ["keyless.yaml", ".keyless"])
def test_a_project_is_the_nearest_directory_upwards_with_an_estate_or_a_state(
    tmp_path: Path, mark: str
) -> None:
    inner = tmp_path / "outer" / "inner"
    (inner / "src" / "deep").mkdir(parents=True)
    for root in (tmp_path / "outer", inner):
        (root / mark).mkdir() if mark == ".keyless" else (root / mark).write_text("")
    assert find_project(inner / "src" / "deep") == project_at(inner)
    assert find_project(inner) == project_at(inner)
    assert find_project(tmp_path / "outer") == project_at(tmp_path / "outer")


def test_without_either_it_is_the_directory_itself(tmp_path: Path) -> None:
    assert find_project(tmp_path) == project_at(tmp_path.resolve())


def test_a_link_to_a_project_is_that_project(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "keyless.yaml").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert find_project(tmp_path / "link") == project_at(tmp_path / "real")


def test_all_state_lies_below_one_directory(tmp_path: Path) -> None:
    project = project_at(tmp_path)
    files = {
        project.store_file,
        project.evidence_file,
        project.root_key_file,
        project.tls_directory,
        project.plan_file,
        project.lock_file,
        project.log_file,
    }
    assert len(files) == 7
    assert all(file.parent == tmp_path / ".keyless" for file in files)
    assert project.estate_file == tmp_path / "keyless.yaml"


def test_a_proof_has_its_own_state_and_the_projects_root_key_and_authority(tmp_path: Path) -> None:
    project = project_at(tmp_path)
    proof = project.below("prove")
    assert proof.state == tmp_path / ".keyless" / "prove"
    assert proof.store_file != project.store_file
    assert proof.control_socket != project.control_socket
    assert (proof.root_key_file, proof.tls_directory) == (project.root_key_file, project.tls_directory)


def test_prepared_directories_are_the_owners_alone_and_ignored_by_git(tmp_path: Path) -> None:
    project = project_at(tmp_path).below("prove")
    project.prepare()
    project.prepare()
    for directory in (tmp_path / ".keyless", project.state):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert (tmp_path / ".keyless" / ".gitignore").read_text() == "*\n"


def test_directories_that_others_may_enter_are_closed(tmp_path: Path) -> None:
    project = project_at(tmp_path)
    project.state.mkdir(mode=0o755)
    project.state.chmod(0o755)
    project.prepare()
    assert stat.S_IMODE(project.state.stat().st_mode) == 0o700


def test_a_state_that_is_a_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / ".keyless").write_text("")
    with pytest.raises(ProjectError, match=f"cannot use the directory `{tmp_path}/.keyless`: "):
        project_at(tmp_path).prepare()


@pytest.mark.skipif(os.getuid() != 0, reason="only the superuser gives directories away")
def test_a_state_that_belongs_to_another_user_is_refused(tmp_path: Path) -> None:
    project = project_at(tmp_path)
    project.state.mkdir()
    os.chown(project.state, 12345, -1)
    with pytest.raises(ProjectError, match="belongs to another user: remove it"):
        project.prepare()


def test_the_control_socket_lies_in_the_state_however_long_its_path(tmp_path: Path) -> None:
    for root in (Path("/p"), tmp_path / ("a" * 200)):
        assert project_at(root).control_socket == root / ".keyless" / "plane.sock"


def test_what_is_written_there_is_the_owners_alone(tmp_path: Path) -> None:
    project_at(tmp_path).prepare()
    assert stat.S_IMODE((tmp_path / ".keyless" / ".gitignore").stat().st_mode) == 0o600
