"""Management groups: made, moved, listed, deleted; and where the subscription lies among them.

Rules:
- what is moved comes under the rights of its new place. So whoever moves a group or the subscription must be
  allowed to give rights on it (`roleAssignments/write`), and to write both places; the root group as a place
  asks for nothing;
- a group with something in it is not deleted, and the root group never; roles given on one go with it;
- a list shows the groups that its caller may read.

Source: https://learn.microsoft.com/azure/governance/management-groups/manage#move-management-groups-and-subscriptions
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from keyless.lifecycle.scopes import drop_assignments_within
from keyless.model.management import ManagementGroup, management_group_scope
from keyless.model.resource_id import ResourceId, subscription_scope
from keyless.planes.arm.api_versions import MANAGEMENT_GROUPS as VERSIONS
from keyless.planes.arm.errors import InvalidContent, InvalidName, SubscriptionNotFound
from keyless.planes.arm.linked import demand_linked
from keyless.planes.arm.long_running import Poll, keep, reply
from keyless.planes.arm.management_tree import Tree, scope_of, tree_of
from keyless.planes.arm.scopes import needs, of_tenant
from keyless.planes.arm.service import Arm
from keyless.store.collections import MANAGEMENT_GROUPS
from keyless.store.ports import Transaction
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import Conflict, InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

TYPE = "Microsoft.Management/managementGroups"
READ, WRITE = f"{TYPE}/read", f"{TYPE}/write"
GIVE_RIGHTS = "Microsoft.Authorization/roleAssignments/write"
_ALL = f"/providers/{TYPE}"
_ONE = f"{_ALL}/{{group_id}}"
_SUBSCRIPTIONS = f"{_ONE}/subscriptions"
_SPEC = "https://learn.microsoft.com/rest/api/managementgroups/"
_NAME = re.compile(r"[-\w().]{1,90}", re.ASCII)
Json = dict[str, Any]


class AskedParent(msgspec.Struct, frozen=True, rename="camel"):
    """The group that a group shall lie in."""

    id: str | None = None


class AskedDetails(msgspec.Struct, frozen=True, rename="camel"):
    """Where a group shall lie."""

    parent: AskedParent | None = None


class AskedProperties(msgspec.Struct, frozen=True, rename="camel"):
    """What a caller writes of a group."""

    display_name: str | None = None
    details: AskedDetails | None = None


class AskedGroup(msgspec.Struct, frozen=True, rename="camel"):
    """What a PUT brings."""

    properties: AskedProperties = AskedProperties()


class AskedChange(msgspec.Struct, frozen=True, rename="camel"):
    """What a PATCH brings; what it does not name stays."""

    display_name: str | None = None
    parent_group_id: str | None = None


def of_management_group(site: object, params: Mapping[str, str]) -> ResourceId:
    """The management group that the route names."""
    return management_group_scope(params["group_id"])


@operation(
    id="ManagementGroups.List",
    route=f"GET {_ALL}",
    api_versions=VERSIONS,
    access=needs(READ, of_tenant, below=True),
    spec=_SPEC + "management-groups/list",
)
async def list_groups(call: Authorized[None], arm: Arm) -> Json:
    """List the management groups that the caller may read."""
    tree = await tree_of(arm, arm.store)
    found = [one for one in tree.groups.values() if call.may(READ, scope_of(one))]
    return {"value": [_short(tree, one) for one in found]}


@operation(
    id="ManagementGroups.Get",
    route=f"GET {_ONE}",
    api_versions=VERSIONS,
    access=needs(READ, of_management_group),
    errors=(NotFound,),
    spec=_SPEC + "management-groups/get",
)
async def get_group(call: Authorized[None], arm: Arm) -> Json:
    """Return a management group, with what is in it where `$expand` asks for that."""
    tree = await tree_of(arm, arm.store)
    query = call.request.query
    expands = {one.strip().casefold() for one in (query.get("$expand") or "").split(",")}
    deep = (query.get("$recurse") or "").casefold() == "true"
    group = tree.named(call.params["group_id"])
    shown = _shown(tree, group)
    if "children" in expands:
        shown["properties"]["children"] = _children(call, tree, group, deep=deep) or None
    if "path" in expands:
        shown["properties"]["details"]["path"] = [_named(one) for one in tree.above(group)]
    return shown


@operation(
    id="ManagementGroups.CreateOrUpdate",
    route=f"PUT {_ONE}",
    api_versions=VERSIONS,
    access=needs(WRITE, of_management_group),
    body=AskedGroup,
    errors=(InvalidRequest, NotFound),
    spec=_SPEC + "management-groups/create-or-update",
)
async def put_group(call: Authorized[AskedGroup], arm: Arm) -> Json:
    """Create a management group, or rename and move one."""
    name, asked = call.params["group_id"], call.body.properties
    if _NAME.fullmatch(name) is None or name.endswith("."):
        rule = "use 1 to 90 letters, digits, `-`, `_`, `(`, `)` and `.`, and no period at the end"
        raise InvalidName("management group", name, rule, code="InvalidGroupId")
    parent = asked.details.parent.id if asked.details and asked.details.parent else None
    async with arm.store.transaction() as transaction:
        tree = await tree_of(arm, transaction)
        there = tree.groups.get(name.casefold())
        made = there or ManagementGroup(name, asked.display_name or name)
        return await _changed(transaction, call, tree, made, there is None, asked.display_name, parent)


@operation(
    id="ManagementGroups.Update",
    route=f"PATCH {_ONE}",
    api_versions=VERSIONS,
    access=needs(WRITE, of_management_group),
    body=AskedChange,
    errors=(InvalidRequest, NotFound),
    spec=_SPEC + "management-groups/update",
)
async def patch_group(call: Authorized[AskedChange], arm: Arm) -> Json:
    """Rename a management group, or move it."""
    async with arm.store.transaction() as transaction:
        tree = await tree_of(arm, transaction)
        there = tree.named(call.params["group_id"])
        return await _changed(
            transaction, call, tree, there, False, call.body.display_name, call.body.parent_group_id
        )


@operation(
    id="ManagementGroups.Delete",
    route=f"DELETE {_ONE}",
    api_versions=VERSIONS,
    access=needs(f"{TYPE}/delete", of_management_group),
    errors=(InvalidRequest, Conflict),
    spec=_SPEC + "management-groups/delete",
)
async def delete_group(call: Authorized[None], arm: Arm) -> Reply:
    """Delete a management group that nothing is in."""
    async with arm.store.transaction() as transaction:
        tree = await tree_of(arm, transaction)
        group = tree.groups.get(call.params["group_id"].casefold())
        if group is None:
            return Reply(status=204)
        if group == tree.root:
            raise InvalidContent("the root management group can't be deleted", code="BadRequest")
        if tree.children(group) or tree.subscriptions(group):
            raise Conflict(
                f"The management group '{group.name}' can't be deleted: it has children.", code="Conflict"
            )
        await transaction.delete(MANAGEMENT_GROUPS, (group.name.casefold(),))
        await drop_assignments_within(transaction, scope_of(group))
        done = await keep(transaction, call, arm, scope=scope_of(group), read_action=READ, result_status=200)
    status = {"id": f"/providers/{TYPE}/{group.name}", "name": group.name, "type": TYPE, "status": "Accepted"}
    return reply(call, done, namespace="Microsoft.Management", polls=Poll.STATUS | Poll.RESULT, body=status)


@operation(
    id="ManagementGroups.GetDescendants",
    route=f"GET {_ONE}/descendants",
    api_versions=VERSIONS,
    access=needs(f"{TYPE}/descendants/read", of_management_group),
    errors=(NotFound,),
    spec=_SPEC + "management-groups/get-descendants",
)
async def list_descendants(call: Authorized[None], arm: Arm) -> Json:
    """List every management group and subscription below a management group."""
    tree = await tree_of(arm, arm.store)
    group = tree.named(call.params["group_id"])
    below = [*tree.below(group)]
    groups = [
        _descendant(scope_of(one).text, one.name, TYPE, one.display_name, tree.parent_of(one))
        for one in below
    ]
    subscriptions = [
        _descendant_subscription(tree, one) for one in (group, *below) if tree.subscriptions(one)
    ]
    return {"value": [*groups, *subscriptions]}


@operation(
    id="ManagementGroupSubscriptions.Create",
    route=f"PUT {_SUBSCRIPTIONS}/{{subscription_id}}",
    api_versions=VERSIONS,
    access=needs(f"{TYPE}/subscriptions/write", of_management_group),
    errors=(NotFound,),
    spec=_SPEC + "management-group-subscriptions/create",
)
async def put_subscription(call: Authorized[None], arm: Arm) -> Json:
    """Put the subscription into a management group."""
    async with arm.store.transaction() as transaction:
        tree = await tree_of(arm, transaction)
        _check_subscription(tree, call.params["subscription_id"])
        group, before = tree.named(call.params["group_id"]), tree.group_of_subscription()
        if group != before:
            _demand_move(call, tree, subscription_scope(tree.tenant.subscription_id), before, group)
            await _place_subscription(transaction, tree, group)
        return _under(await tree_of(arm, transaction))


@operation(
    id="ManagementGroupSubscriptions.Delete",
    route=f"DELETE {_SUBSCRIPTIONS}/{{subscription_id}}",
    api_versions=VERSIONS,
    access=needs(f"{TYPE}/subscriptions/delete", of_management_group),
    spec=_SPEC + "management-group-subscriptions/delete",
)
async def delete_subscription(call: Authorized[None], arm: Arm) -> Reply:
    """Take the subscription out of a management group: it lies in the root group then."""
    async with arm.store.transaction() as transaction:
        tree = await tree_of(arm, transaction)
        _check_subscription(tree, call.params["subscription_id"])
        group = tree.named(call.params["group_id"])
        if group != tree.group_of_subscription() or group == tree.root:
            return Reply(status=204)
        _demand_move(call, tree, subscription_scope(tree.tenant.subscription_id), group, tree.root)
        await _place_subscription(transaction, tree, tree.root)
    return Reply(status=200)


@operation(
    id="ManagementGroupSubscriptions.GetSubscription",
    route=f"GET {_SUBSCRIPTIONS}/{{subscription_id}}",
    api_versions=VERSIONS,
    access=needs(f"{TYPE}/subscriptions/read", of_management_group),
    errors=(NotFound,),
    spec=_SPEC + "management-group-subscriptions/get-subscription",
)
async def get_subscription(call: Authorized[None], arm: Arm) -> Json:
    """Return the subscription, where it lies in this management group."""
    tree = await tree_of(arm, arm.store)
    _check_subscription(tree, call.params["subscription_id"])
    if tree.named(call.params["group_id"]) != tree.group_of_subscription():
        raise SubscriptionNotFound(call.params["subscription_id"])
    return _under(tree)


@operation(
    id="ManagementGroupSubscriptions.GetSubscriptionsUnderManagementGroup",
    route=f"GET {_SUBSCRIPTIONS}",
    api_versions=VERSIONS,
    access=needs(f"{TYPE}/subscriptions/read", of_management_group),
    errors=(NotFound,),
    spec=_SPEC + "management-group-subscriptions/get-subscriptions-under-management-group",
)
async def list_subscriptions(call: Authorized[None], arm: Arm) -> Json:
    """List the subscriptions that lie directly in a management group."""
    tree = await tree_of(arm, arm.store)
    here = tree.subscriptions(tree.named(call.params["group_id"]))
    return {"value": [_under(tree) for _ in here]}


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


async def _changed(
    transaction: Transaction,
    call: Authorized[Any],
    tree: Tree,
    group: ManagementGroup,
    is_new: bool,
    display_name: str | None,
    parent_id: str | None,
) -> Json:
    """A group with another name, or at another place."""
    if display_name is not None:
        group = msgspec.structs.replace(group, display_name=display_name)
    before = tree.root if is_new else tree.parent_of(group)
    parent = before if parent_id is None else tree.named(_name_in(parent_id))
    if parent is not None and (is_new or parent != before):
        _move(call, tree, group, before, parent, is_new=is_new)
        group = msgspec.structs.replace(group, parent=None if parent == tree.root else parent.name)
    await transaction.put(MANAGEMENT_GROUPS, (group.name.casefold(),), group)
    kept = {**tree.groups, group.name.casefold(): group}
    return _shown(Tree(tree.tenant, kept.values()), group)


def _move(
    call: Authorized[Any],
    tree: Tree,
    group: ManagementGroup,
    before: ManagementGroup | None,
    parent: ManagementGroup,
    *,
    is_new: bool,
) -> None:
    """Make sure that a group can be put into another, and that the caller may do it."""
    if is_new:
        if parent != tree.root:
            _demand(call, WRITE, scope_of(parent), scope_of(group))
    elif before is None:
        raise InvalidContent("the root management group can't be moved", code="BadRequest")
    else:
        _demand_move(call, tree, scope_of(group), before, parent)
    tree.check_place(tree.groups.get(group.name.casefold(), group), parent)


def _demand_move(
    call: Authorized[Any], tree: Tree, child: ResourceId, before: ManagementGroup, after: ManagementGroup
) -> None:
    """Make sure that the caller may move something from one group to another."""
    _demand(call, GIVE_RIGHTS, child, child)
    for place in (before, after):
        if place != tree.root:
            _demand(call, WRITE, scope_of(place), child)


def _demand(call: Authorized[Any], action: str, scope: ResourceId, moved: ResourceId) -> None:
    demand_linked(call, action, scope, own_action=WRITE, own_scope=moved)


async def _place_subscription(transaction: Transaction, tree: Tree, place: ManagementGroup) -> None:
    """Let the subscription lie in one group, and in no other."""
    mine = tree.tenant.subscription_id
    for group in tree.groups.values():
        others = tuple(one for one in group.subscriptions if one.casefold() != mine.casefold())
        wanted = (*others, mine) if group == place and group != tree.root else others
        if wanted != group.subscriptions:
            kept = msgspec.structs.replace(group, subscriptions=wanted)
            await transaction.put(MANAGEMENT_GROUPS, (group.name.casefold(),), kept)


def _check_subscription(tree: Tree, subscription_id: str) -> None:
    if subscription_id.casefold() != tree.tenant.subscription_id.casefold():
        raise SubscriptionNotFound(subscription_id)


def _name_in(parent_id: str) -> str:
    """The name of a group that an id speaks of."""
    prefix, _, name = parent_id.strip("/").rpartition("/")
    if prefix.casefold() != _ALL.strip("/").casefold() or not name:
        raise InvalidContent(f"`{parent_id[:200]}` is no id of a management group", code="InvalidParent")
    return name


def _short(tree: Tree, group: ManagementGroup) -> Json:
    return {
        "id": scope_of(group).text,
        "name": group.name,
        "type": TYPE,
        "properties": {"tenantId": tree.tenant.tenant_id, "displayName": group.display_name},
    }


def _shown(tree: Tree, group: ManagementGroup) -> Json:
    """A group in the form of the wire."""
    shown, parent = _short(tree, group), tree.parent_of(group)
    shown["properties"]["details"] = {"version": 1} | ({} if parent is None else {"parent": _linked(parent)})
    return shown


def _linked(group: ManagementGroup) -> Json:
    return {"id": scope_of(group).text, **_named(group)}


def _named(group: ManagementGroup) -> Json:
    return {"name": group.name, "displayName": group.display_name}


def _children(call: Authorized[Any], tree: Tree, group: ManagementGroup, *, deep: bool) -> list[Json]:
    """What lies in a group, and with ``deep`` in what lies in it."""
    found: list[Json] = []
    for one in tree.children(group):
        child = {**_linked(one), "type": TYPE}
        below = _children(call, tree, one, deep=True) if deep else []
        found.append({**child, "children": below} if below else child)
    for subscription_id in tree.subscriptions(group):
        scope = subscription_scope(subscription_id)
        name = tree.tenant.subscription_name
        found.append(
            {"id": scope.text, "name": subscription_id, "displayName": name, "type": "/subscriptions"}
        )
    return found


def _descendant(of: str, name: str, kind: str, display_name: str, parent: ManagementGroup | None) -> Json:
    within = None if parent is None else {"id": scope_of(parent).text}
    return {
        "id": of,
        "name": name,
        "type": kind,
        "properties": {"displayName": display_name, "parent": within},
    }


def _descendant_subscription(tree: Tree, group: ManagementGroup) -> Json:
    mine = tree.tenant
    scope = subscription_scope(mine.subscription_id).text
    return _descendant(scope, mine.subscription_id, "/subscriptions", mine.subscription_name, group)


def _under(tree: Tree) -> Json:
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


OPERATIONS: tuple[Operation, ...] = (
    list_groups,
    get_group,
    put_group,
    patch_group,
    delete_group,
    list_descendants,
    put_subscription,
    delete_subscription,
    get_subscription,
    list_subscriptions,
    list_entities,
)
