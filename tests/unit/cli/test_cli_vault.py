"""`keyless vault` as a person gives it, on a project's store."""

from __future__ import annotations

import asyncio
import json
import stat
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from keyless.cli.failure import Failure
from keyless.cli.vault import command
from keyless.runtime.project import ESTATE_FILE, STATE_DIRECTORY, Project

ESTATE = """
version: 1
resourceGroups:
  orders-rg:
    vaults:
      contoso-orders: {secrets: {declared: "as text"}}
"""
ENV = "DB_PASSWORD=PLANTED1\nAPI_KEY=PLANTED2\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / ESTATE_FILE).write_text(ESTATE)
    return Project(tmp_path, tmp_path / STATE_DIRECTORY)


def vault(project: Project, *arguments: str) -> Result:
    ran = CliRunner().invoke(command, [*arguments, "--project", str(project.root)])
    assert "PLANTED" not in ran.output
    return ran


def brought(project: Project, text: str, *arguments: str) -> Result:
    source = project.root / "source"
    source.write_text(text)
    return vault(project, "import", "Contoso-Orders", str(source), *arguments)


def held(project: Project) -> dict[str, str]:
    from keyless.app import contents_of, open_store

    with closing(open_store(project)) as store:
        secrets = asyncio.run(contents_of(store).secrets())
    return {one.name: one.value.reveal() for one in secrets}


def test_a_file_comes_into_a_vault_that_is_declared_and_a_second_time_changes_nothing(
    project: Project,
) -> None:
    ran = brought(project, ENV)
    assert (ran.exit_code, ran.stdout.splitlines()) == (
        0,
        ["new        secret DB-PASSWORD  from DB_PASSWORD", "new        secret API-KEY  from API_KEY"],
    )
    assert held(project) == {"declared": "as text", "DB-PASSWORD": "PLANTED1", "API-KEY": "PLANTED2"}
    again = brought(project, ENV)
    assert "0 objects written into vault `contoso-orders`, 2 unchanged" in again.stderr


def test_what_differs_stops_everything_until_it_is_forced(project: Project) -> None:
    brought(project, ENV)
    changed = ENV.replace("PLANTED2", "PLANTED3") + "NEW=PLANTED4\n"
    ran = brought(project, changed)
    assert isinstance(ran.exception, Failure)
    assert ran.exception.exit_code == 2
    assert "secret `API-KEY`: the vault has another one" in str(ran.exception)
    assert "NEW" not in held(project)
    assert brought(project, changed, "--force").exit_code == 0
    assert (held(project)["API-KEY"], held(project)["NEW"]) == ("PLANTED3", "PLANTED4")


def test_a_dry_run_into_a_vault_that_was_not_made_yet_goes_by_what_the_file_declares(
    project: Project,
) -> None:
    ran = brought(project, ENV, "--dry-run")
    assert (ran.exit_code, "2 objects would be written" in ran.stderr) == (0, True)
    assert held(project) == {}


def test_a_dry_run_tells_and_writes_nothing(project: Project) -> None:
    brought(project, ENV, "--only", "API*")
    ran = brought(project, ENV, "--dry-run", "--json")
    assert ran.exit_code == 0
    outcomes = {one["name"]: one["outcome"] for one in json.loads(ran.stdout)["objects"]}
    assert outcomes == {"DB-PASSWORD": "new", "API-KEY": "unchanged"}
    assert "1 object would be written" in ran.stderr
    assert "DB-PASSWORD" not in held(project)


def test_what_cannot_come_in_is_told_by_the_exit_code_and_the_rest_comes_in(project: Project) -> None:
    ran = brought(project, "A=1\nEMPTY=\n")
    assert (ran.exit_code, ran.stdout.splitlines()[-1]) == (3, "left out   EMPTY: it has no value")
    assert held(project)["A"] == "1"


def test_names_that_become_the_same_are_refused(project: Project) -> None:
    ran = brought(project, "A_B=PLANTED1\nA-B=PLANTED2\n")
    assert isinstance(ran.exception, Failure)
    assert "`A_B` and `A-B` would all be secret `a-b`" in str(ran.exception)
    assert "a-b" not in map(str.casefold, held(project))


