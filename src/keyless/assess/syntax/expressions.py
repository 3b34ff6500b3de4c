"""Expressions, as every language has them: the one form that flows are followed through.

Rules:
- a reader keeps whatever it has no form for as ``Other`` with the parts that it has forms for, so that a call
  within is never lost;
- what is concatenated, interpolated or formatted is ``Joined``; what may be one thing or another
  (`a ? b : c`, `a or b`, `a ?? b`, a `switch`) is ``Choice``;
- wrappers without meaning for a value (parentheses, `await`, casts, `!`, `&`, `*`, `as const`) are left out:
  the expression within stands in their place;
- a text has its value with escapes resolved; numbers, booleans and null are ``Literal`` as well;
- functions that stand in expressions (lambdas, arrow functions, closures) have a body of statements; one that
  is a single expression has a body of one ``Return``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from keyless.assess.syntax.span import Span


class _Node(msgspec.Struct, frozen=True, tag=True, tag_field="is", array_like=True, gc=False):
    span: Span


class Literal(_Node, frozen=True):
    """A text, number, boolean or null."""

    value: str | int | float | bool | None


class Joined(_Node, frozen=True):
    """Texts and other expressions, one after the other, as one text."""

    parts: tuple[Expr, ...]


class Name(_Node, frozen=True):
    """A variable, parameter, type or whatever else has a name; `this` and `self` are names."""

    id: str


class Member(_Node, frozen=True):
    """`a.b`, `a?.b`, `a::b`, `a->b`."""

    base: Expr
    name: str


class Index(_Node, frozen=True):
    """`a[b]`."""

    base: Expr
    key: Expr


class Argument(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An argument of a call, with no name where its position tells; `spread` for `*args` and `...args`."""

    value: Expr
    name: str | None = None
    spread: bool = False


class Call(_Node, frozen=True):
    """A call, or with ``new`` the making of an object whose type is the callee.

    ``then`` is what a language lets follow the arguments of a constructor: the entries of an object
    initializer (C#), the members of an anonymous class (Java). ``types`` are the type arguments as they are
    written (`services.AddSingleton<Store>(…)`).
    """

    callee: Expr
    arguments: tuple[Argument, ...] = ()
    new: bool = False
    then: tuple[Entry, ...] = ()
    types: tuple[str, ...] = ()


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A key and its value. In a ``Record`` of a template a key is a ``Literal`` wherever it is plain."""

    span: Span
    key: Expr
    value: Expr


class Record(_Node, frozen=True):
    """A dictionary, object, map, block of properties, or a struct's literal, whose type then is ``type``."""

    entries: tuple[Entry, ...]
    type: str | None = None


class Items(_Node, frozen=True):
    """A list, tuple, set or array."""

    items: tuple[Expr, ...]


class Choice(_Node, frozen=True):
    """One of several."""

    alternatives: tuple[Expr, ...]
    condition: Expr | None = None


class Loop(_Node, frozen=True):
    """A comprehension or the `for` of a template: ``value`` once for each of ``over``."""

    names: tuple[str, ...]
    over: Expr
    value: Expr


class Command(_Node, frozen=True):
    """A command of a shell with its arguments, in order; a pipe's ends are commands of their own."""

    words: tuple[Expr, ...]


class Lambda(_Node, frozen=True):
    """A function that has no name of its own."""

    function: Function


class Other(_Node, frozen=True):
    """Anything else: ``kind`` is the grammar's own word for it."""

    kind: str
    parts: tuple[Expr, ...] = ()


class Parameter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A parameter of a function; ``type`` as it is written, ``marks`` its annotations or attributes."""

    span: Span
    name: str
    type: str | None = None
    default: Expr | None = None
    marks: tuple[Expr, ...] = ()


class Function(msgspec.Struct, frozen=True, array_like=True, kw_only=True, gc=False):
    """A function, method or constructor.

    ``marks`` are decorators, annotations and attributes, as expressions (`@app.get("/x")` is the call);
    ``result`` is the type that it is declared to return; ``returns`` of one expression are ``Return``
    statements. A constructor has the name of ``CONSTRUCTOR``.
    """

    span: Span
    name: str
    parameters: tuple[Parameter, ...] = ()
    body: tuple[Statement, ...] = ()
    marks: tuple[Expr, ...] = ()
    result: str | None = None
    receiver: Parameter | None = None
    words: tuple[str, ...] = ()
    """Modifiers: `static`, `async`, `public`, `export` …"""


CONSTRUCTOR = "<init>"
EXTENDS = "this"
"""The word of a method that is called on its first parameter: an extension method of C#."""


