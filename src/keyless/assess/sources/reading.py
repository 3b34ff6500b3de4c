"""Going through the syntax tree of a file of code, by tables that say what each type of node becomes.

Rules:
- a node of no table is not lost: as an expression it is ``Other`` with what it consists of, as a statement
  the statements within it; the same holds for what the grammar did not understand;
- what an expression binds (`x is string s`, `out var s`, `(s = f())`) is an ``Assign`` right before the
  statement that it stands in, and the name stands in its place, so that nothing is there twice;
- `a.b().c()` and `a + b + c` are gone through without nesting, however long; what is nested deeper than any
  code that a person writes is left out, and is a problem of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from keyless.assess.sources.tree import FileText, not_parsed
from keyless.assess.syntax.code import Import, Language, Unit
from keyless.assess.syntax.expressions import Assign, Evaluate, Expr, Name, Other, Return, Statement
from keyless.assess.syntax.source import Lack, Problem, Source

if TYPE_CHECKING:
    from tree_sitter import Node

_DEEPEST = 110
"""Levels of nesting; each takes a few frames of the interpreter."""
_LONGEST = 240
"""Links of chains that stand in one another."""
_MOST_PROBLEMS = 1

ReadExpression: TypeAlias = "Callable[[Reading, Node], Expr]"
ReadStatement: TypeAlias = "Callable[[Reading, Node], Iterable[Statement]]"


@dataclass(frozen=True, slots=True)
class Forms:
    """What the types of a grammar's nodes become; ``silent`` ones say nothing of values (types, comments)."""

    expressions: Mapping[str, ReadExpression]
    statements: Mapping[str, ReadStatement]
    silent: frozenset[str]


class Reading:
    """One file that is gone through."""

    __slots__ = ("_depth", "_links", "file", "forms", "hoisted", "imports", "package", "problems")

    def __init__(self, file: FileText, forms: Forms) -> None:
        self.file = file
        self.forms = forms
        self.hoisted: list[Statement] = []
        self.imports: list[Import] = []
        self.package = ""
        self.problems: list[Problem] = []
        self._depth = 0
        self._links = 0

    def expression(self, node: Node) -> Expr:
        """What a node is as an expression."""
        if self._depth >= _DEEPEST:
            return self._too_deep(node)
        self._depth += 1
        found = self.forms.expressions.get(node.type, other)(self, node)
        self._depth -= 1
        return found

    def expressions(self, nodes: Iterable[Node]) -> tuple[Expr, ...]:
        """What nodes are as expressions, without those that say nothing."""
        silent = self.forms.silent
        return tuple(self.expression(one) for one in nodes if one.type not in silent)

    def statements(self, nodes: Iterable[Node]) -> tuple[Statement, ...]:
        """What nodes are as statements; one can be several, or none."""
        return tuple(found for node in nodes for found in self.statement(node))

    def statement(self, node: Node) -> list[Statement]:
        """What a node is as statements, after what its expressions bind."""
        if node.type in self.forms.silent:
            return []
        if self._depth >= _DEEPEST:
            self._too_deep(node)
            return []
        self._depth += 1
        around, self.hoisted = self.hoisted, []
        found = list(self.read_statement(node))
        found[:0] = self.hoisted
        self.hoisted = around
        self._depth -= 1
        return found

    def returned(self, node: Node) -> tuple[Statement, ...]:
        """The body of a function that is one expression."""
        around, self.hoisted = self.hoisted, []
        value = self.expression(node)
        found = (*self.hoisted, Return(value.span, value))
        self.hoisted = around
        return found

    def bind(self, node: Node, name: str, value: Expr) -> Name:
        """Have a name stand for a value from this statement on; the name, to stand in the value's place."""
        span = self.file.of(node)
        self.hoisted.append(Assign(span, Name(span, name), value))
        return Name(span, name)

    def chain(
        self,
        node: Node,
        inner: Mapping[str, str],
        link: Callable[[Reading, Node, Expr], Expr],
    ) -> Expr:
        """`a.b().c()` from its beginning: ``inner`` has the field of what stands before, by type of node."""
        links: list[Node] = []
        while (field := inner.get(node.type)) and (before := node.child_by_field_name(field)) is not None:
            links.append(node)
            node = before
        if self._links + len(links) > _LONGEST:
            return self._too_deep(node)
        self._links += len(links)
        found = self.expression(node)
        for one in reversed(links):
            found = link(self, one, found)
        self._links -= len(links)
        return found

    def read_statement(self, node: Node) -> Iterable[Statement]:
        """What a node is as statements, by the tables."""
        kind = node.type
        tell = self.forms.statements.get(kind)
        if tell is not None:
            return tell(self, node)
        if kind in self.forms.expressions:
            value = self.expression(node)
            return (Evaluate(value.span, value),)
        return self.statements(node.named_children)

    def _too_deep(self, node: Node) -> Expr:
        span = self.file.of(node)
        if len(self.problems) < _MOST_PROBLEMS:
            message = "it is nested too deeply here, and what is within was not read"
            self.problems.append(Problem(self.file.path, Lack.TOO_DEEP, message, span))
        return Other(span, "too-deep")


def code_of(
    file: FileText,
    root: Node,
    language: Language,
    forms: Forms,
    problems: tuple[Problem, ...] = (),
    kind: type[Reading] = Reading,
) -> Source:
    """What a file of code says: its imports and package are what its statements told of them."""
    reading = kind(file, forms)
    body = reading.statements(root.named_children)
    unit = Unit(
        path=file.path,
        language=language,
        imports=tuple(reading.imports),
        body=body,
        package=reading.package,
    )
    found = (*not_parsed(file, root), *problems, *reading.problems)
    return Source(path=file.path, units=(unit,), problems=found)


def other(reading: Reading, node: Node) -> Expr:
    """What there is no form for, with all that it consists of."""
    return Other(reading.file.of(node), node.type, reading.expressions(node.named_children))


def within(reading: Reading, node: Node) -> Expr:
    """A wrapper without meaning for a value: what is in it, which is the last of its children."""
    silent = reading.forms.silent
    for child in reversed(node.named_children):
        if child.type not in silent:
            return reading.expression(child)
    return Other(reading.file.of(node), node.type)


def nothing(reading: Reading, node: Node) -> tuple[Statement, ...]:
    """A statement that says nothing of values."""
    return ()


def statements_at(reading: Reading, node: Node, field: str) -> tuple[Statement, ...]:
    """The statements at a field of a node: those of a block, or the one."""
    found = node.child_by_field_name(field)
    return () if found is None else tuple(reading.statement(found))


def expression_at(reading: Reading, node: Node, field: str) -> Expr | None:
    """The expression at a field of a node."""
    found = node.child_by_field_name(field)
    return None if found is None else reading.expression(found)


def flat(node: Node, kind: str, operator: str) -> list[Node]:
    """The operands of `a + b + c`, in their order."""
    found: list[Node] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.type == kind and (sign := one.child_by_field_name("operator")) and sign.type == operator:
            left, right = one.child_by_field_name("left"), one.child_by_field_name("right")
            waiting.extend(side for side in (right, left) if side is not None)
        else:
            found.append(one)
    return found
