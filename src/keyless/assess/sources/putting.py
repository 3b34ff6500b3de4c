"""What the readers of Python and JavaScript share beyond ``reading``: statements are put where they stand.

Rules:
- a function of a table puts the statements that a node is, in their order, with what its expressions bind
  among them; so that one node may be several, and one expression a statement before it (an assignment within
  an expression, a `yield`, a class);
- a value that is taken apart has a made-up name where it has none, so that no call stands there twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias, cast

from keyless.assess.sources.reading import Forms, Reading
from keyless.assess.sources.texts import number
from keyless.assess.syntax.expressions import (
    Assign,
    Evaluate,
    Expr,
    Index,
    Literal,
    Member,
    Name,
    Other,
    Return,
    Statement,
)
from keyless.assess.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

Makes: TypeAlias = "Callable[[Putting, Node], Expr]"
Puts: TypeAlias = "Callable[[Putting, Node], None]"


class Putting(Reading):
    """A file while it is read."""

    __slots__ = ()

    def span(self, node: Node) -> Span:
        """Where a node stands."""
        return self.file.of(node)

    def text(self, node: Node) -> str:
        """What a node is written as."""
        return self.file.piece(node)

    def says(self, node: Node) -> bool:
        """Whether a node says anything about values."""
        return node.type not in self.forms.silent

    def name(self, node: Node) -> Name:
        """A node that is a name."""
        return Name(self.file.of(node), self.file.piece(node))

    def optional(self, node: Node | None) -> Expr | None:
        """An expression that may not be there."""
        return None if node is None else self.expression(node)

    def field(self, node: Node, name: str) -> Expr:
        """The expression in a field of a node."""
        child = node.child_by_field_name(name)
        return Other(self.file.of(node), "missing") if child is None else self.expression(child)

    def put(self, statement: Statement) -> None:
        """Put a statement."""
        self.hoisted.append(statement)

    def block(self, nodes: Iterable[Node], first: Iterable[Statement] = ()) -> tuple[Statement, ...]:
        """The statements of a body of its own."""
        return (*first, *self.statements(nodes))

    def evaluate(self, node: Node) -> None:
        """Put an expression for itself, unless only statements that are put already were in it."""
        found = self.expression(node)
        if not isinstance(found, Other) or found.parts:
            self.put(Evaluate(found.span, found))

    def puts(self, node: Node) -> None:
        """Put the statements that a node is, or the expression for itself."""
        if node.type in self.forms.statements:
            self.hoisted.extend(self.statement(node))
        elif self.says(node):
            self.evaluate(node)

    def made_up(self, node: Node) -> Name:
        """A name for a value that the file gives none, while it is taken apart."""
        return Name(self.file.of(node), f"<{node.start_byte}>")

    def named(self, node: Node, value: Expr) -> Expr:
        """A value that is used several times: itself, or a made-up name where it is a call."""
        if calls_nothing(value):
            return value
        name = self.made_up(node)
        self.put(Assign(value.span, name, value))
        return name


def forms(expressions: Mapping[str, Makes], statements: Mapping[str, Puts], silent: Iterable[str]) -> Forms:
    """The tables of a language whose statements are put."""
    return Forms(
        {kind: cast("Callable[[Reading, Node], Expr]", make) for kind, make in expressions.items()},
        {kind: _returning(put) for kind, put in statements.items()},
        frozenset(silent),
    )


def _returning(put: Puts) -> Callable[[Reading, Node], Iterable[Statement]]:
    def puts(reading: Reading, node: Node) -> Iterable[Statement]:
        put(cast("Putting", reading), node)
        return ()

    return puts


def calls_nothing(value: Expr) -> bool:
    """Whether a value can stand twice in the form, without that a call would."""
    while isinstance(value, Member) or (isinstance(value, Index) and isinstance(value.key, Literal)):
        value = value.base
    return isinstance(value, Name)


def gives_back(reading: Putting, node: Node) -> Expr:
    """`yield a`: something is given back here."""
    within = reading.expressions(node.named_children)
    reading.put(Return(reading.span(node), within[0] if within else None))
    return Other(reading.span(node), node.type)


def returns(reading: Putting, node: Node) -> None:
    """`return a`."""
    within = reading.expressions(node.named_children)
    reading.put(Return(reading.span(node), within[0] if within else None))


def puts_nothing(reading: Putting, node: Node) -> None:
    """A statement that says nothing about values."""


def puts_within(reading: Putting, node: Node) -> None:
    """A statement that only holds others, or expressions."""
    for one in node.named_children:
        reading.puts(one)


def makes_nothing_of(reading: Putting, node: Node) -> Expr:
    """What is not understood where an expression should be: the statements within it."""
    puts_within(reading, node)
    return Other(reading.span(node), node.type)


def makes_null(reading: Putting, node: Node) -> Expr:
    """Nothing, by whatever word."""
    return Literal(reading.span(node), None)


def makes_true(reading: Putting, node: Node) -> Expr:
    """True."""
    return Literal(reading.span(node), True)


def makes_false(reading: Putting, node: Node) -> Expr:
    """False."""
    return Literal(reading.span(node), False)


def makes_name(reading: Putting, node: Node) -> Expr:
    """A name."""
    return reading.name(node)


def makes_number(reading: Putting, node: Node) -> Expr:
    """A number."""
    return number(reading.span(node), node.type, reading.text(node))


def makes_within(reading: Putting, node: Node) -> Expr:
    """A wrapper without meaning for a value, however often: the first that says something within it."""
    one: Node | None = node
    while one is not None and one.type == node.type:
        one = next((inner for inner in one.named_children if reading.says(inner)), None)
    return Other(reading.span(node), node.type) if one is None else reading.expression(one)
