"""Microsoft.ManagedIdentity: user-assigned identities, federated credentials, the system-assigned view."""

from __future__ import annotations

from keyless.planes.arm.managedidentity import (
    associated_resources,
    federated_credentials,
    identities,
    system_assigned,
)
from keyless.wire.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *identities.OPERATIONS,
    *federated_credentials.OPERATIONS,
    *system_assigned.OPERATIONS,
    *associated_resources.OPERATIONS,
)
