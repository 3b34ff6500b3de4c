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
from typing import Any

import msgspec

from keyless.lifecycle.scopes import drop_assignments_within
from keyless.model.management import ManagementGroup
from keyless.planes.arm.api_versions import MANAGEMENT_GROUPS as VERSIONS
from keyless.planes.arm.errors import InvalidContent, InvalidName
from keyless.planes.arm.long_running import Poll, keep, reply
from keyless.planes.arm.management_group_moves import (
    ALL,
    ONE,
    READ,
    WRITE,
    demand,
    demand_move,
    of_management_group,
)
from keyless.planes.arm.management_group_views import (
    TYPE,
    Json,
    children,
    descendant,
    descendant_subscription,
    named,
    short,
    shown,
)
from keyless.planes.arm.management_tree import Tree, scope_of, tree_of
from keyless.planes.arm.scopes import needs, of_tenant
from keyless.planes.arm.service import Arm
from keyless.store.collections import MANAGEMENT_GROUPS
from keyless.store.ports import Transaction
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import Conflict, InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/managementgroups/"
_NAME = re.compile(r"[-\w().]{1,90}", re.ASCII)


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


@operation(
    id="ManagementGroups.List",
    route=f"GET {ALL}",
    api_versions=VERSIONS,
    access=needs(READ, of_tenant, below=True),
    spec=_SPEC + "management-groups/list",
)
async def list_groups(call: Authorized[None], arm: Arm) -> Json:
    """List the management groups that the caller may read."""
    tree = await tree_of(arm, arm.store)
    found = [one for one in tree.groups.values() if call.may(READ, scope_of(one))]
    return {"value": [short(tree, one) for one in found]}


@operation(
    id="ManagementGroups.Get",
    route=f"GET {ONE}",
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
    found = shown(tree, group)
    if "children" in expands:
        found["properties"]["children"] = children(call, tree, group, deep=deep) or None
    if "path" in expands:
        found["properties"]["details"]["path"] = [named(one) for one in tree.above(group)]
    return found


@operation(
    id="ManagementGroups.CreateOrUpdate",
    route=f"PUT {ONE}",
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
    route=f"PATCH {ONE}",
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
    route=f"DELETE {ONE}",
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
    route=f"GET {ONE}/descendants",
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
        descendant(scope_of(one).text, one.name, TYPE, one.display_name, tree.parent_of(one)) for one in below
    ]
    subscriptions = [descendant_subscription(tree, one) for one in (group, *below) if tree.subscriptions(one)]
    return {"value": [*groups, *subscriptions]}


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
    return shown(Tree(tree.tenant, kept.values()), group)


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
            demand(call, WRITE, scope_of(parent), scope_of(group))
    elif before is None:
        raise InvalidContent("the root management group can't be moved", code="BadRequest")
    else:
        demand_move(call, tree, scope_of(group), before, parent)
    tree.check_place(tree.groups.get(group.name.casefold(), group), parent)


def _name_in(parent_id: str) -> str:
    """The name of a group that an id speaks of."""
    prefix, _, name = parent_id.strip("/").rpartition("/")
    if prefix.casefold() != ALL.strip("/").casefold() or not name:
        raise InvalidContent(f"`{parent_id[:200]}` is no id of a management group", code="InvalidParent")
    return name


OPERATIONS: tuple[Operation, ...] = (
    list_groups,
    get_group,
    put_group,
    patch_group,
    delete_group,
    list_descendants,
)
