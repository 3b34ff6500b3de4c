"""Microsoft.AppConfiguration: configuration stores, their keys and replicas, deleted stores."""

from __future__ import annotations

from keyless.planes.arm.appconfiguration import (
    deleted_stores,
    key_values,
    keys,
    names,
    replicas,
    snapshots,
    stores,
    unserved,
)
from keyless.wire.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *stores.OPERATIONS,
    *keys.OPERATIONS,
    *deleted_stores.OPERATIONS,
    *names.OPERATIONS,
    *key_values.OPERATIONS,
    *replicas.OPERATIONS,
    *snapshots.OPERATIONS,
    *unserved.OPERATIONS,
)
