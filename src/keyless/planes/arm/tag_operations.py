"""Tags at any scope (`Microsoft.Resources/tags/default`): replaced, merged, taken away.

Rules:
- whoever may write tags at a scope needs no right to write the resource itself;
- a subscription, a resource group and every resource can have tags; what lies below a resource (a role
  assignment, a secret) has none of its own;
- `Merge` adds and overwrites, `Replace` leaves nothing else, `Delete` takes away what has the same value.

Source: https://learn.microsoft.com/rest/api/resources/tags
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from keyless.model.identities import ComputeResource, ManagedIdentity
from keyless.model.management import GenericResource
from keyless.model.resource_id import ResourceId
from keyless.model.resources import ConfigurationStore, Vault
from keyless.planes.arm.api_versions import SINCE_2019
from keyless.planes.arm.errors import InvalidContent, ResourceNotFound
from keyless.planes.arm.held import Record, held_at
from keyless.planes.arm.places import group_named_in, subscription_of
from keyless.planes.arm.scopes import needs, of_scope
from keyless.planes.arm.service import Arm
from keyless.planes.arm.tags import cased_once, check_tags
from keyless.store.collections import COMPUTE, GROUPS, IDENTITIES, RESOURCES, STORES, VAULTS
from keyless.store.ports import Collection, Key, Reader, Transaction
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

TYPE = "Microsoft.Resources/tags"
_ROUTE = f"/{{scope*}}/providers/{TYPE}/default"
_SPEC = "https://learn.microsoft.com/rest/api/resources/tags/"
Tags = Mapping[str, str]


class TagSet(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """The tags of a subscription."""

    tags: dict[str, str] = {}


SUBSCRIPTION_TAGS = Collection("subscription-tags", TagSet)
"""By the subscription's case-folded GUID."""


class AskedProperties(msgspec.Struct, frozen=True):
    """Tags, as a caller writes them; none at all are no tags."""

    tags: dict[str, str] = {}


class AskedTags(msgspec.Struct, frozen=True):
    """What a PUT brings."""

    properties: AskedProperties


class AskedPatch(msgspec.Struct, frozen=True):
    """What a PATCH brings."""

    operation: str
    properties: AskedProperties


class TagsShown(msgspec.Struct, frozen=True):
    """The tags of a scope, as the wire has them."""

    id: str
    name: str
    type: str
    properties: dict[str, Tags]


@operation(
    id="Tags.GetAtScope",
    route=f"GET {_ROUTE}",
    api_versions=SINCE_2019,
    access=needs(f"{TYPE}/read", of_scope),
    response=TagsShown,
    errors=(NotFound,),
    spec=_SPEC + "get-at-scope",
)
async def get_tags(call: Authorized[None], arm: Arm) -> TagsShown:
    """Return the tags of a scope."""
    scope = of_scope(None, call.params)
    return _shown(scope, await tags_at(arm.store, arm, scope))


@operation(
    id="Tags.CreateOrUpdateAtScope",
    route=f"PUT {_ROUTE}",
    api_versions=SINCE_2019,
    access=needs(f"{TYPE}/write", of_scope),
    body=AskedTags,
    response=TagsShown,
    errors=(InvalidRequest, NotFound),
    spec=_SPEC + "create-or-update-at-scope",
)
async def put_tags(call: Authorized[AskedTags], arm: Arm) -> TagsShown:
    """Replace the tags of a scope."""
    wanted = call.body.properties.tags
    async with arm.store.transaction() as transaction:
        return await _changed(transaction, call, arm, lambda there: wanted)


@operation(
    id="Tags.UpdateAtScope",
    route=f"PATCH {_ROUTE}",
    api_versions=SINCE_2019,
    access=needs(f"{TYPE}/write", of_scope),
    body=AskedPatch,
    response=TagsShown,
    errors=(InvalidRequest, NotFound),
    spec=_SPEC + "update-at-scope",
)
async def patch_tags(call: Authorized[AskedPatch], arm: Arm) -> TagsShown:
    """Merge, replace or delete tags of a scope."""
    change = _CHANGES.get(call.body.operation.casefold())
    if change is None:
        shown = call.body.operation[:50]
        raise InvalidContent(f"the operation `{shown}` is none: use `Merge`, `Replace` or `Delete`")
    wanted = call.body.properties.tags
    async with arm.store.transaction() as transaction:
        return await _changed(transaction, call, arm, lambda there: change(there, wanted))


