"""Managed HSMs: there are none, and tools that look for them see that.

Source: https://learn.microsoft.com/rest/api/keyvault/managedhsm/managed-hsms
"""

from __future__ import annotations

from typing import Any

from keyless.planes.arm.keyvault.access import OF_GROUP, OF_SUBSCRIPTION, PROVIDER
from keyless.planes.arm.keyvault.api_versions import SINCE_2021
from keyless.planes.arm.paging import Page
from keyless.planes.arm.places import group_of, subscription_of
from keyless.planes.arm.scopes import needs, of_group, of_subscription
from keyless.planes.arm.service import Arm
from keyless.wire.call import Authorized
from keyless.wire.errors import NotFound
from keyless.wire.operation import Operation, operation

READ = f"{PROVIDER}/managedHSMs/read"
READ_DELETED = f"{PROVIDER}/deletedManagedHsms/read"
_SPEC = "https://learn.microsoft.com/rest/api/keyvault/managedhsm/managed-hsms/"


@operation(
    id="ManagedHsms.ListBySubscription",
    route=f"GET {OF_SUBSCRIPTION}/managedHSMs",
    api_versions=SINCE_2021,
    access=needs(READ, of_subscription, below=True),
    response=Page[Any],
    errors=(NotFound,),
    spec=_SPEC + "list-by-subscription",
)
async def list_hsms(call: Authorized[None], arm: Arm) -> Page[Any]:
    """List the managed HSMs of the subscription, which has none."""
    await subscription_of(arm, call.params)
    return Page(())


@operation(
    id="ManagedHsms.ListByResourceGroup",
    route=f"GET {OF_GROUP}/managedHSMs",
    api_versions=SINCE_2021,
    access=needs(READ, of_group, below=True),
    response=Page[Any],
    errors=(NotFound,),
    spec=_SPEC + "list-by-resource-group",
)
async def list_hsms_of_group(call: Authorized[None], arm: Arm) -> Page[Any]:
    """List the managed HSMs of a resource group, which has none."""
    await group_of(arm, call.params)
    return Page(())


@operation(
    id="ManagedHsms.ListDeleted",
    route=f"GET {OF_SUBSCRIPTION}/deletedManagedHSMs",
    api_versions=SINCE_2021,
    access=needs(READ_DELETED, of_subscription),
    response=Page[Any],
    errors=(NotFound,),
    spec=_SPEC + "list-deleted",
)
async def list_deleted_hsms(call: Authorized[None], arm: Arm) -> Page[Any]:
    """List the subscription's deleted managed HSMs, of which there are none."""
    await subscription_of(arm, call.params)
    return Page(())


OPERATIONS: tuple[Operation, ...] = (list_hsms, list_hsms_of_group, list_deleted_hsms)
