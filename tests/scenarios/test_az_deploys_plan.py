"""A plan goes live by its scripts, with the Azure CLI, stage by stage; and each stage can be taken back."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from az_program import AzProgram
from azure_cli import AZ, MISSING, Office, Session
from keyless_command import LIMIT_S, assert_nothing_is_left

from keyless.model.actions import ActionPlane
from keyless.model.identities import IdentityKind
from keyless.model.roles import Permission, RoleDefinition
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import Plan, PlannedAssignment, Removal, UsedAction
from keyless.plan.results.custom_roles import ProposedRole
from keyless.plan.results.identities import IdentityChange, IdentityChoice, IdentityPlan
from keyless.plan.results.secrets import Fate, SecretDecision
from keyless.plan.writers.az import write_az

ESTATE = """\
version: 1
tenant: contoso
subscription: dev
resourceGroups:
  orders-rg:
    location: westeurope
    compute:
      web: {type: Microsoft.Compute/virtualMachines, identity: {systemAssigned: true}}
      box: {type: Microsoft.ContainerInstance/containerGroups}
    vaults:
      contoso-orders: {secrets: {db-password: {env: DB_PASSWORD}}}
      contoso-old:
        enableRbacAuthorization: false
        accessPolicies: [{principal: web, permissions: {secrets: [get]}}]
    configurationStores:
      contoso-orders:
        settings: [{key: "app:color", value: "green"}]
roleAssignments:
  - {principal: web, role: Key Vault Secrets Officer, scope: {vault: contoso-orders}}
"""
SECRETS_USER, SECRETS_OFFICER = "4633458b-17de-408a-b874-0445c86b69e6", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
FORTH = ("0-prepare", "1-grant", "2-wait", "3-switch", "4-verify", "5-revoke", "9-local-auth-off")
BACK = tuple(one for one in reversed(FORTH) if one not in {"2-wait", "4-verify"})
READ = "Microsoft.AppConfiguration/configurationStores/keyValues/read"
GET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"


class World:
    """An estate, the Azure CLI of its owner, and a plan for it."""

    def __init__(self, owner: Session) -> None:
        self.owner = owner
        self.group: str = owner("group", "show", "--name", "orders-rg", "--query", "id")
        self.vault = f"{self.group}/providers/Microsoft.KeyVault/vaults/contoso-orders"
        self.old_vault = f"{self.group}/providers/Microsoft.KeyVault/vaults/contoso-old"
        self.store = f"{self.group}/providers/Microsoft.AppConfiguration/configurationStores/contoso-orders"
        self.machine = f"{self.group}/providers/Microsoft.Compute/virtualMachines/web"
        self.box = f"{self.group}/providers/Microsoft.ContainerInstance/containerGroups/box"
        own = owner("resource", "show", "--ids", self.machine, "--query", "identity.principalId")
        self.web = Subject(own, "web", SubjectKind.SYSTEM_ASSIGNED, self.machine)

    def plan(self) -> Plan:
        """Everything that a stage can have in it, but for what a person does."""
        identity = f"{self.group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders"
        shared = Subject("to be", "orders", SubjectKind.USER_ASSIGNED, identity, is_proposed=True)
        boxed = Subject("to be, too", "box", SubjectKind.SYSTEM_ASSIGNED, self.box, is_proposed=True)
        role = RoleDefinition(
            "77777777-7777-4777-8777-777777777777",
            "Orders' settings reader",
            (Permission(data_actions=(READ,)),),
            custom=True,
            assignable_scopes=(self.group,),
        )
        (old,) = (name for name, _, who in self.assigned() if who == self.web.principal_id)
        return Plan(
            identities=IdentityPlan(
                choices=(
                    _chosen(self.machine, "web", IdentityChange.SHARE, shared, (self.web,)),
                    _chosen(self.box, "box", IdentityChange.ADD, boxed, ()),
                )
            ),
            proposed_roles=(ProposedRole(definition=role, excess_saved=4, reason="exactly that"),),
            assignments=(
                _assignment(1, shared, SECRETS_USER, self.vault, GET),
                _assignment(2, shared, role.id, self.store, READ),
                _assignment(3, boxed, SECRETS_USER, self.vault, GET),
            ),
            removals=(Removal(old, self.web, SECRETS_OFFICER, "Officer", self.vault, "unused"),),
            vaults_to_switch=(self.old_vault,),
            secrets=(
                SecretDecision(
                    container=self.vault, name="db-password", fate=Fate.REMOVABLE, why="no need", how="so"
                ),
            ),
        )

    def assigned(self) -> list[list[str]]:
        """Name, role and principal of every assignment in the group."""
        query = "sort_by([].{n: name, r: roleDefinitionId, p: principalId, s: scope}, &n)"
        listed = self.owner("role", "assignment", "list", "--all", "--query", query)
        mine = [one for one in listed if one["s"] in {self.vault, self.store}]
        return [[one["n"], one["r"].rsplit("/", 1)[1], one["p"]] for one in mine]

    def state(self) -> dict[str, Any]:
        """What the plan changes, as it is now."""
        owner, custom = self.owner, ("--custom-role-only", "--scope", self.group)
        return {
            "assigned": self.assigned(),
            "identities": owner("identity", "list", "--query", "[].name"),
            "roles": owner("role", "definition", "list", *custom, "--query", "[].roleName"),
            "machine": owner("resource", "show", "--ids", self.machine, "--query", "identity"),
            "box": owner("resource", "show", "--ids", self.box, "--query", "identity.type"),
            "roles decide": owner(
                "keyvault", "show", "--name", "contoso-old", "--query", "properties.enableRbacAuthorization"
            ),
            "keys off": owner("appconfig", "show", "--name", "contoso-orders", "--query", "disableLocalAuth"),
            "secrets": owner(
                "keyvault", "secret", "list", "--vault-name", "contoso-orders", "--query", "[].name"
            ),
        }


def _chosen(
    resource: str, name: str, change: IdentityChange, identity: Subject, replaces: tuple[Subject, ...]
) -> IdentityChoice:
    return IdentityChoice(
        resource=resource,
        name=name,
        change=change,
        chosen=IdentityKind(identity.kind.value),
        identity=identity,
        members=(resource,),
        replaces=replaces,
        reason="it needs what the others need",
    )


def _assignment(number: int, who: Subject, role_id: str, scope: str, action: str) -> PlannedAssignment:
    used = (UsedAction(ActionPlane.DATA, action, 3),)
    name = f"aaaaaaaa-0000-4000-8000-00000000000{number}"
    return PlannedAssignment(name, who, role_id, "a role", scope, used, (), (), "used")


class Lazy:
    """The world of a module's tests, from when one asks for it; each leaves it as it found it."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder, ESTATE)

    @cached_property
    def world(self) -> World:
        return World(self.office.owner)


