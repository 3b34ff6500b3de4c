"""What is written into a directory stays in it, and what is read from one comes from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from keyless.cli.estate_import import read_files
from keyless.cli.failure import Failure
from keyless.cli.plan_files import write_all
from keyless.plan.result import Plan


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "mine.json").write_text("[]")
    return folder


def test_a_plan_is_written_over_no_file_that_a_link_leads_to(tmp_path, outside):
    out = tmp_path / "deploy"
    out.mkdir()
    (out / "README.md").symlink_to(outside / "mine.json")
    with pytest.raises(Failure, match="leads out of"):
        write_all(Plan(), out)
    assert (outside / "mine.json").read_text() == "[]"


def test_a_plan_is_written_into_no_folder_that_a_link_leads_to_and_removes_nothing_there(tmp_path, outside):
    out = tmp_path / "deploy"
    out.mkdir()
    (outside / "1-grant.sh").write_text("mine")
    (out / "az").symlink_to(outside)
    write_all(Plan(), out)
    assert (outside / "1-grant.sh").read_text() == "mine"


def test_the_directory_itself_may_be_a_link(tmp_path, outside):
    (tmp_path / "deploy").symlink_to(outside)
    write_all(Plan(), tmp_path / "deploy")
    assert (outside / "plan.json").exists()


def test_a_link_out_of_a_directory_that_is_imported_is_left_out(tmp_path, outside):
    state = tmp_path / "state"
    state.mkdir()
    (state / "own.json").write_text("[]")
    (state / "again.json").symlink_to("own.json")
    (state / "theirs.json").symlink_to(outside / "mine.json")
    files, left_out = read_files([state])
    assert [Path(one.name).name for one in files] == ["again.json", "own.json"]
    assert left_out == 1
