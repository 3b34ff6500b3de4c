from __future__ import annotations

import json

import pytest
from plan_readers import as_planned, as_read, bicep_tree, read_arm, read_bicep, read_terraform
from plan_worlds import (
    DELETE,
    ELSEWHERE,
    FAR_VAULT,
    GET,
    GROUP,
    LEGACY,
    LIST,
    OTHER_VAULT,
    READ_CONFIGURATION,
    SECRETS_OFFICER,
    SET,
    STORE,
    SUBSCRIPTION,
    VAULT,
    WEB,
    WORKER,
    saw,
)

from keyless.model.actions import ActionPlane
from keyless.model.roles import RoleAssignment
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import Plan
from keyless.plan.writers.arm import write_arm
from keyless.plan.writers.bicep import write_bicep
from keyless.plan.writers.layout import target_of
from keyless.plan.writers.terraform import write_terraform
from plans_made import planned

REGISTER = "Microsoft.Support/register/action"
MANAGEMENT_GROUP = "/providers/Microsoft.Management/managementGroups/contoso"
READ_GROUPS = "Microsoft.Resources/subscriptions/resourceGroups/read"
SLOT = Subject(
    "aaaaaaaa-0000-0000-0000-000000000004",
    "slot",
    SubjectKind.SYSTEM_ASSIGNED,
    f"{GROUP}/providers/Microsoft.Web/sites/orders-web/slots/blue",
)
STRANGE_HOST = Subject(
    "aaaaaaaa-0000-0000-0000-000000000005",
    "strange host",
    SubjectKind.SYSTEM_ASSIGNED,
    f"{GROUP}/providers/Contoso.Machines/machines/m",
)
FAR_WORKER = Subject(
    "aaaaaaaa-0000-0000-0000-000000000006",
    "worker",
    SubjectKind.USER_ASSIGNED,
    f"{ELSEWHERE}/resourceGroups/far/providers/Microsoft.ManagedIdentity/userAssignedIdentities/worker",
)


def control(subject, action, scope):
    return saw(subject, action, scope, plane=ActionPlane.CONTROL)


ODDLY_NAMED = [
    Subject(f"bbbbbbbb-0000-0000-0000-00000000000{number}", name, SubjectKind.APPLICATION)
    for number, name in enumerate(('O\'Brien ${x} \\ "é"', "3 é", "é", "é"))
]


WORLDS = {
    "one vault": ([saw(WEB, GET, f"{VAULT}/secrets/db")], False),
    "vault and store in one group": (
        [saw(WEB, GET, VAULT), saw(WEB, READ_CONFIGURATION, STORE), saw(LEGACY, LIST, VAULT)],
        False,
    ),
    "an identity from another group": ([saw(WORKER, GET, VAULT), saw(WORKER, SET, VAULT)], False),
    "single secrets": (
        [saw(WEB, GET, f"{VAULT}/secrets/db"), saw(WORKER, SET, f"{VAULT}/secrets/out")],
        True,
    ),
    "two groups": (
        [saw(WEB, GET, VAULT), saw(WORKER, DELETE, OTHER_VAULT), saw(LEGACY, GET, OTHER_VAULT)],
        False,
    ),
    "two subscriptions": (
        [saw(WEB, GET, VAULT), saw(WORKER, GET, FAR_VAULT), saw(FAR_WORKER, GET, VAULT)],
        False,
    ),
    "single secrets far away": (
        [saw(WEB, GET, VAULT), saw(WORKER, GET, f"{FAR_VAULT}/secrets/s")],
        True,
    ),
    "a slot, and a host of a type that nobody knows": (
        [saw(SLOT, GET, VAULT), saw(STRANGE_HOST, GET, VAULT)],
        False,
    ),
    "a group": ([control(WEB, READ_GROUPS, GROUP)], False),
    "a subscription and a group": (
        [
            control(WEB, REGISTER, SUBSCRIPTION),
            control(WORKER, READ_GROUPS, GROUP),
        ],
        False,
    ),
    "a subscription alone": ([control(WEB, READ_GROUPS, SUBSCRIPTION)], False),
    "another subscription beside a group": (
        [control(WEB, READ_GROUPS, ELSEWHERE), saw(WEB, GET, VAULT), saw(WEB, READ_CONFIGURATION, STORE)],
        False,
    ),
    "a resource of a type that nobody knows": (
        [control(WEB, READ_GROUPS, f"{GROUP}/providers/Contoso.Machines/machines/m")],
        False,
    ),
    "a resource on a resource": (
        [control(WEB, READ_GROUPS, f"{VAULT}/providers/Contoso.Notes/notes/n")],
        False,
    ),
    "odd names": ([saw(subject, GET, VAULT) for subject in ODDLY_NAMED], False),
}
HIGH_WORLDS = {
    "a management group": [control(WEB, READ_GROUPS, MANAGEMENT_GROUP)],
    "a management group and a vault": [control(WEB, READ_GROUPS, MANAGEMENT_GROUP), saw(WORKER, GET, VAULT)],
    "the tenant, a subscription and a vault": [
        control(WEB, READ_GROUPS, "/"),
        control(WORKER, READ_GROUPS, SUBSCRIPTION),
        saw(LEGACY, GET, VAULT),
    ],
    "a resource of the tenant": [control(WORKER, READ_GROUPS, "/providers/Contoso.Notes/notes/n")],
}


