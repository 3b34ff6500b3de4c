"""What stands at a path of keys in a record, in the form that it is wanted in.

Rules:
- keys compare without case, as in ``entry_of``, which has the entry itself with its place;
- what is not there, or is of another form, is nothing: no text, no entries, no items.
"""

from __future__ import annotations

from keyless.assess.syntax.expressions import Entry, Expr, Items, Record, entry_of, text_of


def value_at(record: Expr | None, *path: str) -> Expr | None:
    """The value at a path; none where there is none."""
    found = entry_of(record, *path)
    return None if found is None else found.value


def text_at(record: Expr | None, *path: str) -> str:
    """The literal text at a path; empty where there is none."""
    return text_of(value_at(record, *path)) or ""


def entries_at(record: Expr | None, *path: str) -> tuple[Entry, ...]:
    """The entries of the record at a path."""
    found = value_at(record, *path)
    return found.entries if isinstance(found, Record) else ()


def items_at(record: Expr | None, *path: str) -> tuple[Expr, ...]:
    """The items of the list at a path."""
    found = value_at(record, *path)
    return found.items if isinstance(found, Items) else ()
