"""How much may be looked at for one answer.

A template of ten lines can say a hundred things ten times over each other; whoever follows them all is busy
for years. An answer that takes more steps than it is allowed is none.
"""

from __future__ import annotations


class Allowance:
    """Steps that are left, shared by all that one answer takes."""

    __slots__ = ("_left",)

    def __init__(self, steps: int) -> None:
        self._left = steps

    def spend(self) -> bool:
        """Take a step; false where none is left."""
        self._left -= 1
        return self._left >= 0