EVERYONE = [WEB, WORKER, LEGACY, SLOT, STRANGE_HOST, FAR_WORKER, *ODDLY_NAMED]


@pytest.fixture(params=WORLDS, ids=lambda name: name.replace(" ", "-"))
def plan(request):
    observations, object_scope = WORLDS[request.param]
    made = planned(EVERYONE, observations, flags={"object_scope": object_scope})
    assert made.assignments
    return made


@pytest.fixture(params=HIGH_WORLDS, ids=lambda name: name.replace(" ", "-"))
def high_plan(request):
    observations = HIGH_WORLDS[request.param]
    return planned(EVERYONE, observations)


def deployed_to(plan):
    """Where a plan is deployed to: the one thing that all of it lies in, or else a subscription."""
    targets = {target_of(one.scope_id).scope.text for one in plan.assignments}
    return targets.pop() if len(targets) == 1 else SUBSCRIPTION


def names_differ(assigned):
    return len({(one.name, one.scope) for one in assigned}) == len(assigned)


def test_bicep_says_what_the_plan_says(plan):
    assigned = read_bicep(write_bicep(plan), deployed_to(plan))
    assert as_read(assigned) == expected(plan)
    assert names_differ(assigned)


def test_terraform_says_what_the_plan_says(plan):
    assigned = read_terraform(write_terraform(plan), SUBSCRIPTION if _at_home(plan) else ELSEWHERE)
    assert as_read(assigned) == expected(plan)
    assert names_differ(assigned)


def test_arm_says_what_the_plan_says(plan):
    assigned = read_arm(write_arm(plan)["azuredeploy.json"], deployed_to(plan))
    assert as_read(assigned) == expected(plan)
    assert len({one.name for one in assigned}) == len(assigned)


def _at_home(plan):
    return any(one.scope.startswith(SUBSCRIPTION) for one in plan.assignments)


def expected(plan):
    """As planned, but with a parameter for the principal id of a host that the catalog does not know."""
    return sorted(
        (role, scope, "parameter" if "contoso.machines" in identity else identity)
        for role, scope, identity in as_planned(plan)
    )


def test_assignments_above_subscriptions_are_deployed_from_above(high_plan):
    bicep = write_bicep(high_plan)
    assert as_read(read_bicep(bicep, deployed_to(high_plan))) == as_planned(high_plan)
    template = write_arm(high_plan)["azuredeploy.json"]
    assert "subscriptionDeploymentTemplate" not in json.loads(template)["$schema"]
    assert as_read(read_arm(template, deployed_to(high_plan))) == as_planned(high_plan)
    assert "targetScope = 'subscription'" not in bicep["main.bicep"]


