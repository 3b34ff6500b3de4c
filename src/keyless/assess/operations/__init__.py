"""Operations of services that code calls through the client libraries."""

from keyless.assess.operations.seen import SeenOperation, seen_operations

__all__ = ["SeenOperation", "seen_operations"]