@operation(
    id="Tags.DeleteAtScope",
    route=f"DELETE {_ROUTE}",
    api_versions=SINCE_2019,
    access=needs(f"{TYPE}/delete", of_scope),
    errors=(NotFound,),
    spec=_SPEC + "delete-at-scope",
)
async def delete_tags(call: Authorized[None], arm: Arm) -> Reply:
    """Take away every tag of a scope."""
    async with arm.store.transaction() as transaction:
        await _changed(transaction, call, arm, lambda there: {})
    return Reply(status=200)


def _merged(there: Tags, wanted: Tags) -> Tags:
    return {**there, **wanted}


def _replaced(there: Tags, wanted: Tags) -> Tags:
    return wanted


def _less(there: Tags, wanted: Tags) -> Tags:
    gone = {name.casefold(): value for name, value in wanted.items()}
    return {name: value for name, value in there.items() if gone.get(name.casefold()) != value}


_CHANGES = {"merge": _merged, "replace": _replaced, "delete": _less}


async def _changed(
    transaction: Transaction, call: Authorized[Any], arm: Arm, change: Callable[[Tags], Tags]
) -> TagsShown:
    """The tags of a scope, after a change."""
    scope = of_scope(None, call.params)
    made = cased_once(change(await tags_at(transaction, arm, scope)))
    check_tags(made)
    await _put(transaction, scope, made)
    return _shown(scope, made)


def _shown(scope: ResourceId, tags: Tags) -> TagsShown:
    return TagsShown(f"{scope}/providers/{TYPE}/default", "default", TYPE, {"tags": tags})


async def tags_at(reader: Reader, arm: Arm, scope: ResourceId) -> Tags:
    """The tags of a subscription, a group or a resource.

    Raises:
        NotFound: there is no such thing.
    """
    if scope.resource_type is not None and scope.resource_group is not None:
        await group_named_in(arm, scope, reader)
        held = await held_at(reader, scope)
        if held is None:
            raise ResourceNotFound(scope)
        return held.tags
    if scope.resource_group is not None:
        return (await group_named_in(arm, scope, reader)).tags
    if scope.subscription_id is None:
        raise InvalidContent(f"`{scope}` can't have tags", code="TagsNotSupportedAtScope")
    await subscription_of(arm, {"subscription_id": scope.subscription_id})
    found = await reader.get(SUBSCRIPTION_TAGS, (scope.subscription_id.casefold(),))
    return found.tags if found else {}


async def _put(transaction: Transaction, scope: ResourceId, tags: dict[str, str]) -> None:
    """Write the tags of a scope that is there."""
    key = (scope.text.casefold(),)
    if scope.resource_type is not None:
        held = await held_at(transaction, scope)
        if held is not None:
            await _put_resource(transaction, held.record, key, tags)
    elif scope.resource_group is not None:
        group = await transaction.get(GROUPS, key)
        if group is not None:
            await transaction.put(GROUPS, key, msgspec.structs.replace(group, tags=tags))
    else:
        await transaction.put(SUBSCRIPTION_TAGS, ((scope.subscription_id or "").casefold(),), TagSet(tags))


async def _put_resource(transaction: Transaction, record: Record, key: Key, tags: dict[str, str]) -> None:
    if isinstance(record, Vault):
        await transaction.put(VAULTS, (record.name.casefold(),), msgspec.structs.replace(record, tags=tags))
    elif isinstance(record, ConfigurationStore):
        await transaction.put(STORES, (record.name.casefold(),), msgspec.structs.replace(record, tags=tags))
    elif isinstance(record, ManagedIdentity):
        pairs = tuple(tags.items())
        await transaction.put(IDENTITIES, key, msgspec.structs.replace(record, tags=pairs))
    else:
        await _put_written(transaction, record, key, tags)


async def _put_written(
    transaction: Transaction, record: ComputeResource | GenericResource, key: Key, tags: dict[str, str]
) -> None:
    """A host of identities has its tags in both of its records."""
    if isinstance(record, ComputeResource):
        await transaction.put(COMPUTE, key, msgspec.structs.replace(record, tags=tags))
    written = await transaction.get(RESOURCES, key)
    if written is not None:
        await transaction.put(RESOURCES, key, msgspec.structs.replace(written, tags=tags))


OPERATIONS: tuple[Operation, ...] = (get_tags, put_tags, patch_tags, delete_tags)
