"""Microsoft.Authorization: role definitions and assignments, deny assignments, permissions."""

from __future__ import annotations

from keyless.wire.operation import Operation

OPERATIONS: tuple[Operation, ...] = ()
