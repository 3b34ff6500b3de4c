"""The expressions of code that may hold a login or the name of a keytab, gone through once for all rules.

Rules:
- a text counts if it has something of either in it, and so do records and calls with a password among their
  keys or arguments; all that is put together does;
- documents are short, and each rule goes through them itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Call, Expr, Joined, Literal, Record, text_of
from keyless.assess.walked import walked

LONGEST = 4096
_PASSWORDS = frozenset({"password", "pwd", "PASSWORD", "Password"})


def candidates(repository: Repository) -> tuple[tuple[str, Expr], ...]:
    """Paths and expressions: `repository.view(candidates)`."""
    return tuple(_all(repository))


def _all(repository: Repository) -> Iterator[tuple[str, Expr]]:
    seen = repository.view(walked)
    for site in (*seen.texts, *seen.joined, *seen.records, *seen.calls):
        one = site.expression
        if _LOOKS[type(one)](one):
            yield site.within.unit.path, one


def _literal(one: Literal) -> bool:
    text = one.value
    if not isinstance(text, str) or len(text) > LONGEST:
        return False
    return (";" in text and "=" in text) or "://" in text or ".keytab" in text or ".KEYTAB" in text


def _record(one: Record) -> bool:
    return any(text_of(entry.key) in _PASSWORDS for entry in one.entries)


def _call(one: Call) -> bool:
    return any(argument.name in _PASSWORDS for argument in one.arguments) or _is_connection(one)


def _is_connection(one: Call) -> bool:
    return len(one.arguments) == 3 and getattr(one.callee, "name", "") == "getConnection"


_LOOKS: dict[type, Callable[[Any], bool]] = {
    Literal: _literal,
    Joined: lambda _: True,
    Record: _record,
    Call: _call,
}
