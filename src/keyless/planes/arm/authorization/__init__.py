"""Microsoft.Authorization: role definitions and assignments, deny assignments, permissions."""

from __future__ import annotations

from keyless.planes.arm.authorization import (
    assignments,
    assignments_write,
    classic_administrators,
    definitions,
    definitions_write,
    denies,
    permissions,
    provider_operations,
)
from keyless.wire.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *definitions.OPERATIONS,
    *definitions_write.OPERATIONS,
    *assignments.OPERATIONS,
    *assignments_write.OPERATIONS,
    *denies.OPERATIONS,
    *permissions.OPERATIONS,
    *classic_administrators.OPERATIONS,
    *provider_operations.OPERATIONS,
)
