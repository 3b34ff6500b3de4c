"""Resource providers: their types, locations and api-versions, and whether the subscription has them.

Rules:
- every provider that is known is registered from the start; of one that was unregistered no resource is
  written until it is registered again, which is done at once;
- a type's api-versions are those that its package serves, else the one that the catalog knows, else any.

Source: https://learn.microsoft.com/rest/api/resources/providers
"""

from __future__ import annotations

from typing import Any

import msgspec

from keyless.model.resource_id import ResourceId, subscription_scope
from keyless.planes.arm.api_versions import RESOURCES, SINCE_2019
from keyless.planes.arm.paging import Page, page
from keyless.planes.arm.places import subscription_of
from keyless.planes.arm.regions import REGIONS
from keyless.planes.arm.resource_types import known_types, spelled_namespace, versions_of
from keyless.planes.arm.scopes import anybody, needs, of_subscription, of_tenant
from keyless.planes.arm.service import Arm
from keyless.store.ports import Collection, Reader
from keyless.wire.call import Authorized
from keyless.wire.errors import Conflict, NotFound
from keyless.wire.operation import Operation, operation

READ = "Microsoft.Resources/subscriptions/providers/read"
_ONE = "/subscriptions/{subscription_id}/providers/{namespace}"
_SPEC = "https://learn.microsoft.com/rest/api/resources/providers/"
_WHY = "what providers there are is public, and says nothing of the tenant"
_KNOWS_DEFAULTS, _KNOWS_POLICIES = "2020-10-01", "2019-10-01"


