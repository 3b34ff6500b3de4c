"""`keyless assess` from the command line: a key's way across languages, and what to write instead."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest
from keyless_command import Project

BICEP = """\
resource store 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'ordersstore'
  location: 'westeurope'
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
  properties: {
    allowSharedKeyAccess: true
  }
}

resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: 'orders-web'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    siteConfig: {
      appSettings: [
        {
          name: 'OrdersStorage'
          value: 'AccountName=${store.name};AccountKey=${store.listKeys().keys[0].value}'
        }
      ]
    }
  }
}
"""
PROGRAM = """\
using Azure.Storage.Blobs;
var builder = WebApplication.CreateBuilder(args);
var connection = builder.Configuration["OrdersStorage"];
builder.Services.AddSingleton(new BlobServiceClient(connection));
builder.Build().Run();
"""
SECRET = "Zq8xT3mV9bN2kLw7Zq8xT3mV9bN2kLw7"
FILES = {
    "infra/main.bicep": BICEP,
    "src/Program.cs": PROGRAM,
    "package-lock.json": '{"packages": {"a": {"integrity": "sha512-' + "Zq8x" * 20 + '=="}}}\n',
}

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")


def git(project: Project, *arguments: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, "-C", project.root, *arguments], check=True, capture_output=True)


@pytest.fixture
def orders(project: Project) -> Project:
    """A repository whose site gets the key of its storage account, and reads it in C#."""
    for path, text in FILES.items():
        (project.root / path).parent.mkdir(parents=True, exist_ok=True)
        (project.root / path).write_text(text)
    return project


def test_a_key_is_followed_from_the_template_through_the_setting_to_the_client(orders: Project) -> None:
    ran = orders("assess", "--format", "json", "--rule", "storage-credential")
    assert ran.code == 1, ran.err
    (one,) = json.loads(ran.out)["findings"]
    assert one["place"]["path"] == "src/Program.cs"
    assert one["steps"][0]["place"]["path"] == "infra/main.bicep"
    assert {step["place"]["path"] for step in one["steps"]} == {"infra/main.bicep", "src/Program.cs"}
    assert (
        "DefaultAzureCredential" in one["remedy"]["instead"] or "ManagedIdentity" in one["remedy"]["instead"]
    )
    shown = orders("assess", "--rule", "storage-credential").out
    assert "src/Program.cs:4" in shown
    assert "infra/main.bicep:" in shown


def test_what_is_clean_says_so_with_0_and_what_cannot_be_read_with_3(project: Project) -> None:
    (project.root / "app.py").write_text("print('hello')\n")
    ran = project("assess")
    assert (ran.code, ran.err) == (0, "")
    assert "nothing found in 1 file" in ran.out
    (project.root / "broken.json").write_text('{"a": \n')
    ran = project("assess")
    assert ran.code == 3
    assert "broken.json" in ran.out
    assert "the result is incomplete" in ran.out
    assert project("assess", "--allow-incomplete").code == 0


@needs_git
def test_a_fix_of_the_template_is_a_patch_that_git_takes_and_ends_the_finding(orders: Project) -> None:
    (orders.root / "src/Program.cs").unlink()
    (orders.root / "infra/main.bicep").write_text(BICEP[: BICEP.index("resource site")])
    git(orders, "init", "-q")
    git(orders, "add", "-A")
    git(orders, "commit", "-q", "-m", "first")
    patch = orders("assess", "--fix", "--rule", "shared-key-access")
    assert patch.code == 1
    assert "+    allowSharedKeyAccess: false" in patch.out
    subprocess.run(["git", "-C", orders.root, "apply", "-"], input=patch.out.encode(), check=True)
    assert orders("assess", "--rule", "shared-key-access").code == 0
    git(orders, "checkout", "-q", ".")
    assert orders("assess", "--fix", "--apply", "--rule", "shared-key-access").code == 0
    assert "allowSharedKeyAccess: false" in (orders.root / "infra/main.bicep").read_text()


@needs_git
def test_before_a_commit_only_what_it_changes_is_told_though_the_flow_is_whole(orders: Project) -> None:
    git(orders, "init", "-q")
    git(orders, "add", "infra")
    git(orders, "commit", "-q", "-m", "the template")
    git(orders, "add", "-A")
    ran = orders("assess", "--staged", "--format", "json")
    found = json.loads(ran.out)["findings"]
    (flow,) = [one for one in found if one["rule"] == "storage-credential"]
    assert flow["steps"][0]["place"]["path"] == "infra/main.bicep"
    for one in found:
        assert "src/Program.cs" in {place["path"] for place in _places(one)}


def _places(finding: dict[str, Any]) -> list[dict[str, Any]]:
    return [finding["place"], *(step["place"] for step in finding["steps"])]


def test_no_report_shows_the_value_of_a_secret(project: Project) -> None:
    (project.root / "app.py").write_text(
        "from azure.identity import ClientSecretCredential\n"
        f'credential = ClientSecretCredential("tenant", "client", "{SECRET}")\n'
    )
    for wanted in ("terminal", "json", "sarif", "junit", "html"):
        ran = project("assess", "--format", wanted, "--min-confidence", "low")
        assert ran.code == 1, ran.err
        assert SECRET not in ran.out + ran.err
        assert "app.py" in ran.out
