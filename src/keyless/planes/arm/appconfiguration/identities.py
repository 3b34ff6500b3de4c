"""The identities that a configuration store is given, to reach the key that encrypts it.

Only who may assign an identity gives it to a store. One of the store's own is not here yet.

Source: https://learn.microsoft.com/azure/azure-app-configuration/overview-managed-identity
"""

from __future__ import annotations

from typing import Any

from msgspec import structs

from keyless.model.resource_id import InvalidResourceId, ResourceId
from keyless.model.resources import ConfigurationStore
from keyless.planes.arm.appconfiguration.access import WRITE, of_store
from keyless.planes.arm.appconfiguration.schemas import StoreInput
from keyless.planes.arm.errors import InvalidContent, ResourceNotFound
from keyless.planes.arm.linked import demand_linked
from keyless.planes.arm.service import Arm
from keyless.store.collections import IDENTITIES
from keyless.store.ports import Reader
from keyless.wire.call import Authorized

ASSIGN = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
NONE, USER_ASSIGNED = "None", "UserAssigned"


def wants_own(given: StoreInput) -> bool:
    """Whether a store is to have an identity of its own."""
    kind = given.identity.type.casefold() if given.identity else NONE.casefold()
    return kind not in {NONE.casefold(), USER_ASSIGNED.casefold()}


async def with_identity(
    reader: Reader, call: Authorized[StoreInput], store: ConfigurationStore, arm: Arm
) -> ConfigurationStore:
    """The store with the identities that the call gives it; unchanged where it says nothing of them.

    Raises:
        InvalidContent, ResourceNotFound, LinkedForbidden: one of them is no id, is not there, or is not the
            caller's to give.
    """
    given = call.body.identity
    if given is None:
        return store
    kept = {name: value for name, value in store.body.items() if name != "identity"}
    if given.type.casefold() == NONE.casefold():
        return structs.replace(store, body=kept)
    wanted = given.user_assigned_identities or {}
    shown = {one: await _given(reader, call, one) for one, kept_one in wanted.items() if kept_one is not None}
    tenant = await arm.authority.tenant()
    identity = {"type": USER_ASSIGNED, "userAssignedIdentities": shown, "tenantId": tenant.tenant_id}
    return structs.replace(store, body={**kept, "identity": identity})


async def _given(reader: Reader, call: Authorized[Any], resource_id: str) -> dict[str, str]:
    try:
        scope = ResourceId.parse(resource_id)
    except InvalidResourceId as error:
        raise InvalidContent(str(error), field="identity", code="LinkedInvalidPropertyId") from error
    demand_linked(call, ASSIGN, scope, own_action=WRITE, own_scope=of_store(None, call.params))
    found = await reader.get(IDENTITIES, (scope.text.casefold(),))
    if found is None:
        raise ResourceNotFound(scope)
    return {"principalId": found.principal_id, "clientId": found.client_id}
