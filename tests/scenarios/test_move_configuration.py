"""Configuration on its way: from another store by its own client, and into a vault what is a secret."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from keyless_command import Project, app

PLANTED = "PLANTED0d9c"
KEY = base64.b64encode(b"a key of the store").decode()
ESTATE = f"""
version: 1
resourceGroups:
  orders-rg:
    compute:
      reader: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
      stranger: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
    configurationStores:
      contoso-source:
        accessKeys: {{k1: {KEY}}}
        settings:
          - {{key: "Orders:Title", value: Orders, label: prod, tags: {{team: orders}}}}
          - {{key: "Orders:Title", value: Aufträge}}
          - {{key: "Orders:Api:Key", value: {PLANTED}, label: prod}}
          - key: "Orders:Db"
            keyVaultReference: {{uri: "https://contoso-far.vault.azure.net/secrets/db"}}
          - featureFlag: Beta
            enabled: true
            variants: [{{name: Big, configurationValue: {{size: 1}}}}]
            allocation: {{defaultWhenEnabled: Big}}
roleAssignments:
  - {{principal: reader, role: App Configuration Data Reader, scope: {{store: contoso-source}}}}
"""
TARGET = """
version: 1
resourceGroups:
  other-rg:
    compute: {web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}}
    vaults: {contoso-target: }
    configurationStores: {contoso-target: }
roleAssignments:
  - {principal: web, role: App Configuration Data Reader, scope: {store: contoso-target}}
  - {principal: web, role: Key Vault Secrets User, scope: {vault: contoso-target}}
"""
ADDRESS = "https://contoso-source.azconfig.io"


@pytest.fixture
def other(folder: Path) -> Project:
    root = folder / "other"
    root.mkdir()
    made = Project(root, folder)
    made.estate.write_text(TARGET)
    return made


@pytest.fixture
def source(project: Project) -> Project:
    project.estate.write_text(ESTATE)
    return project


def taking(project: Project, *arguments: str) -> list[str]:
    words = ["store", "import", "contoso-target", ADDRESS, *arguments, "--project", str(project.root)]
    return ["--", sys.executable, "-m", "keyless.cli.main", *words]


def held(project: Project, folder: Path) -> dict[tuple[str, str | None], dict[str, Any]]:
    out = folder / "held.json"
    assert project("store", "export", "contoso-target", "--out", str(out)).code == 0
    return {(one["key"], one["label"]): one for one in json.loads(out.read_text())["items"]}


def test_another_store_is_read_with_the_callers_own_identity(
    source: Project, other: Project, folder: Path
) -> None:
    ran = source("run", "--as", "reader", *taking(other, "--secrets-to", "contoso-target"))
    assert ran.code == 0, ran.err
    assert PLANTED not in ran.out + ran.err
    assert "new        Orders:Api:Key  label prod  as secret Orders--Api--Key" in ran.out
    found = held(other, folder)
    assert found["Orders:Title", "prod"]["tags"] == {"team": "orders"}
    assert found["Orders:Title", None]["value"] == "Aufträge"
    assert json.loads(found["Orders:Db", None]["value"])["uri"].startswith("https://contoso-far.")
    flag = json.loads(found[".appconfig.featureflag/Beta", None]["value"])
    assert flag["variants"] == [{"name": "Big", "configuration_value": {"size": 1}}]
    assert other("run", *app("say(secret('contoso-target', 'Orders--Api--Key'))")).out == f"{PLANTED}\n"
    stranger = source("run", "--as", "stranger", *taking(other))
    assert stranger.code == 2
    assert "the store cannot be read" in stranger.err


def test_another_store_is_read_with_its_connection_string_and_one_label_of_it(
    source: Project, other: Project, folder: Path
) -> None:
    string = {"CONNECTION": f"Endpoint={ADDRESS};Id=k1;Secret={KEY}"}
    how = ["--connection-string-env", "CONNECTION", "--from-label", "prod", "--label", "", "--allow", "*"]
    ran = source("run", "--as", "stranger", *taking(other, *how), env=string)
    assert ran.code == 0, ran.err
    assert {name: one["value"] for name, one in held(other, folder).items()} == {
        ("Orders:Title", None): "Orders",
        ("Orders:Api:Key", None): PLANTED,
    }
    assert KEY not in ran.out + ran.err
