"""The management plane: its hosts, whose tokens it takes, and every operation that it answers.

Source: https://learn.microsoft.com/azure/azure-resource-manager/management/control-plane-and-data-plane
"""

from __future__ import annotations

from keyless.model.resource_id import ResourceId
from keyless.planes.arm import (
    activity,
    activity_events,
    appconfiguration,
    authorization,
    groups,
    keyvault,
    locks,
    long_running,
    managedidentity,
    management_entities,
    management_group_subscriptions,
    management_groups,
    providers,
    resources,
    subscriptions,
    tag_names,
    tag_operations,
)
from keyless.planes.arm.contents import StoreContents, VaultContents
from keyless.planes.arm.hosts import HOSTS
from keyless.planes.arm.places import is_at
from keyless.planes.arm.resource_types import served_versions
from keyless.planes.arm.service import Arm
from keyless.store.ports import Store
from keyless.tokens.issuer import TokenAuthority
from keyless.wire.operation import Operation
from keyless.wire.plane import Performed, Plane
from keyless.wire.request import Request
from keyless.wire.shapes import resource_manager

AUDIENCES = frozenset(f"https://{host}{slash}" for host in HOSTS for slash in ("", "/"))
"""What a token may be for; the second is what the Azure CLI asks for."""

OPERATIONS: tuple[Operation, ...] = (
    *long_running.OPERATIONS,
    *subscriptions.OPERATIONS,
    *groups.OPERATIONS,
    *providers.OPERATIONS,
    *resources.OPERATIONS,
    *tag_operations.OPERATIONS,
    *tag_names.OPERATIONS,
    *management_groups.OPERATIONS,
    *management_group_subscriptions.OPERATIONS,
    *management_entities.OPERATIONS,
    *locks.OPERATIONS,
    *activity_events.OPERATIONS,
    *authorization.OPERATIONS,
    *managedidentity.OPERATIONS,
    *keyvault.OPERATIONS,
    *appconfiguration.OPERATIONS,
)


def arm_plane(store: Store, authority: TokenAuthority, stores: StoreContents, vaults: VaultContents) -> Plane:
    """The plane over a store; ``stores`` and ``vaults`` are what configuration stores and vaults hold."""
    arm = Arm(store, authority, stores, vaults, served_versions(OPERATIONS))

    async def guard(request: Request, asked: Operation, scope: ResourceId) -> None:
        await locks.check_locks(store, request.method, asked, scope, request.path)
        if request.method == "PUT" and is_at(request.path, scope):
            await providers.check_registered(store, scope)

    async def journal(performed: Performed) -> None:
        await activity.keep_event(arm, performed)

    return Plane(
        name="resource-manager",
        operations=OPERATIONS,
        service=arm,
        locate=_locate,
        shape=resource_manager,
        audiences=lambda site: AUDIENCES,
        headers=_headers,
        max_body_bytes=4 * 1024 * 1024,
        guard=guard,
        journal=journal,
        merges_slashes=True,
        keeps_estate_time=True,
    )


async def _locate(host: str) -> str | None:
    return host if host in HOSTS else None


def _headers(request: Request, site: object) -> list[tuple[str, str]]:
    """What every answer carries; a client's own id for the request is told back to it."""
    headers = [
        ("cache-control", "no-cache"),
        ("x-ms-request-id", request.request_id),
        ("x-ms-correlation-request-id", activity.correlation_id(request)),
        ("x-content-type-options", "nosniff"),
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ]
    client_request_id = request.headers.get("x-ms-client-request-id")
    if client_request_id is not None:
        headers.append(("x-ms-client-request-id", client_request_id))
    return headers
