"""Deployments of what does not exist yet: identities and custom roles, and the roles that wait for them."""

from __future__ import annotations

import json

import msgspec
import pytest
from plan_readers import as_planned, as_read, read_bicep
from plan_readers_made import (
    Made,
    assigned_by_azapi,
    made_by_arm,
    made_by_bicep,
    made_by_terraform,
)
from plan_worlds import (
    ELSEWHERE,
    GROUP,
    OTHER_VAULT,
    READ_CONFIGURATION,
    SECRETS_USER,
    STORE,
    SUBSCRIPTION,
    VAULT,
)
from staged_plans import BOX, ROLE, SHARED, WHOLE, assignment, choice

from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import Plan
from keyless.plan.results.custom_roles import ProposedRole
from keyless.plan.results.identities import IdentityPlan
from keyless.plan.writers.arm import write_arm
from keyless.plan.writers.bicep import write_bicep
from keyless.plan.writers.formats import FORMATS, directory_of, written_as
from keyless.plan.writers.terraform import write_terraform
from keyless.plan.writers.terraform_azapi import write_terraform_azapi

FAR = Subject(
    "00000000-0000-0000-0000-000000000003",
    "far",
    SubjectKind.USER_ASSIGNED,
    f"{ELSEWHERE}/resourceGroups/far/providers/Microsoft.ManagedIdentity/userAssignedIdentities/far",
    is_proposed=True,
)
CUSTOM = (ROLE.id, ROLE.name, (READ_CONFIGURATION,))
AT_GROUP = msgspec.structs.replace(ROLE, assignable_scopes=(GROUP,))
PROPOSED = ProposedRole(definition=ROLE, excess_saved=4, reason="exactly that")
WORLDS = {
    "one group": (Plan(assignments=(assignment(1, SHARED, SECRETS_USER, VAULT),)), Made(("orders",), ())),
    "an identity that roles in two groups go to": (
        Plan(
            assignments=(
                assignment(1, SHARED, SECRETS_USER, VAULT),
                assignment(2, SHARED, SECRETS_USER, OTHER_VAULT),
            )
        ),
        Made(("orders",), ()),
    ),
    "two groups, each with an identity that the other gives roles to": (
        Plan(
            assignments=(
                assignment(1, SHARED, SECRETS_USER, OTHER_VAULT),
                assignment(2, FAR, SECRETS_USER, VAULT),
            )
        ),
        Made(("far", "orders"), ()),
    ),
    "a custom role": (
        Plan(assignments=(assignment(1, SHARED, ROLE.id, STORE),), proposed_roles=(PROPOSED,)),
        Made(("orders",), (CUSTOM,)),
    ),
    "a custom role at the subscription alone": (
        Plan(assignments=(assignment(1, SHARED, ROLE.id, SUBSCRIPTION),), proposed_roles=(PROPOSED,)),
        Made(("orders",), (CUSTOM,)),
    ),
    "a custom role for a group, which its subscription keeps": (
        Plan(
            assignments=(assignment(1, SHARED, ROLE.id, STORE),),
            proposed_roles=(msgspec.structs.replace(PROPOSED, definition=AT_GROUP),),
        ),
        Made(("orders",), (CUSTOM,)),
    ),
    "everything": (WHOLE, Made(("orders",), (CUSTOM,))),
}


@pytest.fixture(params=WORLDS, ids=lambda name: name.replace(" ", "-"))
def world(request):
    return WORLDS[request.param]


def home(plan):
    scopes = {one.scope_id.resource_group or "" for one in plan.assignments}
    own = {one.principal.resource_id.split("/")[4] for one in plan.assignments if one.principal.is_proposed}
    return GROUP if scopes | own == {"orders"} and not plan.proposed_roles else SUBSCRIPTION


def test_bicep_makes_what_is_proposed_before_it_is_used(world) -> None:
    plan, wanted = world
    files = write_bicep(plan)
    found = made_by_bicep(files)
    assert (sorted(found.identities), found.roles) == (sorted(wanted.identities), wanted.roles)
    assert as_read(read_bicep(files, home(plan))) == as_planned(plan)


def test_arm_makes_what_is_proposed_before_it_is_used(world) -> None:
    plan, wanted = world
    text = write_arm(plan)["azuredeploy.json"]
    found = made_by_arm(text)
    assert (sorted(found.identities), found.roles) == (sorted(wanted.identities), wanted.roles)


def test_terraform_makes_what_is_proposed(world) -> None:
    plan, wanted = world
    for write in (write_terraform, write_terraform_azapi):
        found = made_by_terraform(write(plan))
        assert (sorted(found.identities), found.roles) == (sorted(wanted.identities), wanted.roles)


def test_azapi_assigns_what_the_plan_says_to_what_it_declares(world) -> None:
    plan, _ = world
    assigned, addresses = assigned_by_azapi(write_terraform_azapi(plan))
    assert [scope for _, scope, _ in assigned] == [one.scope for one in plan.assignments]
    for (role, _, principal), one in zip(assigned, plan.assignments, strict=True):
        custom = "azapi_resource.role_orders_settings_reader.id"
        assert one.role_id in role or role == f"${{{custom}}}"
        address, _, path = principal.partition(".output.")
        if path:
            assert address in addresses
            assert path in {"properties.principalId", "identity.principalId"}
        else:
            assert principal == "var.legacy_app_principal_id"


