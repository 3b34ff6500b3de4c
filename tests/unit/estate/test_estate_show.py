"""The tree shows names, ids, keys and labels, and never a value."""

from __future__ import annotations

from pathlib import Path

import pytest
from estate_texts import ENVIRON, SECRET, estate
from rich.console import Console

from keyless.estate.read import read_outline
from keyless.estate.show import estate_tree
from keyless.model.estate import Estate

VALUE = "value-that-is-not-to-be-seen"
TEXT = f"""\
version: 1
tenant: contoso
resourceGroups:
  orders-rg:
    identities: {{shared: }}
    compute:
      web: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true, userAssigned: [shared]}}}}
      outside:
        type: Microsoft.Web/sites
        identity:
          userAssigned:
            - /subscriptions/x/resourceGroups/y/providers/Microsoft.ManagedIdentity/userAssignedIdentities/z
    vaults: {{vault: {{secrets: {{plain: x, db: {{env: ORDERS_DB_PASSWORD}}}}}}}}
    configurationStores:
      store:
        settings:
          - {{key: size, value: {VALUE}, label: prod}}
          - {{key: db, keyVaultReference: {{vault: vault, secret: db}}}}
applications: {{legacy: {{clientSecret: {{env: ORDERS_LEGACY_SECRET}}}}}}
roleAssignments:
  - {{principal: web, role: Key Vault Secrets User, scope: {{vault: vault, secret: db}}}}
  - {{principal: shared, role: Reader, scope: {{resourceGroup: orders-rg}}, condition: "Exists @Request[a]"}}
  - {{principal: legacy, role: Owner, scope: {{subscription: true}}}}
  - principal: legacy
    role: App Configuration Data Reader
    scope: {{store: store, key: size, label: prod}}
  - {{principal: legacy, role: Reader, scope: /subscriptions/other}}
  - {{principal: web, role: Orders Reader, scope: {{managementGroup: platform}}}}
customRoles:
  Orders Reader: {{actions: ["*/read"], assignableScopes: [{{managementGroup: platform}}]}}
denyAssignments:
  - name: Stop
    scope: {{vault: vault}}
    permissions: [{{actions: ["*"], dataActions: [Microsoft.KeyVault/vaults/secrets/purge/action]}}]
    principals: [web]
    condition: Exists @Request[a]
  - {{name: A, scope: {{vault: vault}}, permissions: [{{actions: [a/b]}}], principals: [{{everyone: true}}]}}
managementGroups:
  corp: {{displayName: Corporate}}
  platform: {{parent: corp, subscriptions: [local]}}
"""


def shown(read: Estate) -> str:
    """The tree as plain text."""
    console = Console(width=200, color_system=None, force_terminal=False, no_color=True)
    with console.capture() as captured:
        console.print(estate_tree(read))
    return captured.get()


@pytest.fixture(scope="module")
def tree() -> str:
    """The tree of the estate above."""
    return shown(estate(TEXT))


def test_the_tree_shows_every_name(tree: str) -> None:
    for name in (
        "contoso  tenant ",
        "local  subscription ",
        "orders-rg  resource group in westeurope",
        "user-assigned identities",
        "web  Microsoft.Web/sites",
        "system-assigned",
        "user-assigned  shared",
        "user-assigned  /subscriptions/x",
        "vault  https://vault.vault.azure.net",
        "db  $ORDERS_DB_PASSWORD",
        "plain  text in the estate file",
        "store  https://store.azconfig.io",
        "size  label prod",
        "db  Key Vault reference",
        "legacy",
    ):
        assert name in tree


def test_the_tree_shows_ids(tree: str) -> None:
    web = estate(TEXT).compute[0].system_assigned
    assert web is not None
    assert f"client id  {web.client_id}" in tree
    assert f"principal id  {web.principal_id}" in tree


def test_the_tree_shows_who_may_do_what_where(tree: str) -> None:
    for line in (
        "web  Key Vault Secrets User on secret db of vault vault",
        "shared  Reader on resource group orders-rg, under a condition",
        "legacy  Owner on the whole subscription",
        "legacy  App Configuration Data Reader on key size (label prod) of store store",
        "legacy  Reader on /subscriptions/other",
        "web  Orders Reader on management group platform",
        "Orders Reader  */read",
        "Stop  web: *, Microsoft.KeyVault/vaults/secrets/purge/action on vault vault, under a condition",
        "A  everyone: a/b on vault vault",
        "corp  Corporate",
        "platform  in corp, holds this subscription",
    ):
        assert line in tree


def test_the_tree_shows_no_value(tree: str) -> None:
    assert SECRET not in tree
    assert VALUE not in tree


def test_warnings_come_last(tree: str) -> None:
    assert "over-broad: legacy: Owner on the whole subscription" in tree.partition("warnings")[2]


def test_an_outline_can_be_shown_without_secrets(tmp_path: Path) -> None:
    path = tmp_path / "keyless.yaml"
    path.write_text(TEXT)
    assert "db  $ORDERS_DB_PASSWORD" in shown(read_outline(path))


def test_a_bare_estate_is_shown_without_empty_branches() -> None:
    text = shown(estate("version: 1"))
    assert "role assignments" not in text
    assert "warnings" not in text
    assert len(text.splitlines()) == 2


def test_markup_in_a_name_is_shown_as_it_is() -> None:
    assert "[bold]x" in shown(estate("version: 1\ntenant: '[bold]x'", ENVIRON))
