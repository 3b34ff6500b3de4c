"""The resources that a user-assigned identity is given to, as far as the caller may read them.

Rules:
- `$filter` and `$orderby` know `name`, `type`, `resourceGroup`, `subscriptionId` and `id`; `$top`, `$skip`
  and `$skiptoken` cut the list;
- a resource that the caller may not read is neither shown nor counted.

Source: Azure/azure-rest-api-specs, Microsoft.ManagedIdentity/preview/2022-01-31-preview
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from keyless.lifecycle.hosts import identity_hosts
from keyless.model.identities import ComputeResource, ManagedIdentity
from keyless.model.resource_id import ResourceId
from keyless.model.resources import USER_ASSIGNED_IDENTITY_TYPE, Tenant
from keyless.planes.arm.filters import matches, read_filter
from keyless.planes.arm.managedidentity.api_versions import ASSOCIATED
from keyless.planes.arm.managedidentity.schemas import AssociatedResource, AssociatedResources
from keyless.planes.arm.managedidentity.scopes import ONE, existing_identity, of_identity
from keyless.planes.arm.paging import MOST_ITEMS, top_of
from keyless.planes.arm.places import group_of
from keyless.planes.arm.scopes import needs
from keyless.planes.arm.service import Arm
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

ACTION = f"{USER_ASSIGNED_IDENTITY_TYPE}/listAssociatedResources/action"
_SPEC = (
    "https://learn.microsoft.com/rest/api/managedidentity/user-assigned-identities/list-associated-resources"
)
_KEPT = ("api-version", "$filter", "$orderby", "$top")


@operation(
    id="UserAssignedIdentities.ListAssociatedResources",
    route=f"POST {ONE}/listAssociatedResources",
    api_versions=ASSOCIATED,
    access=needs(ACTION, of_identity),
    response=AssociatedResources,
    errors=(InvalidRequest, NotFound),
    spec=_SPEC,
)
async def list_associated(call: Authorized[None], arm: Arm) -> AssociatedResources:
    """List the resources that have an identity."""
    return await _listed(call, arm)


@operation(
    id="UserAssignedIdentities.ListAssociatedResourcesNext",
    route=f"GET {ONE}/listAssociatedResources",
    api_versions=ASSOCIATED,
    access=needs(ACTION, of_identity),
    response=AssociatedResources,
    errors=(InvalidRequest, NotFound),
    spec=_SPEC,
)
async def list_more_associated(call: Authorized[None], arm: Arm) -> AssociatedResources:
    """List the resources behind a `nextLink`: clients follow it with GET."""
    return await _listed(call, arm)


async def _listed(call: Authorized[Any], arm: Arm) -> AssociatedResources:
    await group_of(arm, call.params)
    identity = await existing_identity(arm.store, call.params)
    tenant = await arm.authority.tenant()
    having = [_shown(host, tenant) for host in await identity_hosts(arm.store) if _has(host, identity)]
    wanted = _ordered(call, _filtered(call, [one for one in having if _may_read(call, one)]))
    start = _number(call, "$skiptoken") or _number(call, "$skip") or 0
    end = start + min(top_of(call) or MOST_ITEMS, MOST_ITEMS)
    link = _link(call, end) if end < len(wanted) else None
    return AssociatedResources(len(wanted), wanted[start:end], link)


def _has(host: ComputeResource, identity: ManagedIdentity) -> bool:
    return identity.resource_id.casefold() in {one.casefold() for one in host.user_assigned}


def _may_read(call: Authorized[Any], found: AssociatedResource) -> bool:
    return call.may(f"{found.type}/read", ResourceId.parse(found.id))


def _shown(host: ComputeResource, tenant: Tenant) -> AssociatedResource:
    place = ResourceId.parse(host.resource_id)
    return AssociatedResource(
        id=host.resource_id,
        name=place.name,
        type=place.resource_type or "",
        resource_group=place.resource_group or "",
        subscription_id=tenant.subscription_id,
        subscription_display_name=tenant.subscription_name,
    )


def _fields(found: AssociatedResource) -> dict[str, str]:
    return {
        "id": found.id,
        "name": found.name,
        "type": found.type,
        "resourcegroup": found.resource_group,
        "subscriptionid": found.subscription_id,
        "subscriptiondisplayname": found.subscription_display_name,
    }


_FIELDS = frozenset(_fields(AssociatedResource("", "", "", "", "", "")))


def _filtered(call: Authorized[Any], found: Sequence[AssociatedResource]) -> list[AssociatedResource]:
    wanted = read_filter(call.request.query.get("$filter"), _FIELDS)
    return [one for one in found if matches(wanted, _fields(one))]


def _ordered(call: Authorized[Any], found: list[AssociatedResource]) -> list[AssociatedResource]:
    """By id, where `$orderby` does not say otherwise (`name desc,type`)."""
    found.sort(key=lambda one: one.id.casefold())
    terms = (call.request.query.get("$orderby") or "").split(",")
    for field, descending in reversed([_term(term) for term in terms if term.strip()]):
        found.sort(key=partial(_value, field), reverse=descending)
    return found


def _term(text: str) -> tuple[str, bool]:
    """A field to order by, and whether downwards."""
    field, _, direction = text.strip().lower().partition(" ")
    direction = direction.strip()
    if field not in _FIELDS or direction not in {"", "asc", "desc"}:
        raise InvalidRequest(
            f"the list cannot be ordered by `{text.strip()[:40]}`", code="BadRequest", field="$orderby"
        )
    return field, direction == "desc"


def _value(field: str, found: AssociatedResource) -> str:
    return _fields(found)[field].casefold()


def _number(call: Authorized[Any], name: str) -> int | None:
    text = call.request.query.get(name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise InvalidRequest(f"`{name}` is `{text[:20]}`: it must be a number", code="BadRequest", field=name)
    return int(text)


def _link(call: Authorized[Any], start: int) -> str:
    query = call.request.query
    pairs = [(name, query.get(name)) for name in _KEPT]
    text = urlencode(
        [*((name, value) for name, value in pairs if value), ("$skiptoken", str(start))],
        quote_via=quote,
        safe="$",
    )
    return f"https://{call.request.host}{quote(call.request.path)}?{text}"


OPERATIONS: tuple[Operation, ...] = (list_associated, list_more_associated)
