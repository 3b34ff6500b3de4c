"""Tenants, subscriptions and locations: the one of each that the estate has.

Rules:
- every valid token may list tenants and subscriptions: its own tenant is shown to everybody, the subscription
  to whoever may read something in it. An empty list is what `az login` expects of an identity without roles;
- older api-versions do not know the tenant of a subscription, nor the type of a location.

Source: https://learn.microsoft.com/rest/api/resources/subscriptions
"""

from __future__ import annotations

from typing import Any

import msgspec

from keyless.model.resource_id import subscription_scope
from keyless.model.resources import STORE_TYPE, USER_ASSIGNED_IDENTITY_TYPE, VAULT_TYPE, Tenant
from keyless.planes.arm.api_versions import SUBSCRIPTIONS
from keyless.planes.arm.places import subscription_of
from keyless.planes.arm.regions import REGIONS, Region
from keyless.planes.arm.scopes import anybody, needs, of_subscription, of_tenant
from keyless.planes.arm.service import Arm
from keyless.wire.call import Authorized
from keyless.wire.errors import NotFound
from keyless.wire.operation import Operation, operation

READ = "Microsoft.Resources/subscriptions/read"
_SPEC = "https://learn.microsoft.com/rest/api/resources/subscriptions/"
_WHAT_CAN_BE_READ = (
    READ,
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Resources/subscriptions/resources/read",
    "Microsoft.Authorization/roleAssignments/read",
    *(f"{kind}/read" for kind in (VAULT_TYPE, STORE_TYPE, USER_ASSIGNED_IDENTITY_TYPE)),
)
_KNOWS_TENANTS, _KNOWS_MANAGERS, _KNOWS_CATEGORIES, _KNOWS_TYPES = (
    "2018-06-01",
    "2019-06-01",
    "2019-11-01",
    "2021-01-01",
)


class Subscription(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A subscription, as the wire has it."""

    id: str
    subscription_id: str
    display_name: str
    state: str
    authorization_source: str
    tenant_id: str | msgspec.UnsetType = msgspec.UNSET
    subscription_policies: dict[str, str] = {}
    managed_by_tenants: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET


class TenantShown(msgspec.Struct, frozen=True, rename="camel"):
    """A tenant, as the wire has it."""

    id: str
    tenant_id: str
    display_name: str | msgspec.UnsetType = msgspec.UNSET
    tenant_category: str | msgspec.UnsetType = msgspec.UNSET


class Location(msgspec.Struct, frozen=True, rename="camel"):
    """A region, as the wire has it."""

    id: str
    name: str
    display_name: str
    type: str | msgspec.UnsetType = msgspec.UNSET
    regional_display_name: str | msgspec.UnsetType = msgspec.UNSET
    metadata: dict[str, str] | msgspec.UnsetType = msgspec.UNSET


class Everything(msgspec.Struct, frozen=True, rename="camel"):
    """A list that is always whole; its documents demand a link all the same."""

    value: list[Any]
    next_link: str = ""


def shown(tenant: Tenant, api_version: str) -> Subscription:
    """The tenant's subscription in the form of the wire."""
    scope = subscription_scope(tenant.subscription_id)
    return Subscription(
        scope.text,
        tenant.subscription_id,
        tenant.subscription_name,
        "Enabled",
        "RoleBased",
        tenant.tenant_id if api_version >= _KNOWS_TENANTS else msgspec.UNSET,
        {
            "locationPlacementId": "Internal_2014-09-01",
            "quotaId": "Internal_2014-09-01",
            "spendingLimit": "Off",
        },
        () if api_version >= _KNOWS_MANAGERS else msgspec.UNSET,
    )


@operation(
    id="Tenants.List",
    route="GET /tenants",
    api_versions=SUBSCRIPTIONS,
    access=anybody(of_tenant, reason="a caller has been let in by its tenant, and learns of no other"),
    response=Everything,
    spec="https://learn.microsoft.com/rest/api/resources/tenants/list",
)
async def list_tenants(call: Authorized[None], arm: Arm) -> Everything:
    """List the caller's tenant."""
    tenant = await arm.authority.tenant()
    if call.api_version < _KNOWS_TENANTS:
        return Everything([TenantShown(f"/tenants/{tenant.tenant_id}", tenant.tenant_id)])
    category = "Home" if call.api_version >= _KNOWS_CATEGORIES else msgspec.UNSET
    return Everything([TenantShown(f"/tenants/{tenant.tenant_id}", tenant.tenant_id, tenant.name, category)])


@operation(
    id="Subscriptions.List",
    route="GET /subscriptions",
    api_versions=SUBSCRIPTIONS,
    access=anybody(of_tenant, reason="the subscription is shown to whoever may read something in it"),
    response=Everything,
    spec=_SPEC + "list",
)
async def list_subscriptions(call: Authorized[None], arm: Arm) -> Everything:
    """List the subscriptions that the caller may read something in."""
    tenant = await arm.authority.tenant()
    scope = subscription_scope(tenant.subscription_id)
    sees = any(call.may(action, scope, below=True) for action in _WHAT_CAN_BE_READ)
    return Everything([shown(tenant, call.api_version)] if sees else [])


@operation(
    id="Subscriptions.Get",
    route="GET /subscriptions/{subscription_id}",
    api_versions=SUBSCRIPTIONS,
    access=needs(READ, of_subscription),
    response=Subscription,
    errors=(NotFound,),
    spec=_SPEC + "get",
)
async def get_subscription(call: Authorized[None], arm: Arm) -> Subscription:
    """Return the subscription."""
    return shown(await subscription_of(arm, call.params), call.api_version)


@operation(
    id="Subscriptions.ListLocations",
    route="GET /subscriptions/{subscription_id}/locations",
    api_versions=SUBSCRIPTIONS,
    access=needs("Microsoft.Resources/subscriptions/locations/read", of_subscription),
    response=Everything,
    errors=(NotFound,),
    spec=_SPEC + "list-locations",
)
async def list_locations(call: Authorized[None], arm: Arm) -> dict[str, list[Location]]:
    """List the regions."""
    tenant = await subscription_of(arm, call.params)
    scope = subscription_scope(tenant.subscription_id).text
    return {"value": [_location(scope, region, call.api_version) for region in REGIONS]}


def _location(scope: str, region: Region, api_version: str) -> Location:
    found = Location(f"{scope}/locations/{region.name}", region.name, region.display_name)
    if api_version < _KNOWS_TYPES:
        return found
    return msgspec.structs.replace(
        found,
        type="Region",
        regional_display_name=f"({region.group}) {region.display_name}",
        metadata={"regionType": "Physical", "regionCategory": "Recommended", "geographyGroup": region.group},
    )


OPERATIONS: tuple[Operation, ...] = (list_tenants, list_subscriptions, get_subscription, list_locations)
