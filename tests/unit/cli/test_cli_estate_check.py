"""`keyless estate check` as a person gives it: mistakes, and references that lead nowhere."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from keyless.cli.estate import command
from keyless.cli.failure import Failure
from keyless.runtime.project import ESTATE_FILE, STATE_DIRECTORY, Project

REFERENCE = "application/vnd.microsoft.appconfig.keyvaultref+json;charset=utf-8"
ESTATE = f"""\
version: 1
resourceGroups:
  orders-rg:
    compute: {{web: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}}}
    vaults:
      contoso-orders: {{secrets: {{db-password: PLANTED}}}}
    configurationStores:
      contoso-orders:
        settings:
          fine: {{keyVaultReference: {{vault: contoso-orders, secret: db-password}}}}
          gone: {{keyVaultReference: {{vault: contoso-orders, secret: db-passwort}}}}
          far: {{keyVaultReference: {{uri: "https://contoso-far.vault.azure.net/secrets/x"}}}}
          pasted: {{value: PLANTED, contentType: {REFERENCE}}}
roleAssignments:
  - {{principal: web, role: App Configuration Data Reader, scope: {{store: contoso-orders}}}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / ESTATE_FILE).write_text(ESTATE)
    return Project(tmp_path, tmp_path / STATE_DIRECTORY)


def check(project: Project, *arguments: str) -> Result:
    ran = CliRunner().invoke(command, ["check", *arguments, "--project", str(project.root)])
    assert "PLANTED" not in ran.output
    return ran


def found(project: Project) -> Any:
    return json.loads(check(project, "--json").stdout)


def states(project: Project) -> dict[str, str]:
    return {one["key"]: one["state"] for one in found(project)["references"]}


def test_references_that_lead_nowhere_are_told_with_their_lines(project: Project) -> None:
    ran = check(project)
    at = f"keyless: {project.estate_file}:"
    said = [line.removeprefix(at) for line in ran.stderr.splitlines() if line.startswith(at)]
    assert ran.exit_code == 1
    assert [line.partition(" of store ")[0] for line in said] == [
        "12: notice: reference `far`",
        "10: warning: reference `fine`",
        "11: error: reference `gone`",
        "13: error: reference `pasted`",
    ]
    assert "`web`, which may read it, cannot read secret `db-password`" in said[1]
    assert "has no secret `db-passwort` (did you mean `db-password`?)" in said[2]
    assert "keyless: 2 references cannot be followed" in ran.stderr
    assert "nothing there" not in ran.stderr


def test_the_same_is_told_as_json(project: Project) -> None:
    told = found(project)
    assert told["problems"] == []
    assert [one["severity"] for one in told["references"]] == ["notice", "none", "error", "error"]
    (reader,) = next(one for one in told["references"] if one["key"] == "fine")["readers"]
    assert (reader["name"], reader["planned"]) == ("web", False)
    assert "/secrets/db-password" in reader["how"]


def test_what_the_projects_store_has_counts_too(project: Project) -> None:
    from keyless.app import contents_of, deploy_estate, open_store
    from keyless.estate.read import read_estate
    from keyless.model.estate import DeclaredSecret, DeclaredSetting
    from keyless.model.secret_text import SecretText

    async def deployed() -> None:
        with closing(open_store(project)) as store:
            await deploy_estate(store, read_estate(project.estate_file, {}))
            contents = contents_of(store)
            secret = DeclaredSecret("contoso-orders", "db-passwort", SecretText("PLANTED"))
            await contents.ensure_secret(secret)
            await contents.ensure_setting(
                DeclaredSetting("contoso-orders", "added", "{}", content_type=REFERENCE)
            )

    assert states(project)["gone"] == "no-secret"
    project.prepare()
    asyncio.run(deployed())
    files = sorted(path.name for path in project.state.iterdir())
    assert states(project) == {
        "added": "no-uri",
        "far": "elsewhere",
        "fine": "fine",
        "gone": "fine",
        "pasted": "not-json",
    }
    assert sorted(path.name for path in project.state.iterdir()) == files


def test_references_that_hold_leave_the_check_in_order(project: Project) -> None:
    lines = [line for line in ESTATE.splitlines() if "gone:" not in line and "pasted:" not in line]
    project.estate_file.write_text("\n".join(lines))
    ran = check(project)
    assert ran.exit_code == 0
    assert "1 role assignment, 2 Key Vault references" in ran.stderr


def test_mistakes_of_the_file_are_told_first(project: Project) -> None:
    project.estate_file.write_text(ESTATE.replace("vault: contoso-orders, secret: db-password", "vault: x"))
    with pytest.raises(Failure, match="10:") as failure:
        CliRunner().invoke(command, ["check", "--project", str(project.root)], catch_exceptions=False)
    assert failure.value.exit_code == 2
    ran = check(project, "--json")
    told = json.loads(ran.stdout)
    assert ran.exit_code == 2
    assert told["problems"]
    assert told["problems"][0]["line"] == 10
    assert (told["references"], told["warnings"]) == ([], [])


def test_where_there_is_no_file_there_is_nothing_to_check(project: Project) -> None:
    project.estate_file.unlink()
    with pytest.raises(Failure, match="there is no `keyless"):
        CliRunner().invoke(command, ["check", "--project", str(project.root)], catch_exceptions=False)