class Registration(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A provider that a subscription has unregistered."""

    namespace: str


UNREGISTERED = Collection("unregistered-providers", Registration)
"""By case-folded namespace."""


class TypeShown(msgspec.Struct, frozen=True, rename="camel"):
    """A resource type of a provider, as the wire has it."""

    resource_type: str
    locations: tuple[str, ...]
    api_versions: tuple[str, ...]
    default_api_version: str | msgspec.UnsetType = msgspec.UNSET
    capabilities: str | msgspec.UnsetType = msgspec.UNSET


class ProviderShown(msgspec.Struct, frozen=True, rename="camel"):
    """A provider, as the wire has it."""

    namespace: str
    resource_types: list[TypeShown]
    id: str | msgspec.UnsetType = msgspec.UNSET
    registration_state: str | msgspec.UnsetType = msgspec.UNSET
    registration_policy: str | msgspec.UnsetType = msgspec.UNSET


@operation(
    id="Providers.List",
    route="GET /subscriptions/{subscription_id}/providers",
    api_versions=RESOURCES,
    access=needs(READ, of_subscription),
    response=Page[ProviderShown],
    errors=(NotFound,),
    spec=_SPEC + "list",
)
async def list_providers(call: Authorized[None], arm: Arm) -> Page[ProviderShown]:
    """List the providers, with their types."""
    await subscription_of(arm, call.params)
    gone = {key[0] for key, _ in await arm.store.scan(UNREGISTERED)}
    found = [_shown(call, arm, one, registered=one.casefold() not in gone) for one in known_types()]
    return page(call, found, lambda one: one.namespace.casefold())


@operation(
    id="Providers.ListAtTenantScope",
    route="GET /providers",
    api_versions=SINCE_2019,
    access=anybody(of_tenant, reason=_WHY),
    response=Page[ProviderShown],
    spec=_SPEC + "list-at-tenant-scope",
)
async def list_at_tenant(call: Authorized[None], arm: Arm) -> Page[ProviderShown]:
    """List the providers, whatever subscriptions have of them."""
    return page(call, [_shown(call, arm, one) for one in known_types()], lambda one: one.namespace.casefold())


@operation(
    id="Providers.Get",
    route=f"GET {_ONE}",
    api_versions=RESOURCES,
    access=needs(READ, of_subscription),
    response=ProviderShown,
    errors=(NotFound,),
    spec=_SPEC + "get",
)
async def get_provider(call: Authorized[None], arm: Arm) -> ProviderShown:
    """Return a provider, with its types."""
    await subscription_of(arm, call.params)
    name = _named(call)
    return _shown(call, arm, name, registered=await _is_registered(arm.store, name))


@operation(
    id="Providers.GetAtTenantScope",
    route="GET /providers/{namespace}",
    api_versions=SINCE_2019,
    access=anybody(of_tenant, reason=_WHY),
    response=ProviderShown,
    errors=(NotFound,),
    spec=_SPEC + "get-at-tenant-scope",
)
async def get_at_tenant(call: Authorized[None], arm: Arm) -> ProviderShown:
    """Return a provider, whatever subscriptions have of it."""
    return _shown(call, arm, _named(call))


@operation(
    id="Providers.Register",
    route=f"POST {_ONE}/register",
    api_versions=RESOURCES,
    access=needs("Microsoft.Resources/subscriptions/providers/register/action", of_subscription),
    response=ProviderShown,
    errors=(NotFound,),
    spec=_SPEC + "register",
)
async def register(call: Authorized[None], arm: Arm) -> ProviderShown:
    """Register a provider with the subscription."""
    await subscription_of(arm, call.params)
    name = _named(call)
    async with arm.store.transaction() as transaction:
        await transaction.delete(UNREGISTERED, (name.casefold(),))
    return _shown(call, arm, name, registered=True)


@operation(
    id="Providers.Unregister",
    route=f"POST {_ONE}/unregister",
    api_versions=RESOURCES,
    access=needs("Microsoft.Resources/subscriptions/providers/unregister/action", of_subscription),
    response=ProviderShown,
    errors=(NotFound,),
    spec=_SPEC + "unregister",
)
async def unregister(call: Authorized[None], arm: Arm) -> ProviderShown:
    """Unregister a provider from the subscription; what there is of it stays."""
    await subscription_of(arm, call.params)
    name = _named(call)
    async with arm.store.transaction() as transaction:
        await transaction.put(UNREGISTERED, (name.casefold(),), Registration(name))
    return _shown(call, arm, name, registered=False)


async def check_registered(reader: Reader, resource: ResourceId) -> None:
    """Refuse to write a resource of a provider that the subscription has unregistered.

    Raises:
        Conflict: it has.
    """
    namespace = (resource.resource_type or "").partition("/")[0]
    if not await _is_registered(reader, namespace):
        raise Conflict(
            f"The subscription is not registered to use namespace '{namespace}'. See "
            "https://aka.ms/rps-not-found for how to register subscriptions.",
            code="MissingSubscriptionRegistration",
        )


async def _is_registered(reader: Reader, namespace: str) -> bool:
    return await reader.get(UNREGISTERED, (namespace.casefold(),)) is None


def _named(call: Authorized[Any]) -> str:
    wanted = call.params["namespace"]
    found = spelled_namespace(wanted)
    if found is None:
        raise NotFound(
            f"The resource namespace '{wanted[:100]}' is invalid.", code="InvalidResourceNamespace"
        )
    return found


def _shown(
    call: Authorized[Any], arm: Arm, namespace: str, *, registered: bool | None = None
) -> ProviderShown:
    """A provider in the form of the wire; ``registered`` is none outside of a subscription."""
    types = [_type(call, arm, namespace, one) for one in known_types()[namespace]]
    if registered is None:
        return ProviderShown(namespace, types)
    scope = subscription_scope(call.params["subscription_id"])
    policy = "RegistrationRequired" if call.api_version >= _KNOWS_POLICIES else msgspec.UNSET
    state = "Registered" if registered else "Unregistered"
    return ProviderShown(namespace, types, f"{scope}/providers/{namespace}", state, policy)


def _type(call: Authorized[Any], arm: Arm, namespace: str, name: str) -> TypeShown:
    versions = versions_of(f"{namespace}/{name}", arm.served)
    places = tuple(region.display_name for region in REGIONS) if "/" not in name else ()
    stable = next((one for one in versions if not one.endswith("-preview")), msgspec.UNSET)
    if call.api_version < _KNOWS_DEFAULTS:
        return TypeShown(name, places, versions)
    return TypeShown(name, places, versions, stable, "SupportsTags, SupportsLocation" if places else "None")


OPERATIONS: tuple[Operation, ...] = (
    list_providers,
    list_at_tenant,
    get_provider,
    get_at_tenant,
    register,
    unregister,
)
