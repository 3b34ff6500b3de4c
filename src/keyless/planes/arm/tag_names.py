"""The tag names and values of a subscription: those in use, and those that were set down beforehand.

Rules:
- a list counts how often each name and value is used, by the resources and groups that the caller may read;
- what is in use can't be taken away.

Source: https://learn.microsoft.com/rest/api/resources/tags/list
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from keyless.model.resource_id import ResourceId, subscription_scope
from keyless.planes.arm.api_versions import RESOURCES
from keyless.planes.arm.groups import READ as READ_GROUP
from keyless.planes.arm.held import held_within
from keyless.planes.arm.paging import Page, page
from keyless.planes.arm.places import subscription_of
from keyless.planes.arm.scopes import needs, of_subscription
from keyless.planes.arm.service import Arm
from keyless.planes.arm.tags import check_tags
from keyless.store.collections import GROUPS
from keyless.store.ports import Collection, Reader
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import Conflict, InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

_NAMES = "Microsoft.Resources/subscriptions/tagNames"
_VALUES = f"{_NAMES}/tagValues"
_LIST = "/subscriptions/{subscription_id}/tagNames"
_NAME = f"{_LIST}/{{tag_name}}"
_VALUE = f"{_NAME}/tagValues/{{tag_value}}"
_SPEC = "https://learn.microsoft.com/rest/api/resources/tags/"
_COUNTS_IN_NUMBERS = "2019-10-01"
Uses = Counter[tuple[str, str]]
"""How often a tag is used: its case-folded name, and its value."""


class TagName(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A tag name that was set down, and its values."""

    name: str
    values: tuple[str, ...] = ()


TAG_NAMES = Collection("tag-names", TagName)
"""By case-folded name."""


class ValueShown(msgspec.Struct, frozen=True, rename="camel"):
    """A value of a tag, as the wire has it."""

    id: str
    tag_value: str
    count: dict[str, Any]


class NameShown(msgspec.Struct, frozen=True, rename="camel"):
    """A tag name, as the wire has it."""

    id: str
    tag_name: str
    count: dict[str, Any]
    values: list[ValueShown]


@operation(
    id="Tags.List",
    route=f"GET {_LIST}",
    api_versions=RESOURCES,
    access=needs(f"{_NAMES}/read", of_subscription),
    response=Page[NameShown],
    errors=(NotFound,),
    spec=_SPEC + "list",
)
async def list_names(call: Authorized[None], arm: Arm) -> Page[NameShown]:
    """List tag names and values, with how often they are used."""
    await subscription_of(arm, call.params)
    set_down = {key[0]: one for key, one in await arm.store.scan(TAG_NAMES)}
    uses, spelled = await _in_use(call, arm.store)
    names = {**{key: one.name for key, one in set_down.items()}, **spelled}
    found = [_shown(call, name, set_down.get(key), uses) for key, name in names.items()]
    return page(call, found, lambda one: one.tag_name.casefold())


@operation(
    id="Tags.CreateOrUpdate",
    route=f"PUT {_NAME}",
    api_versions=RESOURCES,
    access=needs(f"{_NAMES}/write", of_subscription),
    response=NameShown,
    errors=(InvalidRequest, NotFound),
    spec=_SPEC + "create-or-update",
)
async def put_name(call: Authorized[None], arm: Arm) -> Reply:
    """Set down a tag name."""
    await subscription_of(arm, call.params)
    name = call.params["tag_name"]
    check_tags({name: ""})
    async with arm.store.transaction() as transaction:
        there = await transaction.get(TAG_NAMES, (name.casefold(),))
        made = there or TagName(name)
        await transaction.put(TAG_NAMES, (name.casefold(),), made)
        uses, _ = await _in_use(call, transaction)
    return Reply(_shown(call, made.name, made, uses), 201 if there is None else 200)


@operation(
    id="Tags.CreateOrUpdateValue",
    route=f"PUT {_VALUE}",
    api_versions=RESOURCES,
    access=needs(f"{_VALUES}/write", of_subscription),
    response=ValueShown,
    errors=(InvalidRequest, NotFound),
    spec=_SPEC + "create-or-update-value",
)
async def put_value(call: Authorized[None], arm: Arm) -> Reply:
    """Set down a value of a tag name that was set down."""
    await subscription_of(arm, call.params)
    name, value = call.params["tag_name"], call.params["tag_value"]
    check_tags({name: value})
    async with arm.store.transaction() as transaction:
        there = await _set_down(transaction, name)
        values = tuple(dict.fromkeys((*there.values, value)))
        kept = msgspec.structs.replace(there, values=values)
        await transaction.put(TAG_NAMES, (name.casefold(),), kept)
        uses, _ = await _in_use(call, transaction)
    return Reply(_value(call, there.name, value, uses), 200 if value in there.values else 201)


