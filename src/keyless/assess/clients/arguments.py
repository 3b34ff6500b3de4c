"""Taking the argument out of a call that a credential is in.

Rules:
- a name comes before a position, and counts as well where it is an entry of a record that is spread;
- positions count among the arguments without a name, and tell nothing after one that is spread;
- a path goes on into an object that is written on the spot, or kept in a variable nearby; `*` is any entry.
"""

from __future__ import annotations

from collections.abc import Callable

from keyless.assess.syntax.expressions import Call, Expr, Record, entry_of
from keyless.catalog.client_calls import CredentialCall

_ANY_ENTRY = "*"


def argument_of(call: Call, known: CredentialCall, value_of: Callable[[Expr], Expr]) -> Expr | None:
    """The argument that a known call has its credential in; none where this call leaves it out."""
    names = known.argument
    found = _named(call, names) or _spread(call, names, value_of) or _at(call, known.at)
    for key in known.path:
        if found is None:
            return None
        found = _entry(value_of(found), key)
    return found


def _named(call: Call, names: tuple[str, ...]) -> Expr | None:
    return next((one.value for one in call.arguments if one.name in names), None) if names else None


def _spread(call: Call, names: tuple[str, ...], value_of: Callable[[Expr], Expr]) -> Expr | None:
    """The entry of a record that is spread into the call: `Client(**options)`."""
    records = [value_of(one.value) for one in call.arguments if one.spread]
    entries = (_entry(record, name) for record in records for name in names)
    return next((one for one in entries if one is not None), None)


def _at(call: Call, position: int | None) -> Expr | None:
    if position is None:
        return None
    plain = [one for one in call.arguments if one.name is None]
    if position < 0:
        return plain[position].value if len(plain) >= -position and not plain[-1].spread else None
    if position >= len(plain) or any(one.spread for one in plain[: position + 1]):
        return None
    return plain[position].value


def _entry(record: Expr, key: str) -> Expr | None:
    if not isinstance(record, Record):
        return None
    if key == _ANY_ENTRY:
        return record.entries[0].value if record.entries else None
    found = entry_of(record, key)
    return None if found is None else found.value
