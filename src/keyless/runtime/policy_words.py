"""What a key of the policy takes, in words: for messages, and for the reference page."""

from __future__ import annotations

import enum
import types
import typing
from typing import TypeGuard

import msgspec

from keyless.model.nearest import quoted_list

_PLAIN: dict[object, str] = {bool: "`true` or `false`", int: "a whole number", float: "a number", str: "text"}


def is_section(kind: object) -> TypeGuard[type[msgspec.Struct]]:
    """Whether a key has keys of its own."""
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def wanted(kind: object) -> str:
    """What may be written, such as ``a list of text``."""
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return wanted(inside[0]) + _bounds(inside[1:])
    if origin in {typing.Union, types.UnionType}:
        return " or ".join("nothing" if one is type(None) else wanted(one) for one in inside)
    if origin is dict:
        return f"a mapping from names to {wanted(inside[1])}"
    if origin in {tuple, list, frozenset}:
        return f"a list of {wanted(inside[0])}"
    return _simple(kind)


def _simple(kind: object) -> str:
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return quoted_list(str(one.value) for one in kind)
    if is_section(kind):
        return f"keys: {quoted_list((one.encode_name for one in msgspec.structs.fields(kind)), 'and')}"
    return _PLAIN.get(kind, "text")


def _bounds(meta: tuple[object, ...]) -> str:
    least = [str(one.ge) for one in meta if isinstance(one, msgspec.Meta) and one.ge is not None]
    most = [str(one.le) for one in meta if isinstance(one, msgspec.Meta) and one.le is not None]
    if least and most:
        return f" ({least[0]} to {most[0]})"
    return f" ({least[0]} or more)" if least else (f" ({most[0]} or less)" if most else "")
