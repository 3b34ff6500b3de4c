"""Four services with four ways to hold a credential, taken to managed identities: run, planned, proved,
exported, applied and checked. Nothing in their code changes, only what they are configured with."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from keyless_command import Project, Ran

EXAMPLE = Path(__file__).parents[2] / "examples" / "parcels"
ENDPOINTS = {
    "PARCELS_CONFIG_ENDPOINT": "https://contoso-parcels.azconfig.io",
    "PARCELS_VAULT_ENDPOINT": "https://contoso-parcels.vault.azure.net",
}
SERVICES = {
    "web-north": ("-m", "unittest", "-q", "tests.test_web"),
    "web-south": ("-m", "unittest", "-q", "tests.test_web"),
    "worker": ("-m", "unittest", "-q", "tests.test_worker"),
    "rates": ("-m", "parcels.rates"),
    "admin": ("-m", "parcels.admin", "rotate", "label-signing-key"),
}
SITE_PACKAGES = ("flask", "azure")

pytestmark = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in SITE_PACKAGES),
    reason="needs the sample's libraries",
)


def settings_in(file: Path) -> dict[str, str]:
    """What a shell would read from a file of settings."""
    script = 'set -a; . "$1"; shift; exec "$@"'
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    done = subprocess.run(
        ["sh", "-c", script, "sh", os.fspath(file), sys.executable, "-c", code],
        capture_output=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    return {
        name: value for name, value in json.loads(done.stdout).items() if name not in {"PATH", "PWD", "_"}
    }


class Parcels:
    """The example in a directory of its own."""

    def __init__(self, project: Project) -> None:
        self.project = project
        shutil.copytree(EXAMPLE, project.root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("stored"))
        subprocess.run([sys.executable, "prepare.py"], cwd=project.root, check=True)
        self.stored = project.root / "stored"
        project.environment |= ENDPOINTS | settings_in(self.stored / "shared.env")

    def held_by(self, service: str) -> dict[str, str]:
        """The credential of a service, as its settings have it; the nightly job has an identity already."""
        file = self.stored / f"{service}.env"
        return settings_in(file) if file.exists() else {}

    def run(self, verb: str, service: str, *options: str, settings: Mapping[str, str] | None = None) -> Ran:
        """One service, as itself."""
        before = dict(self.project.environment)
        self.project.environment |= settings or {}
        try:
            command = (sys.executable, *SERVICES[service])
            return self.project(verb, *options, "--as", f"parcels-{service}", "--", *command)
        finally:
            self.project.environment = before

    def client_id(self, plan: Any, service: str) -> dict[str, str]:
        """The setting by which code names a user-assigned identity, where the plan chose one."""
        chosen = {one["name"]: one for one in plan["identities"]["choices"]}[f"parcels-{service}"]
        if chosen["chosen"] == "SystemAssigned":
            return {}
        shown = self.project("identity", "show", chosen["identity"]["name"])
        assert shown.code == 0, shown.err
        (client_id,) = re.findall(r"client id\s+(\S+)", shown.out)
        return {"AZURE_CLIENT_ID": client_id}

    def plan(self, *options: str) -> Any:
        """A plan, read from its JSON."""
        made = self.project("plan", "--format", "json", *options)
        assert made.code == 0, made.err
        return json.loads(made.out)

    def apply(self, folder: Path) -> None:
        """Put what the plan exports into the estate file, and take the stored credentials out of it."""
        estate = yaml.safe_load(self.project.estate.read_text())
        merge(estate, yaml.safe_load((folder / "additions.yaml").read_text()))
        estate |= yaml.safe_load((folder / "role-assignments.yaml").read_text())
        del estate["applications"]
        store = estate["resourceGroups"]["parcels-prod-rg"]["configurationStores"]["contoso-parcels"]
        del store["accessKeys"]
        store["disableLocalAuth"] = True
        self.project.estate.write_text(yaml.safe_dump(estate))


def merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


@pytest.fixture
def parcels(project: Project) -> Parcels:
    """The example, after every service was run once with the credential that it has today."""
    made = Parcels(project)
    for service in SERVICES:
        options = ("--learn", "--keep-credentials")
        ran = made.run("run", service, *options, settings=made.held_by(service))
        assert ran.code == 0, ran.err
    return made


def test_four_services_go_from_stored_credentials_to_managed_identities(parcels: Parcels) -> None:
    keyless = parcels.project
    plan = parcels.plan("--out", "deploy")
    assert_identities(plan)
    assert_secrets(plan)
    assert_no_values(parcels)
    for service in SERVICES:
        proved = parcels.run("prove", service)
        assert proved.code == 0, proved.err
        assert any("the proof holds" in line for line in proved.said)
    still = parcels.run("prove", "worker", settings=parcels.held_by("worker"))
    assert (still.code, "a stored credential is still in use" in still.err) == (1, True)
    assert keyless("plan", "--check").code == 1  # the old grants are still there
    parcels.apply(keyless.root / "deploy" / "estate")
    applied = keyless("estate", "apply", "--prune")
    assert applied.code == 0, applied.err
    for service in SERVICES:
        ran = parcels.run("run", service, "--enforce", settings=parcels.client_id(plan, service))
        assert ran.code == 0, ran.err
    checked = keyless("plan", "--check")
    assert checked.code == 0, checked.out + checked.err


def assert_identities(plan: Any) -> None:
    """Who signs in with what takes the right type of identity, and the two that need the same share one."""
    assert {
        (one["name"], one["chosen"], one["identity"]["name"]) for one in plan["identities"]["choices"]
    } == {
        ("parcels-admin", "SystemAssigned", "parcels-admin"),
        ("parcels-rates", "SystemAssigned", "parcels-rates"),
        ("parcels-web-north", "UserAssigned", "id-parcels-web"),
        ("parcels-web-south", "UserAssigned", "id-parcels-web"),
        ("parcels-worker", "UserAssigned", "id-parcels-worker"),
    }
    replaced = {one["method"] for one in plan["storedCredentials"]}
    assert replaced == {"client-secret", "certificate", "access-key"}
    given = {(one["principal"]["name"], one["roleName"]) for one in plan["assignments"]}
    assert {
        ("id-parcels-web", "Key Vault Secrets User"),
        ("id-parcels-web", "App Configuration Data Reader"),
        ("id-parcels-worker", "App Configuration Data Owner"),
    } <= given
    assert {who for who, _ in given} == {
        "id-parcels-web",
        "id-parcels-worker",
        "parcels-admin",
        "parcels-rates",
    }
    assert "Contributor" in {one["roleName"] for one in plan["removals"]}
    assert not plan["uncovered"]
    assert not plan["containment"]["missing"]


def assert_secrets(plan: Any) -> None:
    fates = {one["name"]: one["fate"] for one in plan["secrets"]}
    assert (fates["archive-storage"], fates["support-page"]) == ("removable", "configuration")
    assert {fates["carrier-api-key"], fates["label-signing-key"]} == {"kept"}


def assert_no_values(parcels: Parcels) -> None:
    """No format of the plan holds a value of any credential."""
    values = [
        value.encode()
        for file in parcels.stored.glob("*.env")
        for name, value in settings_in(file).items()
        if not name.endswith(("_ID", "_PATH"))
    ]
    shown = [parcels.project("plan", "--format", wanted).out for wanted in ("table", "markdown", "html")]
    written = [file for file in (parcels.project.root / "deploy").rglob("*") if file.is_file()]
    assert len(written) > 10
    told = [*(text.encode() for text in shown), *(file.read_bytes() for file in written)]
    assert not [value for value in values for text in told if value in text]
