"""`keyless identity` and `keyless estate delete` as a person gives them, on a project's store."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from keyless.app import deploy_estate, open_store
from keyless.cli import estate, explain, identity, plan
from keyless.cli.failure import Failure
from keyless.cli.identities import custom_roles, in_words
from keyless.estate.read import read_text
from keyless.model.identities import FederatedCredential
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.runtime.project import STATE_DIRECTORY, Project
from keyless.store.collections import FEDERATED_CREDENTIALS, ROLE_DEFINITIONS
from keyless.store.ports import Store

ESTATE = """\
version: 1
tenant: t
subscription: s
resourceGroups:
  g:
    compute:
      web: {type: Microsoft.Web/sites, identity: {systemAssigned: true, userAssigned: [shared]}}
    identities:
      shared: {principalId: b0000000-0000-4000-8000-000000000001}
    vaults: {contoso: {}}
applications: {legacy: {clientSecret: hunter2}}
roleAssignments:
  - {principal: web, role: Key Vault Secrets User, scope: {vault: contoso}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path, tmp_path / STATE_DIRECTORY)
    made.prepare()
    apply(made)
    return made


def apply(project: Project) -> None:
    with closing(open_store(project)) as store:
        asyncio.run(deploy_estate(store, read_text(ESTATE, {})))


def run(project: Project, command: click.Command, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--project", str(project.root)])


def lines(project: Project, *arguments: str) -> list[str]:
    ran = run(project, identity.command, *arguments)
    assert ran.exit_code == 0, ran.exception
    return ran.stdout.splitlines()


def failure(ran: Result) -> str:
    assert isinstance(ran.exception, Failure)
    return str(ran.exception)


def test_every_identity_is_listed_with_its_kind_host_ids_and_roles(project: Project) -> None:
    legacy, shared, web = lines(project, "list")
    assert legacy.startswith("legacy  application  client id ")
    assert shared.startswith("shared  user-assigned on web  client id ")
    assert "principal id b0000000-0000-4000-8000-000000000001  0 roles" in shared
    assert web.startswith("web  system-assigned on web  client id ")
    assert web.endswith("1 role")


def test_all_about_one_identity(project: Project) -> None:
    with closing(open_store(project)) as store:
        shared = read_text(ESTATE, {}).identities[0]
        credential = FederatedCredential(shared.resource_id, "gh", "https://issuer", "repo:x", "api://y")

        async def put() -> None:
            async with store.transaction() as transaction:
                await transaction.put(
                    FEDERATED_CREDENTIALS, (shared.resource_id.casefold(), "gh"), credential
                )

        asyncio.run(put())
    found = lines(project, "show", "SHARED")
    assert found[0] == "shared"
    assert "  kind          user-assigned" in found
    assert f"  resource id   {shared.resource_id}" in found
    assert found[-2:] == [
        "  federated credentials",
        "    gh: issuer https://issuer, subject repo:x, audience api://y",
    ]
    assert lines(project, "show", "web")[-2:] == [
        "  role assignments",
        "    Key Vault Secrets User at vault `contoso`",
    ]


def test_revoking_disabling_and_restoring_show_in_the_list(project: Project) -> None:
    assert "its clients must fetch new ones" in run(project, identity.command, "revoke", "web").stderr
    assert "are revoked" in lines(project, "list")[2]
    assert "it gets no new ones" in run(project, identity.command, "revoke", "web", "--disable").stderr
    assert lines(project, "list")[2].endswith("disabled: it gets no token")
    assert "gets tokens again" in run(project, identity.command, "restore", "web").stderr
    assert "was not disabled" in run(project, identity.command, "restore", "web").stderr


def test_an_unknown_name_is_answered_with_the_nearest(project: Project) -> None:
    assert "the nearest are `web`" in failure(run(project, identity.command, "revoke", "weg"))


def test_what_is_deleted_is_shown_as_orphaned_wherever_one_looks(project: Project) -> None:
    ran = run(project, estate.command, "delete", "web")
    assert "deleted `web`" in ran.stderr
    assert "orphaned: Key Vault Secrets User at vault `contoso`" in ran.stderr
    orphan = lines(project, "list")[-1]
    assert orphan.startswith("Identity not found  web (deleted)  principal id ")
    assert orphan.endswith("Key Vault Secrets User at vault `contoso`")
    assert "  state         deleted: no token of it holds" in lines(project, "show", "web")
    tree = run(project, estate.command, "show").stdout
    assert "orphaned role assignments" in tree
    assert "Identity not found  web (deleted)" in tree
    action, scope = "Microsoft.KeyVault/vaults/secrets/getSecret/action", "https://contoso.vault.azure.net"
    said = run(project, explain.command, "web", action, scope).stdout
    assert "it was deleted: no token of it holds" in said
    for order in ("revoke", "restore"):
        assert "`web (deleted)` is gone" in failure(run(project, identity.command, order, "web"))


def test_the_plan_removes_what_a_deleted_identity_has(project: Project) -> None:
    from keyless.app import open_evidence

    open_evidence(project).close()
    run(project, estate.command, "delete", "web")
    planned = run(project, plan.command, "--format", "json").stdout
    assert '"reason":"its identity was deleted"' in planned.replace(": ", ":")


def test_deleting_a_user_assigned_identity_names_the_hosts_that_refer_to_it(project: Project) -> None:
    (project.root / "keyless.yaml").write_text(ESTATE)
    said = run(project, estate.command, "delete", "shared").stderr
    assert "`web` still refers to it" in said
    assert "the next run makes it again, with new ids" in said
    assert "no compute resource or user-assigned identity is called `nothing`" in failure(
        run(project, estate.command, "delete", "nothing")
    )


async def test_a_custom_role_goes_by_its_name_and_an_unknown_one_by_its_id(store: Store) -> None:
    role = RoleDefinition("11111111-2222-3333-4444-555555555555", "Orders Reader", (), custom=True)
    async with store.transaction() as transaction:
        await transaction.put(ROLE_DEFINITIONS, (role.id,), role)
    given = RoleAssignment("a", "p", role.id, "/subscriptions/s", condition="Exists @Request[a]")
    assert in_words(given, await custom_roles(store)).startswith("Orders Reader at ")
    assert in_words(given).startswith(f"{role.id} at ")
    assert in_words(given).endswith(", under a condition")
