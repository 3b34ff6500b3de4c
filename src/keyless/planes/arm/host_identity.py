"""The `identity` of a resource: what a caller asks for, what it has then, and how it is answered.

Rules:
- `type` is `SystemAssigned`, `UserAssigned`, both with a comma, or `None`; a body without `identity` leaves
  it as it was;
- a PUT names every user-assigned identity that the resource is to have; a PATCH adds those with `{}` and
  takes away those with null;
- each identity that is named must be there, and its `assign/action` the caller's: whoever may give an
  identity to a resource that he controls has all that the identity may do;
- a system-assigned identity that comes back after it was taken away has new ids.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource#identity-properties
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from keyless.catalog.services import IdentitySupport, identity_support
from keyless.lifecycle.identities import created_again
from keyless.model.derived_ids import system_assigned_identity
from keyless.model.identities import ComputeResource
from keyless.model.resource_id import InvalidResourceId, ResourceId
from keyless.model.resources import USER_ASSIGNED_IDENTITY_TYPE
from keyless.planes.arm.errors import InvalidContent
from keyless.planes.arm.linked import demand_linked
from keyless.store.collections import IDENTITIES
from keyless.store.ports import Reader
from keyless.wire.call import Authorized

ASSIGN = f"{USER_ASSIGNED_IDENTITY_TYPE}/assign/action"
SYSTEM, USER, NONE = "SystemAssigned", "UserAssigned", "None"
_TYPES = {
    "systemassigned": (True, False),
    "userassigned": (False, True),
    "systemassigned,userassigned": (True, True),
    "none": (False, False),
}


class AskedIdentity(msgspec.Struct, frozen=True, rename="camel"):
    """The identity that a caller asks for; null takes one away."""

    type: str
    user_assigned_identities: dict[str, dict[str, Any] | None] | None = None


async def with_identity(
    reader: Reader,
    call: Authorized[Any],
    host: ComputeResource,
    asked: AskedIdentity,
    own_action: str,
    *,
    adds: bool,
) -> ComputeResource:
    """The resource with the identity that is asked for; ``adds`` says that identities add up (a PATCH).

    Raises:
        InvalidContent: it can't be had, or an identity that is named is not there.
        LinkedForbidden: the caller may not assign one of them.
    """
    place = ResourceId.parse(host.resource_id)
    has_own, has_given = _type(asked, place)
    named = asked.user_assigned_identities or {}
    if named and not has_given and any(one is not None for one in named.values()):
        raise _invalid("`userAssignedIdentities` goes with a type that has `UserAssigned`")
    wanted = [one for one, kept in named.items() if kept is not None]
    found = [await _assignable(reader, call, one, own_action, place) for one in wanted]
    given = _settled(host.user_assigned if adds and has_given else (), found, named)
    if has_given and not given:
        raise _invalid("the type has `UserAssigned`, and `userAssignedIdentities` names none")
    own = host.system_assigned
    if has_own and own is None:
        own = await created_again(reader, system_assigned_identity(place, host.name))
    return msgspec.structs.replace(
        host, system_assigned=own if has_own else None, user_assigned=given if has_given else ()
    )


async def shown_identity(reader: Reader, host: ComputeResource, tenant_id: str) -> dict[str, Any] | None:
    """A resource's identity as the wire has it; none where it has none."""
    own, given = host.system_assigned, host.user_assigned
    kinds = ([SYSTEM] if own else []) + ([USER] if given else [])
    if not kinds:
        return None
    shown: dict[str, Any] = {"type": ", ".join(kinds)}
    if own is not None:
        shown |= {"principalId": own.principal_id, "tenantId": tenant_id}
    if given:
        shown["userAssignedIdentities"] = {one: await _ids(reader, one) for one in given}
    return shown


async def _ids(reader: Reader, resource_id: str) -> dict[str, str]:
    """The ids of an identity; nothing, where a reference to one is left that is gone."""
    found = await reader.get(IDENTITIES, (resource_id.casefold(),))
    return {} if found is None else {"principalId": found.principal_id, "clientId": found.client_id}


def _type(asked: AskedIdentity, place: ResourceId) -> tuple[bool, bool]:
    """Whether there shall be one of its own, and given ones."""
    found = _TYPES.get(asked.type.replace(" ", "").casefold())
    if found is None:
        raise _invalid(
            f"the identity type `{asked.type[:50]}` is none: use `SystemAssigned`, `UserAssigned`, "
            "`SystemAssigned, UserAssigned` or `None`"
        )
    support = identity_support(place.resource_type or "")
    if (found[0] and support is IdentitySupport.USER_ASSIGNED) or (
        found[1] and support is IdentitySupport.SYSTEM_ASSIGNED
    ):
        raise _invalid(f"a resource of type `{place.resource_type}` can't have an identity of that type")
    return found


async def _assignable(
    reader: Reader, call: Authorized[Any], named: str, own_action: str, own_scope: ResourceId
) -> str:
    """The id of an identity that the caller may assign, in the identity's own spelling."""
    try:
        scope = ResourceId.parse(named)
    except InvalidResourceId as error:
        raise InvalidContent(str(error), code="LinkedInvalidPropertyId") from error
    if not scope.is_type(USER_ASSIGNED_IDENTITY_TYPE):
        raise InvalidContent(f"`{named[:300]}` is no user-assigned identity", code="LinkedInvalidPropertyId")
    demand_linked(call, ASSIGN, scope, own_action=own_action, own_scope=own_scope)
    found = await reader.get(IDENTITIES, (scope.text.casefold(),))
    if found is None:
        raise InvalidContent(
            f"Identity operation for resource '{own_scope}' failed: the resource '{scope}' was not found.",
            code="FailedIdentityOperation",
        )
    return found.resource_id


def _settled(before: Iterable[str], added: Iterable[str], named: Mapping[str, object]) -> tuple[str, ...]:
    """Those that were there, less those that are taken away, and those that are added, each once."""
    gone = {one.rstrip("/").casefold() for one, kept in named.items() if kept is None}
    kept = {one.casefold(): one for one in before if one.casefold() not in gone}
    return tuple((kept | {one.casefold(): one for one in added}).values())


def _invalid(message: str) -> InvalidContent:
    return InvalidContent(message, code="InvalidIdentityType")
