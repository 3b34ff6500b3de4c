"""`az role` and `az lock`: what is assigned decides at once, and on both planes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from azure_cli import PIPELINE, Office, Session

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
VAULT = ("--vault-name", "contoso-orders")


def scopes(owner: Session) -> tuple[str, str]:
    """The ids of the group and of its vault."""
    group: str = owner("group", "show", "--name", "orders-rg", "--query", "id")
    return group, f"{group}/providers/Microsoft.KeyVault/vaults/contoso-orders"


@pytest.fixture
def group(owner: Session) -> str:
    """The group's id."""
    return scopes(owner)[0]


@pytest.fixture
def vault(owner: Session) -> str:
    """The vault's id."""
    return scopes(owner)[1]


def test_built_in_roles_are_listed_with_what_they_grant(owner: Session) -> None:
    (reader,) = owner("role", "definition", "list", "--name", "Reader")
    assert (reader["name"], reader["roleType"]) == (READER, "BuiltInRole")
    assert reader["permissions"][0]["actions"] == ["*/read"]
    assert owner("role", "definition", "list", "--custom-role-only") == []


def test_the_owner_is_listed_as_owner_of_everything(owner: Session) -> None:
    me = owner("account", "show", "--query", "user.name")
    query = "[].[principalName, roleDefinitionName, scope]"
    found = owner("role", "assignment", "list", "--assignee", me, "--include-inherited", "--query", query)
    assert found == [[me, "Owner", "/"]]


def test_an_owner_reads_secrets_only_with_a_role_that_says_so(owner: Session, vault: str) -> None:
    assert "ForbiddenByRbac" in owner.refused("keyvault", "secret", "list", *VAULT)
    me = owner("ad", "signed-in-user", "show", "--query", "id")
    role = ("--role", "Key Vault Secrets Officer", "--scope", vault)
    owner("role", "assignment", "create", "--assignee", me, *role)
    assert [one["name"] for one in owner("keyvault", "secret", "list", *VAULT)] == ["db-password"]
    owner("role", "assignment", "delete", "--assignee", me, *role)
    assert "ForbiddenByRbac" in owner.refused("keyvault", "secret", "list", *VAULT)


@pytest.mark.parametrize("by", ["appId", "objectId", "name"])
def test_a_principal_is_found_by_each_of_its_names(office: Office, group: str, by: str) -> None:
    owner = office.owner
    shared = owner("identity", "show", "--resource-group", "orders-rg", "--name", "shared")
    assignee = {
        "appId": PIPELINE,
        "objectId": shared["principalId"],
        "name": owner("account", "show", "--query", "user.name"),
    }[by]
    words = ("--assignee", assignee, "--role", "Monitoring Reader", "--scope", group)
    made = owner("role", "assignment", "create", *words)
    assert owner("role", "assignment", "create", *words)["id"] == made["id"], "a second time it is there"
    listed = owner("role", "assignment", "list", "--assignee", assignee, "--scope", group)
    assert made["id"] in [one["id"] for one in listed]
    owner("role", "assignment", "delete", "--ids", made["id"])
    listed = owner("role", "assignment", "list", "--assignee", assignee, "--scope", group)
    assert made["id"] not in [one["id"] for one in listed]


def test_a_workload_that_is_given_a_role_has_it_at_once(office: Office, group: str) -> None:
    web = office.web
    subscription = office.owner("account", "show", "--query", "id")
    show = ("group", "show", "--name", "orders-rg", "--subscription", subscription)
    assert "subscription" in web.refused(*show).lower()
    client_id = office.owner(
        "resource", "show", "--ids", f"{group}/providers/Microsoft.Web/sites/web",
        "--query", "identity.principalId",
    )  # fmt: skip
    given = ("--assignee-object-id", client_id, "--role", "Reader", "--scope", group)
    office.owner("role", "assignment", "create", *given, "--assignee-principal-type", "ServicePrincipal")
    web("login", "--identity")
    assert web(*show)["name"] == "orders-rg"
    assert "AuthorizationFailed" in web.refused("group", "update", "--name", "orders-rg", "--set", "tags.a=b")
    office.owner("role", "assignment", "delete", *given)
    assert "AuthorizationFailed" in web.refused(*show)


