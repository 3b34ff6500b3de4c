"""Resource groups: made, changed, listed, and deleted with everything that is in them.

Rules:
- a group stays in the region that it was made in; what a PUT does not name (tags, who manages it) is gone;
- deleting one is a long-running operation in Azure's protocol; vaults and stores in it can be recovered,
  identities can not;
- listings show the groups that their caller may read.

Source: https://learn.microsoft.com/rest/api/resources/resource-groups
"""

from __future__ import annotations

from typing import Any

import msgspec

from keyless.lifecycle.scopes import drop_assignments_within
from keyless.model.resource_id import ResourceId, group_scope
from keyless.model.resources import ResourceGroup
from keyless.planes.arm.api_versions import RESOURCES, SINCE_2019
from keyless.planes.arm.errors import InvalidContent
from keyless.planes.arm.filters import read_filter
from keyless.planes.arm.held import held_within
from keyless.planes.arm.held_deletion import delete_held
from keyless.planes.arm.long_running import keep, reply
from keyless.planes.arm.paging import Page, page
from keyless.planes.arm.places import check_group_name, find_group, group_of, subscription_of
from keyless.planes.arm.regions import is_region, plain
from keyless.planes.arm.scopes import GROUP, needs, of_group, of_subscription
from keyless.planes.arm.service import Arm
from keyless.planes.arm.tag_filters import TAG_FIELDS, has_tags
from keyless.planes.arm.tags import cased_once, check_tags
from keyless.store.collections import GROUPS
from keyless.store.ports import Transaction
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import Conflict, InvalidRequest, NotFound, NotImplementedHere
from keyless.wire.operation import ApiVersions, Operation, operation

TYPE = "Microsoft.Resources/subscriptions/resourceGroups"
READ, WRITE, DELETE = f"{TYPE}/read", f"{TYPE}/write", f"{TYPE}/delete"
_SPEC = "https://learn.microsoft.com/rest/api/resources/resource-groups/"
_KNOWS_TYPES = "2018-05-01"


class AskedGroup(msgspec.Struct, frozen=True, rename="camel"):
    """What a caller writes of a group; what it leaves out is none."""

    location: str | None = None
    tags: dict[str, str] | None = None
    managed_by: str | None = None


