"""`keyless outage` as a person gives it, on a project's store."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from keyless.cli.failure import Failure
from keyless.cli.outage import command
from keyless.model.resources import ConfigurationStore, Replica, Vault
from keyless.runtime.project import STATE_DIRECTORY, Project
from keyless.store.collections import STORES, VAULTS


@pytest.fixture
def project(tmp_path: Path) -> Project:
    from keyless.app import open_store

    made = Project(tmp_path, tmp_path / STATE_DIRECTORY)
    made.prepare()

    async def fill() -> None:
        with closing(open_store(made)) as store:
            async with store.transaction() as transaction:
                await transaction.put(VAULTS, ("orders",), Vault("/v", "orders", "x"))
                await transaction.put(
                    STORES,
                    ("settings",),
                    ConfigurationStore("/c", "settings", "x", replicas=(Replica("uk", "uksouth"),)),
                )

    asyncio.run(fill())
    return made


def outage(project: Project, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--project", str(project.root)])


def down(project: Project) -> dict[str, str]:
    lines = outage(project, "list", "--json").stdout.splitlines()
    return {one["endpoint"]: one["manner"] for one in map(json.loads, lines)}


def test_what_is_taken_down_is_listed_until_it_is_back(project: Project) -> None:
    assert "nothing is down" in outage(project, "list").stderr
    started = outage(project, "start", "vault", "Orders")
    assert "the vault `orders` is unavailable now: `keyless outage end` brings it back" in started.stderr
    assert outage(project, "list").stdout.startswith("the vault `orders` is unavailable since 20")
    assert "the vault `orders` is back: it was unavailable since" in outage(project, "end").stderr
    assert down(project) == {}


def test_each_kind_can_be_taken_down_in_each_manner(project: Project) -> None:
    outage(project, "start", "store", "settings", "--as", "unreachable")
    outage(project, "start", "store", "settings", "--replica", "uk")
    outage(project, "start", "identity")
    outage(project, "start", "login", "--as", "unreachable")
    assert down(project) == {
        "settings.azconfig.io": "unreachable",
        "settings-uk.azconfig.io": "unavailable",
        "identity": "unavailable",
        "login": "unreachable",
    }


def test_one_of_several_is_ended_by_its_name_and_all_where_that_is_said(project: Project) -> None:
    outage(project, "start", "store", "settings")
    outage(project, "start", "vault", "orders")
    outage(project, "start", "login")
    refused = outage(project, "end")
    assert isinstance(refused.exception, Failure)
    assert "are down: name one of them, or give `--all`" in str(refused.exception)
    outage(project, "end", "vault", "orders")
    assert set(down(project)) == {"settings.azconfig.io", "login"}
    assert outage(project, "end", "--all").stderr.count("is back") == 2
    assert down(project) == {}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("start", "vault"), "name the vault, as in `keyless outage start vault NAME`"),
        (("start", "vault", "order"), "did you mean `orders`?"),
        (("start", "queue", "x"), "`queue` cannot be taken down: there are vault, store, identity, login"),
        (("start", "login", "x"), "there is one login endpoint: leave `x` out"),
        (("start", "vault", "orders", "--replica", "uk"), "only a store has replicas"),
        (("start", "store", "settings", "--replica", "u"), "did you mean `settings-uk`?"),
        (("end",), "nothing is down"),
        (("end", "vault", "orders"), "the vault `orders` is not down"),
        (("end", "vault", "gone"), "the vault `gone` is not down"),
        (("end", "vault", "orders", "--all"), "`--all` ends every outage: leave out the name"),
    ],
)
def test_what_cannot_be_is_told(project: Project, arguments: tuple[str, ...], told: str) -> None:
    refused = outage(project, *arguments)
    assert isinstance(refused.exception, Failure)
    assert told in str(refused.exception)
    assert down(project) == {}


def test_a_project_in_which_nothing_has_run_says_what_to_begin_with(tmp_path: Path) -> None:
    refused = CliRunner().invoke(command, ["list", "--project", str(tmp_path)])
    assert isinstance(refused.exception, Failure)
    assert "nothing has run" in str(refused.exception)
