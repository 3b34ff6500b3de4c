"""Whom a decision is about, and which scopes lie within which."""

from __future__ import annotations

import pytest

from keyless.authz.assignable import is_assignable
from keyless.authz.groups import Memberships
from keyless.authz.hierarchy import FLAT, Hierarchy
from keyless.model.directory import Group
from keyless.model.management import ManagementGroup, management_group_scope
from keyless.model.resource_id import ROOT, ResourceId, group_scope, subscription_scope
from keyless.model.roles import RoleDefinition

GROUPS = Memberships(
    [
        Group("Outer", "outer", members=("middle", "pat")),
        Group("middle", "middle", members=("inner",)),
        Group("inner", "inner", members=("Ina", "outer")),
    ]
)
TREE = Hierarchy(
    [
        ManagementGroup("Platform", "Platform", subscriptions=("S1",)),
        ManagementGroup("prod", "Production", "PLATFORM", ("s2",)),
    ],
    "tenant",
)


def test_membership_is_transitive_and_looks_at_no_case() -> None:
    assert GROUPS.principal_ids("INA") == {"ina", "inner", "middle", "outer"}
    assert GROUPS.principal_ids("stranger") == {"stranger"}


def test_groups_within_each_other_are_counted_once() -> None:
    assert GROUPS.principal_ids("outer") == {"inner", "middle", "outer"}


def test_the_shortest_way_to_a_group_is_told() -> None:
    assert GROUPS.path("ina", "OUTER") == ("inner", "middle", "outer")
    assert GROUPS.path("pat", "outer") == ("outer",)
    assert GROUPS.path("stranger", "outer") == ()


def test_a_management_group_covers_what_lies_in_it() -> None:
    platform = management_group_scope("platform")
    assert TREE.covers(platform, subscription_scope("s1"))
    assert TREE.covers(platform, group_scope("S2", "g"))
    assert TREE.covers(platform, management_group_scope("prod"))
    assert not TREE.covers(platform, subscription_scope("s3"))
    assert not TREE.covers(management_group_scope("prod"), subscription_scope("s1"))
    assert not TREE.covers(management_group_scope("prod"), platform)


def test_the_root_group_covers_every_subscription_and_not_the_tenant() -> None:
    root = management_group_scope("TENANT")
    assert TREE.covers(root, subscription_scope("s3"))
    assert TREE.covers(root, management_group_scope("prod"))
    assert not TREE.covers(root, ROOT)
    assert TREE.covers(ROOT, root)


def test_the_management_groups_above_a_scope_are_told_nearest_first() -> None:
    names = [key[-1] for key in TREE.groups_above(group_scope("s2", "g"))]
    assert names == ["prod", "platform", "tenant"]
    assert TREE.groups_above(ROOT) == ()


def test_without_management_groups_scopes_compare_by_segments_alone() -> None:
    assert FLAT.covers(subscription_scope("s"), group_scope("s", "g"))
    assert not FLAT.covers(management_group_scope("m"), subscription_scope("s"))


@pytest.mark.parametrize(
    ("scope", "may"),
    [
        ("/subscriptions/s1", True),
        ("/subscriptions/s2/resourceGroups/g", True),
        ("/subscriptions/s9/resourceGroups/app/providers/Microsoft.KeyVault/vaults/v", True),
        ("/subscriptions/s9/resourceGroups/app-prod", False),
        ("/subscriptions/s9", False),
        ("/", False),
    ],
)
def test_a_custom_role_is_assigned_within_its_assignable_scopes(scope: str, may: bool) -> None:
    scopes = (management_group_scope("platform").text, "/subscriptions/s9/resourceGroups/App")
    role = RoleDefinition("r", "R", (), custom=True, assignable_scopes=scopes)
    assert is_assignable(role, ResourceId.parse(scope), TREE) == may


def test_a_built_in_role_is_assigned_everywhere() -> None:
    assert is_assignable(RoleDefinition("r", "R", ()), subscription_scope("s"))