class GroupShown(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A resource group, as the wire has it."""

    id: str
    name: str
    location: str
    properties: dict[str, str]
    type: str | msgspec.UnsetType = msgspec.UNSET
    managed_by: str | None = None
    tags: dict[str, str] = {}


def shown(group: ResourceGroup, api_version: str) -> GroupShown:
    """A group in the form of the wire."""
    return GroupShown(
        group.resource_id,
        ResourceId.parse(group.resource_id).resource_group or "",
        group.location,
        {"provisioningState": "Succeeded"},
        "Microsoft.Resources/resourceGroups" if api_version >= _KNOWS_TYPES else msgspec.UNSET,
        group.managed_by,
        group.tags,
    )


@operation(
    id="ResourceGroups.CreateOrUpdate",
    route=f"PUT {GROUP}",
    api_versions=RESOURCES,
    access=needs(WRITE, of_group),
    body=AskedGroup,
    response=GroupShown,
    errors=(InvalidRequest, NotFound, Conflict),
    spec=_SPEC + "create-or-update",
)
async def put_group(call: Authorized[AskedGroup], arm: Arm) -> Reply:
    """Create a resource group, or replace what is said of one."""
    tenant = await subscription_of(arm, call.params)
    name, asked = call.params["resource_group"], call.body
    check_tags(asked.tags or {})
    async with arm.store.transaction() as transaction:
        there = await find_group(transaction, tenant.subscription_id, name)
        location = _location(asked, name, there)
        place = there.resource_id if there else group_scope(tenant.subscription_id, name).text
        made = ResourceGroup(place, location, cased_once(asked.tags or {}), asked.managed_by)
        await _put(transaction, made)
    return Reply(shown(made, call.api_version), 201 if there is None else 200)


@operation(
    id="ResourceGroups.Update",
    route=f"PATCH {GROUP}",
    api_versions=RESOURCES,
    access=needs(WRITE, of_group),
    body=AskedGroup,
    response=GroupShown,
    errors=(InvalidRequest, NotFound, Conflict),
    spec=_SPEC + "update",
)
async def patch_group(call: Authorized[AskedGroup], arm: Arm) -> GroupShown:
    """Change tags, or who manages a resource group."""
    asked = call.body
    check_tags(asked.tags or {})
    async with arm.store.transaction() as transaction:
        made = await group_of(arm, call.params, transaction)
        if asked.location is not None:
            _check_same_place(asked.location, call.params["resource_group"], made)
        if asked.tags is not None:
            made = msgspec.structs.replace(made, tags=cased_once(asked.tags))
        if asked.managed_by is not None:
            made = msgspec.structs.replace(made, managed_by=asked.managed_by)
        await _put(transaction, made)
    return shown(made, call.api_version)


@operation(
    id="ResourceGroups.Get",
    route=f"GET {GROUP}",
    api_versions=RESOURCES,
    access=needs(READ, of_group),
    response=GroupShown,
    errors=(NotFound,),
    spec=_SPEC + "get",
)
async def get_group(call: Authorized[None], arm: Arm) -> GroupShown:
    """Return a resource group."""
    return shown(await group_of(arm, call.params), call.api_version)


@operation(
    id="ResourceGroups.CheckExistence",
    route=f"HEAD {GROUP}",
    api_versions=RESOURCES,
    access=needs(READ, of_group),
    errors=(NotFound,),
    spec=_SPEC + "check-existence",
)
async def head_group(call: Authorized[None], arm: Arm) -> Reply:
    """Tell whether there is such a resource group."""
    await group_of(arm, call.params)
    return Reply(status=204)


@operation(
    id="ResourceGroups.Delete",
    route=f"DELETE {GROUP}",
    api_versions=RESOURCES,
    access=needs(DELETE, of_group),
    errors=(NotFound, Conflict),
    spec=_SPEC + "delete",
)
async def delete_group(call: Authorized[None], arm: Arm) -> Reply:
    """Delete a resource group, and everything in it."""
    async with arm.store.transaction() as transaction:
        group = await group_of(arm, call.params, transaction)
        scope = ResourceId.parse(group.resource_id)
        await delete_held(transaction, await held_within(transaction, scope), arm, call)
        await drop_assignments_within(transaction, scope)
        await transaction.delete(GROUPS, (group.resource_id.casefold(),))
        done = await keep(transaction, call, arm, scope=scope, read_action=READ, result_status=200)
    return reply(call, done)


@operation(
    id="ResourceGroups.List",
    route="GET /subscriptions/{subscription_id}/resourceGroups",
    api_versions=RESOURCES,
    access=needs(READ, of_subscription, below=True),
    response=Page[GroupShown],
    errors=(NotFound, InvalidRequest),
    spec=_SPEC + "list",
)
async def list_groups(call: Authorized[None], arm: Arm) -> Page[GroupShown]:
    """List the resource groups that the caller may read."""
    await subscription_of(arm, call.params)
    wanted = read_filter(call.request.query.get("$filter"), TAG_FIELDS)
    groups = [group for _, group in await arm.store.scan(GROUPS)]
    found = [
        shown(group, call.api_version)
        for group in groups
        if has_tags(wanted, group.tags) and call.may(READ, ResourceId.parse(group.resource_id))
    ]
    return page(call, found, lambda one: one.id.casefold())


def _not_here(name: str, path: str, versions: ApiVersions = SINCE_2019) -> Operation:
    """An operation on a group that Azure has and this plane does not."""

    @operation(
        id=f"ResourceGroups.{name}",
        route=f"POST {GROUP}/{path}",
        api_versions=versions,
        access=needs(f"{TYPE}/{path}/action", of_group),
        errors=(NotImplementedHere,),
        spec="https://learn.microsoft.com/rest/api/resources/resources",
    )
    async def refuse(call: Authorized[None], arm: Arm) -> Any:  # noqa: ANN401  # it never answers
        """Refuse: resources are not moved or exported here."""
        raise NotImplementedHere(
            f"`{path}` is not here: delete the resource and make it where it should be, "
            "or write the estate with `keyless estate export`"
        )

    return refuse


def _location(asked: AskedGroup, name: str, there: ResourceGroup | None) -> str:
    """Where a group is, or will be."""
    if not asked.location:
        raise InvalidContent(
            "The location property is required for this definition.", code="LocationRequired"
        )
    if there is not None:
        _check_same_place(asked.location, name, there)
        return there.location
    check_group_name(name)
    if not is_region(asked.location):
        raise InvalidContent(
            f"The provided location '{asked.location[:64]}' is not available for resource group.",
            code="LocationNotAvailableForResourceGroup",
        )
    return plain(asked.location)


def _check_same_place(location: str, name: str, there: ResourceGroup) -> None:
    if plain(location) != plain(there.location):
        raise Conflict(
            f"Invalid resource group location '{location[:64]}'. The Resource group already exists in "
            f"location '{there.location}'.",
            code="InvalidResourceGroupLocation",
        )


async def _put(transaction: Transaction, group: ResourceGroup) -> None:
    await transaction.put(GROUPS, (group.resource_id.casefold(),), group)


OPERATIONS: tuple[Operation, ...] = (
    put_group,
    patch_group,
    get_group,
    head_group,
    delete_group,
    list_groups,
    _not_here("MoveResources", "moveResources", RESOURCES),
    _not_here("ValidateMoveResources", "validateMoveResources"),
    _not_here("ExportTemplate", "exportTemplate"),
)
