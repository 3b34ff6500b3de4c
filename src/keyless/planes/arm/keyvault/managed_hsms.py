"""Managed HSMs: there are none, and tools that look for them see that.

Source: https://learn.microsoft.com/rest/api/keyvault/managedhsm/managed-hsms
"""

from __future__ import annotations

from typing import Any

from keyless.planes.arm.keyvault.access import CHECK_NAME, OF_GROUP, OF_SUBSCRIPTION, PROVIDER
from keyless.planes.arm.keyvault.api_versions import SINCE_2021, SINCE_2022
from keyless.planes.arm.keyvault.errors import NAME_RULE
from keyless.planes.arm.keyvault.names import is_name
from keyless.planes.arm.keyvault.schemas import NameAvailability, NameInput
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


@operation(
    id="ManagedHsms.CheckMhsmNameAvailability",
    route=f"POST {OF_SUBSCRIPTION}/checkMhsmNameAvailability",
    api_versions=SINCE_2022,
    access=needs(CHECK_NAME, of_subscription),
    body=NameInput,
    response=NameAvailability,
    errors=(NotFound,),
    spec=_SPEC + "check-mhsm-name-availability",
)
async def check_hsm_name(call: Authorized[NameInput], arm: Arm) -> NameAvailability:
    """Tell whether a managed HSM may be called so: none has a name already."""
    await subscription_of(arm, call.params)
    name = call.body.name
    if is_name(name):
        return NameAvailability(True)
    return NameAvailability(False, "AccountNameInvalid", f"The name '{name[:128]}' is invalid. {NAME_RULE}")


OPERATIONS: tuple[Operation, ...] = (list_hsms, list_hsms_of_group, list_deleted_hsms, check_hsm_name)
