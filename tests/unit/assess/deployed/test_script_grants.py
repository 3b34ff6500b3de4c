"""Role assignments that scripts make."""

from __future__ import annotations

import pytest

from keyless.assess.deployed.grants import ScopeKind
from keyless.assess.deployed.script_grants import script_grants
from keyless.assess.rules.privilege._who import Who, who
from repositories_made import repository


def grants_in(script: str, path: str = "deploy.sh") -> list[tuple[str, ScopeKind, Who]]:
    """The role, level and kind of principal of each assignment."""
    found = script_grants(repository({path: script}))
    return [(one.role_name, one.scope, who(one)) for one in found]


@pytest.mark.parametrize(
    ("scope", "level"),
    [
        ('--scope "/subscriptions/$SUB"', ScopeKind.SUBSCRIPTION),
        ('--scope "/subscriptions/$SUB/resourceGroups/$RG"', ScopeKind.RESOURCE_GROUP),
        (
            '--scope "/subscriptions/$SUB/resourceGroups/$RG/providers/Microsoft.KeyVault/vaults/v"',
            ScopeKind.RESOURCE,
        ),
        ("--scope /providers/Microsoft.Management/managementGroups/root", ScopeKind.MANAGEMENT_GROUP),
        ("--scope $group_id", ScopeKind.RESOURCE_GROUP),
        ("--scope $SUBSCRIPTION_ID", ScopeKind.SUBSCRIPTION),
        ("--scope $target", ScopeKind.UNKNOWN),
        ("-g rg-app", ScopeKind.RESOURCE_GROUP),
        ("", ScopeKind.SUBSCRIPTION),
    ],
)
def test_the_level_is_as_far_as_the_path_of_the_scope_goes(scope: str, level: ScopeKind) -> None:
    (found,) = grants_in(f"az role assignment create --role Contributor --assignee $x {scope}\n")
    assert found[1] is level


def test_a_principal_made_for_rbac_is_a_workload() -> None:
    script = "az ad sp create-for-rbac -n ci --role Owner --scopes /subscriptions/$S/resourceGroups/a\n"
    assert grants_in(script) == [("Owner", ScopeKind.RESOURCE_GROUP, Who.WORKLOAD)]


def test_of_several_scopes_the_widest_counts() -> None:
    script = (
        "az ad sp create-for-rbac --role Owner --scopes /subscriptions/a/resourceGroups/b /subscriptions/c\n"
    )
    assert grants_in(script)[0][1] is ScopeKind.SUBSCRIPTION


def test_a_principal_made_for_rbac_without_a_role_gets_none() -> None:
    assert grants_in("az ad sp create-for-rbac -n ci\n") == []


def test_whoever_is_signed_in_is_people() -> None:
    script = 'az role assignment create --role Owner --assignee "$(az ad signed-in-user show --query id)"\n'
    assert grants_in(script)[0][2] is Who.PEOPLE


def test_a_role_that_a_variable_holds_is_not_told() -> None:
    assert grants_in("az role assignment create --role $ROLE --assignee $x\n") == []


def test_a_cmdlet_assigns_as_well() -> None:
    script = 'New-AzRoleAssignment -ApplicationId $app -RoleDefinitionName "Reader" -ResourceGroupName "rg"\n'
    assert grants_in(script, "deploy.ps1") == [("Reader", ScopeKind.RESOURCE_GROUP, Who.WORKLOAD)]


def test_a_variable_is_who_the_command_looked_up_that_set_it() -> None:
    script = "WHO=$(az ad signed-in-user show)\naz role assignment create --role Owner --assignee $WHO\n"
    assert grants_in(script)[0][2] is Who.PEOPLE
    script = script.replace("ad signed-in-user show", "identity show -g rg -n app")
    assert grants_in(script)[0][2] is Who.WORKLOAD
