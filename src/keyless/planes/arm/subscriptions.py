"""Subscriptions: the one that the estate has, shown to whoever may read something in it.

Source: https://learn.microsoft.com/rest/api/resources/subscriptions
"""

from __future__ import annotations

import msgspec

from keyless.model.resource_id import subscription_scope
from keyless.model.resources import Tenant
from keyless.planes.arm.api_versions import SUBSCRIPTIONS
from keyless.planes.arm.places import subscription_of
from keyless.planes.arm.scopes import needs, of_subscription
from keyless.planes.arm.service import Arm
from keyless.wire.call import Authorized
from keyless.wire.errors import NotFound
from keyless.wire.operation import Operation, operation

READ = "Microsoft.Resources/subscriptions/read"
_SPEC = "https://learn.microsoft.com/rest/api/resources/subscriptions/"


class Subscription(msgspec.Struct, frozen=True, rename="camel"):
    """A subscription, as the wire has it."""

    id: str
    subscription_id: str
    tenant_id: str
    display_name: str
    state: str = "Enabled"
    authorization_source: str = "RoleBased"


def shown(tenant: Tenant) -> Subscription:
    """The tenant's subscription in the form of the wire."""
    scope = subscription_scope(tenant.subscription_id)
    return Subscription(scope.text, tenant.subscription_id, tenant.tenant_id, tenant.subscription_name)


@operation(
    id="Subscriptions.Get",
    route="GET /subscriptions/{subscription_id}",
    api_versions=SUBSCRIPTIONS,
    access=needs(READ, of_subscription),
    response=Subscription,
    errors=(NotFound,),
    spec=_SPEC + "get",
)
async def get_subscription(call: Authorized[None], arm: Arm) -> Subscription:
    """Return the subscription."""
    return shown(await subscription_of(arm, call.params))


OPERATIONS: tuple[Operation, ...] = (get_subscription,)
