"""The operations on key-values as resources of a store, which templates use.

Rules:
- whoever reaches a key-value this way needs the management plane's action for it; see `reached` for the rest.

Source: https://learn.microsoft.com/azure/azure-app-configuration/quickstart-deployment-overview
"""

from __future__ import annotations

from typing import Any

from keyless.model.resources import STORE_TYPE, ConfigurationStore
from keyless.planes.arm.appconfiguration.access import STORE, key_value_of, of_key_value
from keyless.planes.arm.appconfiguration.api_versions import STORES
from keyless.planes.arm.appconfiguration.polling import polled
from keyless.planes.arm.appconfiguration.reached import reached
from keyless.planes.arm.appconfiguration.schemas import (
    KeyValueBody,
    KeyValueInput,
    KeyValueProperties,
    KeyValuePropertiesInput,
)
from keyless.planes.arm.contents import KeptKeyValue
from keyless.planes.arm.long_running import keep
from keyless.planes.arm.moments import moment
from keyless.planes.arm.scopes import needs
from keyless.planes.arm.service import Arm
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import Conflict, InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

_TYPE = f"{STORE_TYPE}/keyValues"
_READ, _WRITE, _DELETE = f"{_TYPE}/read", f"{_TYPE}/write", f"{_TYPE}/delete"
_ROUTE = f"{STORE}/keyValues/{{key_value_name}}"
_SPEC = "https://learn.microsoft.com/rest/api/appconfiguration/key-values/"


@operation(
    id="ConfigurationStores.GetKeyValue",
    route=f"GET {_ROUTE}",
    api_versions=STORES,
    access=needs(_READ, of_key_value),
    response=KeyValueBody,
    errors=(NotFound, Conflict, InvalidRequest),
    spec=_SPEC + "get",
)
async def get_key_value(call: Authorized[None], arm: Arm) -> KeyValueBody:
    """Return a key-value of a store."""
    store = await _reached(call, arm, _READ)
    return _body(call, await arm.stores.read(store.name, *key_value_of(call.params)))


@operation(
    id="ConfigurationStores.PutKeyValue",
    route=f"PUT {_ROUTE}",
    api_versions=STORES,
    access=needs(_WRITE, of_key_value),
    body=KeyValueInput,
    response=KeyValueBody,
    errors=(NotFound, Conflict, InvalidRequest),
    spec=_SPEC + "create-or-update",
)
async def put_key_value(call: Authorized[KeyValueInput], arm: Arm) -> KeyValueBody:
    """Write a key-value of a store."""
    store = await _reached(call, arm, _WRITE)
    given = call.body.properties or KeyValuePropertiesInput()
    content = (given.value, given.content_type, given.tags or {})
    key, label = key_value_of(call.params)
    return _body(call, await arm.stores.write(store.name, key, label, content, call.now))


@operation(
    id="ConfigurationStores.DeleteKeyValue",
    route=f"DELETE {_ROUTE}",
    api_versions=STORES,
    access=needs(_DELETE, of_key_value),
    errors=(NotFound, Conflict, InvalidRequest),
    spec=_SPEC + "delete",
)
async def delete_key_value(call: Authorized[None], arm: Arm) -> Reply:
    """Delete a key-value of a store."""
    store = await _reached(call, arm, _DELETE)
    if not await arm.stores.remove(store.name, *key_value_of(call.params), call.now):
        return Reply(status=204)
    scope = of_key_value(None, call.params)
    async with arm.store.transaction() as transaction:
        done = await keep(transaction, call, arm, scope=scope, read_action=_READ)
    return polled(call, done, store)


OPERATIONS: tuple[Operation, ...] = (get_key_value, put_key_value, delete_key_value)


async def _reached(call: Authorized[Any], arm: Arm, action: str) -> ConfigurationStore:
    return await reached(call, arm, (action, of_key_value(None, call.params)))


def _body(call: Authorized[Any], found: KeptKeyValue) -> KeyValueBody:
    properties = KeyValueProperties(
        key=found.key,
        e_tag=found.etag,
        last_modified=moment(found.modified_at),
        locked=found.locked,
        tags={name: value or "" for name, value in found.tags.items()},
        value=found.value,
        label=found.label,
        content_type=found.content_type,
    )
    scope = of_key_value(None, call.params)
    return KeyValueBody(scope.text, call.params["key_value_name"], _TYPE, properties)