class Assign(_Node, frozen=True):
    """`target = value`, a declaration with a value, `+=`, the variable of a `with` or `using`.

    ``type`` is the declared one; ``marks`` are annotations on a field (`@Value("${a.b}")`); a declaration
    without a value has the value ``None``. The target of several at once is ``Items``.
    """

    target: Expr
    value: Expr | None
    type: str | None = None
    marks: tuple[Expr, ...] = ()
    words: tuple[str, ...] = ()


class Return(_Node, frozen=True):
    """`return value`; `yield` counts as one."""

    value: Expr | None


class Evaluate(_Node, frozen=True):
    """An expression that stands for itself."""

    value: Expr


class Repeat(_Node, frozen=True):
    """A loop: `for name in over`, `while`; ``names`` are the targets, ``over`` is what is gone through."""

    names: tuple[str, ...]
    over: Expr | None
    body: tuple[Statement, ...]


class Block(_Node, frozen=True):
    """Statements that may run or not: the arms of `if`, `try`, `switch`, one after the other.

    ``kind`` is `if`, `try`, `switch`, `with` or the grammar's own word; ``condition`` what it hangs on.
    """

    kind: str
    body: tuple[Statement, ...]
    condition: Expr | None = None


class Define(_Node, frozen=True):
    """A function with a name."""

    function: Function


class Class(_Node, frozen=True):
    """A class, interface, struct or record, with its members; fields are ``Assign`` to a ``Name``."""

    name: str
    bases: tuple[str, ...]
    body: tuple[Statement, ...]
    marks: tuple[Expr, ...] = ()


Expr = (
    Literal
    | Joined
    | Name
    | Member
    | Index
    | Call
    | Record
    | Items
    | Choice
    | Loop
    | Command
    | Lambda
    | Other
)
Statement = Assign | Return | Evaluate | Repeat | Block | Define | Class


def parts_of(expression: Expr) -> Sequence[Expr]:
    """What an expression consists of, directly, in its order; not the body of a lambda."""
    return _PARTS[type(expression)](expression)


def _of_call(one: Call) -> Sequence[Expr]:
    found = [one.callee, *[argument.value for argument in one.arguments]]
    for entry in one.then:
        found += (entry.key, entry.value)
    return found


def _of_record(one: Record) -> Sequence[Expr]:
    return [part for entry in one.entries for part in (entry.key, entry.value)]


def _of_choice(one: Choice) -> Sequence[Expr]:
    return one.alternatives if one.condition is None else (one.condition, *one.alternatives)


def _none(_: Expr) -> Sequence[Expr]:
    return ()


_PARTS: Mapping[type, Callable[[Any], Sequence[Expr]]] = {
    Literal: _none,
    Name: _none,
    Lambda: _none,
    Joined: lambda one: one.parts,
    Other: lambda one: one.parts,
    Member: lambda one: (one.base,),
    Index: lambda one: (one.base, one.key),
    Call: _of_call,
    Record: _of_record,
    Items: lambda one: one.items,
    Choice: _of_choice,
    Loop: lambda one: (one.over, one.value),
    Command: lambda one: one.words,
}


def within(expression: Expr) -> Iterator[Expr]:
    """An expression and all that it consists of, outermost first; not the bodies of lambdas."""
    waiting = [expression]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(reversed(parts_of(one)))


def text_of(expression: Expr | None) -> str | None:
    """The value of a literal text; none where it is no literal, or no text."""
    return expression.value if isinstance(expression, Literal) and isinstance(expression.value, str) else None


def dotted(expression: Expr) -> str | None:
    """`a.b.c` for names and members; none where anything else is in it."""
    names: list[str] = []
    one = expression
    while isinstance(one, Member):
        names.append(one.name)
        one = one.base
    if not isinstance(one, Name):
        return None
    return ".".join((one.id, *reversed(names)))


def entry_of(record: Expr | None, *path: str) -> Entry | None:
    """The entry at a path of keys, which compare without case; none where there is none."""
    found: Entry | None = None
    for key in path:
        entries = record.entries if isinstance(record, Record) else ()
        found = next((one for one in entries if (text_of(one.key) or "").casefold() == key.casefold()), None)
        if found is None:
            return None
        record = found.value
    return found
