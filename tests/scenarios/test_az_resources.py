"""`az group`, `az resource`, `az tag`, `az provider` and `az rest` against the management plane."""

from __future__ import annotations

import json

from azure_cli import PIPELINE, Office, Session

PLAN = "Microsoft.Web/serverfarms"


def test_a_group_is_made_shown_changed_and_deleted(owner: Session) -> None:
    made = owner("group", "create", "--name", "made-rg", "--location", "westeurope", "--tags", "team=orders")
    assert (made["properties"]["provisioningState"], made["tags"]) == ("Succeeded", {"team": "orders"})
    assert owner("group", "show", "--name", "MADE-RG")["id"] == made["id"]
    assert "made-rg" in owner("group", "list", "--query", "[].name")
    assert owner("group", "list", "--tag", "team=orders", "--query", "[].name") == ["made-rg"]
    changed = owner("group", "update", "--name", "made-rg", "--set", "tags.cost=7")
    assert changed["tags"] == {"team": "orders", "cost": "7"}
    owner("group", "delete", "--name", "made-rg", "--yes")
    assert owner("group", "exists", "--name", "made-rg") is False
    assert "ResourceGroupNotFound" in owner.refused("group", "show", "--name", "made-rg")


def test_a_group_that_is_there_says_so(owner: Session) -> None:
    assert owner("group", "exists", "--name", "orders-rg") is True


def test_what_the_estate_file_declares_is_listed(owner: Session) -> None:
    types = owner("resource", "list", "--resource-group", "orders-rg", "--query", "[].type")
    assert {
        "Microsoft.Web/sites",
        "Microsoft.Compute/virtualMachines",
        "Microsoft.KeyVault/vaults",
        "Microsoft.AppConfiguration/configurationStores",
        "Microsoft.ManagedIdentity/userAssignedIdentities",
    } <= set(types)
    sites = owner("resource", "list", "--resource-type", "Microsoft.Web/sites")
    assert [site["name"] for site in sites] == ["web"]
    assert set(sites[0]["identity"]["type"].replace(" ", "").split(",")) == {"SystemAssigned", "UserAssigned"}


def test_a_resource_of_any_type_is_made_tagged_and_deleted(owner: Session) -> None:
    where = ("--resource-group", "orders-rg", "--resource-type", PLAN, "--name", "a-plan")
    body = json.dumps({"location": "westeurope", "sku": {"name": "B1"}, "properties": {"reserved": True}})
    made = owner("resource", "create", *where, "--is-full-object", "--properties", body)
    assert (made["name"], made["sku"]["name"]) == ("a-plan", "B1")
    shown = owner("resource", "show", "--ids", made["id"])
    assert shown["properties"]["reserved"] is True
    tagged = owner("resource", "tag", "--ids", made["id"], "--tags", "a=b")
    assert tagged["tags"] == {"a": "b"}
    owner("resource", "delete", "--ids", made["id"])
    assert "ResourceNotFound" in owner.refused("resource", "show", "--ids", made["id"])


def test_a_provider_is_registered_and_tells_its_types(owner: Session) -> None:
    assert owner("provider", "show", "--namespace", "Microsoft.KeyVault")["registrationState"] == "Registered"
    assert "Microsoft.KeyVault" in owner("provider", "list", "--query", "[].namespace")
    owner("provider", "register", "--namespace", "Microsoft.AppConfiguration")


def test_regions_are_known(owner: Session) -> None:
    assert "westeurope" in owner("account", "list-locations", "--query", "[].name")


def test_any_call_can_be_made_by_its_url(owner: Session) -> None:
    subscription = owner("account", "show", "--query", "id")
    found = owner(
        "rest", "--method", "get", "--url", "/subscriptions/{subscriptionId}?api-version=2022-12-01"
    )
    assert (found["subscriptionId"], found["state"]) == (subscription, "Enabled")
    unknown = owner.refused("rest", "--url", f"/subscriptions/{subscription}/nothing?api-version=2022-12-01")
    assert "HttpResourceNotFound" in unknown


def test_a_workload_manages_nothing_that_it_has_no_role_for(office: Office) -> None:
    said = office.web.refused("group", "create", "--name", "not-mine", "--location", "westeurope")
    assert "AuthorizationFailed" in said
    assert "Microsoft.Resources/subscriptions/resourceGroups/write" in said
    assert office.owner("group", "exists", "--name", "not-mine") is False


def test_a_contributor_of_one_group_manages_that_one_alone(office: Office) -> None:
    pipeline = office.pipeline
    assert pipeline("group", "list", "--query", "[].name") == ["orders-rg"]
    pipeline("group", "update", "--name", "orders-rg", "--set", "tags.by=pipeline")
    assert office.owner("group", "show", "--name", "orders-rg")["tags"] == {"by": "pipeline"}
    assert "AuthorizationFailed" in pipeline.refused(
        "group", "create", "--name", "other", "--location", "uksouth"
    )


def test_tags_are_put_merged_and_taken_at_any_scope(owner: Session) -> None:
    group = owner("group", "show", "--name", "orders-rg", "--query", "id")
    of = ("--resource-id", f"{group}/providers/Microsoft.KeyVault/vaults/contoso-orders")
    owner("tag", "create", *of, "--tags", "a=b")
    merged = owner("tag", "update", *of, "--operation", "merge", "--tags", "c=d")
    assert merged["properties"]["tags"] == {"a": "b", "c": "d"}
    assert owner("keyvault", "show", "--name", "contoso-orders")["tags"] == {"a": "b", "c": "d"}
    owner("tag", "update", *of, "--operation", "delete", "--tags", "a=b")
    assert owner("tag", "list", *of)["properties"]["tags"] == {"c": "d"}
    assert owner("resource", "list", "--tag", "c=d", "--query", "[].name") == ["contoso-orders"]
    owner("tag", "delete", *of, "--yes")
    assert not owner("keyvault", "show", "--name", "contoso-orders")["tags"]


def test_a_role_at_a_management_group_reaches_the_subscription_in_it(office: Office) -> None:
    owner = office.owner
    of_groups = ("account", "management-group")
    at_once = "--no-register"  # without it, each of these waits ten seconds of its own accord
    made = owner(*of_groups, "create", "--name", "production", "--display-name", "Production", at_once)
    subscription = owner("account", "show", "--query", "id")
    owner(*of_groups, "subscription", "add", "--name", "production", "--subscription", subscription)
    inside = owner(*of_groups, "subscription", "show-sub-under-mg", "--name", "production")
    assert [one["name"] for one in inside] == [subscription]
    role = ("--assignee", PIPELINE, "--role", "Reader", "--scope", made["id"])
    owner("group", "create", "--name", "far-rg", "--location", "westeurope")
    assert "far-rg" not in office.pipeline("group", "list", "--query", "[].name")
    owner("role", "assignment", "create", *role)
    assert "far-rg" in office.pipeline("group", "list", "--query", "[].name")
    owner("role", "assignment", "delete", *role)
    owner(*of_groups, "subscription", "remove", "--name", "production", "--subscription", subscription)
    owner(*of_groups, "delete", "--name", "production", at_once)
    assert "production" not in owner(*of_groups, "list", at_once, "--query", "[].name")


def test_what_serves_a_type_elsewhere_is_listed_here_by_its_own_command(owner: Session) -> None:
    assert owner("vm", "list", "--query", "[].name") == ["agent"]
    assert owner("webapp", "identity", "show", "--resource-group", "orders-rg", "--name", "web")[
        "principalId"
    ]
