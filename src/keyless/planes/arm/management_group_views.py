"""Management groups and their subscription, in the forms of the wire."""

from __future__ import annotations

from typing import Any

from keyless.model.management import ManagementGroup
from keyless.model.resource_id import subscription_scope
from keyless.planes.arm.management_tree import Tree, scope_of
from keyless.wire.call import Authorized

TYPE = "Microsoft.Management/managementGroups"
Json = dict[str, Any]


def short(tree: Tree, group: ManagementGroup) -> Json:
    """A group without what it lies in."""
    return {
        "id": scope_of(group).text,
        "name": group.name,
        "type": TYPE,
        "properties": {"tenantId": tree.tenant.tenant_id, "displayName": group.display_name},
    }


def shown(tree: Tree, group: ManagementGroup) -> Json:
    """A group in the form of the wire."""
    shown, parent = short(tree, group), tree.parent_of(group)
    shown["properties"]["details"] = {"version": 1} | ({} if parent is None else {"parent": linked(parent)})
    return shown


def linked(group: ManagementGroup) -> Json:
    """A group as another speaks of it."""
    return {"id": scope_of(group).text, **named(group)}


def named(group: ManagementGroup) -> Json:
    """A group's two names."""
    return {"name": group.name, "displayName": group.display_name}


def children(call: Authorized[Any], tree: Tree, group: ManagementGroup, *, deep: bool) -> list[Json]:
    """What lies in a group, and with ``deep`` in what lies in it."""
    found: list[Json] = []
    for one in tree.children(group):
        child = {**linked(one), "type": TYPE}
        below = children(call, tree, one, deep=True) if deep else []
        found.append({**child, "children": below} if below else child)
    for subscription_id in tree.subscriptions(group):
        scope = subscription_scope(subscription_id)
        name = tree.tenant.subscription_name
        found.append(
            {"id": scope.text, "name": subscription_id, "displayName": name, "type": "/subscriptions"}
        )
    return found


def descendant(of: str, name: str, kind: str, display_name: str, parent: ManagementGroup | None) -> Json:
    """One of what lies in a group, at whatever depth; ``of`` is its id."""
    within = None if parent is None else {"id": scope_of(parent).text}
    return {
        "id": of,
        "name": name,
        "type": kind,
        "properties": {"displayName": display_name, "parent": within},
    }


def descendant_subscription(tree: Tree, group: ManagementGroup) -> Json:
    """The subscription as one of what lies in a group."""
    mine = tree.tenant
    scope = subscription_scope(mine.subscription_id).text
    return descendant(scope, mine.subscription_id, "/subscriptions", mine.subscription_name, group)


def subscription_shown(tree: Tree) -> Json:
    """The subscription, as it is shown in its group."""
    mine, group = tree.tenant, tree.group_of_subscription()
    return {
        "id": f"{scope_of(group)}/subscriptions/{mine.subscription_id}",
        "name": mine.subscription_id,
        "type": f"{TYPE}/subscriptions",
        "properties": {
            "displayName": mine.subscription_name,
            "tenant": mine.tenant_id,
            "state": "Active",
            "parent": {"id": scope_of(group).text},
        },
    }
