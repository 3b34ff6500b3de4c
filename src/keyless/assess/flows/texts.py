"""What is secret in a text that is put together: the value after `AccountKey=`, `Password=`, a user's `:`.

Rules:
- the text is read with a mark for each part that is no literal; a part counts where what stands before it
  says that a secret follows;
- with no such place, a text that begins as a web address, or that has the names of a connection string, is an
  address; one that begins with a part is that part and more;
- a secret that stands in the literal parts makes the whole a written one.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator

from keyless.assess.syntax.expressions import Expr, Joined, Literal, text_of

_MARK = "\x00"
_NAMES = (
    "accountkey",
    "sharedaccesskey",
    "sharedaccesssignature",
    "accesskey",
    "primarykey",
    "password",
    "pwd",
    "sig",
    "code",
    "apikey",
    "api_key",
    "api-key",
    "subscription-key",
    "key",
    "clientsecret",
    "client_secret",
    "secret",
    "token",
)
_NAMED = "|".join(sorted(map(re.escape, _NAMES), key=len, reverse=True))
_BEFORE = re.compile(rf"(?:^|[^a-z0-9])(?:{_NAMED})\s?[=:]\s?['\"{{]?$")
_AUTHORIZATION = ("bearer ", "basic ", "sharedkey ")
_PAIR = re.compile(
    r"(?:^|[;?&\s])(accountkey|sharedaccesskey|accesskey|password|pwd|sig|clientsecret)\s?=\s?([^;&\s]{1,512})"
)
_ADDRESS_NAMES = ("server=", "data source=", "endpoint=", "host=", "authentication=", "accountendpoint=")


class Said(enum.Enum):
    """What a text that is put together is, where none of its parts is the secret."""

    WRITTEN = enum.auto()
    ADDRESS = enum.auto()
    OPEN = enum.auto()
    """Nothing says it: its parts do."""


def pieces(joined: Joined) -> list[Expr]:
    """The parts, those of parts that are put together themselves in their place."""
    found: list[Expr] = []
    waiting: list[Expr] = [joined]
    while waiting and len(found) < 256:
        one = waiting.pop()
        if isinstance(one, Joined):
            waiting.extend(reversed(one.parts))
        else:
            found.append(one)
    return found


def secret_parts(parts: list[Expr]) -> list[Expr]:
    """The parts that stand where a secret does."""
    before = ""
    found: list[Expr] = []
    for position, part in enumerate(parts):
        if isinstance(part, Literal):
            before = (before + str(part.value))[-512:]
            continue
        after = text_of(parts[position + 1]) if position + 1 < len(parts) else None
        if _is_before_secret(before.casefold(), after or ""):
            found.append(part)
        before = before[-511:] + _MARK
    return found


def said(parts: list[Expr]) -> Said:
    """What the literal parts say of the whole, where no part stands for a secret."""
    text = "".join(str(one.value) if isinstance(one, Literal) else _MARK for one in parts)[:4096]
    plain = text.casefold()
    if any(_MARK not in value and _is_value(value) for value in _values(plain)):
        return Said.WRITTEN
    if plain.startswith(("http://", "https://", "amqps://", "sb://", _MARK + "://", _MARK + ".")):
        return Said.ADDRESS
    if any(name in plain for name in _ADDRESS_NAMES) and not plain.startswith(_MARK):
        return Said.ADDRESS
    return Said.OPEN


def is_secret_text(text: str) -> bool:
    """Whether a connection string or address holds a secret: a value where one stands."""
    return any(_is_value(value) for value in _values(text[:4096].casefold())) or _has_password(text[:4096])


def _values(plain: str) -> Iterator[str]:
    return (found.group(2).strip("'\"") for found in _PAIR.finditer(plain))


def _is_value(value: str) -> bool:
    return bool(value) and not value.startswith(("{", "$", "<", "%", "@", "[")) and value != _MARK


def _is_before_secret(before: str, after: str) -> bool:
    tail = before[-64:]
    if tail.endswith(_AUTHORIZATION) or _BEFORE.search(tail):
        return True
    if (tail.endswith(("?", "&")) and "://" in before) or tail.endswith(f"{_MARK}?"):
        return True
    _, scheme, authority = before.rpartition("://")
    return bool(scheme) and authority.endswith(":") and not set("/@") & set(authority) and after[:1] == "@"


def _has_password(text: str) -> bool:
    """`scheme://user:password@host`."""
    _, scheme, rest = text.partition("://")
    user, at, _ = rest.partition("/")[0].rpartition("@")
    _, colon, password = user.partition(":")
    return bool(scheme and at and colon and _is_value(password))