@pytest.mark.parametrize(
    ("source", "name", "why"),
    [
        ("absent", "contoso-orders", "cannot read `absent`: no such file"),
        ("/dev/zero", "contoso-orders", "too large"),
        (ESTATE_FILE, "contoso-order", "did you mean `contoso-orders`?"),
    ],
)
def test_what_cannot_be_done_is_said(
    project: Project, monkeypatch: pytest.MonkeyPatch, source: str, name: str, why: str
) -> None:
    monkeypatch.setattr("keyless.cli.vault_sources._MOST_BYTES", 1024)
    monkeypatch.chdir(project.root)
    brought(project, "A=1")
    ran = vault(project, "import", name, source)
    assert isinstance(ran.exception, Failure)
    assert why in str(ran.exception)


LONG = "PLANTED passphrase"


def exported(project: Project, *arguments: str) -> Result:
    (project.root / "passphrase").write_text(LONG + "\n")
    out = str(project.root / "vault.sealed")
    return vault(project, "export", "contoso-orders", "--out", out, *arguments)


def failure_of(ran: Result) -> str:
    assert isinstance(ran.exception, Failure), ran.output
    assert ran.exception.exit_code == 2
    return str(ran.exception)


def test_what_was_exported_comes_back(
    project: Project, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(project, ENV)
    ran = exported(project, "--passphrase-file", str(project.root / "passphrase"))
    assert "3 objects with 3 versions of vault `contoso-orders` sealed in" in ran.stderr
    assert stat.S_IMODE((project.root / "vault.sealed").stat().st_mode) == 0o600
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / ESTATE_FILE).write_text(ESTATE.replace('{secrets: {declared: "as text"}}', "{}"))
    other = Project(elsewhere, elsewhere / STATE_DIRECTORY)
    monkeypatch.setenv("K7_PASSPHRASE", LONG)
    source = str(project.root / "vault.sealed")
    back = vault(other, "import", "contoso-orders", source, "--passphrase-env", "K7_PASSPHRASE")
    assert back.exit_code == 0, back.output
    assert held(other) == held(project)


def test_a_key_seals_and_opens_too(project: Project) -> None:
    brought(project, ENV)
    key = project.root / "key"
    key.write_text("A" * 43 + "=\n")
    assert exported(project, "--key-file", str(key)).exit_code == 0
    source = str(project.root / "vault.sealed")
    assert vault(project, "import", "contoso-orders", source, "--key-file", str(key)).exit_code == 0
    assert "name its file with `--key-file`" in failure_of(vault(project, "import", "contoso-orders", source))
    key.write_text("short")
    assert "must be base64 of 32 bytes" in failure_of(exported(project, "--key-file", str(key)))


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--passphrase-env", "K7_NOT_SET"], "`K7_NOT_SET` is not set"),
        (["--passphrase-file", "absent"], "cannot read `absent`"),
        (["--passphrase-file", "/dev/null"], "0 characters: take at least 12"),
        (["--passphrase-file", "a", "--key-file", "b"], "give one of"),
        ([], "there is nobody to ask"),
    ],
)
def test_a_passphrase_must_be_had(project: Project, arguments: list[str], why: str) -> None:
    brought(project, ENV)
    assert why in failure_of(exported(project, *arguments))
    assert not (project.root / "vault.sealed").exists()


def test_what_a_vault_holds_is_shown_without_values(project: Project) -> None:
    brought(project, '{"db": {"value": "PLANTED", "contentType": "text/plain", "enabled": false}}')
    lines = vault(project, "show", "contoso-orders").stdout.splitlines()
    assert lines == ["secret      db  1 version, text/plain, disabled", "secret      declared  1 version"]
    shown = json.loads(vault(project, "show", "contoso-orders", "--json").stdout)
    assert [(one["name"], one["enabled"]) for one in shown] == [("db", False), ("declared", True)]
