"""What a vault may be called, and which names are taken.

Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

from __future__ import annotations

import re

from keyless.planes.arm.keyvault.access import CHECK_NAME, OF_SUBSCRIPTION
from keyless.planes.arm.keyvault.api_versions import VAULTS as VERSIONS
from keyless.planes.arm.keyvault.errors import NAME_RULE, VaultAlreadyExists
from keyless.planes.arm.keyvault.lookup import deleted_vault
from keyless.planes.arm.keyvault.schemas import NameAvailability, NameInput
from keyless.planes.arm.places import subscription_of
from keyless.planes.arm.scopes import needs, of_subscription
from keyless.planes.arm.service import Arm
from keyless.store.collections import VAULTS
from keyless.wire.call import Authorized
from keyless.wire.errors import NotFound
from keyless.wire.operation import Operation, operation

_NAME = re.compile(r"(?=.{3,24}$)[A-Za-z](?:-?[A-Za-z0-9])+")


def is_name(name: str) -> bool:
    """Whether a vault can be called so."""
    return _NAME.fullmatch(name) is not None


@operation(
    id="Vaults.CheckNameAvailability",
    route=f"POST {OF_SUBSCRIPTION}/checkNameAvailability",
    api_versions=VERSIONS,
    access=needs(CHECK_NAME, of_subscription),
    body=NameInput,
    response=NameAvailability,
    errors=(NotFound,),
    spec="https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/check-name-availability",
)
async def check_name(call: Authorized[NameInput], arm: Arm) -> NameAvailability:
    """Tell whether a vault may be called so; a deleted one keeps its name."""
    await subscription_of(arm, call.params)
    name = call.body.name
    if not is_name(name):
        said = f"The vault name '{name[:128]}' is invalid. {NAME_RULE}"
        return NameAvailability(False, "AccountNameInvalid", said)
    taken = await arm.store.get(VAULTS, (name.casefold(),)) or await deleted_vault(arm.store, name, call.now)
    if taken is not None:
        return NameAvailability(False, "AlreadyExists", VaultAlreadyExists(name).message)
    return NameAvailability(True)


OPERATIONS: tuple[Operation, ...] = (check_name,)
