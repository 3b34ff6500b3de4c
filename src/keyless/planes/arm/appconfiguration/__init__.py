"""Microsoft.AppConfiguration: configuration stores, their keys, deleted stores."""

from __future__ import annotations

from keyless.planes.arm.appconfiguration import deleted_stores, key_values, keys, names, stores, unserved
from keyless.wire.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *stores.OPERATIONS,
    *keys.OPERATIONS,
    *deleted_stores.OPERATIONS,
    *names.OPERATIONS,
    *key_values.OPERATIONS,
    *unserved.OPERATIONS,
)
