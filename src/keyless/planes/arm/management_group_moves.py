"""What moving a group or the subscription asks for, by the rules of ``management_groups.py``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keyless.model.management import ManagementGroup, management_group_scope
from keyless.model.resource_id import ResourceId
from keyless.planes.arm.linked import demand_linked
from keyless.planes.arm.management_group_views import TYPE
from keyless.planes.arm.management_tree import Tree, scope_of
from keyless.wire.call import Authorized

READ, WRITE = f"{TYPE}/read", f"{TYPE}/write"
GIVE_RIGHTS = "Microsoft.Authorization/roleAssignments/write"
ALL = f"/providers/{TYPE}"
ONE = f"{ALL}/{{group_id}}"


def of_management_group(site: object, params: Mapping[str, str]) -> ResourceId:
    """The management group that the route names."""
    return management_group_scope(params["group_id"])


def demand_move(
    call: Authorized[Any], tree: Tree, child: ResourceId, before: ManagementGroup, after: ManagementGroup
) -> None:
    """Make sure that the caller may move something from one group to another."""
    demand(call, GIVE_RIGHTS, child, child)
    for place in (before, after):
        if place != tree.root:
            demand(call, WRITE, scope_of(place), child)


def demand(call: Authorized[Any], action: str, scope: ResourceId, moved: ResourceId) -> None:
    """Make sure that the caller may do a further thing, which moving ``moved`` asks for."""
    demand_linked(call, action, scope, own_action=WRITE, own_scope=moved)
