"""User-assigned identities: made, changed, listed, and deleted with what was trusted for them.

Rules:
- a name has 3 to 128 letters, digits, `-` and `_`, and begins with a letter or digit; the location is fixed
  when the identity is made;
- an identity that is made under the name of a deleted one has ids of its own (`keyless.lifecycle`): tokens,
  role assignments and federated credentials of the old one are not the new one's;
- isolation and restrictions of assignment, which previews know, are refused: they would not be kept.

Source: https://learn.microsoft.com/rest/api/managedidentity/user-assigned-identities
"""

from __future__ import annotations

import re
from typing import Any

from msgspec import structs

from keyless.lifecycle.delete import CannotDelete, delete_resource
from keyless.lifecycle.identities import created_again
from keyless.model.derived_ids import user_assigned_identity
from keyless.model.identities import ManagedIdentity
from keyless.model.resource_id import ResourceId
from keyless.model.resources import USER_ASSIGNED_IDENTITY_TYPE, ResourceGroup, Tenant
from keyless.planes.arm.errors import InvalidContent, InvalidName, ResourceElsewhere, ResourceNotFound
from keyless.planes.arm.managedidentity.api_versions import IDENTITIES as VERSIONS
from keyless.planes.arm.managedidentity.rendering import shown_identity
from keyless.planes.arm.managedidentity.schemas import AskedIdentity, IdentityShown
from keyless.planes.arm.managedidentity.scopes import (
    LIST,
    ONE,
    existing_identity,
    identity_key,
    of_identity,
)
from keyless.planes.arm.paging import Page, page
from keyless.planes.arm.places import group_of, subscription_of
from keyless.planes.arm.regions import plain
from keyless.planes.arm.scopes import needs, of_group, of_subscription
from keyless.planes.arm.service import Arm
from keyless.planes.arm.tags import cased_once, check_tags
from keyless.store.collections import GROUPS, IDENTITIES
from keyless.store.ports import Transaction
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import Conflict, InvalidRequest, NotFound, NotImplementedHere
from keyless.wire.operation import Operation, operation

READ = f"{USER_ASSIGNED_IDENTITY_TYPE}/read"
WRITE = f"{USER_ASSIGNED_IDENTITY_TYPE}/write"
DELETE = f"{USER_ASSIGNED_IDENTITY_TYPE}/delete"
_SPEC = "https://learn.microsoft.com/rest/api/managedidentity/user-assigned-identities/"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,127}")


@operation(
    id="UserAssignedIdentities.Get",
    route=f"GET {ONE}",
    api_versions=VERSIONS,
    access=needs(READ, of_identity),
    response=IdentityShown,
    errors=(NotFound,),
    spec=_SPEC + "get",
)
async def get_identity(call: Authorized[None], arm: Arm) -> IdentityShown:
    """Return a user-assigned identity."""
    group = await group_of(arm, call.params)
    identity = await existing_identity(arm.store, call.params)
    return shown_identity(identity, await arm.authority.tenant(), group)


@operation(
    id="UserAssignedIdentities.CreateOrUpdate",
    route=f"PUT {ONE}",
    api_versions=VERSIONS,
    access=needs(WRITE, of_identity),
    body=AskedIdentity,
    response=IdentityShown,
    errors=(InvalidRequest, Conflict, NotFound, NotImplementedHere),
    spec=_SPEC + "create-or-update",
)
async def put_identity(call: Authorized[AskedIdentity], arm: Arm) -> Reply:
    """Create a user-assigned identity, or replace the tags of one that is there."""
    asked, name = call.body, call.params["identity_name"]
    if _NAME.fullmatch(name) is None:
        rule = "use 3 to 128 letters, digits, `-` and `_`, beginning with a letter or digit"
        raise InvalidName("user-assigned identity", name, rule)
    if not asked.location:
        raise InvalidContent(
            "The location property is required for this definition.", code="LocationRequired"
        )
    _check(asked)
    async with arm.store.transaction() as transaction:
        group = await group_of(arm, call.params, transaction)
        there = await transaction.get(IDENTITIES, identity_key(call.params))
        kept = there or await _made(transaction, group, name, asked.location)
        _check_location(kept, group, asked.location)
        made = structs.replace(kept, tags=_tags(asked.tags or {}))
        await transaction.put(IDENTITIES, identity_key(call.params), made)
    body = shown_identity(made, await arm.authority.tenant(), group)
    return Reply(body, 201 if there is None else 200)


