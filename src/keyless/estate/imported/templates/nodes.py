"""Expressions as the readers give them, as nodes that are evaluated.

Rules:
- what the readers did not understand, and what is not evaluated here, is unknown where it stands, and nothing
  else is lost;
- `a.?b` and `a[?b]` are `tryGet(a, b)`, with what follows, as Bicep itself compiles them; `a::b` is the
  resource `b`. The readers' form does not tell these from `a.b`, so what is written there does;
- a name alone is a symbol in Bicep, and nothing in an ARM template.

Source: https://learn.microsoft.com/azure/azure-resource-manager/bicep/operators
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any, ClassVar

from keyless.assess.sources.arm_expressions import arm_expression, is_expression
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax import expressions as read
from keyless.assess.syntax.span import NOWHERE
from keyless.estate.imported.entry import CannotRead
from keyless.estate.imported.templates.expressions import (
    Call,
    Items,
    Literal,
    Member,
    Name,
    Node,
    Record,
    Spread,
    Unknown,
)

NOT_UNDERSTOOD = Unknown("is an expression that is not understood")
_TOO_DEEP = Unknown("is nested too deep")
_FROM_ELSEWHERE = Unknown("is imported from another file, which is not followed")
_DEEPEST = 100
_SAFE = re.compile(rb"[\s)!]*(?:\.\?|\[\s*\?)")
_OF_RESOURCE = re.compile(rb"[\s)!]*::")
_OPERATORS = {"==": "equals", "&&": "and", "||": "or", "+": "add", "-": "sub"}
_OTHERS = frozenset({"<", "<=", ">", ">=", "=~", "!~", "*", "/", "%"})


def node_of(value: object, depth: int = 0) -> Node:
    """A value of a template's JSON; texts in brackets are expressions."""
    if depth > _DEEPEST:
        raise CannotRead("it is nested too deep")
    if isinstance(value, dict):
        return Record(tuple((node_of(key), node_of(one, depth + 1)) for key, one in value.items()))
    if isinstance(value, list):
        return Items(tuple(node_of(one, depth + 1) for one in value))
    if not isinstance(value, str) or not is_expression(value):
        return Literal(value[1:] if isinstance(value, str) and _is_escaped(value) else value)
    try:
        found, _problem = arm_expression(FileText("", value), value, NOWHERE)
    except RecursionError:
        return _TOO_DEEP
    return Nodes(b"", symbols=False).of(found)


def _is_escaped(text: str) -> bool:
    return text.startswith("[[") and text.endswith("]")


class Nodes:
    """Makes nodes of expressions of one file; ``written`` is what its spans count in.

    ``functions`` are those that the file declares itself.
    """

    def __init__(self, written: bytes, symbols: bool = True, functions: frozenset[str] = frozenset()) -> None:
        self._written = written
        self._symbols = symbols
        self._functions = functions
        self._depth = 0

    def of(self, one: read.Expr) -> Node:
        """The node that an expression is."""
        if self._depth > _DEEPEST:
            return _TOO_DEEP
        self._depth += 1
        made = self._made.get(type(one))
        found = NOT_UNDERSTOOD if made is None else made(self, one)
        self._depth -= 1
        return found

    def record(self, one: read.Record) -> Record:
        """An object."""
        return Record(tuple(self._pairs(one)))

    def _pairs(self, one: read.Record) -> Iterator[tuple[Node, Node] | Spread]:
        for entry in one.entries:
            value = self.of(entry.value)
            yield Spread(value) if _is_spread(entry.key) else (self.of(entry.key), value)

    def _items(self, one: read.Items) -> Node:
        return Items(
            tuple(
                Spread(self.of(read.parts_of(item)[0])) if _is_spread(item) else self.of(item)
                for item in one.items
            )
        )

    def _name(self, one: read.Name) -> Node:
        return Name(one.id) if self._symbols else NOT_UNDERSTOOD

    def _joined(self, one: read.Joined) -> Node:
        return Call("concat", tuple(map(self.of, one.parts)))

    def _member(self, one: read.Member) -> Node:
        if _OF_RESOURCE.match(self._written, one.base.span.end):
            return Name(one.name)
        return self._part(one.base, Literal(one.name))

    def _index(self, one: read.Index) -> Node:
        return self._part(one.base, self.of(one.key))

    def _part(self, base: read.Expr, name: Node) -> Node:
        of = self.of(base)
        if _SAFE.match(self._written, base.span.end):
            return Call("tryget", (of, name))
        if isinstance(of, Call) and of.name == "tryget" and isinstance(base, read.Member | read.Index):
            return Call("tryget", (*of.arguments, name))
        return Member(of, name)

    def _call(self, one: read.Call) -> Node:
        """A call; one of a member is of a resource or a name space, and no function of that name."""
        name = read.dotted(one.callee) or str(getattr(one.callee, "name", ""))
        if name in self._functions:
            return Unknown(f"calls `{name}`, a function of its own, which is not evaluated here")
        return Call(name.casefold(), tuple(self.of(argument.value) for argument in one.arguments))

    def _choice(self, one: read.Choice) -> Node:
        alternatives = tuple(map(self.of, one.alternatives))
        if one.condition is None:
            return Call("coalesce", alternatives)
        return Call("if", (self.of(one.condition), *alternatives))

    def _other(self, one: read.Other) -> Node:
        parts = tuple(map(self.of, one.parts))
        if len(parts) == 1:
            return _signed(one.kind, parts[0])
        if parts and (name := _OPERATORS.get(one.kind)):
            return reduce(lambda left, right: Call(name, (left, right)), parts)
        if parts and one.kind == "!=":
            return reduce(lambda left, right: Call("not", (Call("equals", (left, right)),)), parts)
        if parts and one.kind in _OTHERS:
            return Unknown(f"has the operator `{one.kind}`, which is not evaluated here")
        return _TOO_DEEP if one.kind == "too-deep" else NOT_UNDERSTOOD

    _made: ClassVar[dict[type, Callable[[Nodes, Any], Node]]] = {
        read.Literal: lambda _, one: Literal(one.value),
        read.Name: _name,
        read.Joined: _joined,
        read.Member: _member,
        read.Index: _index,
        read.Call: _call,
        read.Choice: _choice,
        read.Record: record,
        read.Items: _items,
        read.Other: _other,
    }


def _signed(sign: str, of: Node) -> Node:
    """What has one part: a sign before it, or the file that something is imported from."""
    if sign == "!":
        return Call("not", (of,))
    if sign == "-":
        return Call("sub", (Literal(0), of))
    if sign == "import":
        return _FROM_ELSEWHERE
    return of if sign == "+" else NOT_UNDERSTOOD


def _is_spread(one: read.Expr) -> bool:
    return isinstance(one, read.Other) and one.kind == "spread"
