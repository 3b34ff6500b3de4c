"""What the readers of scripts share, of whatever shell.

Rules:
- whatever is no statement of another kind is a value: scripts are made of commands;
- statements where a value is wanted are what they give, within blocks and loops too;
- a script whose grammar does not get through in time is a problem, and not the end of the file: it may be one
  of several in there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from keyless.assess.sources.reading import Reading
from keyless.assess.sources.tree import not_parsed
from keyless.assess.syntax.expressions import Assign, Block, Evaluate, Expr, Other, Repeat, Statement
from keyless.assess.syntax.source import Lack, Problem
from keyless.grammars import TookTooLong

if TYPE_CHECKING:
    from tree_sitter import Node

SILENT = frozenset({"comment"})


class Script(Reading):
    """One script that is gone through."""

    __slots__ = ()

    def read_statement(self, node: Node) -> Iterable[Statement]:
        """What a node is as statements: a value, where it is no other statement."""
        tell = self.forms.statements.get(node.type)
        if tell is not None:
            return tell(self, node)
        return (Evaluate(self.file.of(node), self.expression(node)),)


def script_read(
    reading: Script, parse: Callable[[bytes], Node]
) -> tuple[tuple[Statement, ...], tuple[Problem, ...]]:
    """The statements of a script, and what of it is not understood."""
    file = reading.file
    try:
        root = parse(file.data)
    except TookTooLong:
        span = file.span(0, len(file.data))
        return (), (Problem(file.path, Lack.TOO_SLOW, "its grammar did not get through this script", span),)
    body = reading.statements(root.named_children)
    return body, (*not_parsed(file, root), *reading.problems)


def several(reading: Reading, node: Node) -> tuple[Statement, ...]:
    """What only holds statements together."""
    return reading.statements(node.named_children)


def grouped(reading: Reading, node: Node) -> tuple[Statement, ...]:
    """Statements that stand in a block of a kind of its own."""
    return (Block(reading.file.of(node), node.type, several(reading, node)),)


def given_by(body: Iterable[Statement], *, assigned: bool = False) -> tuple[Expr, ...]:
    """The values that statements give, within blocks and loops too; with ``assigned`` what they assign."""
    found: list[Expr] = []
    for one in body:
        match one:
            case Evaluate(value=value):
                found.append(value)
            case Assign(value=value) if assigned and value is not None:
                found.append(value)
            case Block(body=inner) | Repeat(body=inner):
                found.extend(given_by(inner, assigned=assigned))
            case _:
                pass
    return tuple(found)


def value_of_statements(reading: Reading, node: Node) -> Expr:
    """What statements give that stand where a value is wanted: `$( … )`, `if` as a value."""
    body = several(reading, node)
    values = given_by(body)
    return values[0] if len(values) == len(body) == 1 else Other(reading.file.of(node), node.type, values)
