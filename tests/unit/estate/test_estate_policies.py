"""Conditions, custom roles, deny assignments and management groups, from the file to what it means."""

from __future__ import annotations

import pytest
from estate_texts import estate

from keyless.estate.problems import InvalidEstate
from keyless.model.denies import ALL_PRINCIPALS_ID, DeniedPrincipal
from keyless.model.derived_ids import custom_role_id, deny_assignment_id, tenant_called
from keyless.model.management import ManagementGroup
from keyless.model.resource_id import ResourceId
from keyless.model.roles import Permission

GUID = "0d5d9b5a-6a1c-4bcd-9e7c-2b4fdb9d2f11"
OTHER = "7b3a1c22-91f0-4f3f-8f0b-5a2d0a4c1e77"
TENANT = tenant_called()
SUBSCRIPTION = f"/subscriptions/{TENANT.subscription_id}"
DEFINITIONS = "/providers/Microsoft.Authorization/roleDefinitions"
ASSIGN = "roleAssignments: [{{principal: web, role: {}, scope: {{vault: vault}}}}]"
HEAD = """\
version: 1
resourceGroups:
  rg:
    identities: {web: {}}
    vaults: {vault: {}}
"""


def problem(text: str) -> tuple[int, int, str]:
    with pytest.raises(InvalidEstate) as caught:
        estate(HEAD + text)
    (found,) = caught.value.problems
    return found.line, found.column, f"{found.message}; {found.hint}"


def assigned(condition: str) -> str:
    start = "roleAssignments:\n  - principal: web\n    role: Reader\n    scope: {vault: vault}\n"
    return f"{start}    condition: {condition}\n"


@pytest.mark.parametrize(
    ("condition", "line", "column"),
    [
        ("@Request[a] StrngEquals 'b'", 10, 28),
        ("\"@Request[a] StrngEquals 'b'\"", 10, 29),
        ('"@Request[\\"a\\"] StrngEquals \'b\'"', 10, 33),
        ("'@Request[a] StringEquals ''b'' ANDD'", 10, 48),
        ("|\n      (@Request[a]\n        StrngEquals 'b')", 12, 9),
        ("|-\n       @Request[a] StrngEquals 'b'", 11, 20),
        (">\n      @Request[a]\n      StrngEquals 'b'", 10, 16),
    ],
)
def test_a_mistake_in_a_condition_is_told_at_its_character(condition: str, line: int, column: int) -> None:
    quoted = f"'{condition}'" if condition.startswith("@") else condition
    shift = 0
    if quoted != condition:
        quoted, shift = quoted.replace("'b'", "''b''"), 1
    at_line, at_column, said = problem(assigned(quoted))
    assert (at_line, at_column) == (line, column + shift)
    assert "^" in said


def test_a_mistake_in_a_condition_is_shown_with_a_caret() -> None:
    text = "(@Request[a] StringEquals 'b')\n    AND\n    (@Request[a] StrngEquals 'b')".replace(
        "\n    ", "\n      "
    )
    _, _, said = problem(assigned(f"|\n      {text}"))
    message, shown, caret = said.removesuffix("; ").split("\n")
    assert "did you mean `StringEquals`?" in message
    assert shown[caret.index("^") :].startswith("StrngEquals")


def test_only_version_2_of_conditions_is_taken() -> None:
    text = assigned('"Exists @Request[a]"') + '    conditionVersion: "1.0"\n'
    assert "cannot be a condition's version" in problem(text)[2]


def test_a_custom_role_is_declared_by_its_name_and_assigned_by_it() -> None:
    world = estate(
        HEAD
        + """\
customRoles:
  Orders Reader:
    description: Reads what orders need
    actions: [Microsoft.KeyVault/vaults/read]
    notActions: [Microsoft.KeyVault/vaults/write]
    dataActions: ["Microsoft.KeyVault/vaults/secrets/*"]
    notDataActions: [Microsoft.KeyVault/vaults/secrets/purge/action]
    assignableScopes: [{resourceGroup: rg}, /subscriptions/other]
roleAssignments:
  - {principal: web, role: orders reader, scope: {vault: vault}}
"""
    )
    (role,) = world.custom_roles
    assert role.id == custom_role_id(TENANT, "Orders Reader") == world.assignments[0].role_definition_id
    assert (role.name, role.custom, role.description) == ("Orders Reader", True, "Reads what orders need")
    assert role.permissions == (
        Permission(
            ("Microsoft.KeyVault/vaults/read",),
            ("Microsoft.KeyVault/vaults/write",),
            ("Microsoft.KeyVault/vaults/secrets/*",),
            ("Microsoft.KeyVault/vaults/secrets/purge/action",),
        ),
    )
    assert role.assignable_scopes == (f"{SUBSCRIPTION}/resourceGroups/rg", "/subscriptions/other")


