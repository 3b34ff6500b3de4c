"""Where a command under Azure Arc finds its keys, and what is said where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from keyless.gateway.key_files import DIRECTORY
from keyless.gateway.private_mount import CannotMount
from keyless.runtime import arc_keys
from keyless.runtime.arc_keys import show_keys
from keyless.runtime.messages import Ready
from keyless.runtime.project import ProjectError

Shown = list[tuple[Path, Path]]


def ready(keys: str) -> Ready:
    return Ready("arc", "/arc", "arc", "secret", 1, 2, key_directory=keys)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """What was shown where."""
    made: Shown = []
    monkeypatch.setattr(arc_keys, "show_at", lambda source, place: made.append((source, place)))
    return made


def test_the_projects_directory_is_shown_where_clients_look(shown: Shown) -> None:
    show_keys(ready("/project/.keyless/arc"))
    assert shown == [(Path("/project/.keyless/arc"), DIRECTORY)]


@pytest.mark.parametrize("keys", ["", str(DIRECTORY)])
def test_there_is_nothing_to_show_for_another_kind_of_host_or_where_the_keys_are_there(
    shown: Shown, keys: str
) -> None:
    show_keys(ready(keys))
    assert shown == []


@pytest.mark.parametrize(
    ("user", "there", "remedy"),
    [
        (1000, False, f'make it once with `sudo install -d -o "$USER" -m 700 {DIRECTORY}`, and run again'),
        (0, False, f"make it once with `install -d -m 700 {DIRECTORY}`, and run again"),
        (
            1000,
            True,
            "it is not yours alone. Where no Azure Arc agent runs here, remove it and run again; else",
        ),
    ],
)
def test_where_it_cannot_be_shown_the_command_that_helps_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, user: int, *, there: bool, remedy: str
) -> None:
    def refuse(source: Path, place: Path) -> None:
        raise CannotMount("operation not permitted")

    monkeypatch.setattr(arc_keys, "show_at", refuse)
    monkeypatch.setattr(arc_keys.os, "geteuid", lambda: user)
    monkeypatch.setattr(Path, "exists", lambda path: there)
    with pytest.raises(ProjectError) as raised:
        show_keys(ready(str(tmp_path)))
    assert remedy in str(raised.value)
    assert "(operation not permitted)" in str(raised.value)