@operation(
    id="UserAssignedIdentities.Update",
    route=f"PATCH {ONE}",
    api_versions=VERSIONS,
    access=needs(WRITE, of_identity),
    body=AskedIdentity,
    response=IdentityShown,
    errors=(InvalidRequest, Conflict, NotFound, NotImplementedHere),
    spec=_SPEC + "update",
)
async def patch_identity(call: Authorized[AskedIdentity], arm: Arm) -> IdentityShown:
    """Change the tags of a user-assigned identity."""
    asked = call.body
    _check(asked)
    async with arm.store.transaction() as transaction:
        group = await group_of(arm, call.params, transaction)
        made = await existing_identity(transaction, call.params)
        if asked.location is not None:
            _check_location(made, group, asked.location)
        if asked.tags is not None:
            made = structs.replace(made, tags=_tags(asked.tags))
        await transaction.put(IDENTITIES, identity_key(call.params), made)
    return shown_identity(made, await arm.authority.tenant(), group)


@operation(
    id="UserAssignedIdentities.Delete",
    route=f"DELETE {ONE}",
    api_versions=VERSIONS,
    access=needs(DELETE, of_identity),
    spec=_SPEC + "delete",
)
async def delete_identity(call: Authorized[None], arm: Arm) -> Reply:
    """Delete a user-assigned identity; its tokens are refused from the next request on."""
    try:
        identity = await existing_identity(arm.store, call.params)
        await delete_resource(arm.store, identity.resource_id, call.machine_time)
    except (ResourceNotFound, CannotDelete):
        return Reply(status=204)
    return Reply(status=200)


@operation(
    id="UserAssignedIdentities.ListByResourceGroup",
    route=f"GET {LIST}",
    api_versions=VERSIONS,
    access=needs(READ, of_group, below=True),
    response=Page[IdentityShown],
    errors=(NotFound,),
    spec=_SPEC + "list-by-resource-group",
)
async def list_in_group(call: Authorized[None], arm: Arm) -> Page[IdentityShown]:
    """List the user-assigned identities of a resource group that the caller may read."""
    group = await group_of(arm, call.params)
    return await _readable(call, arm, await arm.authority.tenant(), ResourceId.parse(group.resource_id))


@operation(
    id="UserAssignedIdentities.ListBySubscription",
    route=f"GET /subscriptions/{{subscription_id}}/providers/{USER_ASSIGNED_IDENTITY_TYPE}",
    api_versions=VERSIONS,
    access=needs(READ, of_subscription, below=True),
    response=Page[IdentityShown],
    errors=(NotFound,),
    spec=_SPEC + "list-by-subscription",
)
async def list_in_subscription(call: Authorized[None], arm: Arm) -> Page[IdentityShown]:
    """List the user-assigned identities of a subscription that the caller may read."""
    tenant = await subscription_of(arm, call.params)
    return await _readable(call, arm, tenant, of_subscription(None, call.params))


async def _readable(
    call: Authorized[Any], arm: Arm, tenant: Tenant, scope: ResourceId
) -> Page[IdentityShown]:
    groups = dict(await arm.store.scan(GROUPS))
    found: list[IdentityShown] = []
    for _, identity in await arm.store.scan(IDENTITIES):
        place = ResourceId.parse(identity.resource_id)
        group = groups.get((ResourceId(place.segments[:4]).text.casefold(),))
        if group is not None and scope.contains(place) and call.may(READ, place):
            found.append(shown_identity(identity, tenant, group))
    return page(call, found, lambda one: one.id.casefold())


async def _made(transaction: Transaction, group: ResourceGroup, name: str, location: str) -> ManagedIdentity:
    """A new identity in a group, with ids that none before it had."""
    made = await created_again(transaction, user_assigned_identity(ResourceId.parse(group.resource_id), name))
    return structs.replace(made, location=plain(location))


def _check(asked: AskedIdentity) -> None:
    """Refuse what would be accepted without being kept."""
    check_tags(asked.tags or {})
    wanted = asked.properties
    isolated = wanted is not None and (wanted.isolation_scope or "None").casefold() != "none"
    if isolated or (wanted is not None and wanted.assignment_restrictions):
        raise NotImplementedHere(
            "isolation and assignment restrictions of identities are not served here: leave out "
            "`isolationScope` and `assignmentRestrictions`"
        )


def _check_location(identity: ManagedIdentity, group: ResourceGroup, location: str) -> None:
    place = plain(identity.location or group.location)
    if plain(location) != place:
        raise ResourceElsewhere(identity.name, place, location)


def _tags(tags: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(cased_once(tags).items())


OPERATIONS: tuple[Operation, ...] = (
    get_identity,
    put_identity,
    patch_identity,
    delete_identity,
    list_in_group,
    list_in_subscription,
)
