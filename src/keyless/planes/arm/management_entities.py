"""Management groups and subscriptions in one list, with what the caller may do with each.

Source: https://learn.microsoft.com/rest/api/managementgroups/entities
"""

from __future__ import annotations

from typing import Any

from keyless.model.management import ManagementGroup
from keyless.model.resource_id import ResourceId, subscription_scope
from keyless.planes.arm.api_versions import MANAGEMENT_GROUPS as VERSIONS
from keyless.planes.arm.management_group_moves import READ, WRITE
from keyless.planes.arm.management_group_views import TYPE, Json
from keyless.planes.arm.management_tree import Tree, scope_of, tree_of
from keyless.planes.arm.scopes import needs, of_tenant
from keyless.planes.arm.service import Arm
from keyless.wire.call import Authorized
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/managementgroups/"


@operation(
    id="Entities.List",
    route="POST /providers/Microsoft.Management/getEntities",
    api_versions=VERSIONS,
    access=needs("Microsoft.Management/getEntities/action", of_tenant, below=True),
    spec=_SPEC + "entities/list",
)
async def list_entities(call: Authorized[None], arm: Arm) -> Json:
    """List the management groups and subscriptions that the caller may read, and what it may do with them."""
    tree = await tree_of(arm, arm.store)
    found = [_entity(call, tree, one) for one in tree.groups.values() if call.may(READ, scope_of(one))]
    mine = subscription_scope(tree.tenant.subscription_id)
    if call.may("Microsoft.Resources/subscriptions/read", mine):
        found.append(_entity_of_subscription(call, tree, mine))
    return {"value": found, "count": len(found)}


def _entity(call: Authorized[Any], tree: Tree, group: ManagementGroup) -> Json:
    above, below = tree.above(group), list(tree.below(group))
    here = len(tree.subscriptions(group))
    counts = {
        "numberOfChildGroups": len(tree.children(group)),
        "numberOfChildren": len(tree.children(group)) + here,
        "numberOfDescendants": len(below) + here + sum(len(tree.subscriptions(one)) for one in below),
    }
    properties = _entity_properties(call, tree, scope_of(group), group.display_name, above)
    return {"id": scope_of(group).text, "name": group.name, "type": TYPE, "properties": properties | counts}


def _entity_of_subscription(call: Authorized[Any], tree: Tree, scope: ResourceId) -> Json:
    group, mine = tree.group_of_subscription(), tree.tenant
    above = [*tree.above(group), group]
    properties = _entity_properties(call, tree, scope, mine.subscription_name, above)
    return {
        "id": scope.text,
        "name": mine.subscription_id,
        "type": "/subscriptions",
        "properties": properties,
    }


def _entity_properties(
    call: Authorized[Any], tree: Tree, scope: ResourceId, display_name: str, above: list[ManagementGroup]
) -> Json:
    may = _permission(call, scope)
    return {
        "tenantId": tree.tenant.tenant_id,
        "displayName": display_name,
        "parent": {"id": scope_of(above[-1]).text} if above else None,
        "parentDisplayNameChain": [one.display_name for one in above],
        "parentNameChain": [one.name for one in above],
        "permissions": may,
        "inheritedPermissions": may,
    }


def _permission(call: Authorized[Any], scope: ResourceId) -> str:
    """How much the caller may do with a group or subscription, in one word."""
    if call.may(f"{TYPE}/delete", scope):
        return "delete"
    return "edit" if call.may(WRITE, scope) else "view"


OPERATIONS: tuple[Operation, ...] = (list_entities,)
