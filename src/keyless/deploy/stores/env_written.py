"""Settings as a file of environment variables.

Rules:
- with a separator, it is `__` in the name of a variable, as configuration providers read it;
- a value stands in single quotes; one that readers differ in there (it has such quotes in it, or two
  backslashes, or one at its end) in double quotes, where a backslash escapes;
- what has no name that a shell takes, or a value that would be read as another, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from keyless.deploy.sources import Left
from keyless.deploy.stores.flat_files import IN_VARIABLES

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")
_BARE = re.compile(r"[A-Za-z0-9_./:@%+,-]*")
_UNLIKE = re.compile(r"'|\\\\|\\\Z")
_EXPANDED = re.compile(r"[$`]")
_ESCAPED = re.compile(r'["\\]')
_NO_NAME = "no name of a variable comes of it: letters, digits, `_`, `.` and `-`"
_NO_VALUE = "its value would be read as another: it has quotes or backslashes, and `$` or backticks"


def env_text(settings: Mapping[str, str], separator: str) -> tuple[str, list[Left]]:
    """A file of variables, and what is not in it."""
    lines, left = [], []
    for key, value in settings.items():
        name = key.replace(separator, IN_VARIABLES) if separator else key
        quoted = _quoted(value)
        if _NAME.fullmatch(name) is None:
            hint = "" if separator else "; with `--separator :` a `:` is written as `__`"
            left.append(Left(key, _NO_NAME + hint))
        elif separator and name.replace(IN_VARIABLES, separator) != key:
            left.append(Left(key, f"it would be read as another key, since `{IN_VARIABLES}` is in it"))
        elif quoted is None:
            left.append(Left(key, _NO_VALUE))
        else:
            lines.append(f"{name}={quoted}\n")
    return "".join(lines), left


def _quoted(value: str) -> str | None:
    """A value that readers take for the same, shells among them; none where there is no way to write it."""
    if _BARE.fullmatch(value):
        return value
    if _UNLIKE.search(value) is None:
        return f"'{value}'"
    if _EXPANDED.search(value):
        return None
    escaped = _ESCAPED.sub(r"\\\g<0>", value)
    return f'"{escaped}"'
