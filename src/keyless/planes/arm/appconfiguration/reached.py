"""Whether a store's mode lets the management plane reach what is in it.

Rules:
- a store that is reached in the mode `Local` asks for no more than the management plane's action, and for
  that must take access keys: it is on their behalf that the service reads and writes;
- in the mode `Pass-through` the caller needs the data plane's actions as well.

Source: https://learn.microsoft.com/azure/azure-app-configuration/quickstart-deployment-overview
"""

from __future__ import annotations

from typing import Any

from keyless.model.actions import ActionPlane
from keyless.model.resource_id import ResourceId
from keyless.model.resources import ConfigurationStore
from keyless.planes.arm.appconfiguration.lookup import store_named
from keyless.planes.arm.appconfiguration.settings import LOCAL, reached_by
from keyless.planes.arm.service import Arm
from keyless.wire.call import Authorized
from keyless.wire.errors import Conflict

_NO_KEYS = (
    "The operation cannot be performed because the configuration store is using local authentication mode "
    "and local authentication is disabled. To enable access to data plane resources while local "
    "authentication is disabled, please use pass-through authentication mode"
)


async def reached(call: Authorized[Any], arm: Arm, *needed: tuple[str, ResourceId]) -> ConfigurationStore:
    """The store, where its mode lets the caller reach what is in it.

    ``needed`` are the data plane's actions that the caller has to have, each with its scope.

    Raises:
        NotFound: there is no such store.
        Conflict: it is reached by its access keys, and takes none.
        Forbidden: the caller has not one of the data plane's actions.
    """
    store = await store_named(arm, call.params)
    if reached_by(store) != LOCAL:
        for action, scope in needed:
            call.demand(action, scope, ActionPlane.DATA)
    elif store.disable_local_auth:
        raise Conflict(_NO_KEYS)
    return store
