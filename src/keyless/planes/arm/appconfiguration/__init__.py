"""Microsoft.AppConfiguration: configuration stores, their keys, deleted stores."""

from __future__ import annotations

from keyless.wire.operation import Operation

OPERATIONS: tuple[Operation, ...] = ()
