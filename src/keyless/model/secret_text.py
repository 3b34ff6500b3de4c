"""A text that must not be shown: it hides in reprs, logs and error messages."""

from __future__ import annotations


class SecretText:
    """Holds a secret value; only ``reveal()`` gives it back."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself: call this only where it goes to the store or to its rightful reader."""
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecretText) and self._value == other._value

    def __hash__(self) -> int:
        return hash((SecretText, self._value))

    def __repr__(self) -> str:
        return "SecretText(…)"

    __str__ = __repr__
