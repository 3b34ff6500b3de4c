"""Private endpoints of vaults: none can be made, and tools that look for them see that.

Source: https://learn.microsoft.com/rest/api/keyvault/keyvault/private-endpoint-connections
"""

from __future__ import annotations

from typing import Any

from keyless.model.resources import VAULT_TYPE
from keyless.planes.arm.keyvault.access import VAULT, of_vault
from keyless.planes.arm.keyvault.api_versions import SINCE_2021, VAULTS
from keyless.planes.arm.keyvault.lookup import vault_named
from keyless.planes.arm.paging import Page
from keyless.planes.arm.scopes import needs
from keyless.planes.arm.service import Arm
from keyless.wire.call import Authorized
from keyless.wire.errors import NotFound
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/keyvault/keyvault/"


@operation(
    id="PrivateEndpointConnections.ListByResource",
    route=f"GET {VAULT}/privateEndpointConnections",
    api_versions=SINCE_2021,
    access=needs(f"{VAULT_TYPE}/privateEndpointConnections/read", of_vault),
    response=Page[Any],
    errors=(NotFound,),
    spec=_SPEC + "private-endpoint-connections/list-by-resource",
)
async def list_private_endpoint_connections(call: Authorized[None], arm: Arm) -> Page[Any]:
    """List the private endpoint connections of a vault, which has none."""
    await vault_named(arm, call.params)
    return Page(())


@operation(
    id="PrivateLinkResources.ListByVault",
    route=f"GET {VAULT}/privateLinkResources",
    api_versions=VAULTS,
    access=needs(f"{VAULT_TYPE}/privateLinkResources/read", of_vault),
    response=Page[Any],
    errors=(NotFound,),
    spec=_SPEC + "private-link-resources/list-by-vault",
)
async def list_private_link_resources(call: Authorized[None], arm: Arm) -> Page[Any]:
    """List what of a vault a private endpoint could lead to: nothing here."""
    await vault_named(arm, call.params)
    return Page(())


OPERATIONS: tuple[Operation, ...] = (list_private_endpoint_connections, list_private_link_resources)
