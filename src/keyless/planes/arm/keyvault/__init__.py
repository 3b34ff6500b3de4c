"""Microsoft.KeyVault: vaults, their access policies, deleted vaults."""

from __future__ import annotations

from keyless.wire.operation import Operation

OPERATIONS: tuple[Operation, ...] = ()