@pytest.fixture(scope="module")
def lazy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lazy]:
    folder = tmp_path_factory.mktemp("office")
    made = Lazy(folder)
    yield made
    made.office.close()
    assert_nothing_is_left(folder)


@pytest.fixture
def world(lazy: Lazy, skip_loudly: Callable[[str], None]) -> World:
    if not AZ.exists():
        skip_loudly(MISSING)
    return lazy.world


@pytest.fixture
def program(world: World, tmp_path: Path) -> Iterator[AzProgram]:
    made = AzProgram(world.owner, tmp_path / "bin")
    yield made
    made.close()


def _run(script: Path, program: AzProgram) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(script)],
        env={"PATH": f"{program.folder}:{os.environ['PATH']}", "KEYLESS_WAIT_S": "0"},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def _written(plan: Plan, folder: Path) -> Path:
    for name, text in write_az(plan).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def test_a_plan_goes_live_stage_by_stage_and_comes_back(
    world: World, program: AzProgram, tmp_path: Path
) -> None:
    me = world.owner("ad", "signed-in-user", "show", "--query", "id")
    officer = ("--assignee", me, "--role", SECRETS_OFFICER, "--scope", world.group)
    world.owner("role", "assignment", "create", *officer)
    scripts = _written(world.plan(), tmp_path / "az")
    before = world.state()
    assert before["secrets"] == ["db-password"]
    for stage in FORTH:
        for _ in range(2 if stage in {"0-prepare", "1-grant"} else 1):
            ran = _run(scripts / f"{stage}.sh", program)
            assert ran.returncode == 0, (stage, ran.stdout, ran.stderr)

    after = world.state()
    identity = world.owner("identity", "show", "--resource-group", "orders-rg", "--name", "orders")
    boxed = world.owner("resource", "show", "--ids", world.box, "--query", "identity.principalId")
    assert [(role, who) for _, role, who in after["assigned"]] == [
        (SECRETS_USER, identity["principalId"]),
        ("77777777-7777-4777-8777-777777777777", identity["principalId"]),
        (SECRETS_USER, boxed),
    ]
    assert list(after["machine"]["userAssignedIdentities"]) == [identity["id"]]
    assert after["machine"]["principalId"], "the old identity is left to the stage that can be left out"
    assert (after["roles decide"], after["keys off"], after["secrets"]) == (True, True, [])
    assert after["roles"] == ["Orders' settings reader"]

    for stage in BACK:
        ran = _run(scripts / "rollback" / f"{stage}.sh", program)
        assert ran.returncode == 0, (stage, ran.stdout, ran.stderr)
    assert world.state() == before
    world.owner("role", "assignment", "delete", *officer)


def test_keys_that_were_off_before_stay_off_on_the_way_back(
    world: World, program: AzProgram, tmp_path: Path
) -> None:
    store = ("--name", "contoso-orders")
    world.owner("appconfig", "update", *store, "--disable-local-auth", "true")
    scripts = _written(world.plan(), tmp_path / "az")
    for script in ("9-local-auth-off.sh", "rollback/9-local-auth-off.sh"):
        assert _run(scripts / script, program).returncode == 0
    assert world.owner("appconfig", "show", *store, "--query", "disableLocalAuth") is True
    assert [words[:2] for words in program.ran] == [["resource", "show"]]
    world.owner("appconfig", "update", *store, "--disable-local-auth", "false")


def test_a_stage_that_asks_for_what_is_not_there_stops_before_it_grants(
    world: World, program: AzProgram, tmp_path: Path
) -> None:
    scripts = _written(world.plan(), tmp_path / "az")
    before = world.assigned()
    ran = _run(scripts / "1-grant.sh", program)
    assert ran.returncode != 0
    assert [words[:2] for words in program.ran] == [["identity", "show"]]
    assert world.assigned() == before
