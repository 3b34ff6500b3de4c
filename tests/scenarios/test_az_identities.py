"""`az identity` and `az identity federated-credential`: identities that workloads then have."""

from __future__ import annotations

import json

from azure_cli import Office, Session

GITHUB = "https://token.actions.githubusercontent.com"
IN_GROUP = ("--resource-group", "orders-rg")


def test_an_identity_is_made_shown_and_deleted(owner: Session) -> None:
    made = owner("identity", "create", *IN_GROUP, "--name", "made-id", "--tags", "a=b")
    assert (made["location"], made["tags"]) == ("westeurope", {"a": "b"})
    assert made["principalId"] != made["clientId"]
    assert owner("identity", "show", *IN_GROUP, "--name", "made-id") == made
    assert "made-id" in owner("identity", "list", "--query", "[].name")
    owner("identity", "delete", *IN_GROUP, "--name", "made-id")
    assert "made-id" not in owner("identity", "list", *IN_GROUP, "--query", "[].name")


def test_an_identity_tells_which_resources_it_was_given_to(owner: Session) -> None:
    found = owner("identity", "list-resources", *IN_GROUP, "--name", "shared")
    assert [one["name"] for one in found] == ["web"]


def test_a_federated_credential_is_made_changed_and_deleted(owner: Session) -> None:
    of = (*IN_GROUP, "--identity-name", "shared")
    about = ("--issuer", GITHUB, "--audiences", "api://AzureADTokenExchange")
    made = owner(
        *("identity", "federated-credential", "create", *of, "--name", "main", *about),
        *("--subject", "repo:contoso/orders:ref:refs/heads/main"),
    )
    assert (made["issuer"], made["audiences"]) == (GITHUB, ["api://AzureADTokenExchange"])
    changed = owner(
        *("identity", "federated-credential", "update", *of, "--name", "main", *about),
        *("--subject", "repo:contoso/orders:environment:production"),
    )
    assert changed["subject"] == "repo:contoso/orders:environment:production"
    assert owner("identity", "federated-credential", "show", *of, "--name", "main") == changed
    assert [one["name"] for one in owner("identity", "federated-credential", "list", *of)] == ["main"]
    owner("identity", "federated-credential", "delete", *of, "--name", "main", "--yes")
    assert owner("identity", "federated-credential", "list", *of) == []


def test_a_resource_that_is_made_with_an_identity_can_be_run_as(office: Office) -> None:
    owner = office.owner
    identity = owner("identity", "create", *IN_GROUP, "--name", "jobs-id")
    body = {
        "location": "westeurope",
        "identity": {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {identity["id"]: {}}},
        "properties": {},
    }
    where = (*IN_GROUP, "--resource-type", "Microsoft.Web/sites", "--name", "jobs")
    made = owner("resource", "create", *where, "--is-full-object", "--properties", json.dumps(body))
    assert made["identity"]["principalId"]
    (given,) = made["identity"]["userAssignedIdentities"].values()
    assert given["principalId"] == identity["principalId"]
    asked = "import os,urllib.request as u;h={'X-IDENTITY-HEADER':os.environ['IDENTITY_HEADER']};" + (
        "q='?api-version=2019-08-01&resource=https://vault.azure.net&client_id=CLIENT';"
        "print(u.urlopen(u.Request(os.environ['IDENTITY_ENDPOINT']+q,headers=h)).status)"
    ).replace("CLIENT", identity["clientId"])
    ran = office.project("run", "--as", "jobs", "--quiet", "--", "python3", "-c", asked)
    assert (ran.code, ran.out) == (0, "200\n"), ran.err


def test_a_contributor_makes_identities_and_a_workload_does_not(office: Office) -> None:
    office.pipeline("identity", "create", *IN_GROUP, "--name", "of-the-pipeline")
    said = office.web.refused(
        "identity", "create", *IN_GROUP, "--name", "of-the-workload", "--location", "westeurope",
        "--subscription", office.owner("account", "show", "--query", "id"),
    )  # fmt: skip
    assert "AuthorizationFailed" in said or "not found" in said.lower()
