"""`keyless federate` as a person gives it, on a project's store."""

from __future__ import annotations

import asyncio
import base64
import json
import stat
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from keyless.app import deploy_estate, open_store
from keyless.cli import estate, identity
from keyless.cli.failure import Failure
from keyless.cli.federate import command
from keyless.estate.read import read_text
from keyless.runtime.project import STATE_DIRECTORY, Project

ISSUER = "https://id.example.org"
ESTATE = """\
version: 1
resourceGroups:
  orders-rg:
    compute:
      web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}
    identities:
      shared:
  billing-rg:
    identities:
      invoices:
applications: {legacy: {clientSecret: hunter2}}
"""
FEDERATION = f"federation: {{issuer: {ISSUER}}}\n"


def made(root: Path, text: str) -> Project:
    project = Project(root, root / STATE_DIRECTORY)
    project.prepare()
    with closing(open_store(project)) as store:
        asyncio.run(deploy_estate(store, read_text(text, {})))
    return project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return made(tmp_path, ESTATE + FEDERATION)


def run(project: Project, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--project", str(project.root)])


def failure(ran: Result) -> str:
    assert isinstance(ran.exception, Failure), ran.output
    return str(ran.exception)


def claims(token: str) -> dict[str, object]:
    part = token.strip().split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def test_each_identity_is_printed_with_issuer_subject_audience_and_command(project: Project) -> None:
    text = run(project).stdout
    for name in ("invoices", "shared", "web"):
        assert f"{name}\n  issuer    {ISSUER}\n" in text
        assert f"--identity-name {name} " in text
    assert text.count("audience  api://AzureADTokenExchange") == 3
    assert "legacy" not in text


def test_one_identity_can_be_chosen(project: Project) -> None:
    found = json.loads(run(project, "--identity", "shared", "--format", "json").stdout)
    assert [one["identity"] for one in found] == ["shared"]
    assert found[0]["audiences"] == ["api://AzureADTokenExchange"]
    assert "the nearest are" in failure(run(project, "--identity", "shred"))


def test_a_format_of_several_files_is_written_into_a_directory(project: Project, tmp_path: Path) -> None:
    assert "`billing-rg.bicep`, `orders-rg.bicep`" in failure(run(project, "--format", "bicep"))
    out = tmp_path / "out"
    run(project, "--format", "bicep", "--out", str(out))
    assert sorted(file.name for file in out.iterdir()) == ["billing-rg.bicep", "orders-rg.bicep"]
    assert "azurerm_federated_identity_credential" in run(project, "--format", "terraform").stdout
    assert (
        "az ad app federated-credential create"
        in run(project, "--format", "az", "--on", "application").stdout
    )


def test_without_an_issuer_it_is_said_what_is_needed_and_why(tmp_path: Path) -> None:
    project = made(tmp_path, ESTATE)
    for arguments in ((), ("token", "web"), ("--publish", str(tmp_path / "site"))):
        said = failure(run(project, *arguments))
        assert "declare `federation: {issuer: https://…}`" in said
        assert "the real Entra ID fetches the public keys there" in said
    assert not (tmp_path / "site").exists()
    assert "https://other.example.org" in run(project, "--issuer", "https://other.example.org").stdout
    assert "is Microsoft's" in failure(run(project, "--issuer", "https://login.microsoftonline.com"))


def test_without_an_identity_there_is_nothing_to_trust(tmp_path: Path) -> None:
    assert "no managed identity" in failure(run(made(tmp_path, "version: 1\n" + FEDERATION)))


def test_the_documents_are_published_as_the_issuer_serves_them(project: Project, tmp_path: Path) -> None:
    site = tmp_path / "site"
    said = run(project, "--publish", str(site)).stderr
    configuration = json.loads((site / ".well-known" / "openid-configuration").read_text())
    assert configuration["issuer"] == ISSUER
    keys = json.loads((site / configuration["jwks_uri"].removeprefix(f"{ISSUER}/")).read_text())["keys"]
    assert len(keys) == 2  # the one that signs, and the next
    assert all("d" not in key for key in keys)
    assert "publish again between" in said
    again = run(project, "--publish", str(site))
    assert again.exit_code == 0
    assert len(json.loads((site / "openid" / "v1" / "jwks").read_text())["keys"]) == 2


def test_a_token_is_of_the_identity_and_the_issuer(project: Project) -> None:
    first, second = (claims(run(project, "token", "web").stdout) for _ in range(2))
    assert (first["iss"], first["aud"]) == (ISSUER, "api://AzureADTokenExchange")
    assert first["sub"] == second["sub"]
    assert first["jti"] != second["jti"]
    other = run(project, "token", "web", "--issuer", "https://other.example.org").stdout
    assert claims(other)["iss"] == "https://other.example.org"


def test_who_is_no_managed_identity_disabled_or_deleted_gets_no_token(project: Project) -> None:
    assert "is no managed identity" in failure(run(project, "token", "legacy"))
    for group, arguments in (
        (identity.command, ["revoke", "web", "--disable"]),
        (estate.command, ["delete", "shared"]),
    ):
        CliRunner().invoke(group, [*arguments, "--project", str(project.root)])
    assert "`web` is disabled" in failure(run(project, "token", "web"))
    assert "is no managed identity" in failure(run(project, "token", "shared"))


def test_a_token_leaves_no_trace_in_the_project(project: Project) -> None:
    token = run(project, "token", "web").stdout.strip()
    signature = token.rsplit(".", 1)[1].encode()
    files = [file for file in project.root.rglob("*") if file.is_file()]
    assert files
    assert not any(signature in file.read_bytes() for file in files)
    assert stat.S_IMODE(project.state.stat().st_mode) == 0o700
