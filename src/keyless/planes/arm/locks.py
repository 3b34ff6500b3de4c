"""Management locks: kept at any scope from the subscription down, and what they hold up.

Rules:
- `CanNotDelete` holds up deletes, `ReadOnly` every write and every POST, at the scope and below it; so a
  resource group can't be deleted while something in it is locked;
- a lock holds for everybody, the owner too, and never for locks themselves: whoever may take one away does;
- the data of a vault or store is not theirs to protect: the data plane does not look at them;
- a list shows the locks at its scope, those inherited from above, and those below it; with the filter
  `atScope()` none from below.

Source: https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from keyless.model.management import ManagementLock
from keyless.model.resource_id import ResourceId
from keyless.planes.arm.api_versions import LOCKS as VERSIONS
from keyless.planes.arm.errors import InvalidContent, InvalidName, ResourceNotFound, ScopeLocked
from keyless.planes.arm.filters import Filter, matches, read_filter
from keyless.planes.arm.held import held_within
from keyless.planes.arm.paging import Page, page
from keyless.planes.arm.places import group_named_in, is_at, subscription_of
from keyless.planes.arm.scopes import needs, of_scope
from keyless.planes.arm.service import Arm
from keyless.store.collections import LOCKS
from keyless.store.ports import Key, Reader
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

TYPE = "Microsoft.Authorization/locks"
_ONE = f"/{{scope*}}/providers/{TYPE}/{{lock_name}}"
_SPEC = "https://learn.microsoft.com/rest/api/resources/management-locks/"
_CAN_NOT_DELETE, _READ_ONLY = "CanNotDelete", "ReadOnly"
_LEVELS = {level.casefold(): level for level in (_CAN_NOT_DELETE, _READ_ONLY)}
_NAME = re.compile(r"[^<>%&:\\?/\x00-\x1f]{1,260}")
_LONGEST_NOTES = 512


class AskedProperties(msgspec.Struct, frozen=True, rename="camel"):
    """What a caller writes of a lock."""

    level: str
    notes: str = ""
    owners: list[dict[str, str]] = []


class AskedLock(msgspec.Struct, frozen=True, rename="camel"):
    """A lock, as a caller writes it."""

    properties: AskedProperties


class LockShown(msgspec.Struct, frozen=True, rename="camel"):
    """A lock, as the wire has it."""

    id: str
    name: str
    type: str
    properties: dict[str, Any]


@operation(
    id="ManagementLocks.CreateOrUpdateByScope",
    route=f"PUT {_ONE}",
    api_versions=VERSIONS,
    access=needs(f"{TYPE}/write", of_scope),
    body=AskedLock,
    response=LockShown,
    errors=(InvalidRequest, NotFound),
    spec=_SPEC + "create-or-update-by-scope",
)
async def put_lock(call: Authorized[AskedLock], arm: Arm) -> Reply:
    """Lock a scope, or change a lock."""
    made = _asked(call)
    async with arm.store.transaction() as transaction:
        await _check_there(transaction, arm, of_scope(None, call.params))
        there = await transaction.get(LOCKS, _key(call.params))
        await transaction.put(LOCKS, _key(call.params), made)
    return Reply(_shown(made), 201 if there is None else 200)


@operation(
    id="ManagementLocks.GetByScope",
    route=f"GET {_ONE}",
    api_versions=VERSIONS,
    access=needs(f"{TYPE}/read", of_scope),
    response=LockShown,
    errors=(NotFound,),
    spec=_SPEC + "get-by-scope",
)
async def get_lock(call: Authorized[None], arm: Arm) -> LockShown:
    """Return a lock."""
    found = await arm.store.get(LOCKS, _key(call.params))
    if found is None:
        name, scope = call.params["lock_name"], of_scope(None, call.params)
        raise NotFound(f"The lock '{name[:260]}' could not be found at '{scope}'.", code="LockNotFound")
    return _shown(found)


@operation(
    id="ManagementLocks.DeleteByScope",
    route=f"DELETE {_ONE}",
    api_versions=VERSIONS,
    access=needs(f"{TYPE}/delete", of_scope),
    spec=_SPEC + "delete-by-scope",
)
async def delete_lock(call: Authorized[None], arm: Arm) -> Reply:
    """Take a lock away."""
    async with arm.store.transaction() as transaction:
        there = await transaction.get(LOCKS, _key(call.params))
        await transaction.delete(LOCKS, _key(call.params))
    return Reply(status=204 if there is None else 200)


@operation(
    id="ManagementLocks.ListByScope",
    route=f"GET /{{scope*}}/providers/{TYPE}",
    api_versions=VERSIONS,
    access=needs(f"{TYPE}/read", of_scope, below=True),
    response=Page[LockShown],
    errors=(InvalidRequest,),
    spec=_SPEC + "list-by-scope",
)
async def list_locks(call: Authorized[None], arm: Arm) -> Page[LockShown]:
    """List the locks that bear on a scope, and those within it."""
    here = of_scope(None, call.params)
    wanted = read_filter(call.request.query.get("$filter"), {"level"}, {"atscope"})
    found = [
        _shown(lock)
        for lock in await _locks(arm.store)
        if _is_listed(lock, here, wanted) and call.may(f"{TYPE}/read", ResourceId.parse(lock.scope))
    ]
    return page(call, found, lambda one: one.id.casefold())


async def check_locks(reader: Reader, method: str, asked: Operation, scope: ResourceId, path: str) -> None:
    """Refuse a write that a lock holds up; ``scope`` is what was decided on, ``path`` the request's.

    Raises:
        ScopeLocked: one does.
    """
    if asked in OPERATIONS:
        return
    deletes = method == "DELETE"
    whole = deletes and is_at(path, scope)
    holding = [
        lock.scope
        for lock in await _locks(reader)
        if (deletes or lock.level == _READ_ONLY) and _bears_on(ResourceId.parse(lock.scope), scope, whole)
    ]
    if holding:
        raise ScopeLocked(scope, "delete" if deletes else "write", dict.fromkeys(holding))


def _is_listed(lock: ManagementLock, here: ResourceId, wanted: Filter | None) -> bool:
    place = ResourceId.parse(lock.scope)
    above = place.contains(here)
    fits = matches(wanted, {"level": lock.level}, {"atscope": lambda given: above})
    return fits and (above or here.contains(place))


def _bears_on(locked: ResourceId, scope: ResourceId, whole: bool) -> bool:
    """Whether a lock is at or above a scope; or within it, where the whole scope is to go."""
    return locked.contains(scope) or (whole and scope.contains(locked))


async def _locks(reader: Reader) -> list[ManagementLock]:
    return [lock for _, lock in await reader.scan(LOCKS)]


def _key(params: Mapping[str, str]) -> Key:
    return of_scope(None, params).text.casefold(), params["lock_name"].casefold()


def _asked(call: Authorized[AskedLock]) -> ManagementLock:
    name, asked = call.params["lock_name"], call.body.properties
    level = _LEVELS.get(asked.level.casefold())
    if _NAME.fullmatch(name) is None or name.endswith("."):
        raise InvalidName(
            "lock", name, "use 1 to 260 characters, none of `<>%&:\\?/`", code="InvalidLockName"
        )
    if level is None:
        raise InvalidContent(f"the level `{asked.level[:50]}` is none: use `CanNotDelete` or `ReadOnly`")
    if len(asked.notes) > _LONGEST_NOTES:
        raise InvalidContent(f"`notes` can have {_LONGEST_NOTES} characters")
    owners = tuple(one["applicationId"] for one in asked.owners if "applicationId" in one)
    return ManagementLock(name, of_scope(None, call.params).text, level, asked.notes, owners)


async def _check_there(reader: Reader, arm: Arm, scope: ResourceId) -> None:
    """Make sure that there is something to lock."""
    if scope.subscription_id is None:
        raise InvalidContent(
            f"`{scope}` can't be locked: lock a subscription, a resource group or a resource",
            code="LockNotSupportedAtScope",
        )
    await subscription_of(arm, {"subscription_id": scope.subscription_id})
    if scope.resource_group is None:
        return
    group = await group_named_in(arm, scope, reader)
    if scope.resource_type is None:
        return
    within = await held_within(reader, ResourceId.parse(group.resource_id))
    if not any(one.resource.contains(scope) for one in within):
        raise ResourceNotFound(scope)


def _shown(lock: ManagementLock) -> LockShown:
    properties: dict[str, Any] = {"level": lock.level}
    if lock.notes:
        properties["notes"] = lock.notes
    if lock.owners:
        properties["owners"] = [{"applicationId": one} for one in lock.owners]
    return LockShown(f"{lock.scope}/providers/{TYPE}/{lock.name}", lock.name, TYPE, properties)


OPERATIONS: tuple[Operation, ...] = (put_lock, get_lock, delete_lock, list_locks)
