"""The operations that tell whether a store may be called so, in a subscription or in one of its regions.

Source: https://learn.microsoft.com/rest/api/appconfiguration/operations/check-name-availability
"""

from __future__ import annotations

from keyless.model.resources import STORE_TYPE
from keyless.planes.arm.appconfiguration.access import CHECK_NAME, CHECK_NAME_IN_REGION, SUBSCRIPTION
from keyless.planes.arm.appconfiguration.api_versions import STORES
from keyless.planes.arm.appconfiguration.naming import availability
from keyless.planes.arm.appconfiguration.schemas import NameAvailability, NameInput
from keyless.planes.arm.errors import InvalidContent
from keyless.planes.arm.places import subscription_of
from keyless.planes.arm.scopes import needs, of_subscription
from keyless.planes.arm.service import Arm
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/appconfiguration/operations/"


@operation(
    id="ConfigurationStores.CheckNameAvailability",
    route=f"POST {SUBSCRIPTION}/checkNameAvailability",
    api_versions=STORES,
    access=needs(CHECK_NAME, of_subscription),
    body=NameInput,
    response=NameAvailability,
    errors=(InvalidRequest, NotFound),
    spec=_SPEC + "check-name-availability",
)
async def check_name(call: Authorized[NameInput], arm: Arm) -> NameAvailability:
    """Tell whether a store may be called so."""
    return await _availability(call, arm)


@operation(
    id="ConfigurationStores.RegionalCheckNameAvailability",
    route=f"POST {SUBSCRIPTION}/locations/{{location}}/checkNameAvailability",
    api_versions=STORES,
    access=needs(CHECK_NAME_IN_REGION, of_subscription),
    body=NameInput,
    response=NameAvailability,
    errors=(InvalidRequest, NotFound),
    spec=_SPEC + "regional-check-name-availability",
)
async def check_name_in_region(call: Authorized[NameInput], arm: Arm) -> NameAvailability:
    """Tell whether a store may be called so; a name is taken in every region, or in none."""
    return await _availability(call, arm)


OPERATIONS: tuple[Operation, ...] = (check_name, check_name_in_region)


async def _availability(call: Authorized[NameInput], arm: Arm) -> NameAvailability:
    await subscription_of(arm, call.params)
    if call.body.type.casefold() != STORE_TYPE.casefold():
        raise InvalidContent(f"'type' must be {STORE_TYPE}.", field="type")
    return await availability(arm.store, call.body.name, call.now)
