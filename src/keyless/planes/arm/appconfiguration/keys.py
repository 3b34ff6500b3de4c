"""The operations on a store's access keys: list them, and make one anew.

Source: https://learn.microsoft.com/rest/api/appconfiguration/configuration-stores/list-keys
"""

from __future__ import annotations

from keyless.planes.arm.appconfiguration.access import LIST_KEYS, REGENERATE_KEY, STORE, of_store
from keyless.planes.arm.appconfiguration.access_keys import key_bodies, keys_of, regenerated
from keyless.planes.arm.appconfiguration.api_versions import STORES
from keyless.planes.arm.appconfiguration.lookup import store_named
from keyless.planes.arm.appconfiguration.schemas import ApiKeyBody, ApiKeyList, KeyInput
from keyless.planes.arm.scopes import needs
from keyless.planes.arm.service import Arm
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/appconfiguration/configuration-stores/"


@operation(
    id="ConfigurationStores.ListKeys",
    route=f"POST {STORE}/listKeys",
    api_versions=STORES,
    access=needs(LIST_KEYS, of_store),
    response=ApiKeyList,
    errors=(NotFound,),
    spec=_SPEC + "list-keys",
)
async def list_keys(call: Authorized[None], arm: Arm) -> ApiKeyList:
    """List a store's access keys, with their secrets; none where it takes no keys."""
    store = await store_named(arm, call.params)
    return ApiKeyList(key_bodies(store, await keys_of(arm.store, store)))


@operation(
    id="ConfigurationStores.RegenerateKey",
    route=f"POST {STORE}/regenerateKey",
    api_versions=STORES,
    access=needs(REGENERATE_KEY, of_store),
    body=KeyInput,
    response=ApiKeyBody,
    errors=(NotFound, InvalidRequest),
    spec=_SPEC + "regenerate-key",
)
async def regenerate_key(call: Authorized[KeyInput], arm: Arm) -> ApiKeyBody:
    """Give an access key a new secret; the old one opens nothing any more."""
    async with arm.store.transaction() as transaction:
        store = await store_named(arm, call.params, transaction)
        await regenerated(transaction, store, call.body.id, arm.entropy, call.now)
        bodies = key_bodies(store, await keys_of(transaction, store))
    return next(body for body in bodies if body.id == call.body.id)


OPERATIONS: tuple[Operation, ...] = (list_keys, regenerate_key)
