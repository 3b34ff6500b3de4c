"""Role assignments on the management plane: limits, groups, management groups, conditions, locks, pages."""

from __future__ import annotations

from typing import Any

import pytest
from arm_site import GROUP, SUBSCRIPTION, SUBSCRIPTION_ID, TENANT_ID, Answer, ArmSite

from keyless.model.directory import Group, User
from keyless.model.management import ManagementGroup
from keyless.model.roles import RoleAssignment
from keyless.store.collections import ASSIGNMENTS, MANAGEMENT_GROUPS, SECURITY_GROUPS, USERS

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
PERSON = "aaaaaaaa-0000-4000-8000-000000000001"
OTHER = "aaaaaaaa-0000-4000-8000-000000000002"
TEAM = "bbbbbbbb-0000-4000-8000-000000000001"
DEPARTMENT = "bbbbbbbb-0000-4000-8000-000000000002"
ASSIGNMENTS_AT = "providers/Microsoft.Authorization/roleAssignments"
VERSION = "2022-04-01"
CORPORATE = "/providers/Microsoft.Management/managementGroups/corporate"


def guid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def role_id(role: str) -> str:
    return f"/providers/Microsoft.Authorization/roleDefinitions/{role}"


async def assign(
    arm: ArmSite,
    scope: str,
    number: int,
    role: str = READER,
    principal: str = PERSON,
    *,
    who: str = "owner",
    version: str = VERSION,
    **more: object,
) -> Answer:
    properties = {"roleDefinitionId": role_id(role), "principalId": principal} | more
    body = {"properties": properties}
    path = f"{scope.rstrip('/')}/{ASSIGNMENTS_AT}/{guid(number)}"
    return await arm.ask("PUT", path, body, who=who, version=version)


async def listed(arm: ArmSite, scope: str, query: str = "", who: str = "owner") -> list[dict[str, Any]]:
    answer = await arm.ask("GET", f"{scope}/{ASSIGNMENTS_AT}", who=who, version=VERSION, query=query)
    assert answer.status == 200, answer
    found: list[dict[str, Any]] = answer.body["value"]
    return found


@pytest.fixture
async def staffed(arm: ArmSite) -> ArmSite:
    """Two people, one of whom is in a team that is in a department; a management group."""
    async with arm.store.transaction() as transaction:
        for person in (PERSON, OTHER):
            await transaction.put(USERS, (person,), User(person, f"{person}@shop.example", person))
        team = Group(TEAM, "Team", members=(PERSON,))
        await transaction.put(SECURITY_GROUPS, (TEAM,), team)
        department = Group(DEPARTMENT, "Department", members=(TEAM,))
        await transaction.put(SECURITY_GROUPS, (DEPARTMENT,), department)
        corporate = ManagementGroup("corporate", "Corporate", subscriptions=(SUBSCRIPTION_ID,))
        await transaction.put(MANAGEMENT_GROUPS, ("corporate",), corporate)
    await arm.grant("owner", "owner", "/")
    return arm


async def constrain(arm: ArmSite, condition: str, who: str = "delegate") -> None:
    """Let somebody do everything on the control plane, as far as a condition goes."""
    made = RoleAssignment(f"{who}-constrained", who, "owner", SUBSCRIPTION, condition=condition)
    async with arm.store.transaction() as transaction:
        await transaction.put(ASSIGNMENTS, (made.id,), made)


async def fill(arm: ArmSite, count: int, scope: str) -> None:
    """That many assignments of as many principals at a scope."""
    async with arm.store.transaction() as transaction:
        for number in range(count):
            made = RoleAssignment(f"full-{number:05d}", f"full-{number}", READER, scope)
            await transaction.put(ASSIGNMENTS, (made.id,), made)


class TestWhoIsNamed:
    async def test_the_type_of_a_principal_is_what_the_directory_says(self, staffed: ArmSite) -> None:
        made = await assign(staffed, GROUP, 1)
        assert made.body["properties"]["principalType"] == "User"
        assert (await assign(staffed, GROUP, 2, principal=TEAM)).body["properties"][
            "principalType"
        ] == "Group"
        refused = await assign(staffed, GROUP, 3, principal=OTHER, principalType="ServicePrincipal")
        assert refused.code == "UnmatchedPrincipalType"

    async def test_lists_find_what_holds_through_groups(self, staffed: ArmSite) -> None:
        await assign(staffed, GROUP, 1, principal=DEPARTMENT)
        await assign(staffed, GROUP, 2, principal=OTHER)
        assigned = await listed(staffed, SUBSCRIPTION, f"$filter=assignedTo('{PERSON}')")
        assert [one["name"] for one in assigned] == [guid(1)]
        assert await listed(staffed, SUBSCRIPTION, f"$filter=principalId eq '{PERSON}'") == []
        either = f"$filter=assignedTo('{PERSON}') or principalId eq '{OTHER.upper()}'"
        assert [one["name"] for one in await listed(staffed, SUBSCRIPTION, either)] == [guid(1), guid(2)]

    @pytest.mark.parametrize("version", ["2015-07-01", "2018-01-01-preview"])
    async def test_older_versions_know_no_types_and_always_create(
        self, staffed: ArmSite, version: str
    ) -> None:
        for _ in range(2):
            made = await assign(staffed, GROUP, 1, version=version, description="x")
            assert made.status == 201
            assert set(made.body["properties"]) == {"roleDefinitionId", "principalId", "scope"}
        unknown = await assign(staffed, GROUP, 2, principal=guid(9), version=version, principalType="User")
        assert unknown.code == "PrincipalNotFound"


