"""Gathering the records of a list, and the entries of a map, however a template puts them together.

Rules:
- `concat`, `union`, `merge`, `flatten`, spreads and both sides of conditions are gone into;
- a loop (or `map`) that makes records of the items of a list, or of the entries of a map, gives those: what
  it does to them beside is not looked at;
- what is not understood gives nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from keyless.assess.deployed.allowance import Allowance
from keyless.assess.deployed.linked import Linked, linked
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import (
    Call,
    Choice,
    Entry,
    Expr,
    Items,
    Lambda,
    Literal,
    Loop,
    Member,
    Name,
    Other,
    Record,
    Return,
    dotted,
    entry_of,
    text_of,
)

_DEEPEST = 10
_MOST = 2000
_GATHERING = frozenset(
    {"concat", "union", "merge", "flatten", "shallowmerge", "tolist", "toset", "tomap", "coalesce"}
)
_MADE_OF = frozenset({"items", "objectkeys", "keys"})
_ENTRIES = "entries-of"
_FILTERING = frozenset({"filter", "sort"})


def records_in(repository: Repository, at: Linked) -> Iterator[Linked]:
    """The records of a list."""
    for one in _gathered(repository, at, 0, Allowance(_MOST)):
        if isinstance(one.expression, Record):
            yield one


def entries_in(repository: Repository, at: Linked) -> Iterator[tuple[Entry, Linked]]:
    """The entries of a map, each with where it stands."""
    yield from _entries(repository, at, Allowance(_MOST))


def _entries(repository: Repository, at: Linked, allowance: Allowance) -> Iterator[tuple[Entry, Linked]]:
    for one in _gathered(repository, at, 0, allowance):
        for entry in one.expression.entries if isinstance(one.expression, Record) else ():
            if isinstance(entry.key, Other) and entry.key.kind == "spread":
                yield from _entries(repository, replace(one, expression=entry.value), allowance)
            else:
                yield entry, replace(one, expression=entry.value)


def _gathered(repository: Repository, at: Linked, depth: int, allowance: Allowance) -> Iterator[Linked]:
    if depth > _DEEPEST or not allowance.spend():
        return
    for end in linked(repository, at.template, at.expression, at.through):
        if isinstance(end.expression, Other) and end.expression.kind == _ENTRIES:
            yield from _as_records(repository, replace(end, expression=end.expression.parts[0]), allowance)
            continue
        parts = _parts(end.expression)
        if parts is None:
            yield end
            continue
        for part in parts:
            yield from _gathered(repository, replace(end, expression=part), depth + 1, allowance)


def _as_records(repository: Repository, at: Linked, allowance: Allowance) -> Iterator[Linked]:
    """The entries of a map as records with a name and a value."""
    for entry, value in _entries(repository, at, allowance):
        keys = (("name", entry.key), ("value", value.expression))
        entries = tuple(Entry(entry.span, Literal(entry.key.span, key), one) for key, one in keys)
        yield replace(value, expression=Record(entry.span, entries))


def _parts(one: Expr) -> tuple[Expr, ...] | None:
    """What something is put together of; none for what stands for itself."""
    match one:
        case Items(items=items):
            return items
        case Choice(alternatives=alternatives):
            return alternatives
        case Other(kind="spread", parts=parts):
            return parts
        case Loop(over=over, value=value):
            return _made(over, value)
        case Call():
            return _called(one)
        case _:
            return None


def _called(call: Call) -> tuple[Expr, ...] | None:
    name = (dotted(call.callee) or "").casefold()
    given = tuple(argument.value for argument in call.arguments)
    if name in _GATHERING:
        return given
    if name in _FILTERING and given:
        return given[:1]
    return _made(given[0], _result(given[1])) if name == "map" and len(given) == 2 else None


def _made(over: Expr, value: Expr | None) -> tuple[Expr, ...]:
    """What a loop makes: the records themselves, or what they are made of where they pass on its items."""
    if isinstance(value, Choice) and len(value.alternatives) == 1:
        value = value.alternatives[0]
    if isinstance(value, Record) and not _passes_on(value):
        return (value,)
    if isinstance(over, Call) and (dotted(over.callee) or "").casefold() in _MADE_OF and over.arguments:
        return (Other(over.span, _ENTRIES, (over.arguments[0].value,)),)
    return (over,)


def _passes_on(record: Record) -> bool:
    """Whether a record only gives names to what a loop takes: `{ name: one.key, value: one.value }`."""
    name = entry_of(record, "name")
    key = name.value if name is not None else record.entries[0].key if len(record.entries) == 1 else None
    return isinstance(key, Name | Member)


def _result(given: Expr) -> Expr | None:
    if not isinstance(given, Lambda) or not given.function.body:
        return None
    first = given.function.body[0]
    return first.value if isinstance(first, Return) else None


def named(record: Expr, *keys: str) -> Entry | None:
    """The first entry of a record that has one of these keys."""
    found = (entry_of(record, key) for key in keys)
    return next((one for one in found if one is not None), None)


def name_of(entry: Entry) -> str | None:
    """The plain key of an entry."""
    return text_of(entry.key)
