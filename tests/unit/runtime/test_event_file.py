"""Events told to a file: a line each, added and never overwritten, for its owner alone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from keyless.model.events import Destination, EventSubscription, EventType, Subject, VaultEvent, Waiting
from keyless.planes.keyvault.events.deliver import Answer
from keyless.runtime.event_file import EventFile


def event(number: int) -> Waiting:
    subject = Subject(f"https://v.vault.azure.net/keys/k/{number}", "Key", "k", str(number))
    made = VaultEvent(f"id-{number}", EventType.KEY_NEW_VERSION, "/vaults/v", "v", 1_800_000_000, subject)
    return Waiting(made, Destination.FILE, 0, 0, attempts=1)


async def add(root: Path, number: int, file: str = "events.jsonl") -> Answer:
    return await EventFile(root)(event(number), EventSubscription("v", file=file))


def ids(file: Path) -> list[str]:
    return [json.loads(line)["id"] for line in file.read_text().splitlines() if line.startswith("{")]


async def test_each_event_is_a_line_at_the_end(tmp_path: Path) -> None:
    assert [await add(tmp_path, number) for number in (1, 2)] == [Answer(), Answer()]
    file = tmp_path / "events.jsonl"
    assert ids(file) == ["id-1", "id-2"]
    assert file.stat().st_mode & 0o777 == 0o600


async def test_a_line_that_was_torn_does_not_spoil_the_next(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text('torn {"id": ')
    await add(tmp_path, 1)
    assert file.read_text().splitlines()[0] == 'torn {"id": '
    assert ids(file) == ["id-1"]


@pytest.mark.parametrize("kind", ["directory", "fifo", "link", "missing directory"])
async def test_what_is_no_regular_file_is_left_alone(tmp_path: Path, kind: str) -> None:
    file, elsewhere = tmp_path / "events.jsonl", tmp_path / "elsewhere"
    if kind == "directory":
        file.mkdir()
    elif kind == "fifo":
        os.mkfifo(file)
    elif kind == "link":
        elsewhere.write_text("")
        file.symlink_to(elsewhere)
    name = "nowhere/events.jsonl" if kind == "missing directory" else "events.jsonl"
    answer = await add(tmp_path, 1, name)
    assert (answer.final, "cannot be written" in answer.problem) == (False, True)
    assert not elsewhere.exists() or elsewhere.read_text() == ""