class TestManagementGroups:
    async def test_what_is_assigned_above_is_listed_below_and_the_other_way_round(
        self, staffed: ArmSite
    ) -> None:
        above = await assign(staffed, CORPORATE.upper().replace("/PROVIDERS", "/providers"), 1)
        assert above.body["properties"]["scope"] == CORPORATE
        assert above.body["properties"]["roleDefinitionId"] == role_id(READER)
        below = await assign(staffed, GROUP, 2, principal=OTHER)
        at_group = [one["name"] for one in await listed(staffed, GROUP, "$filter=atScope()")]
        assert {guid(1), guid(2)} <= set(at_group)
        at_management_group = [one["id"] for one in await listed(staffed, CORPORATE)]
        assert below.body["id"] in at_management_group
        assert guid(2) not in [one["name"] for one in await listed(staffed, CORPORATE, "$filter=atScope()")]

    async def test_one_that_is_not_there_is_told_and_the_tenants_own_is(self, staffed: ArmSite) -> None:
        groups = CORPORATE.rpartition("/")[0]
        assert (await assign(staffed, f"{groups}/none", 1)).code == "ManagementGroupNotFound"
        assert (await assign(staffed, f"{groups}/{TENANT_ID}", 1)).status == 201
        assert (await assign(staffed, "/", 2)).body["properties"]["scope"] == "/"

    async def test_it_has_five_hundred_at_most(self, staffed: ArmSite) -> None:
        await fill(staffed, 500, CORPORATE)
        assert (await assign(staffed, CORPORATE, 1)).code == "RoleAssignmentLimitExceeded"
        assert (await assign(staffed, GROUP, 1)).status == 201


class TestHowMany:
    async def test_a_subscription_has_four_thousand_at_most_and_lists_them_in_pages(
        self, staffed: ArmSite
    ) -> None:
        await fill(staffed, 4000, GROUP)
        assert (await assign(staffed, GROUP, 1)).code == "RoleAssignmentLimitExceeded"
        names: list[str] = []
        link = f"{GROUP}/{ASSIGNMENTS_AT}?api-version={VERSION}"
        while link:
            answer = await staffed.ask("GET", link)
            names += [one["name"] for one in answer.body["value"]]
            link = answer.body.get("nextLink", "")
        assert len(names) == len(set(names)) >= 4000


class TestTheLastOwner:
    async def test_stays(self, arm: ArmSite) -> None:
        async with arm.store.transaction() as transaction:
            await transaction.put(USERS, (PERSON,), User(PERSON, "p@shop.example", "P"))
            await transaction.put(USERS, (OTHER,), User(OTHER, "o@shop.example", "O"))
        await assign(arm, SUBSCRIPTION, 1, OWNER)
        path = f"{SUBSCRIPTION}/{ASSIGNMENTS_AT}"
        refused = await arm.ask("DELETE", f"{path}/{guid(1)}", version=VERSION)
        assert refused.code == "CannotDeleteLastRbacAdminAssignment"
        await assign(arm, SUBSCRIPTION, 2, OWNER, OTHER)
        assert (await arm.ask("DELETE", f"{path}/{guid(1)}", version=VERSION)).status == 200
        assert (await arm.ask("DELETE", f"{path}/{guid(2)}", version=VERSION)).status == 400