@pytest.mark.parametrize(
    "name", ["Own", GUID.upper(), f"/providers/Microsoft.Authorization/roleDefinitions/{GUID}"]
)
def test_a_custom_role_is_found_by_name_by_guid_and_by_resource_id(name: str) -> None:
    role = f"customRoles: {{Own: {{id: {GUID}, actions: ['*/read']}}}}\n"
    world = estate(
        HEAD + role + f"roleAssignments: [{{principal: web, role: {name}, scope: {{vault: vault}}}}]"
    )
    assert world.assignments[0].role_definition_id == world.custom_roles[0].id == GUID
    assert world.custom_roles[0].assignable_scopes == (SUBSCRIPTION,)


def test_a_custom_role_may_have_several_permissions() -> None:
    role = "customRoles: {Own: {actions: [a/read], permissions: [{dataActions: [b/read]}]}}"
    (own,) = estate(HEAD + role).custom_roles
    assert own.permissions == (Permission(actions=("a/read",)), Permission(data_actions=("b/read",)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("customRoles: {Own: {}}", "grants nothing"),
        ("customRoles: {Reader: {actions: [a/read]}}", "is the built-in role `Reader`"),
        (
            "customRoles: {Own: {id: acdd72a7-3385-48ef-bd42-f606fba81ae7, actions: [a/read]}}",
            "is the built-in role `Reader`",
        ),
        (
            f"customRoles: {{A: {{id: {GUID}, actions: [a/b]}}, B: {{id: {GUID}, actions: [a/b]}}}}",
            "has the id",
        ),
        ("customRoles: {Own: {actions: [read secrets]}}", "cannot be an action"),
        ("customRoles: {Own: {actions: [a/b], assignableScopes: [{vault: volt}]}}", "write `vault`"),
        (
            "customRoles: {Own: {actions: [a/b]}}\n" + ASSIGN.format("Owm"),
            "is neither a built-in role nor one of `customRoles`; write `Own`",
        ),
        (
            "customRoles: {Own: {actions: [a/b], assignableScopes: [/subscriptions/other]}}\n"
            + ASSIGN.format("Own"),
            "its `assignableScopes` are `/subscriptions/other`",
        ),
    ],
)
def test_a_custom_role_that_cannot_be_is_refused(text: str, says: str) -> None:
    assert says in problem(text)[2]


def test_an_assignment_of_a_refused_role_is_not_told_to_name_nothing() -> None:
    text = "customRoles: {Own: {actions: 5}}\n" + ASSIGN.format("Own")
    assert "a list of actions is wanted" in problem(text)[2]


