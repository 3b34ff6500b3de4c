"""Deny assignments, custom roles and permissions on the management plane."""

from __future__ import annotations

from typing import Any

import pytest
from arm_site import GROUP, SUBSCRIPTION, Answer, ArmSite

from keyless.model.denies import ALL_PRINCIPALS_ID, DeniedPrincipal, DenyAssignment
from keyless.model.directory import Group
from keyless.model.management import ManagementGroup
from keyless.model.roles import Permission, RoleDefinition
from keyless.store.collections import (
    DENY_ASSIGNMENTS,
    MANAGEMENT_GROUPS,
    ROLE_DEFINITIONS,
    SECURITY_GROUPS,
)

PERSON = "aaaaaaaa-0000-4000-8000-000000000001"
TEAM = "bbbbbbbb-0000-4000-8000-000000000001"
ONE, ALL = "cccccccc-0000-4000-8000-000000000001", "cccccccc-0000-4000-8000-000000000002"
ROLE = "dddddddd-0000-4000-8000-000000000001"
DENIES = "providers/Microsoft.Authorization/denyAssignments"
ROLES = "providers/Microsoft.Authorization/roleDefinitions"
CORPORATE = "/providers/Microsoft.Management/managementGroups/corporate"
VERSION = "2022-04-01"
NOTHING = (Permission(actions=("Microsoft.Nothing/*",)),)


@pytest.fixture
async def denied(arm: ArmSite) -> ArmSite:
    """One deny assignment of a team in the group, and one of everybody in the subscription."""
    of_team = DenyAssignment(ONE, "Of the team", GROUP, NOTHING, (DeniedPrincipal(TEAM, "Group"),))
    of_all = DenyAssignment(
        ALL,
        "Of all",
        SUBSCRIPTION,
        NOTHING,
        (DeniedPrincipal(ALL_PRINCIPALS_ID, "SystemDefined"),),
        (DeniedPrincipal(PERSON, "User"),),
        do_not_apply_to_child_scopes=True,
        is_system_protected=True,
    )
    async with arm.store.transaction() as transaction:
        for made in (of_team, of_all):
            await transaction.put(DENY_ASSIGNMENTS, (made.id,), made)
        await transaction.put(SECURITY_GROUPS, (TEAM,), Group(TEAM, "Team", members=(PERSON,)))
    return arm


class TestDenies:
    @pytest.mark.parametrize(
        ("scope", "wanted", "found"),
        [
            (SUBSCRIPTION, "", [ONE, ALL]),
            (SUBSCRIPTION, "atScope()", [ALL]),
            (GROUP, "atScope()", [ONE, ALL]),
            (GROUP, f"principalId eq '{TEAM}'", [ONE]),
            (GROUP, f"assignedTo('{PERSON}')", [ONE, ALL]),
            (GROUP, "denyAssignmentName eq 'of all'", [ALL]),
            (GROUP, "denyAssignmentName eq 'none'", []),
        ],
    )
    async def test_a_list_shows_what_holds_and_what_is_below(
        self, denied: ArmSite, scope: str, wanted: str, found: list[str]
    ) -> None:
        query = f"$filter={wanted}" if wanted else ""
        answer = await denied.ask("GET", f"{scope}/{DENIES}", who="reader", version=VERSION, query=query)
        assert [one["name"] for one in answer.body["value"]] == found

    async def test_one_is_told_whole(self, denied: ArmSite) -> None:
        answer = await denied.ask("GET", f"{SUBSCRIPTION}/{DENIES}/{ALL.upper()}", version=VERSION)
        told = answer.body["properties"]
        assert told["principals"] == [
            {"id": ALL_PRINCIPALS_ID, "type": "SystemDefined", "displayName": "All Principals"}
        ]
        assert told["excludePrincipals"] == [{"id": PERSON, "type": "User"}]
        assert (told["doNotApplyToChildScopes"], told["isSystemProtected"]) == (True, True)

    @pytest.mark.parametrize("name", [ALL, PERSON, "x"])
    async def test_one_is_found_at_its_own_scope_alone(self, denied: ArmSite, name: str) -> None:
        answer = await denied.ask("GET", f"{GROUP}/{DENIES}/{name}", version=VERSION)
        assert answer.code == "DenyAssignmentNotFound"

    async def test_nobody_writes_one(self, denied: ArmSite) -> None:
        for method in ("PUT", "DELETE", "PATCH"):
            at_subscription = await denied.ask(method, f"{SUBSCRIPTION}/{DENIES}/{ALL}", {}, version=VERSION)
            assert at_subscription.code == "MethodNotAllowed"
            in_group = await denied.ask(method, f"{GROUP}/{DENIES}/{ONE}", {}, version=VERSION)
            assert in_group.code == "InvalidResourceType"
        assert await denied.store.get(DENY_ASSIGNMENTS, (ONE,)) is not None


def custom(name: str, *scopes: str, **more: Any) -> dict[str, Any]:
    properties = {
        "roleName": name,
        "type": "CustomRole",
        "description": "d",
        "assignableScopes": list(scopes),
        "permissions": [{"actions": ["Microsoft.Resources/subscriptions/read"]}],
    }
    return {"properties": properties | more}


async def put(arm: ArmSite, body: object, at: str = SUBSCRIPTION, who: str = "owner") -> Answer:
    return await arm.ask("PUT", f"{at}/{ROLES}/{ROLE}", body, who=who, version=VERSION)