class TestConditions:
    TYPE = "@Request[Microsoft.Authorization/roleAssignments:PrincipalType] StringEquals 'ServicePrincipal'"

    async def test_nobody_chooses_the_type_that_a_condition_looks_at(self, staffed: ArmSite) -> None:
        await constrain(staffed, self.TYPE)
        claimed = await assign(staffed, GROUP, 1, who="delegate", principalType="ServicePrincipal")
        assert claimed.code == "AuthorizationFailed"
        unknown = await assign(
            staffed, GROUP, 1, principal=guid(9), who="delegate", principalType="ServicePrincipal"
        )
        assert unknown.status == 201

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b"{}", b'{"properties": {}}'])
    async def test_a_body_that_says_nothing_lets_nobody_past_a_condition(
        self, staffed: ArmSite, body: bytes
    ) -> None:
        await constrain(staffed, self.TYPE)
        path = f"{GROUP}/{ASSIGNMENTS_AT}/{guid(1)}"
        assert (await staffed.ask("PUT", path, body, who="delegate", version=VERSION)).status in {400, 403}
        assert await staffed.store.get(ASSIGNMENTS, (guid(1),)) is None

    async def test_what_is_not_at_the_scope_has_no_attributes(self, staffed: ArmSite) -> None:
        await constrain(
            staffed,
            "@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "
            f"ForAnyOfAnyValues:GuidEquals {{{READER}}}",
        )
        await assign(staffed, GROUP, 1)
        for path in (f"{SUBSCRIPTION}/{ASSIGNMENTS_AT}/{guid(1)}", f"{GROUP}/{ASSIGNMENTS_AT}/{guid(2)}"):
            refused = await staffed.ask("DELETE", path, who="delegate", version=VERSION)
            assert refused.code == "AuthorizationFailed"
        path = f"{GROUP}/{ASSIGNMENTS_AT}/{guid(1)}"
        assert (await staffed.ask("DELETE", path, who="delegate", version=VERSION)).status == 200

    async def test_the_condition_of_an_assignment_can_change_and_be_taken_away(
        self, staffed: ArmSite
    ) -> None:
        condition = "@Resource[Microsoft.KeyVault/vaults/secrets:name] StringEquals 'a'"
        made = await assign(staffed, GROUP, 1, SECRETS_USER, condition=condition)
        assert made.body["properties"]["conditionVersion"] == "2.0"
        staffed.now += 60
        changed = await assign(staffed, GROUP, 1, SECRETS_USER)
        assert changed.status == 200
        assert "condition" not in changed.body["properties"]
        assert changed.body["properties"]["createdOn"] < changed.body["properties"]["updatedOn"]

    async def test_a_condition_of_more_than_eight_kilobytes_is_refused(self, staffed: ArmSite) -> None:
        text = f"@Resource[Microsoft.KeyVault/vaults/secrets:name] StringEquals '{'a' * 9000}'"
        assert (await assign(staffed, GROUP, 1, condition=text)).code == "InvalidCondition"


class TestWhatIsNone:
    @pytest.mark.parametrize(
        "scope",
        [
            f"{SUBSCRIPTION}/providers/Microsoft.Advisor/recommendations/r",
            "/providers/Microsoft.Billing/billingAccounts/b",
            f"{GROUP}/providers/Microsoft.Web/sites/none/slots/s",
        ],
    )
    async def test_a_scope_of_a_kind_that_is_not_there_is_told(self, staffed: ArmSite, scope: str) -> None:
        assert (await assign(staffed, scope, 1)).code == "ResourceNotFound"

    async def test_a_body_without_properties_and_texts_that_are_too_long_are_refused(
        self, staffed: ArmSite
    ) -> None:
        path = f"{GROUP}/{ASSIGNMENTS_AT}/{guid(1)}"
        assert (await staffed.ask("PUT", path, {}, version=VERSION)).code == "BadRequestFormat"
        assert (await assign(staffed, GROUP, 1, description="d" * 1025)).code == "InvalidDescription"
        assert (await assign(staffed, GROUP, 1, roleDefinitionId="no id")).code == "BadRequestFormat"

    async def test_to_delete_what_has_no_name_for_an_assignment_does_nothing(self, staffed: ArmSite) -> None:
        assert (await staffed.ask("DELETE", f"{GROUP}/{ASSIGNMENTS_AT}/x", version=VERSION)).status == 204

    async def test_a_filter_may_be_turned_round(self, staffed: ArmSite) -> None:
        await assign(staffed, GROUP, 1)
        below = await listed(staffed, SUBSCRIPTION, "$filter=not atScope()")
        assert [one["name"] for one in below] == [guid(1)]


class TestLocks:
    async def test_a_lock_holds_assignments_up_for_their_owner_too(self, staffed: ArmSite) -> None:
        await assign(staffed, GROUP, 1)
        lock = {"properties": {"level": "ReadOnly"}}
        path = f"{GROUP}/providers/Microsoft.Authorization/locks/l"
        assert (await staffed.ask("PUT", path, lock, version="2020-05-01")).status == 201
        assert (await assign(staffed, GROUP, 2, principal=OTHER)).code == "ScopeLocked"
        deleted = await staffed.ask("DELETE", f"{GROUP}/{ASSIGNMENTS_AT}/{guid(1)}", version=VERSION)
        assert deleted.code == "ScopeLocked"
