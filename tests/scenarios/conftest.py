"""Projects to run `keyless` in: an empty one, one that has learned, one with an estate."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from azure_cli import AZ, MISSING, Office, Session
from keyless_command import Project, assert_nothing_is_left

ESTATE = """\
version: 1
tenant: local
subscription: local
resourceGroups:
  orders-rg:
    location: westeurope
    compute:
      web:
        type: Microsoft.Web/sites
        identity: {systemAssigned: true, userAssigned: [shared]}
      worker:
        type: Microsoft.Web/sites
        identity: {systemAssigned: true, userAssigned: [shared]}
      lonely:
        type: Microsoft.Web/sites
    identities:
      shared:
    vaults:
      contoso-orders:
        secrets:
          db-password: {env: DB_PASSWORD}
    configurationStores:
      contoso-orders:
        settings:
          - {key: "app:color", value: "green"}
          - {key: "app:color", value: "blue", label: "prod"}
roleAssignments:
  - {principal: web, role: Key Vault Secrets User, scope: {vault: contoso-orders}}
"""
DB_PASSWORD = "correct horse battery staple"

USES = """
say(secret("contoso-orders", "db-password"))
say(setting("contoso-orders", "app:color"))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A directory for a test, in which no plane and no socket is left."""
    yield tmp_path
    assert_nothing_is_left(tmp_path)


@pytest.fixture
def project(folder: Path) -> Project:
    """A project with nothing in it."""
    root = folder / "orders"
    root.mkdir()
    return Project(root, folder)


@pytest.fixture(scope="session")
def learned_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a project in which an app has run under `--learn` and has what it needs."""
    folder = tmp_path_factory.mktemp("learned")
    root = folder / "orders"
    root.mkdir()
    project = Project(root, folder)
    project.learned(USES)
    assert project("secret", "set", "contoso-orders", "db-password", stdin=DB_PASSWORD).code == 0
    assert project("setting", "set", "contoso-orders", "app:color", "green").code == 0
    assert project.learned(USES).out == f"{DB_PASSWORD}\ngreen\n"
    assert_nothing_is_left(folder)
    return root


@pytest.fixture
def learned(project: Project, learned_once: Path) -> Project:
    """A project in which an app has run under `--learn`, and has what it needs."""
    shutil.copytree(learned_once, project.root, dirs_exist_ok=True)
    return project


@pytest.fixture
def declared(project: Project) -> Project:
    """A project with an estate: two workloads that share an identity, one that has none."""
    project.estate.write_text(ESTATE)
    project.environment["DB_PASSWORD"] = DB_PASSWORD
    return project


@pytest.fixture(scope="module")
def lazy_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An estate for a module's tests, that nobody works on yet."""
    folder = tmp_path_factory.mktemp("office")
    office = Office(folder)
    yield office
    office.close()
    assert_nothing_is_left(folder)


@pytest.fixture
def office(lazy_office: Office, skip_loudly: Callable[[str], None]) -> Office:
    """The same, where the Azure CLI is installed."""
    if not AZ.exists():
        skip_loudly(MISSING)
    return lazy_office


@pytest.fixture
def owner(office: Office) -> Session:
    """The Azure CLI of the estate's owner."""
    return office.owner