def test_one_group_makes_one_file_that_can_be_deployed_to_any_group():
    observations, _ = WORLDS["vault and store in one group"]
    plan = planned([WEB, LEGACY], observations)
    bicep = write_bicep(plan)
    assert list(bicep) == ["main.bicep"]
    assert "targetScope = 'resourceGroup'" in bicep["main.bicep"]
    template = json.loads(write_arm(plan)["azuredeploy.json"]) | {"metadata": ""}
    for text in (bicep["main.bicep"], json.dumps(template), write_terraform(plan)["main.tf"]):
        code = [line for line in text.splitlines() if not line.startswith(("//", "#"))]
        assert SUBSCRIPTION.rsplit("/", 1)[1] not in "".join(code)
    assert "param legacyAppPrincipalId string" in bicep["main.bicep"]


def test_several_groups_make_a_module_each_and_pass_only_the_parameters_that_it_needs():
    observations, _ = WORLDS["two groups"]
    files = write_bicep(planned([WEB, WORKER, LEGACY], observations))
    assert list(files) == ["main.bicep", "role-assignments-shared.bicep", "role-assignments-orders.bicep"]
    assert "targetScope = 'subscription'" in files["main.bicep"]
    assert "param legacyAppPrincipalId" in files["role-assignments-shared.bicep"]
    assert "param" not in files["role-assignments-orders.bicep"]


def test_groups_with_long_or_odd_names_get_distinct_short_file_names():
    groups = [f"{SUBSCRIPTION}/resourceGroups/{'a' * 80}.{number}" for number in (1, 2)]
    vaults = [f"{group}/providers/Microsoft.KeyVault/vaults/v" for group in groups]
    files = write_bicep(planned([WORKER], [saw(WORKER, GET, vault) for vault in vaults]))
    assert len(files) == 3
    assert all(len(name) <= 70 for name in files)


def test_what_the_plan_does_not_keep_is_said_in_a_comment():
    current = [
        RoleAssignment("99999999-0000-0000-0000-000000000000", WEB.principal_id, SECRETS_OFFICER, VAULT)
    ]
    observed = [saw(WEB, GET, VAULT), saw(WEB, "Contoso.Things/things/read", VAULT)]
    plan = planned([WEB], observed, current)
    removal = f"az role assignment delete --ids {VAULT}/providers/Microsoft.Authorization/roleAssignments/9"
    for text in (
        write_bicep(plan)["main.bicep"],
        write_terraform(plan)["main.tf"],
        json.loads(write_arm(plan)["azuredeploy.json"])["metadata"]["comments"],
    ):
        assert removal in text
        assert "Not covered for web" in text


def test_an_empty_plan_makes_files_that_do_nothing():
    bicep = write_bicep(Plan())
    bicep_tree(bicep["main.bicep"])
    assert read_bicep(bicep, GROUP) == []
    assert read_arm(write_arm(Plan())["azuredeploy.json"], GROUP) == []
    assert read_terraform(write_terraform(Plan()), SUBSCRIPTION) == []


def test_terraform_never_reads_a_secret_into_its_state():
    plan = planned([WEB], [saw(WEB, GET, f"{VAULT}/secrets/db")], flags={"object_scope": True})
    text = write_terraform(plan)["main.tf"]
    assert "azurerm_key_vault_secret" not in text
    assert '"${data.azurerm_key_vault.vault_contoso_orders.id}/secrets/db"' in text


def test_terraform_names_only_the_providers_that_it_needs():
    text = "".join(write_terraform(planned([WORKER], [saw(WORKER, GET, VAULT)])).values())
    assert "azapi" not in text
    assert "azurerm_user_assigned_identity" in text
