"""What the operations in Azure's logs need, by category of log: actions and data actions, or why none.

Rules:
- categories and operations are compared without case;
- an operation without actions says why it has none (a step of signing in, say): its events are counted, and
  listed with that;
- an operation that is not here is not known, which is no statement that it needs nothing.

Sources: in the data file, by category.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data
from keyless.model.actions import ActionPlane


class LogOperation(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What one operation needs: all of the actions, on the two planes. ``why`` says why it needs none."""

    actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    why: str = ""

    def needs(self) -> tuple[tuple[ActionPlane, str], ...]:
        """Every action with its plane."""
        return (
            *((ActionPlane.CONTROL, action) for action in self.actions),
            *((ActionPlane.DATA, action) for action in self.data_actions),
        )


class LogCategory(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """One category of log: where what is said of it can be read, and its operations."""

    source: tuple[str, ...]
    operations: dict[str, LogOperation]


@lru_cache(maxsize=1)
def log_categories() -> Mapping[str, LogCategory]:
    """Every category that the catalog knows, by name."""
    return msgspec.json.decode(read_data("log_operations.json"), type=dict[str, LogCategory])


def log_operation(category: str, operation: str) -> LogOperation | None:
    """What an operation of a category needs; none where that is not known."""
    return _folded().get((category.casefold(), operation.casefold()))


@lru_cache(maxsize=1)
def _folded() -> dict[tuple[str, str], LogOperation]:
    return {
        (name.casefold(), operation.casefold()): needs
        for name, category in log_categories().items()
        for operation, needs in category.operations.items()
    }
