"""Going through a syntax tree by a table: what the readers of code share.

Rules:
- a language is two tables, from a node's type to the function that makes an expression of it, or puts
  statements; a node of neither keeps the expressions that are within it, so that no call is lost;
- a statement that stands within an expression (an assignment, a `yield`, a class) is put before the statement
  that it stands in, and leaves its name;
- what is nested deeper than a bound is left out, and said to be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from keyless.assess.sources.tree import FileText, not_parsed
from keyless.assess.syntax.code import Import, Language, Unit
from keyless.assess.syntax.expressions import (
    Assign,
    Evaluate,
    Expr,
    Index,
    Literal,
    Member,
    Name,
    Other,
    Statement,
)
from keyless.assess.syntax.source import Lack, Problem, Source
from keyless.assess.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

DEEPEST = 150
"""Levels of a form; each takes the interpreter some four calls, of the thousand that it allows."""

Makes = Callable[["Reading", "Node"], Expr]
Puts = Callable[["Reading", "Node"], None]


class Grammar:
    """The tables of a language. ``nothing`` are the types of nodes that say nothing about values."""

    def __init__(
        self,
        language: Language,
        expressions: Mapping[str, Makes],
        statements: Mapping[str, Puts],
        nothing: Collection[str],
    ) -> None:
        self.language = language
        self.expressions = expressions
        self.statements = statements
        self.nothing = frozenset(nothing)


class Reading:
    """A file while it is read: ``out`` are the statements of the body that is being read."""

    def __init__(self, file: FileText, grammar: Grammar) -> None:
        self.file = file
        self.span = file.of
        self.text = file.piece
        self.imports: list[Import] = []
        self.out: list[Statement] = []
        self.depth = 0
        self.deepest = DEEPEST
        self._grammar = grammar
        self._expressions = grammar.expressions
        self._statements = grammar.statements
        self._nothing = grammar.nothing
        self._too_deep: Span | None = None

    def source(self, root: Node) -> Source:
        """The whole file."""
        body = self.block(root.named_children)
        unit = Unit(
            path=self.file.path, language=self._grammar.language, imports=tuple(self.imports), body=body
        )
        return Source(
            path=self.file.path, units=(unit,), problems=(*not_parsed(self.file, root), *self._deep())
        )

    def expression(self, node: Node) -> Expr:
        """An expression."""
        make = self._expressions.get(node.type)
        if self.depth >= DEEPEST:
            return self.left_out(node)
        self.depth += 1
        found = self._unknown(node) if make is None else make(self, node)
        self.depth -= 1
        return found

    def says(self, node: Node) -> bool:
        """Whether a node says anything about values."""
        return node.type not in self._nothing

    def expressions(self, nodes: Iterable[Node]) -> tuple[Expr, ...]:
        """Those of some nodes that say anything."""
        return tuple([self.expression(one) for one in nodes if one.type not in self._nothing])

    def optional(self, node: Node | None) -> Expr | None:
        """An expression that may not be there."""
        return None if node is None else self.expression(node)

    def field(self, node: Node, name: str) -> Expr:
        """The expression in a field of a node."""
        child = node.child_by_field_name(name)
        return Other(self.span(node), "missing") if child is None else self.expression(child)

    def other(self, node: Node) -> Expr:
        """A node without a form: what is within it."""
        return Other(self.span(node), node.type, self.expressions(node.named_children))

    def name(self, node: Node) -> Name:
        """A node that is a name."""
        return Name(self.span(node), self.text(node))

    def made_up(self, node: Node) -> Name:
        """A name for a value that the file gives none, while it is taken apart."""
        return Name(self.span(node), f"<{node.start_byte}>")

    def named(self, node: Node, value: Expr) -> Expr:
        """A value that is used several times: itself, or a made-up name where it is a call."""
        if calls_nothing(value):
            return value
        name = self.made_up(node)
        self.put(Assign(value.span, name, value))
        return name

    def put(self, statement: Statement) -> None:
        """Put a statement."""
        self.out.append(statement)

    def block(self, nodes: Iterable[Node], first: Iterable[Statement] = ()) -> tuple[Statement, ...]:
        """The statements of a body of its own."""
        outer, self.out = self.out, list(first)
        for node in nodes:
            self.statement(node)
        inner, self.out = self.out, outer
        return tuple(inner)

    def statement(self, node: Node) -> None:
        """Put what a node says."""
        kind = node.type
        if kind in self._nothing:
            return
        put = self._statements.get(kind)
        if put is None:
            self.evaluate(node)
        elif self.depth >= DEEPEST:
            self.left_out(node)
        else:
            self.depth += 1
            put(self, node)
            self.depth -= 1

    def evaluate(self, node: Node) -> None:
        """Put an expression for itself, unless only statements that are put already were in it."""
        found = self.expression(node)
        if not isinstance(found, Other) or found.parts:
            self.put(Evaluate(found.span, found))

    def left_out(self, node: Node) -> Other:
        """What stands for something that is nested too deeply; the first such place is said."""
        span = self.span(node)
        self._too_deep = self._too_deep or span
        return Other(span, "too-deep")

    def _unknown(self, node: Node) -> Expr:
        if node.type in self._statements:
            self._statements[node.type](self, node)
            return Other(self.span(node), node.type)
        return self.other(node)

    def _deep(self) -> tuple[Problem, ...]:
        if self._too_deep is None:
            return ()
        return (Problem(self.file.path, Lack.TOO_DEEP, "it is nested too deeply here", self._too_deep),)


def calls_nothing(value: Expr) -> bool:
    """Whether a value can stand twice in the form, without that a call would."""
    while isinstance(value, Member) or (isinstance(value, Index) and isinstance(value.key, Literal)):
        value = value.base
    return isinstance(value, Name)


def puts_nothing(reading: Reading, node: Node) -> None:
    """A statement that says nothing about values."""


def puts_within(reading: Reading, node: Node) -> None:
    """A statement that only holds others, or expressions."""
    for one in node.named_children:
        reading.statement(one)


def makes_null(reading: Reading, node: Node) -> Expr:
    """Nothing, by whatever word."""
    return Literal(reading.span(node), None)


def makes_true(reading: Reading, node: Node) -> Expr:
    """True."""
    return Literal(reading.span(node), True)


def makes_false(reading: Reading, node: Node) -> Expr:
    """False."""
    return Literal(reading.span(node), False)


def makes_name(reading: Reading, node: Node) -> Expr:
    """A name."""
    return reading.name(node)


def makes_number(reading: Reading, node: Node) -> Expr:
    """A number; its text where no number of Python's is like it."""
    text = reading.text(node).replace("_", "").casefold()
    try:
        value: int | float | str = int(text, 0) if len(text) < _LONGEST_NUMBER else text
    except ValueError:
        value = _decimal(text)
    return Literal(reading.span(node), value)


_LONGEST_NUMBER = 400


def _decimal(text: str) -> int | float | str:
    try:
        return int(text) if text.isdecimal() else float(text)
    except ValueError:
        return text


def makes_within(reading: Reading, node: Node) -> Expr:
    """A wrapper without meaning for a value, however often: the first that says something within it."""
    one: Node | None = node
    while one is not None and one.type == node.type:
        one = next((inner for inner in one.named_children if reading.says(inner)), None)
    return Other(reading.span(node), node.type) if one is None else reading.expression(one)
