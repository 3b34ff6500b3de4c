"""Nested records as names with values: `A:B`, `a.b`, `a[0].b`."""

from __future__ import annotations

from collections.abc import Iterator

from keyless.assess.syntax.expressions import Entry, Expr, Items, Literal, Record, text_of

_MOST = 20_000


def flattened(root: Expr, separator: str) -> Iterator[tuple[str, Expr, Entry]]:
    """Every value that is no record or list, under its whole name, with the entry that it stands in.

    Members of lists go by their number, as .NET and Spring read them; a list of plain values has its own
    name as well, once for each.
    """
    left = _MOST
    waiting: list[tuple[str, Expr, Entry | None]] = [("", root, None)]
    while waiting and left:
        name, value, entry = waiting.pop()
        left -= 1
        if isinstance(value, Record):
            waiting.extend(
                (_below(name, key_of(one), separator), one.value, one) for one in reversed(value.entries)
            )
        elif isinstance(value, Items):
            waiting.extend(
                (f"{name}{separator}{number}", one, entry)
                for number, one in reversed(list(enumerate(value.items)))
            )
        elif entry is not None and name:
            yield name, value, entry


def key_of(entry: Entry) -> str:
    """The key of an entry as text; empty where it is no plain one."""
    if isinstance(entry.key, Literal) and entry.key.value is not None:
        return text_of(entry.key) or str(entry.key.value)
    return ""


def _below(name: str, key: str, separator: str) -> str:
    return f"{name}{separator}{key}" if name else key
