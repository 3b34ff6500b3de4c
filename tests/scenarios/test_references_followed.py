"""Key Vault references from the first run to the proof: followed by the real provider, planned for, told."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from keyless_command import Project, Ran

ESTATE = """\
version: 1
tenant: contoso
resourceGroups:
  orders-rg:
    compute:
      orders-web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}
    vaults:
      contoso-orders: {secrets: {db: PLANTED1, api: PLANTED2, prod-db: PLANTED3, other: PLANTED4}}
    configurationStores:
      contoso-orders:
        settings:
          - {key: "orders:color", value: green}
          - {key: "orders:api", keyVaultReference: {vault: contoso-orders, secret: api}}
          - {key: "orders:db", keyVaultReference: {vault: contoso-orders, secret: db}}
          - {key: "orders:db", label: prod, keyVaultReference: {vault: contoso-orders, secret: prod-db}}
roleAssignments:
  - {principal: orders-web, role: App Configuration Data Reader, scope: {store: contoso-orders}}
"""
PROGRAM = """
import sys
from azure.appconfiguration.provider import SettingSelector, load
from azure.identity import ManagedIdentityCredential

credential = ManagedIdentityCredential()
with load(
    endpoint="https://contoso-orders.azconfig.io",
    credential=credential,
    keyvault_credential=credential,
    startup_timeout=1,
    selects=[SettingSelector(key_filter="orders:*")],
) as settings:
    print(sorted(settings))
"""


@pytest.fixture
def app(project: Project) -> tuple[str, ...]:
    """The command of an app that loads its settings with the provider."""
    project.estate.write_text(ESTATE)
    program = project.root / "app.py"
    program.write_text(PROGRAM)
    return ("--", sys.executable, str(program))


def ran(project: Project, *arguments: str) -> Ran:
    found = project(*arguments)
    assert "PLANTED" not in found.out + found.err
    return found


def planned(project: Project, *arguments: str) -> Any:
    return json.loads(ran(project, "plan", "--format", "json", *arguments).out)


def roles(plan: Any) -> list[tuple[str, str]]:
    return [(one["roleName"], one["scope"].partition("/providers/")[2]) for one in plan["assignments"]]


STORE = "Microsoft.AppConfiguration/configurationStores/contoso-orders"
VAULT = "Microsoft.KeyVault/vaults/contoso-orders"


def test_an_app_that_was_refused_at_its_first_reference_gets_roles_for_all_that_it_selects(
    project: Project, app: tuple[str, ...]
) -> None:
    refused = ran(project, "run", *app)
    assert refused.code != 0
    assert "403" in refused.err or "Forbidden" in refused.err
    assert "reference `orders:api` of store `contoso-orders` points there" in ran(project, "explain").out
    plan = planned(project)
    assert roles(plan) == [
        ("App Configuration Data Reader", STORE),
        ("Key Vault Secrets User", f"{VAULT}/secrets/api"),
        ("Key Vault Secrets User", f"{VAULT}/secrets/db"),
    ]
    assert plan["containment"]["missing"] == []
    readers = {one["key"] + one["label"]: [r["name"] for r in one["readers"]] for one in plan["references"]}
    assert readers == {"orders:api": ["orders-web"], "orders:db": ["orders-web"], "orders:dbprod": []}
    reasons = [one["reason"] for one in plan["assignments"][1:]]
    assert all("the identity follows references: its client says" in one for one in reasons)
    assert "`orders:db` of store `contoso-orders`" in reasons[1]
    proved = ran(project, "prove", *app)
    assert (proved.code, proved.out) == (0, "['orders:api', 'orders:color', 'orders:db']\n"), proved.err


def test_what_was_seen_is_planned_for_as_it_was_and_a_reference_that_comes_later_too(
    project: Project, app: tuple[str, ...]
) -> None:
    assert ran(project, "run", "--learn", *app).code == 0
    assert len(roles(planned(project, "--object-scope"))) == 3
    later = '          - {key: "orders:more", keyVaultReference: {vault: contoso-orders, secret: other}}\n'
    broken = '          - {key: "orders:lost", keyVaultReference: {vault: contoso-orders, secret: lost}}\n'
    project.estate.write_text(ESTATE.replace("roleAssignments:", f"{later}{broken}roleAssignments:"))
    assert ran(project, "estate", "apply").code == 0
    plan = planned(project, "--object-scope")
    assert ("Key Vault Secrets User", f"{VAULT}/secrets/other") in roles(plan)
    assert {one["key"]: one["state"] for one in plan["references"] if not one["label"]} == {
        "orders:api": "fine",
        "orders:db": "fine",
        "orders:lost": "no-secret",
        "orders:more": "fine",
    }
    text = ran(project, "plan").out
    assert "error: reference `orders:lost` of store `contoso-orders`" in text
    checked = ran(project, "estate", "check")
    assert checked.code == 1
    assert "keyless.yaml:17: error: reference `orders:lost`" in checked.err
