"""Microsoft.KeyVault: vaults, their access policies, deleted vaults."""

from __future__ import annotations

from keyless.planes.arm.keyvault import (
    access_policies,
    deleted_vaults,
    managed_hsms,
    names,
    private_links,
    vaults,
)
from keyless.wire.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *vaults.OPERATIONS,
    *access_policies.OPERATIONS,
    *deleted_vaults.OPERATIONS,
    *names.OPERATIONS,
    *managed_hsms.OPERATIONS,
    *private_links.OPERATIONS,
)
