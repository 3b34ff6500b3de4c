"""The functions of templates that can be evaluated without deploying, on plain values.

Functions that look at the deployment's place, at parameters or at other resources are the evaluator's own.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from keyless.catalog.roles import UnknownRole, find_role
from keyless.estate.imported.entry import CannotRead
from keyless.estate.imported.templates.unique_string import unique_string

_GUIDS = uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")
"""The name space of `guid()`."""
_MOST = 800
"""How many items a loop may have."""
Value = Any


def text(value: Value) -> str:
    """A value as a text in another text."""
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, str | int):
        return str(value)
    raise CannotRead("puts into a text what is not known, or is no text")


def _concat(*parts: Value) -> Value:
    if parts and all(isinstance(one, list) for one in parts):
        return [item for one in parts for item in one]
    return "".join(map(text, parts))


def _format(pattern: str, *given: Value) -> str:
    def put(found: re.Match[str]) -> str:
        return text(given[int(found[1])])

    return re.sub(r"\{(\d+)(?::[^}]*)?\}", put, pattern)


def _guid(*parts: Value) -> str:
    return str(uuid.uuid5(_GUIDS, "-".join(map(text, parts))))


def _replace(whole: str, old: str, new: str) -> str:
    return text(whole).replace(text(old), text(new))


def _contains(whole: Value, part: Value) -> bool:
    if isinstance(whole, dict):
        return str(part).casefold() in {key.casefold() for key in whole}
    return part in whole


def _union(*parts: Value) -> Value:
    if all(isinstance(one, dict) for one in parts):
        return {key: value for one in parts for key, value in one.items()}
    return list({repr(item): item for one in parts for item in one}.values())


def _split(whole: str, by: Value) -> list[str]:
    signs = [by] if isinstance(by, str) else by
    return re.split("|".join(map(re.escape, signs)), text(whole))


def _range(start: int, count: int) -> list[int]:
    if count > _MOST:
        raise CannotRead(f"is a loop of more than {_MOST}")
    return list(range(start, start + count))


def _object(*pairs: Value) -> dict[str, Value]:
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


def _substring(whole: str, start: int, length: int | None = None) -> str:
    return text(whole)[start:] if length is None else text(whole)[start : start + length]


def _equals(one: Value, other: Value) -> bool:
    return bool(one == other)


def _first(whole: Value) -> Value:
    return whole[0]


def _last(whole: Value) -> Value:
    return whole[-1]


def _take(whole: Value, count: int) -> Value:
    return whole[: max(count, 0)]


def _skip(whole: Value, count: int) -> Value:
    return whole[max(count, 0) :]


def _role_definitions(name: str) -> dict[str, str]:
    try:
        role = find_role(name)
    except UnknownRole as error:
        raise CannotRead("names a built-in role that is not known") from error
    return {
        "id": f"/providers/Microsoft.Authorization/roleDefinitions/{role.id}",
        "roleDefinitionId": role.id,
    }


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "concat": _concat,
    "format": _format,
    "guid": _guid,
    "uniquestring": lambda *parts: unique_string(*map(text, parts)),
    "replace": _replace,
    "contains": _contains,
    "union": _union,
    "split": _split,
    "range": _range,
    "createobject": _object,
    "createarray": lambda *items: list(items),
    "array": lambda one: one if isinstance(one, list) else [one],
    "substring": _substring,
    "equals": _equals,
    "not": lambda one: not one,
    "empty": lambda one: not one,
    "length": len,
    "first": _first,
    "last": _last,
    "take": _take,
    "skip": _skip,
    "tolower": lambda one: text(one).lower(),
    "toupper": lambda one: text(one).upper(),
    "trim": lambda one: text(one).strip(),
    "string": text,
    "int": int,
    "bool": lambda one: str(one).casefold() in {"true", "1"},
    "join": lambda parts, by: str(by).join(map(text, parts)),
    "startswith": lambda whole, part: text(whole).casefold().startswith(text(part).casefold()),
    "endswith": lambda whole, part: text(whole).casefold().endswith(text(part).casefold()),
    "true": lambda: True,
    "false": lambda: False,
    "null": lambda: None,
    "add": lambda one, other: one + other,
    "sub": lambda one, other: one - other,
    "roledefinitions": _role_definitions,
}
