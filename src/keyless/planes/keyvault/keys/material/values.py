"""What goes into an algorithm and comes out of it, and how it is refused.

One error stands for whatever can be wrong with a ciphertext, a tag, a padding or a wrapped key: who tries
some learns that one did not open, and nothing of why.
"""

from __future__ import annotations

from typing import NamedTuple

from keyless.wire.errors import InvalidProperty, InvalidRequest


class Plain(NamedTuple):
    """What is to be encrypted or wrapped; ``iv`` is chosen here where it is none."""

    value: bytes
    iv: bytes | None = None
    aad: bytes | None = None

    def __repr__(self) -> str:
        return "Plain(…)"


class Sealed(NamedTuple):
    """What was encrypted or wrapped, with what decrypting it takes."""

    value: bytes
    iv: bytes | None = None
    tag: bytes | None = None
    aad: bytes | None = None


class DoesNotOpen(InvalidRequest):
    """A ciphertext that this key does not open, for whatever reason."""

    def __init__(self) -> None:
        super().__init__(
            "The parameter is incorrect: the value cannot be opened with this key, algorithm and parameters.",
            field="value",
        )


def wrong_length(field: str, found: int, wanted: str) -> InvalidRequest:
    """A member whose bytes are too few or too many; ``wanted`` begins with the algorithm."""
    return InvalidRequest(f"Invalid length of '{field}': {found} bytes. {wanted}", field=field)


def required(field: str, algorithm: str) -> InvalidProperty:
    """A member that an algorithm needs, and that is not there."""
    return InvalidProperty(field, f"{algorithm} requires it")


def needless(field: str, algorithm: str) -> InvalidProperty:
    """A member that an algorithm has no use for."""
    return InvalidProperty(field, f"{algorithm} takes none")
