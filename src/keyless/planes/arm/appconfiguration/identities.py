"""The identities of a configuration store, which it reaches the key with that encrypts it.

They are asked for, given and shown as those of any other resource.

Source: https://learn.microsoft.com/azure/azure-app-configuration/overview-managed-identity
"""

from __future__ import annotations

from typing import Any

from msgspec import structs

from keyless.lifecycle.hosts import store_as_host
from keyless.model.resources import ConfigurationStore
from keyless.planes.arm.appconfiguration.access import WRITE
from keyless.planes.arm.appconfiguration.schemas import StoreInput
from keyless.planes.arm.host_identity import shown_identity, with_identity
from keyless.planes.arm.service import Arm
from keyless.store.ports import Reader
from keyless.wire.call import Authorized


async def as_asked(
    reader: Reader, call: Authorized[StoreInput], store: ConfigurationStore
) -> ConfigurationStore:
    """The store with the identities that the call gives it; raises what ``with_identity`` does."""
    asked = call.body.identity
    if asked is None:
        return store
    adds = call.request.method == "PATCH"
    host = await with_identity(reader, call, store_as_host(store), asked, WRITE, adds=adds)
    return structs.replace(store, system_assigned=host.system_assigned, user_assigned=host.user_assigned)


async def shown(reader: Reader, arm: Arm, store: ConfigurationStore) -> dict[str, Any] | None:
    """A store's identities as the wire has them; none where it has none."""
    tenant = await arm.authority.tenant()
    return await shown_identity(reader, store_as_host(store), tenant.tenant_id)