class TestCustomRoles:
    async def test_there_are_five_thousand_at_most(self, arm: ArmSite) -> None:
        async with arm.store.transaction() as transaction:
            for number in range(5000):
                name = f"full-{number}"
                role = RoleDefinition(name, name, NOTHING, custom=True, assignable_scopes=(SUBSCRIPTION,))
                await transaction.put(ROLE_DEFINITIONS, (name,), role)
        assert (await put(arm, custom("One more", SUBSCRIPTION))).code == "RoleDefinitionLimitExceeded"

    async def test_one_of_a_management_group_is_written_by_who_may_write_there(self, arm: ArmSite) -> None:
        assert (await put(arm, custom("Corporate", CORPORATE))).code == "ManagementGroupNotFound"
        async with arm.store.transaction() as transaction:
            group = ManagementGroup("corporate", "Corporate")
            await transaction.put(MANAGEMENT_GROUPS, ("corporate",), group)
        refused = await put(arm, custom("Corporate", CORPORATE))
        assert refused.code == "LinkedAuthorizationFailed"
        await arm.grant("owner", "owner", "/")
        assert (await put(arm, custom("Corporate", CORPORATE), at=CORPORATE)).status == 201
        more = CORPORATE.replace("corporate", "other")
        two = await put(arm, custom("Corporate", CORPORATE, more), at=CORPORATE)
        assert two.code == "MultipleManagementGroupsNotAllowed"

    async def test_who_may_read_neither_here_nor_where_it_is_assigned_does_not_know_of_it(
        self, arm: ArmSite
    ) -> None:
        await arm.add_group("Other")
        other = f"{SUBSCRIPTION}/resourceGroups/Other"
        await put(arm, custom("Of the other", other))
        await arm.grant("somebody", "reader", GROUP)
        assert (await arm.ask("GET", f"{SUBSCRIPTION}/{ROLES}/{ROLE}", version=VERSION)).status == 200
        hidden = await arm.ask("GET", f"{SUBSCRIPTION}/{ROLES}/{ROLE}", who="somebody", version=VERSION)
        assert hidden.code == "RoleDefinitionDoesNotExist"

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"roleName": "n" * 513}, "RoleDefinitionNameInvalid"),
            ({"description": "d" * 2049}, "InvalidDescription"),
            ({"assignableScopes": ["/providers/Microsoft.KeyVault/vaults/v"]}, "LinkedInvalidPropertyId"),
            (
                {"assignableScopes": [f"{SUBSCRIPTION}/resourceGroups/g{n}" for n in range(2001)]},
                "TooManyAssignableScopes",
            ),
            ({"permissions": [{"actions": []}, {"actions": []}]}, "InvalidRoleDefinitionPermissions"),
            ({"permissions": [{"actions": ["*"], "condition": "x"}]}, "InvalidRoleDefinitionPermissions"),
        ],
    )
    async def test_what_would_be_too_much_is_refused(
        self, arm: ArmSite, more: dict[str, Any], code: str
    ) -> None:
        assert (await put(arm, custom("Too much", SUBSCRIPTION, **more))).code == code

    async def test_what_has_no_name_or_no_properties_is_none(self, arm: ArmSite) -> None:
        assert (await put(arm, {})).code == "BadRequestFormat"
        nameless = await arm.ask("PUT", f"{GROUP}/{ROLES}/x", custom("X", GROUP), version=VERSION)
        assert nameless.code == "InvalidRoleDefinitionId"

    async def test_deleting_one_from_where_it_is_not_there_does_nothing(self, arm: ArmSite) -> None:
        await arm.add_group("Other")
        await put(arm, custom("Of the group", GROUP))
        other = f"{SUBSCRIPTION}/resourceGroups/Other"
        assert (await arm.ask("DELETE", f"{other}/{ROLES}/{ROLE}", version=VERSION)).status == 204
        assert (await arm.ask("DELETE", f"{GROUP}/{ROLES}/{ROLE}", version=VERSION)).status == 200

    async def test_a_change_keeps_who_made_it(self, arm: ArmSite) -> None:
        made = await put(arm, custom("Kept", GROUP))
        await arm.grant("second", "owner", SUBSCRIPTION)
        arm.now += 60
        changed = (await put(arm, custom("Kept", GROUP), who="second")).body["properties"]
        assert (changed["createdBy"], changed["updatedBy"]) == ("owner", "second")
        assert changed["createdOn"] == made.body["properties"]["createdOn"] < changed["updatedOn"]


class TestPermissions:
    async def test_they_are_those_of_custom_roles_too_and_through_groups(self, arm: ArmSite) -> None:
        await put(arm, custom("Seen", SUBSCRIPTION, permissions=[{"actions": ["*/read"]}]))
        async with arm.store.transaction() as transaction:
            await transaction.put(SECURITY_GROUPS, (TEAM,), Group(TEAM, "Team", members=("member",)))
        await arm.grant(TEAM, ROLE, SUBSCRIPTION)
        path = f"{GROUP}/providers/Microsoft.Authorization/permissions"
        answer = await arm.ask("GET", path, who="member", version="2022-05-01-preview")
        assert answer.body["value"] == [
            {"actions": ["*/read"], "notActions": [], "dataActions": [], "notDataActions": []}
        ]