def test_a_condition_narrows_an_assignment(office: Office, vault: str) -> None:
    owner = office.owner
    me = owner("ad", "signed-in-user", "show", "--query", "id")
    of_secrets = "Microsoft.KeyVault/vaults/secrets"
    condition = (
        f"(!(ActionMatches{{'{of_secrets}/getSecret/action'}})) OR "
        f"(@Resource[{of_secrets}:name] StringEquals 'db-password')"
    )
    made = owner(
        "role", "assignment", "create", "--assignee", me, "--role", "Key Vault Secrets Officer",
        "--scope", vault, "--condition", condition, "--condition-version", "2.0", "--description", "narrow",
    )  # fmt: skip
    assert (made["condition"], made["description"]) == (condition, "narrow")
    owner("keyvault", "secret", "set", *VAULT, "--name", "other", "--value", "x")
    assert owner("keyvault", "secret", "show", *VAULT, "--name", "db-password")["value"]
    assert "ForbiddenByRbac" in owner.refused("keyvault", "secret", "show", *VAULT, "--name", "other")
    owner("role", "assignment", "delete", "--ids", made["id"])


def test_a_condition_that_cannot_be_read_is_refused_where_it_is_wrong(owner: Session, group: str) -> None:
    said = owner.refused(
        "role", "assignment", "create", "--assignee", PIPELINE, "--role", "Reader", "--scope", group,
        "--condition", "@Resource[", "--condition-version", "2.0",
    )  # fmt: skip
    assert "condition" in said.lower()


def custom_role(subscription: str, *actions: str) -> str:
    role: dict[str, Any] = {
        "Name": "Vault watcher",
        "Description": "looks at vaults",
        "Actions": list(actions),
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": [f"/subscriptions/{subscription}"],
    }
    return json.dumps(role)


def test_a_custom_role_is_made_changed_assigned_and_deleted(owner: Session, group: str) -> None:
    subscription = owner("account", "show", "--query", "id")
    read = "Microsoft.KeyVault/vaults/read"
    made = owner("role", "definition", "create", "--role-definition", custom_role(subscription, read))
    assert (made["roleName"], made["roleType"]) == ("Vault watcher", "CustomRole")
    wider = custom_role(subscription, read, "Microsoft.KeyVault/vaults/write")
    changed = owner("role", "definition", "update", "--role-definition", wider)
    assert changed["permissions"][0]["actions"] == [read, "Microsoft.KeyVault/vaults/write"]
    given = ("--assignee", PIPELINE, "--role", "Vault watcher", "--scope", group)
    owner("role", "assignment", "create", *given)
    in_use = owner.refused("role", "definition", "delete", "--name", "Vault watcher")
    assert "RoleDefinitionHasAssignments" in in_use
    owner("role", "assignment", "delete", *given)
    owner("role", "definition", "delete", "--name", "Vault watcher")
    assert owner("role", "definition", "list", "--name", "Vault watcher") == []


def test_a_contributor_assigns_no_roles(office: Office, group: str) -> None:
    shared = office.owner("identity", "show", "--resource-group", "orders-rg", "--name", "shared")
    said = office.pipeline.refused(
        "role", "assignment", "create", "--assignee-object-id", shared["principalId"],
        "--assignee-principal-type", "ServicePrincipal", "--role", READER, "--scope", group,
    )  # fmt: skip
    assert "AuthorizationFailed" in said
    assert "Microsoft.Authorization/roleAssignments/write" in said


def test_a_lock_holds_up_even_the_owner(owner: Session) -> None:
    in_group = ("--resource-group", "orders-rg")
    owner("lock", "create", "--name", "keep", *in_group, "--lock-type", "CanNotDelete")
    assert [one["level"] for one in owner("lock", "list", *in_group)] == ["CanNotDelete"]
    said = owner.refused("keyvault", "delete", "--name", "contoso-orders")
    assert "ScopeLocked" in said
    owner("lock", "delete", "--name", "keep", *in_group)
    assert owner("lock", "list", *in_group) == []


def test_what_was_managed_is_in_the_activity_log_with_who_did_it(owner: Session, group: str) -> None:
    owner("group", "update", "--name", "orders-rg", "--set", "tags.seen=yes")
    me = owner("account", "show", "--query", "user.name")
    query = "[].[operationName.value, caller, status.value]"
    found = owner("monitor", "activity-log", "list", "--resource-group", "orders-rg", "--query", query)
    assert ["Microsoft.Resources/subscriptions/resourceGroups/write", me, "Succeeded"] in found
