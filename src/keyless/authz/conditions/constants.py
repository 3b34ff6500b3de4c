"""Values as they are written into a condition, read and written as an operator compares them.

Rules:
- text stands in single quotes; within them `\\'` is a quote and `\\\\` a backslash, and every other backslash
  stands for itself, so that `\\*` reaches the `Like` operators as it is;
- numbers are whole and of 64 bits, GUIDs have 32 digits with their dashes or without, truth values are `true`
  and `false`; all three are taken with quotes and without.

Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format
(and the built-in roles, which write GUIDs without quotes, and some without dashes). Azure does not say how a
quote is written inside of a text.
"""

from __future__ import annotations

import re
from functools import lru_cache

from keyless.authz.conditions.moments import read_moment, write_moment
from keyless.authz.conditions.operators import Family
from keyless.authz.conditions.tree import Constant

_ESCAPED = re.compile(r"\\([\\'])")
_TO_ESCAPE = re.compile(r"'|\\(?=[\\']|$)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?[0-9]{1,19}")
_GUID = re.compile(r"[0-9a-fA-F]{8}(-?)[0-9a-fA-F]{4}(?:\1[0-9a-fA-F]{4}){2}\1[0-9a-fA-F]{12}")
_TRUTH = {"true": True, "false": False}
_INT64 = 2**63

EXPECTED = {
    Family.TEXT: "text in single quotes, such as `'web'`",
    Family.NUMBER: "a whole number of 64 bits, such as `10`",
    Family.MOMENT: "a moment such as `'2030-01-31T00:00:00.0Z'`",
    Family.GUID: "a GUID such as `acdd72a7-3385-48ef-bd42-f606fba81ae7`",
    Family.BOOLEAN: "`true` or `false`",
}


def unquote(raw: str) -> str:
    """The text that stands between two quotes."""
    return _ESCAPED.sub(r"\1", raw)


def quote(text: str) -> str:
    """A text in quotes."""
    return "'" + _TO_ESCAPE.sub(lambda found: "\\" + found[0], text) + "'"


def read_constant(family: Family, written: str, *, quoted: bool) -> Constant | None:
    """A written value as the family compares it; None if it is no such value."""
    if family is Family.TEXT:
        return written if quoted else None
    if family is Family.MOMENT:
        return read_moment(written) if quoted else None
    if family is Family.GUID:
        return read_guid(written)
    if family is Family.NUMBER:
        return _read_number(written)
    return _TRUTH.get(written.casefold())


def write_constant(family: Family, value: Constant) -> str:
    """A value as a condition writes it."""
    if family is Family.MOMENT and isinstance(value, int):
        return quote(write_moment(value))
    if family is Family.BOOLEAN:
        return "true" if value else "false"
    if family is Family.GUID and isinstance(value, str):
        return "-".join((value[:8], value[8:12], value[12:16], value[16:20], value[20:]))
    return quote(value) if isinstance(value, str) else str(value)


@lru_cache(maxsize=4096)
def read_guid(text: str) -> str | None:
    """A GUID's 32 digits in lower case; None if it is none."""
    return text.replace("-", "").lower() if _GUID.fullmatch(text) else None


def _read_number(text: str) -> int | None:
    if not _NUMBER.fullmatch(text):
        return None
    number = int(text)
    return number if -_INT64 <= number < _INT64 else None
