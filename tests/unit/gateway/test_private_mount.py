"""Showing a directory at a fixed place to one process alone, which is changed by it for good."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from keyless.gateway import private_mount
from keyless.gateway.private_mount import CannotMount, show_at, show_file_at

SHOW = """
import os, subprocess, sys
from pathlib import Path
from keyless.gateway.private_mount import CannotMount, show_at
try:
    show_at(Path(sys.argv[1]), Path(sys.argv[2]))
except CannotMount as error:
    print("cannot", error)
    sys.exit(77)
sys.exit(subprocess.run(["/bin/sh", "-ec", sys.argv[3]]).returncode)
"""

Show = Callable[..., str]


@pytest.fixture
def show(tmp_path: Path, skip_loudly: Callable[[str], None]) -> Show:
    """Runs a shell command in a process that is shown `ours` at a place; gives what it prints."""
    ours = tmp_path / "ours"
    ours.mkdir()
    (ours / "a.key").write_text("secret\n")

    def run(place: Path, command: str, program: str = SHOW) -> str:
        done = subprocess.run(
            [sys.executable, "-c", program, str(ours), str(place), command],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        if done.returncode == 77:
            skip_loudly(f"no mount namespaces here: {done.stdout}")
        return done.stdout + done.stderr

    return run


def test_a_place_that_is_there_shows_ours_in_this_process_alone(tmp_path: Path, show: Show) -> None:
    place = tmp_path / "place"
    place.mkdir()
    (place / "theirs").write_text("x")
    assert show(place, f"ls {place}; cat {place}/a.key") == "a.key\nsecret\n"
    assert [path.name for path in place.iterdir()] == ["theirs"]


def test_a_place_that_is_not_there_is_made_for_this_process_alone(tmp_path: Path, show: Show) -> None:
    base = tmp_path / "opt"
    (base / "folder").mkdir(parents=True)
    (base / "folder" / "inside").write_text("inside\n")
    (base / "file").write_text("file\n")
    (base / "link").symlink_to("file")
    place = base / "azcmagent" / "tokens"
    said = show(place, f"cd {base}; ls; cat azcmagent/tokens/a.key folder/inside file link; readlink link")
    assert said == "azcmagent\nfile\nfolder\nlink\nsecret\ninside\nfile\nfile\nfile\n"
    assert sorted(path.name for path in base.iterdir()) == ["file", "folder", "link"]


def test_what_would_be_lost_cannot_be_written_and_all_else_can(tmp_path: Path, show: Show) -> None:
    base = tmp_path / "opt"
    (base / "folder").mkdir(parents=True)
    place = base / "azcmagent" / "tokens"
    said = show(place, f"touch {base}/new 2>&1 || echo refused; echo kept > {base}/folder/kept")
    assert said.endswith("Read-only file system\nrefused\n")
    assert (base / "folder" / "kept").read_text() == "kept\n"


def test_ours_may_lie_below_what_is_covered(tmp_path: Path, show: Show) -> None:
    place = tmp_path / "azcmagent" / "tokens"
    assert show(place, f"cat {place}/a.key; cat {tmp_path}/ours/a.key") == "secret\nsecret\n"
    assert not (tmp_path / "azcmagent").exists()


def test_the_process_keeps_its_user_and_group(tmp_path: Path, show: Show) -> None:
    assert show(tmp_path / "place", "id -u; id -g") == f"{os.geteuid()}\n{os.getegid()}\n"


def test_a_file_is_shown_at_the_end_of_links_beside_other_mounts(tmp_path: Path, show: Show) -> None:
    real, link, ours = tmp_path / "real.conf", tmp_path / "link.conf", tmp_path / "ours.conf"
    real.write_text("theirs\n")
    link.symlink_to(real.name)
    ours.write_text("of the run\n")
    (tmp_path / "place").mkdir()
    then = f"""
import os
from keyless.gateway.private_mount import show_file_at
show_file_at(Path({str(ours)!r}), Path({str(link)!r}))
os.unlink({str(ours)!r})
sys.exit(subprocess"""
    seen = show(
        tmp_path / "place",
        f"cat {link} {real}; cat {tmp_path}/place/a.key",
        SHOW.replace("sys.exit(subprocess", then),
    )
    assert seen == "of the run\nof the run\nsecret\n"
    assert real.read_text() == "theirs\n"


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_mount, "_move_out", lambda: None)
    (tmp_path / "ours").write_text("x")
    with pytest.raises(CannotMount, match="no such file"):
        show_file_at(tmp_path / "ours", tmp_path / "none")


def test_a_system_that_does_not_let_us_is_told_by_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(private_mount, "_enter_namespaces", refuse)
    with pytest.raises(CannotMount, match=r"^operation not permitted$"):
        show_at(tmp_path, tmp_path / "place")


def test_another_system_than_linux_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_mount.sys, "platform", "darwin")
    with pytest.raises(CannotMount, match="only Linux"):
        show_at(tmp_path, tmp_path / "place")


def test_who_is_not_root_stays_where_he_is_where_the_system_refuses_half_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[str] = []

    def half_way() -> None:
        moved.append("into a namespace of users")
        raise OSError(errno.EACCES, "no user may be mapped")

    monkeypatch.setattr(private_mount.sys, "platform", "linux")
    monkeypatch.setattr(private_mount.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(private_mount, "_enter_namespaces", half_way)
    private_mount._move_out.cache_clear()
    with pytest.raises(CannotMount, match="permission denied"):
        show_file_at(tmp_path, tmp_path)
    assert moved == []
