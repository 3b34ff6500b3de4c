"""Microsoft.ManagedIdentity: user-assigned identities, federated credentials, the system-assigned view."""

from __future__ import annotations

from keyless.wire.operation import Operation

OPERATIONS: tuple[Operation, ...] = ()
