"""`keyless events` as a person gives it, and what `keyless clock advance` prints on the way."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from keyless.cli.clock import command as clock
from keyless.cli.events import command as events
from keyless.model.events import EventSubscription
from keyless.model.resources import Vault
from keyless.model.secret_text import SecretText
from keyless.planes.keyvault.secrets.properties import SecretProperties
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.runtime.project import STATE_DIRECTORY, Project
from keyless.store.collections import EVENT_SUBSCRIPTIONS, VAULTS

VAULT = Vault("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v", "v", "westeurope")
DAY = 86_400


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a vault whose secret ends in 45 days; a file is told, and a webhook that is away."""
    from keyless.app import open_store

    made = Project(tmp_path, tmp_path / STATE_DIRECTORY)
    made.prepare()

    async def fill() -> None:
        with closing(open_store(made)) as store:
            async with store.transaction() as transaction:
                await transaction.put(VAULTS, ("v",), VAULT)
                told = EventSubscription("v", "events.jsonl", "http://127.0.0.1:1/events?functionName=k")
                await transaction.put(EVENT_SUBSCRIPTIONS, ("v",), told)
            now = int(time.time())
            ends = SecretProperties(expires=now + 45 * DAY)
            await Secrets(store).set(VAULT, "db", SecretText("a planted value"), ends, now=now)

    asyncio.run(fill())
    return made


def test_what_waits_is_listed_then_what_was_told(project: Project) -> None:
    given = ["--project", str(project.root)]
    before = CliRunner().invoke(events, given)
    assert before.stdout.count("waits for the") == 2
    moved = CliRunner().invoke(clock, ["advance", "60d", *given])
    assert moved.exit_code == 0
    lines = moved.stdout.splitlines()
    assert any(line.endswith("secret `db` of vault `v`: expires soon") for line in lines)
    assert any(line.endswith("secret `db` of vault `v`: expired") for line in lines)
    assert any(line.endswith("told SecretNearExpiry of `db` in vault `v` to the file") for line in lines)
    assert any("cannot be reached (ConnectionRefusedError); tried again at" in line for line in lines)
    assert any("cannot be reached (ConnectionRefusedError); given up" in line for line in lines)
    after = CliRunner().invoke(events, given).stdout
    assert after.count("told to the file") == 3
    assert after.count("given up: it cannot be reached") == 3
    assert "functionName" not in before.stdout + moved.stdout + after
    assert "planted" not in before.stdout + moved.stdout + after


def test_as_json_they_are_the_cloud_events_that_were_told(project: Project) -> None:
    given = ["--project", str(project.root)]
    CliRunner().invoke(clock, ["advance", "60d", *given])
    listed = CliRunner().invoke(events, ["--json", *given]).stdout.splitlines()
    written = (project.root / "events.jsonl").read_text().splitlines()
    assert listed == written
    assert [json.loads(line)["type"].removeprefix("Microsoft.KeyVault.Secret") for line in listed] == [
        "NewVersionCreated",
        "NearExpiry",
        "Expired",
    ]


def test_where_nothing_was_told_it_says_how_that_is_declared(tmp_path: Path) -> None:
    from keyless.app import open_store

    made = Project(tmp_path, tmp_path / STATE_DIRECTORY)
    made.prepare()
    open_store(made).close()
    ran = CliRunner().invoke(events, ["--project", str(tmp_path)])
    assert (ran.stdout, "with `events` of a vault" in ran.stderr) == ("", True)
