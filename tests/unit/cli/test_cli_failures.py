"""Failures: one message and one exit code for each; a bug stays a bug."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import click
import pytest

from keyless.cli.commands import Commands
from keyless.cli.failure import Failure, explained, own_failures
from keyless.cli.files import write_whole
from keyless.cli.main import main
from keyless.cli.options import chosen_project
from keyless.deploy.apply import CannotApply
from keyless.evidence.database import EvidenceError
from keyless.gateway.child import CannotRun
from keyless.runtime.client import PlaneUnavailable
from keyless.runtime.project import ProjectError
from keyless.store.ports import DamagedStore, StoreError


@pytest.mark.parametrize(
    "error", [StoreError, DamagedStore, EvidenceError, ProjectError, PlaneUnavailable, CannotApply]
)
def test_errors_that_say_what_to_do_become_failures(error: type[Exception]) -> None:
    with pytest.raises(Failure, match="do this") as failure, explained():
        raise error("do this")
    assert failure.value.exit_code == 1


def test_a_file_that_cannot_be_used_is_named() -> None:
    with pytest.raises(Failure, match="cannot use `/x/y`: no space left on device"), explained():
        raise OSError(errno.ENOSPC, "No space left on device", "/x/y")


@pytest.mark.parametrize("bug", [ValueError("x"), KeyError("x"), OSError(errno.EIO, "no file is named")])
def test_a_bug_stays_a_bug(bug: Exception) -> None:
    with pytest.raises(type(bug)), explained():
        raise bug


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StoreError("x"), 125),
        (Failure("x", 2), 125),
        (CannotRun("x", 127), 127),
        (CannotRun("x", 126), 126),
    ],
)
def test_what_runs_another_command_fails_with_codes_of_its_own(error: Exception, code: int) -> None:
    with pytest.raises(Failure, match="x") as failure, own_failures():
        raise error
    assert failure.value.exit_code == code


def test_every_line_of_a_failure_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    Failure("one\ntwo").report()
    assert capsys.readouterr().err == "keyless: one\nkeyless: two\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--version"], 0), (["--help"], 0), (["run", "--help"], 0), (["rnu"], 2), (["run", "--lern"], 125)],
)
def test_the_command_line_ends_with_a_code(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == code
    said = capsys.readouterr()
    assert bool(said.out) is (code == 0)
    assert bool(said.err) is (code != 0)


def test_a_group_names_the_nearest_command() -> None:
    group = Commands("group", commands=[click.Command("show"), click.Command("clear")])
    for wrong, hint in (("shwo", "did you mean `show`?"), ("zzz", "there are clear, show")):
        with pytest.raises(
            click.UsageError, match=rf"there is no command `{wrong}`: {hint.replace('?', '.')}"
        ):
            group.main([wrong], standalone_mode=False)


def test_the_project_that_is_named_is_that_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "keyless.yaml").write_text("")
    inner = tmp_path / "inner"
    inner.mkdir()
    assert chosen_project(inner).root == inner
    monkeypatch.chdir(inner)
    assert chosen_project(None).root == tmp_path


def test_a_file_is_written_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "keyless.yaml"
    write_whole(file, "é")
    assert file.read_bytes() == "é".encode()
    file.chmod(0o640)
    write_whole(file, "new")
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("new", 0o640)
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_to_a_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_whole(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_what_is_no_plain_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    write_whole(Path("/dev/null"), "x")
    assert Path("/dev/null").is_char_device()
    with pytest.raises(Failure, match=f"cannot write `{tmp_path}`: is a directory"):
        write_whole(tmp_path, "x")


def test_a_pipe_is_written_to_by_whatever_name_it_has(tmp_path: Path) -> None:
    read, write = os.pipe()
    write_whole(Path(f"/dev/fd/{write}"), "told")
    os.close(write)
    with open(read, "rb") as pipe:
        assert pipe.read() == b"told"


def test_what_is_there_under_the_name_of_a_draft_is_not_written_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyless.cli.files.secrets.token_hex", lambda _: "drawn")
    planted = tmp_path / ".out.drawn.draft"
    planted.write_text("theirs")
    with pytest.raises(Failure, match="cannot write"):
        write_whole(tmp_path / "out", "secret", private=True)
    assert (planted.read_text(), (tmp_path / "out").exists()) == ("theirs", False)


def test_a_file_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"cannot write `.*missing/file`: no such file or directory"):
        write_whole(tmp_path / "missing" / "file", "x")
    file = tmp_path / "file"
    file.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(file, "\ud800")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]
