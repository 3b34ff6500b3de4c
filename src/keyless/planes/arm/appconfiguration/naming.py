"""What a configuration store may be called, and which names are taken.

Rules:
- 5 to 50 letters, digits, `-` and `_`;
- a name is one endpoint's in the whole cloud, be it a store's or a replica's; a store that was deleted keeps
  its name until it is purged.

Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules and
https://learn.microsoft.com/azure/azure-app-configuration/concept-soft-delete
"""

from __future__ import annotations

import re

from keyless.lifecycle.replicas import store_at
from keyless.planes.arm.appconfiguration.deleted import deleted_store
from keyless.planes.arm.appconfiguration.schemas import NameAvailability
from keyless.store.ports import Reader

_NAME = re.compile(r"[A-Za-z0-9_-]{5,50}")
TAKEN = "The specified name is already in use."
RULE = "use 5 to 50 letters, digits, `-` and `_`"


def is_name(name: str) -> bool:
    """Whether a store can be called so."""
    return _NAME.fullmatch(name) is not None


async def availability(reader: Reader, name: str, now: float) -> NameAvailability:
    """Whether a store may be called so now, and if not, why."""
    if not is_name(name):
        return NameAvailability(False, f"The specified name is not valid: {RULE}.", "Invalid")
    if await is_taken(reader, name.casefold(), now):
        return NameAvailability(False, TAKEN, "AlreadyExists")
    return NameAvailability(True, "The specified name is available.")


async def is_taken(reader: Reader, endpoint: str, now: float) -> bool:
    """Whether an endpoint of that name (in lower case) is there, or a deleted store's that can come back."""
    return (
        await store_at(reader, endpoint) is not None or await deleted_store(reader, endpoint, now) is not None
    )
