"""`az ad`: applications, service principals and groups of the directory, and whom they let in."""

from __future__ import annotations

import json
from typing import Any

from azure_cli import PIPELINE, Office, Session

GITHUB = "https://token.actions.githubusercontent.com"


def registered(owner: Session, name: str) -> dict[str, Any]:
    """A new application with its service principal."""
    application: dict[str, Any] = owner("ad", "app", "create", "--display-name", name)
    owner("ad", "sp", "create", "--id", application["appId"])
    return application


def test_the_owner_is_a_user_of_the_directory(owner: Session) -> None:
    me = owner("ad", "signed-in-user", "show")
    assert me["userPrincipalName"] == owner("account", "show", "--query", "user.name")
    assert owner("ad", "user", "show", "--id", me["userPrincipalName"])["id"] == me["id"]
    assert me["id"] in owner("ad", "user", "list", "--query", "[].id")


def test_what_the_estate_declares_is_in_the_directory(owner: Session) -> None:
    assert owner("ad", "app", "list", "--display-name", "pipeline", "--query", "[].appId") == [PIPELINE]
    shared = owner("identity", "show", "--resource-group", "orders-rg", "--name", "shared")
    found = owner("ad", "sp", "show", "--id", shared["clientId"])
    assert (found["id"], found["servicePrincipalType"]) == (shared["principalId"], "ManagedIdentity")


def test_a_new_application_signs_in_with_its_secret_until_that_is_taken_away(office: Office) -> None:
    owner = office.owner
    application = registered(owner, "nightly")
    client_id = application["appId"]
    secret = owner("ad", "app", "credential", "reset", "--id", client_id)
    as_nightly = ("--service-principal", "--username", client_id, "--tenant", secret["tenant"])
    words = ("--offline", "--quiet", "--as", "web", "--", str(office.az), "login", *as_nightly)
    login = (*words, "--password", secret["password"], "--allow-no-subscriptions")
    assert office.project("run", *login).code == 0
    (kept,) = owner("ad", "app", "credential", "list", "--id", client_id)
    assert kept["secretText"] is None
    owner("ad", "app", "credential", "delete", "--id", client_id, "--key-id", kept["keyId"])
    office.project("run", "--quiet", "--as", "web", "--", str(office.az), "account", "clear")
    refused = office.project("run", *login)
    assert refused.code != 0
    assert "AADSTS7000215" in refused.err
    owner("ad", "app", "delete", "--id", client_id)
    assert owner("ad", "sp", "list", "--filter", f"appId eq '{client_id}'") == []


def test_a_service_principal_is_made_with_its_role(owner: Session) -> None:
    group = owner("group", "show", "--name", "orders-rg", "--query", "id")
    made = owner("ad", "sp", "create-for-rbac", "--name", "deployer", "--role", "Reader", "--scopes", group)
    listed = owner("role", "assignment", "list", "--assignee", made["appId"], "--scope", group)
    assert [one["roleDefinitionName"] for one in listed] == ["Reader"]
    owner("ad", "app", "delete", "--id", made["appId"])


def test_an_application_trusts_another_issuer_instead_of_a_secret(owner: Session) -> None:
    client_id = registered(owner, "from-github")["appId"]
    credential = {
        "name": "main",
        "issuer": GITHUB,
        "subject": "repo:contoso/orders:ref:refs/heads/main",
        "audiences": ["api://AzureADTokenExchange"],
    }
    of = ("ad", "app", "federated-credential")
    owner(*of, "create", "--id", client_id, "--parameters", json.dumps(credential))
    (found,) = owner(*of, "list", "--id", client_id)
    assert (found["issuer"], found["subject"]) == (GITHUB, credential["subject"])
    moved = json.dumps({**credential, "subject": "repo:contoso/orders:environment:production"})
    owner(*of, "update", "--id", client_id, "--federated-credential-id", "main", "--parameters", moved)
    shown = owner(*of, "show", "--id", client_id, "--federated-credential-id", "main")
    assert shown["subject"].endswith(":production")
    owner(*of, "delete", "--id", client_id, "--federated-credential-id", "main")
    assert owner(*of, "list", "--id", client_id) == []


def test_a_role_of_a_group_is_its_members_at_once(office: Office) -> None:
    owner, web = office.owner, office.web
    group = owner("ad", "group", "create", "--display-name", "watchers", "--mail-nickname", "watchers")
    vault = owner("keyvault", "show", "--name", "contoso-orders", "--query", "id")
    site = f"{vault.partition('/providers/')[0]}/providers/Microsoft.Web/sites/web"
    member = owner("resource", "show", "--ids", site, "--query", "identity.principalId")
    role = ("--role", "Key Vault Secrets Officer", "--scope", vault)
    given = ("--assignee-object-id", group["id"], "--assignee-principal-type", "Group", *role)
    owner("role", "assignment", "create", *given)
    write = ("keyvault", "secret", "set", "--vault-name", "contoso-orders", "--name", "by-group")
    assert "ForbiddenByRbac" in web.refused(*write, "--value", "x")
    in_group = ("--group", "watchers", "--member-id", member)
    owner("ad", "group", "member", "add", *in_group)
    assert owner("ad", "group", "member", "check", *in_group) == {"value": True}
    assert [one["id"] for one in owner("ad", "group", "member", "list", "--group", "watchers")] == [member]
    web(*write, "--value", "x")
    owner("ad", "group", "member", "remove", *in_group)
    assert "ForbiddenByRbac" in web.refused(*write, "--value", "x")
    owner("ad", "group", "delete", "--group", "watchers")
    assert owner("ad", "group", "list", "--display-name", "watchers") == []


def test_who_has_no_role_of_the_directory_changes_nothing_in_it(office: Office) -> None:
    said = office.pipeline.refused("ad", "app", "create", "--display-name", "not-mine")
    assert "Insufficient privileges" in said
    assert office.owner("ad", "app", "list", "--display-name", "not-mine") == []