@operation(
    id="Tags.Delete",
    route=f"DELETE {_NAME}",
    api_versions=RESOURCES,
    access=needs(f"{_NAMES}/delete", of_subscription),
    errors=(Conflict,),
    spec=_SPEC + "delete",
)
async def delete_name(call: Authorized[None], arm: Arm) -> Reply:
    """Take away a tag name that was set down and is not in use."""
    key = (call.params["tag_name"].casefold(),)
    async with arm.store.transaction() as transaction:
        there = await transaction.get(TAG_NAMES, key)
        if there is None:
            return Reply(status=204)
        uses, _ = await _in_use(call, transaction)
        _check_unused(any(name == key[0] for name, _ in uses))
        await transaction.delete(TAG_NAMES, key)
    return Reply(status=200)


@operation(
    id="Tags.DeleteValue",
    route=f"DELETE {_VALUE}",
    api_versions=RESOURCES,
    access=needs(f"{_VALUES}/delete", of_subscription),
    errors=(Conflict,),
    spec=_SPEC + "delete-value",
)
async def delete_value(call: Authorized[None], arm: Arm) -> Reply:
    """Take away a value that was set down and is not in use."""
    key, value = (call.params["tag_name"].casefold(),), call.params["tag_value"]
    async with arm.store.transaction() as transaction:
        there = await transaction.get(TAG_NAMES, key)
        if there is None or value not in there.values:
            return Reply(status=204)
        uses, _ = await _in_use(call, transaction)
        _check_unused((key[0], value) in uses)
        left = tuple(one for one in there.values if one != value)
        await transaction.put(TAG_NAMES, key, msgspec.structs.replace(there, values=left))
    return Reply(status=200)


async def _set_down(reader: Reader, name: str) -> TagName:
    found = await reader.get(TAG_NAMES, (name.casefold(),))
    if found is None:
        raise NotFound(f"The tag name '{name[:64]}' could not be found.", code="TagNameNotFound")
    return found


def _check_unused(used: bool) -> None:
    if used:
        raise Conflict("The tag is in use: take it away from its resources first.", code="TagInUse")


async def _in_use(call: Authorized[Any], reader: Reader) -> tuple[Uses, dict[str, str]]:
    """How often each tag is used by what the caller may read, and how its name is spelled."""
    scope = of_subscription(None, call.params)
    found = [
        one.tags
        for one in await held_within(reader, scope)
        if call.may(f"{one.resource.resource_type}/read", one.resource)
    ]
    for _, group in await reader.scan(GROUPS):
        if call.may(READ_GROUP, ResourceId.parse(group.resource_id)):
            found.append(group.tags)
    uses = Uses((name.casefold(), value) for tags in found for name, value in tags.items())
    return uses, {name.casefold(): name for tags in found for name in tags}


def _shown(call: Authorized[Any], name: str, set_down: TagName | None, uses: Uses) -> NameShown:
    values = dict.fromkeys(set_down.values if set_down else ())
    values |= dict.fromkeys(value for used, value in uses if used == name.casefold())
    total = sum(count for (used, _), count in uses.items() if used == name.casefold())
    shown = [_value(call, name, value, uses) for value in values]
    return NameShown(_id(call, name), name, _count(call, total), shown)


def _value(call: Authorized[Any], name: str, value: str, uses: Uses) -> ValueShown:
    count = _count(call, uses[name.casefold(), value])
    return ValueShown(f"{_id(call, name)}/tagValues/{value}", value, count)


def _id(call: Authorized[Any], name: str) -> str:
    return f"{subscription_scope(call.params['subscription_id'])}/tagNames/{name}"


def _count(call: Authorized[Any], number: int) -> dict[str, Any]:
    """A number; in older api-versions it is a text."""
    value = number if call.api_version >= _COUNTS_IN_NUMBERS else str(number)
    return {"type": "Total", "value": value}


OPERATIONS: tuple[Operation, ...] = (list_names, put_name, put_value, delete_name, delete_value)