def test_a_deny_assignment_says_what_is_denied_whom_and_where() -> None:
    (deny,) = estate(
        HEAD
        + f"""\
denyAssignments:
  - name: No purging
    scope: {{vault: vault}}
    permissions:
      - dataActions: [Microsoft.KeyVault/vaults/secrets/purge/action]
    principals: [{{everyone: true}}]
    excludePrincipals: [{{identity: web}}, {GUID}, {{id: {OTHER}, type: Group}}]
    doNotApplyToChildScopes: true
    description: Not even by accident
    condition: "Exists @Request[a]"
"""
    ).denies
    scope = ResourceId.parse(f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/vault")
    assert (deny.id, deny.scope_id) == (deny_assignment_id(scope, "No purging"), scope)
    assert deny.permissions[0].data_actions == ("Microsoft.KeyVault/vaults/secrets/purge/action",)
    assert deny.principals == (DeniedPrincipal(ALL_PRINCIPALS_ID, "SystemDefined"),)
    web, guid, other = deny.exclude_principals
    assert (guid, other) == (DeniedPrincipal(GUID), DeniedPrincipal(OTHER, "Group"))
    assert web.type == "ServicePrincipal"
    assert deny.is_for_all
    assert deny.do_not_apply_to_child_scopes
    assert (deny.condition, deny.condition_version) == ("Exists @Request[a]", "2.0")


def denied(more: str = "", what: str = "[{actions: [a/read]}]", whom: str = "[{everyone: true}]") -> str:
    return f"{{name: Stop, scope: {{vault: vault}}, permissions: {what}, principals: {whom}{more}}}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"[{denied(what='[{notActions: [a/read]}]')}]", "denies nothing"),
        (f"[{denied(what='[]')}]", "denies nothing"),
        (f"[{denied(whom='[]')}]", "denies nobody"),
        (f"[{denied(whom='[wob]')}]", "write `web`"),
        (f"[{denied()}, {denied()}]", "has the name `Stop` at the same scope"),
        (f"[{denied(', id: ' + GUID)}, {denied(', id: ' + GUID)}]", "has the id"),
        (
            f"[{denied(', excludePrincipals: [{everyone: true}]')}]",
            "`everyone` is not a key of who is left alone",
        ),
    ],
)
def test_a_deny_assignment_that_cannot_be_is_refused(text: str, says: str) -> None:
    assert says in problem(f"denyAssignments: {text}")[2]


def test_management_groups_have_parents_and_hold_subscriptions_and_are_scopes() -> None:
    world = estate(
        HEAD
        + f"""\
managementGroups:
  corp: {{parent: platform, subscriptions: [local, {GUID}]}}
  platform: {{displayName: Platform team}}
  {TENANT.tenant_id}: {{displayName: Tenant Root Group}}
customRoles:
  Own: {{actions: ["*/read"], assignableScopes: [{{managementGroup: platform}}]}}
roleAssignments:
  - {{principal: web, role: Reader, scope: {{managementGroup: Platform}}}}
  - {{principal: web, role: Own, scope: {{vault: vault}}}}
  - {{principal: web, role: Reader, scope: {{managementGroup: {TENANT.tenant_id}}}}}
"""
    )
    assert world.management_groups == (
        ManagementGroup("corp", "corp", "platform", (TENANT.subscription_id, GUID)),
        ManagementGroup("platform", "Platform team", TENANT.tenant_id),
        ManagementGroup(TENANT.tenant_id, "Tenant Root Group"),
    )
    groups = "/providers/Microsoft.Management/managementGroups"
    assert world.assignments[0].scope == f"{groups}/platform"
    assert world.assignments[2].scope == f"{groups}/{TENANT.tenant_id}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{a: {parent: bb}, b: {}}", "no management group is called `bb`"),
        ("{a: {parent: b}, b: {parent: a}}", "`a` lies in `b` itself"),
        ("{a: {parent: a}}", "`a` lies in `a` itself"),
        ("{a: {subscriptions: [other]}}", "write `local`, or a subscription id"),
        (f"{{a: {{subscriptions: [{GUID}]}}, b: {{subscriptions: [{GUID}]}}}}", "lies in `a` already"),
        ("{-a: {}}", "cannot be a management group's name"),
    ],
)
def test_management_groups_that_cannot_be_are_refused(text: str, says: str) -> None:
    assert says in problem(f"managementGroups: {text}")[2]


def test_a_scope_in_no_management_group_is_refused() -> None:
    text = "roleAssignments: [{principal: web, role: Reader, scope: {managementGroup: platform}}]"
    assert "declare it under `managementGroups`" in problem(text)[2]


def test_people_are_denied_by_name_with_their_types_and_assign_roles_as_others_do() -> None:
    people = "users: {ada: {}}\ngroups: {staff: {}}\n"
    (deny,) = estate(HEAD + people + f"denyAssignments: [{denied(whom='[ada, {group: staff}, web]')}]").denies
    assert [one.type for one in deny.principals] == ["User", "Group", "ServicePrincipal"]
