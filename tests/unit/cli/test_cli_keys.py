"""`keyless keys` as a person gives it, on a project's store."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from keyless.cli.failure import Failure
from keyless.cli.keys import command
from keyless.model.identities import Federation
from keyless.runtime.project import STATE_DIRECTORY, Project
from keyless.store.collections import FEDERATION


@pytest.fixture
def project(tmp_path: Path) -> Project:
    from keyless.app import open_store

    made = Project(tmp_path, tmp_path / STATE_DIRECTORY)
    made.prepare()
    open_store(made).close()
    return made


def keys(project: Project, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--project", str(project.root)])


def listed(project: Project) -> dict[str, str]:
    lines = keys(project, "list", "--json").stdout.splitlines()
    return {one["kid"]: one["state"] for one in map(json.loads, lines)}


def test_without_a_plane_so_far_there_is_no_key(project: Project) -> None:
    ran = keys(project, "list")
    assert (ran.exit_code, ran.stdout) == (0, "")
    assert "made when a plane starts" in ran.stderr


def test_a_rotated_key_is_published_first(project: Project) -> None:
    ran = keys(project, "rotate")
    assert [line.split("  ")[1].split(",")[0] for line in ran.stdout.splitlines()] == [
        "signs",
        "published",
    ]
    assert sorted(listed(project).values()) == ["next", "signing"]


def test_rotating_at_once_lets_the_next_key_sign_and_warns_of_those_who_keep_the_key_set(
    project: Project,
) -> None:
    keys(project, "rotate")
    coming = next(kid for kid, state in listed(project).items() if state == "next")
    ran = keys(project, "rotate", "--now")
    assert listed(project)[coming] == "signing"
    assert "who keeps the key set" in ran.stderr
    assert any("verifies only, until" in line for line in ran.stdout.splitlines())


def test_a_key_can_be_retired_and_revoked_by_its_id(project: Project) -> None:
    keys(project, "rotate", "--now")
    (first,) = [kid for kid, state in listed(project).items() if state == "signing"]
    keys(project, "rotate", "--retire", first)
    assert listed(project)[first] == "retired"
    ran = keys(project, "revoke", first)
    assert listed(project)[first] == "revoked"
    assert f"tokens of `{first}` are refused from now on" in ran.stderr
    assert any("revoked at" in line for line in ran.stdout.splitlines())


def test_where_others_trust_the_site_they_must_hear_of_it(project: Project) -> None:
    from keyless.app import open_store

    async def trust() -> None:
        with closing(open_store(project)) as store:
            async with store.transaction() as transaction:
                await transaction.put(FEDERATION, ("federation",), Federation("https://id.example.org"))

    assert "publish" not in keys(project, "rotate", "--now").stderr
    asyncio.run(trust())
    for arguments in (("rotate", "--now"), ("revoke", next(iter(listed(project))))):
        said = keys(project, *arguments).stderr
        assert "others trust this site as `https://id.example.org`: publish the keys again" in said


def test_a_wrong_id_and_two_orders_at_once_are_refused(project: Project) -> None:
    unknown = keys(project, "revoke", "nothing").exception
    assert isinstance(unknown, Failure)
    assert "no signing key `nothing`" in str(unknown)
    both = keys(project, "rotate", "--now", "--retire", "x").exception
    assert isinstance(both, Failure)
    assert "two orders" in str(both)


def test_no_listing_shows_anything_of_a_private_key(project: Project) -> None:
    keys(project, "rotate")
    for arguments in (("list",), ("list", "--json")):
        assert "PRIVATE" not in keys(project, *arguments).output
