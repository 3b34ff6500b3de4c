"""What can go wrong with a key-value beyond what every plane knows."""

from __future__ import annotations

from keyless.planes.appconfig.key_values.records import Name
from keyless.wire.errors import Conflict
from keyless.wire.shapes import PROBLEM_BASE

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