def test_a_custom_role_above_subscriptions_is_kept_by_its_management_group() -> None:
    group = "/providers/Microsoft.Management/managementGroups/contoso"
    role = msgspec.structs.replace(ROLE, assignable_scopes=(group,))
    plan = Plan(
        assignments=(assignment(1, SHARED, ROLE.id, STORE),),
        proposed_roles=(msgspec.structs.replace(PROPOSED, definition=role),),
    )
    files = write_bicep(plan)
    assert "targetScope = 'managementGroup'" in files["main.bicep"]
    assert made_by_bicep(files).roles == (CUSTOM,)
    template = json.loads(write_arm(plan)["azuredeploy.json"])
    assert "managementGroupDeploymentTemplate" in template["$schema"]
    assert f'parent_id = "{group}"' in write_terraform_azapi(plan)["main.tf"]


def test_an_own_identity_is_switched_on_without_losing_others() -> None:
    plan = Plan(assignments=(assignment(1, BOX, SECRETS_USER, VAULT),))
    for write in (write_terraform, write_terraform_azapi):
        text = write(plan)["main.tf"]
        assert 'resource "azapi_update_resource"' in text
        assert '"UserAssigned") ? "SystemAssigned, UserAssigned" : "SystemAssigned"' in text
    assert "az containerapp identity assign" in write_bicep(plan)["main.bicep"].partition("targetScope")[0]


def test_what_is_applied_later_changes_only_what_it_says() -> None:
    files = write_terraform(WHOLE)
    assert {name for name in files if "/" in name} == {"3-switch/main.tf", "9-local-auth-off/main.tf"}
    assert 'resource "azapi_resource"' not in files["3-switch/main.tf"] + files["9-local-auth-off/main.tf"]
    off = files["9-local-auth-off/main.tf"]
    assert off.count("disableLocalAuth = true") == 2
    assert files["3-switch/main.tf"].count("userAssignedIdentities = {") == 2


def test_a_server_of_sql_is_told_by_the_resource_below_it() -> None:
    grant = msgspec.structs.replace(
        WHOLE.native[1], scope=f"{GROUP}/providers/Microsoft.Sql/servers/s/databases/d"
    )
    text = write_terraform(Plan(native=(grant,)))["9-local-auth-off/main.tf"]
    assert "servers/s/azureADOnlyAuthentications/Default" in text
    assert "azureADOnlyAuthentication = true" in text


NASTY = ["it's", 'a "b"', "${x}", "$${x}", "%{if}", "\\", "\\${x}", "a\nb", "'''"]
NASTY += ["*/ x /*", "[x]", "[concat('a')]", "a\tb", "é", "$(id)", "a\r\nparam x string"]


@pytest.mark.parametrize("name", NASTY)
def test_no_name_becomes_code(name) -> None:
    role = msgspec.structs.replace(ROLE, name=name, description=name)
    who = msgspec.structs.replace(SHARED, name=name)
    legacy = Subject("aaaaaaaa-0000-0000-0000-000000000003", name, SubjectKind.APPLICATION)
    plan = Plan(
        identities=IdentityPlan(choices=(msgspec.structs.replace(choice("x", who), name=name),)),
        assignments=(
            assignment(1, who, role.id, STORE, name=name),
            assignment(2, legacy, SECRETS_USER, VAULT, name=name),
        ),
        proposed_roles=(ProposedRole(definition=role, excess_saved=0, reason=name),),
    )
    wanted = Made(("orders",), ((role.id, name, (READ_CONFIGURATION,)),))
    assert made_by_bicep(write_bicep(plan)) == wanted
    assert as_read(read_bicep(write_bicep(plan), SUBSCRIPTION)) == as_planned(plan)
    assert made_by_arm(write_arm(plan)["azuredeploy.json"]) == wanted
    assert made_by_terraform(write_terraform(plan)) == wanted
    assert made_by_terraform(write_terraform_azapi(plan)) == wanted


def test_every_format_is_written_and_has_a_directory_of_its_own() -> None:
    folders = {name.partition("/")[0] for name in directory_of(WHOLE) if "/" in name}
    assert folders == set(FORMATS) - {"json"}
    assert {"README.md", "plan.json", "stages.json"} <= set(directory_of(WHOLE))
    for wanted in FORMATS:
        assert written_as(WHOLE, wanted)


def test_the_stages_travel_as_json() -> None:
    stages = json.loads(directory_of(WHOLE)["stages.json"])
    assert [one["key"] for one in stages][:2] == ["0-prepare", "1-grant"]
    assert stages[0]["steps"][0]["do"][0]["words"][:3] == ["az", "identity", "create"]
    asked = next(word for word in stages[1]["steps"][0]["do"][0]["words"] if isinstance(word, dict))
    assert asked["command"][:3] == ["az", "identity", "show"]
