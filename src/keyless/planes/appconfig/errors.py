"""What can go wrong with key-values and snapshots beyond what every plane knows."""

from __future__ import annotations

from keyless.planes.appconfig.key_values.records import Name
from keyless.wire.errors import Conflict
from keyless.wire.shapes import ALREADY_EXISTS, INVALID_STATE, PROBLEM_BASE

KEY_LOCKED = PROBLEM_BASE + "key-locked"


class KeyLocked(Conflict):
    """The key-value is read-only. ``field`` is its key, which the problem's title names."""

    code = "KeyLocked"

    def __init__(self, name: Name) -> None:
        label = f" with the label `{name.label[:256]}`" if name.label else ""
        super().__init__(
            f"the key-value `{name.key[:256]}`{label} is locked: unlock it before you change or delete it",
            inner=KEY_LOCKED,
        )
        self.field = name.key


class AlreadyExists(Conflict):
    """There is a snapshot of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"there is a snapshot `{name[:256]}` already, and it cannot be changed: take another name",
            inner=ALREADY_EXISTS,
        )


class InvalidState(Conflict):
    """The snapshot's state does not let it be archived or recovered."""

    def __init__(self, name: str, status: str) -> None:
        super().__init__(
            f"the snapshot `{name[:256]}` is in the state `{status}`: make another one of another name",
            inner=INVALID_STATE,
        )
