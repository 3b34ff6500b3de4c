"""Classic administrators, of whom there are none: Azure retired them in 2024.

Source: https://learn.microsoft.com/azure/role-based-access-control/classic-administrators
"""

from __future__ import annotations

from typing import Any

from keyless.planes.arm.authorization.api_versions import CLASSIC
from keyless.planes.arm.paging import Page
from keyless.planes.arm.places import subscription_of
from keyless.planes.arm.scopes import needs, of_subscription
from keyless.planes.arm.service import Arm
from keyless.wire.call import Authorized
from keyless.wire.errors import NotFound
from keyless.wire.operation import Operation, operation


@operation(
    id="ClassicAdministrators.List",
    route="GET /subscriptions/{subscription_id}/providers/Microsoft.Authorization/classicAdministrators",
    api_versions=CLASSIC,
    access=needs("Microsoft.Authorization/classicAdministrators/read", of_subscription),
    response=Page[Any],
    errors=(NotFound,),
    spec="https://learn.microsoft.com/rest/api/authorization/classic-administrators/list",
)
async def list_classic_administrators(call: Authorized[None], arm: Arm) -> Page[Any]:
    """List the classic administrators of the subscription, of whom there are none."""
    await subscription_of(arm, call.params)
    return Page([])


OPERATIONS: tuple[Operation, ...] = (list_classic_administrators,)
