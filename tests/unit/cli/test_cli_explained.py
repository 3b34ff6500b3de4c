"""Explanations in words and as JSON, from the command line: decisions, powers, who can, errors read back."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from keyless.app import open_store
from keyless.catalog.roles import find_role
from keyless.cli.explain import command
from keyless.cli.failure import Failure
from keyless.model.access_policies import AccessPolicy, PolicyPermissions
from keyless.model.denies import ALL_PRINCIPALS_ID, DeniedPrincipal, DenyAssignment
from keyless.model.directory import Group, User
from keyless.model.identities import Application
from keyless.model.resource_id import ResourceId, group_scope, resource_scope
from keyless.model.resources import STORE_TYPE, VAULT_TYPE, ConfigurationStore, Tenant, Vault
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition
from keyless.runtime.project import Project
from keyless.store.collections import (
    APPLICATIONS,
    ASSIGNMENTS,
    DENY_ASSIGNMENTS,
    ROLE_DEFINITIONS,
    SECURITY_GROUPS,
    STORES,
    TENANT,
    USERS,
    VAULTS,
)
from keyless.store.ports import Collection

GROUP = group_scope("s", "g")
VAULT = resource_scope(GROUP, VAULT_TYPE, "contoso")
OTHER = resource_scope(GROUP, VAULT_TYPE, "other")
STORE = resource_scope(GROUP, STORE_TYPE, "contoso")
READ = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
DB = "https://contoso.vault.azure.net/secrets/db"
USER = "`Key Vault Secrets User`"
NAMED = "@Resource[Microsoft.KeyVault/vaults/secrets:name]"


def assigned(id_: str, who: str, role: str, scope: ResourceId, condition: str | None = None) -> Any:
    return ASSIGNMENTS, id_, RoleAssignment(id_, who, find_role(role).id, scope.text, condition=condition)


def application(name: str) -> Any:
    return APPLICATIONS, f"client-{name}", Application(name, f"client-{name}", f"id-{name}")


ENTRIES = PolicyPermissions(secrets=("get", "list"))
WORLD: tuple[tuple[Collection[Any], str, Any], ...] = (
    (TENANT, "tenant", Tenant("t", "contoso", "s", "dev")),
    (VAULTS, "contoso", Vault(VAULT.text, "contoso", "westeurope")),
    (
        VAULTS,
        "other",
        Vault(
            OTHER.text,
            "other",
            "westeurope",
            enable_rbac_authorization=False,
            access_policies=(AccessPolicy("t", "id-web", ENTRIES),),
        ),
    ),
    (STORES, "contoso", ConfigurationStore(STORE.text, "contoso", "westeurope")),
    *map(application, ("web", "worker", "limited", "barred")),
    (USERS, "id-ada", User("id-ada", "ada@contoso.dev", "Ada")),
    (SECURITY_GROUPS, "id-devs", Group("id-devs", "devs", members=("id-ada", "id-leads"))),
    (SECURITY_GROUPS, "id-leads", Group("id-leads", "leads", members=("id-lea",))),
    assigned("a1", "id-web", "Key Vault Secrets User", VAULT),
    assigned("a2", "ID-DEVS", "Key Vault Secrets User", GROUP),
    assigned("a3", "id-limited", "Key Vault Secrets User", VAULT, f"{NAMED} StringStartsWith 'web-'"),
    assigned("a4", "id-barred", "Key Vault Administrator", GROUP),
    assigned("a5", "id-worker", "Owner", GROUP),
    assigned("a6", "id-worker", "Key Vault Secrets User", resource_scope(GROUP, VAULT_TYPE, "third")),
    assigned("a7", "id-worker", "Key Vault Reader", VAULT),
    (
        DENY_ASSIGNMENTS,
        "d1",
        DenyAssignment(
            "d1",
            "no secrets",
            GROUP.text,
            (Permission(data_actions=("*/getSecret/action",)),),
            (DeniedPrincipal(ALL_PRINCIPALS_ID, "SystemDefined"),),
            tuple(map(DeniedPrincipal, ("id-web", "id-devs", "id-limited", "id-worker", "id-stranger"))),
        ),
    ),
    (
        ROLE_DEFINITIONS,
        "one-thing",
        RoleDefinition(
            "one-thing",
            "Read secrets only",
            (Permission(data_actions=(READ,)),),
            custom=True,
            assignable_scopes=(GROUP.text,),
        ),
    ),
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose store holds the world."""
    root = tmp_path_factory.mktemp("explained")
    made = Project(root, root / ".keyless")
    made.state.mkdir(mode=0o700)

    async def fill() -> None:
        store = open_store(made)
        async with store.transaction() as transaction:
            for collection, key, record in WORLD:
                await transaction.put(collection, (key,), record)
        store.close()

    asyncio.run(fill())
    return made


