"""Where Azure Arc's challenges are put: only where nobody else can reach or replace them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from keyless.gateway import key_files
from keyless.gateway.key_files import KeyFiles, is_safe
from keyless.gateway.owner_files import UnsafeFile


@pytest.fixture
def known(tmp_path: Path) -> Path:
    """A directory like the one that clients look into."""
    directory = tmp_path / "azcmagent" / "tokens"
    directory.mkdir(parents=True, mode=0o700)
    directory.chmod(0o700)
    directory.parent.chmod(0o755)
    return directory


def test_the_known_directory_is_used_where_it_is_ours_alone(tmp_path: Path, known: Path) -> None:
    files = KeyFiles(tmp_path / "own", known)
    path = Path(files.write("the content"))
    assert path.parent == known
    assert path.read_text() == "the content"
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    files.remove(str(path))
    assert not path.exists()
    files.remove(str(path))
    assert not (tmp_path / "own").exists()


def test_names_cannot_be_guessed_and_never_repeat(tmp_path: Path, known: Path) -> None:
    files = KeyFiles(tmp_path / "own", known)
    names = {Path(files.write("x")).name for _ in range(50)}
    assert len(names) == 50
    assert all(len(name) == len("keyless-") + 32 + len(".key") for name in names)


@pytest.mark.parametrize(
    ("where", "mode"), [("tokens", 0o770), ("tokens", 0o702), ("azcmagent", 0o777), ("azcmagent", 0o775)]
)
def test_a_directory_that_others_can_change_is_not_used(
    tmp_path: Path, known: Path, where: str, mode: int
) -> None:
    (known if where == "tokens" else known.parent).chmod(mode)
    assert not is_safe(known)
    files = KeyFiles(tmp_path / "own", known)
    shown = Path(files.write("x"))
    assert shown.parent == known  # where the command will see it
    assert list(known.iterdir()) == []
    assert [path.name for path in (tmp_path / "own").iterdir()] == [shown.name]


def test_a_directory_above_in_which_others_cannot_replace_ours_is_safe(known: Path) -> None:
    known.parent.chmod(0o1777)
    assert is_safe(known)


def test_a_link_to_a_directory_is_not_followed(tmp_path: Path, known: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(known)
    assert not is_safe(link)
    assert not is_safe(link / "tokens")
    assert not is_safe(tmp_path / "nowhere")


def test_another_users_directory_is_not_used(known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: known.stat().st_uid + 1)
    assert not is_safe(known)


def test_our_own_directory_is_refused_where_others_may_enter_it(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own").chmod(0o755)
    with pytest.raises(UnsafeFile):
        KeyFiles(tmp_path / "own", tmp_path / "nowhere" / "tokens").directory()


def test_a_file_that_is_there_is_never_written_over_nor_a_link_followed(
    tmp_path: Path, known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_files.secrets, "token_hex", lambda size: "guessed")
    victim = tmp_path / "victim"
    (known / "keyless-guessed.key").symlink_to(victim)
    with pytest.raises(FileExistsError):
        KeyFiles(tmp_path / "own", known).write("x")
    assert not victim.exists()


def test_what_a_killed_plane_left_behind_is_swept_and_a_living_ones_is_not(
    tmp_path: Path, known: Path
) -> None:
    old, young, foreign = (known / name for name in ("keyless-old.key", "keyless-young.key", "himds.key"))
    for path in (old, young, foreign):
        path.write_text("x")
    os.utime(old, (1, 1))
    os.utime(foreign, (1, 1))
    KeyFiles(tmp_path / "own", known).directory()
    assert sorted(known.iterdir()) == sorted((young, foreign))


def test_our_own_directory_goes_when_the_plane_does(tmp_path: Path) -> None:
    files = KeyFiles(tmp_path / "own", tmp_path / "nowhere" / "tokens")
    files.remove(files.write("x"))
    files.close()
    assert not (tmp_path / "own").exists()
    files.close()


@pytest.mark.parametrize(
    ("root", "mounts", "made"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_only_root_that_may_not_mount_makes_the_known_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, root: bool, mounts: bool, made: bool
) -> None:
    """As in a container, where the command cannot be shown a directory of its own."""
    monkeypatch.setattr(key_files, "_is_root", lambda: root)
    monkeypatch.setattr(key_files, "_may_mount", lambda: mounts)
    missing = tmp_path / "azcmagent" / "tokens"
    used = KeyFiles(tmp_path / "own", missing).directory()
    assert used == (missing if made else tmp_path / "own")
    assert missing.exists() is made


def test_the_right_to_mount_is_read_from_the_process_itself() -> None:
    status = Path("/proc/self/status").read_text()
    effective = int(next(line for line in status.splitlines() if line.startswith("CapEff:")).split()[1], 16)
    assert key_files._may_mount() is bool(effective & 1 << 21)