def ran(project: Project, *arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(command, ["--project", str(project.root), *arguments], input=stdin)


def lines(project: Project, *arguments: str, stdin: str = "") -> list[str]:
    result = ran(project, *arguments, stdin=stdin)
    if result.exception is not None:
        raise result.exception
    return result.output.splitlines()


def test_what_is_allowed_names_the_assignment_that_settled_it(project: Project) -> None:
    assert lines(project, "web", READ, DB) == [
        f"web may `{READ}` at secret `db` of vault `contoso`",
        "  because it has `Key Vault Secrets User` at vault `contoso` (inherited)",
        f"  - deny assignment `no secrets` at `{GROUP}`: excludes it",
        "  - `Key Vault Secrets User` at vault `contoso`: grants it",
    ]


def test_a_group_is_named_with_the_way_to_it(project: Project) -> None:
    assert lines(project, "id-lea", READ, DB)[1] == (
        f"  because it has `Key Vault Secrets User` at `{GROUP}` (inherited), through group `leads` in `devs`"
    )
    assert lines(project, "ada@contoso.dev", READ, DB)[1].endswith("(inherited), through group `devs`")
    assert lines(project, "devs", READ, DB)[0].startswith("devs may ")


def test_what_is_not_allowed_says_of_each_assignment_why(project: Project) -> None:
    told = lines(project, "worker", READ, DB)
    assert told[0] == f"worker may not `{READ}` at secret `db` of vault `contoso`"
    assert told[1] == "  because none of its role assignments grants it:"
    assert told[3:6] == [
        f"  - `Owner` at `{GROUP}`: grants it on the other plane only; control and data actions never mix",
        "  - `Key Vault Secrets User` at vault `third`: is for another scope",
        "  - `Key Vault Reader` at vault `contoso`: does not grant this action",
    ]
    assert told[6] == (
        "  the custom role with the fewest other permissions that grants it is `Read secrets only` (0 others)"
        "; the narrowest scope is secret `db` of vault `contoso`"
    )
    assert told[7].startswith("  then come `Key Vault Secrets User` (1), ")


def test_a_deny_assignment_is_named_and_no_role_would_help(project: Project) -> None:
    assert lines(project, "barred", READ, DB) == [
        f"barred may not `{READ}` at secret `db` of vault `contoso`",
        "  because the deny assignment `no secrets` beats every grant:",
        f"  - deny assignment `no secrets` at `{GROUP}`: denies it to everyone",
        f"  - `Key Vault Administrator` at `{GROUP}`: grants it",
        "  no role would allow it: `no secrets` would have to exclude it, or to go",
    ]


def test_a_condition_is_evaluated_on_what_the_scope_tells_and_on_what_is_given(project: Project) -> None:
    told = lines(project, "limited", READ, DB)
    assert told[3:6] == [
        f"  - {USER} at vault `contoso`: grants it only under a condition, which does not hold",
        "      its condition does not hold:",
        f"        {NAMED} StringStartsWith 'web-' -> false (`{NAMED}` is 'db')",
    ]
    assert " may `" in lines(project, "limited", READ, DB, "--attribute", f"{NAMED}=web-db")[0]
    on_vault = lines(project, "limited", READ, "https://contoso.vault.azure.net")
    assert on_vault[4] == "      its condition could not be evaluated:"
    assert on_vault[5].endswith(f"-> could not be evaluated: `{NAMED}` is not known here")


def test_who_can_do_a_thing_is_listed(project: Project) -> None:
    told = lines(project, "--who-can", READ, DB)
    assert told[0] == f"3 principals may `{READ}` at secret `db` of vault `contoso`:"
    assert [line.split(":")[0].strip() for line in told[1:]] == ["web", "ada@contoso.dev", "id-lea"]
    assert lines(project, "--who-can", READ, "/subscriptions/s9") == [
        f"nobody may `{READ}` at `/subscriptions/s9`"
    ]
    on_vault = lines(project, "--who-can", READ, "https://contoso.vault.azure.net")
    (limited,) = (line for line in on_vault if line.startswith("  limited:"))
    assert limited.endswith(", where its condition holds")


def test_what_an_identity_can_do_is_listed_with_counts(project: Project) -> None:
    told = lines(project, "web")
    assert told == [
        "web holds 1 role:",
        "  `Key Vault Secrets User` at vault `contoso`: 0 actions, 2 data actions",
        f"    {READ}",
        "    Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    ]
    owner = lines(project, "worker")
    assert any(line.startswith("    ... and ") for line in owner)
    assert (
        lines(project, "barred")[-1] == f"  less what `no secrets` denies at `{GROUP}`: `*/getSecret/action`"
    )
    assert lines(project, "leads")[1].endswith(
        f"`Key Vault Secrets User` at `{GROUP}`, through group `devs`: 0 actions, 2 data actions"
    )


def test_a_vault_with_access_policies_is_explained_by_them(project: Project) -> None:
    secret = "https://other.vault.azure.net/secrets/db"
    told = lines(project, "web", READ, secret)
    assert told[0] == "web may do `secrets/get` in vault `other`"
    assert "access policies decide" in told[1]
    assert told[2] == "  - an entry for web: gives it"
    denied = lines(project, "worker", READ, secret)
    assert denied[0] == "worker may not do `secrets/get` in vault `other`"
    assert denied[2] == "  no entry is for it"
    with pytest.raises(Failure, match="its access policies say who may do what"):
        lines(project, "--who-can", READ, secret)


ERROR = (
    "HttpResponseError: (Forbidden) Caller is not authorized to perform action on resource.\r\n"
    "If role assignments, deny assignments or role definitions were changed recently, please observe "
    "propagation time.\r\nCaller: appid=client-worker;oid=id-worker;iss=https://sts.windows.net/t/\r\n"
    f"Action: '{READ}'\r\nResource: '{VAULT.text.lower()}/secrets/db'\r\nAssignment: (not found)\r\n"
)


def test_an_error_is_explained_from_a_file_from_standard_input_and_as_it_is(
    project: Project, tmp_path: Path
) -> None:
    file = tmp_path / "error.txt"
    file.write_text(ERROR)
    told = lines(project, "--error", str(file))
    assert told[0] == f"worker may not `{READ}` at secret `db` of vault `contoso`"
    assert lines(project, "--error", "-", stdin=ERROR) == told
    assert lines(project, "--error", ERROR) == told
    policy = (
        "'appid=a;oid=id-worker;iss=x' does not have secrets get permission on key vault 'Other;location=w'"
    )
    assert lines(project, "--error", policy)[0] == "worker may not do `secrets/get` in vault `other`"


def test_as_json_everything_is_told_by_id(project: Project) -> None:
    (said,) = json.loads(ran(project, "barred", READ, DB, "--json").output)
    assert (said["allowed"], said["reason"], said["denyAssignmentId"]) == (
        False,
        "DeniedByDenyAssignment",
        "d1",
    )
    assert said["roleAssignments"][0]["roleAssignmentId"] == "a4"
    (said,) = json.loads(ran(project, "limited", READ, DB, "--json").output)
    (condition,) = said["roleAssignments"][0]["conditions"]
    assert condition["clauses"][0]["found"] == {NAMED: ["db"]}
    assert said["wouldAllow"]["roles"][0] == {
        "id": "one-thing",
        "name": "Read secrets only",
        "custom": True,
        "otherPermissions": 0,
    }
    (able,) = json.loads(ran(project, "--who-can", READ, DB, "--json").output)
    assert [one["roleAssignmentId"] for one in able["principals"]] == ["a1", "a2", "a2"]
    (powers,) = json.loads(ran(project, "web", "--json").output)
    assert powers["roleAssignments"][0]["dataActions"] == [
        READ,
        "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    ]
    (policy,) = json.loads(ran(project, "web", READ, "https://other.vault.azure.net", "--json").output)
    assert (policy["allowed"], policy["decidedBy"]) == (True, "accessPolicies")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("web", READ), "explain takes WHO, ACTION and SCOPE"),
        (("wbe",), "no principal is called `wbe`: the nearest are `web`"),
        (("--who-can", READ), "`--who-can` takes an ACTION and a SCOPE"),
        (("--error", "nowhere.txt"), "there is no file `nowhere.txt`"),
        (("--error", "all is well"), "no denial of Key Vault, App Configuration"),
        (("web", READ, DB, "--attribute", "Request[x]=1"), "`Request[x]=1` is no attribute"),
        (("web", READ, DB, "--attribute", "@Nobody[x]=1"), "`@Nobody[x]=1` is no attribute"),
    ],
)
def test_what_is_not_understood_is_said(project: Project, arguments: tuple[str, ...], message: str) -> None:
    result = ran(project, *arguments)
    assert isinstance(result.exception, Failure)
    assert message in str(result.exception)
