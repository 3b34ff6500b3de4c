"""Commands of a shell with their words, where they send output, and what stands in a word in their place.

Rules:
- a pipe is ``Other`` of kind `pipeline` with its commands;
- where output is sent (`> file`) and a here-document are words of the command: ``Other`` of kind `redirect`
  (the operator and the target) and `heredoc`;
- `$(…)` is the command within.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keyless.assess.sources.reading import ReadExpression, Reading
from keyless.assess.sources.script_forms import given_by, several, value_of_statements
from keyless.assess.sources.shell.words import filled
from keyless.assess.syntax.expressions import Command, Expr, Literal, Other

if TYPE_CHECKING:
    from tree_sitter import Node


def _pipeline(reading: Reading, node: Node) -> Expr:
    return Other(reading.file.of(node), "pipeline", given_by(several(reading, node)))


def command(reading: Reading, node: Node) -> Command:
    """A command with its words."""
    return Command(reading.file.of(node), tuple(_words(reading, node)))


def _words(reading: Reading, node: Node) -> Iterator[Expr]:
    for child in node.children:
        if child.type == "command_name":
            yield from (reading.expression(one) for one in child.children)
        elif child.type in {"file_redirect", "heredoc_redirect", "herestring_redirect"}:
            yield from redirects(reading, child)
        elif child.is_named and child.type not in {"variable_assignment", "comment"}:
            yield reading.expression(child)


def redirects(reading: Reading, node: Node) -> Iterator[Expr]:
    """Where a command has its input from, or sends its output."""
    span = reading.file.of(node)
    if node.type == "herestring_redirect":
        yield Other(span, "heredoc", reading.expressions(node.named_children))
        return
    if node.type == "file_redirect":
        target = node.child_by_field_name("destination")
        signs = [one for one in node.children if not one.is_named]
        if target is not None and signs:
            sign = Literal(reading.file.of(signs[0]), signs[0].type)
            yield Other(span, "redirect", (sign, reading.expression(target)))
        return
    for child in node.children:
        if child.type == "heredoc_body":
            yield Other(span, "heredoc", (filled(reading, child, child.start_byte, child.end_byte),))
        elif child.type == "file_redirect":
            yield from redirects(reading, child)
        elif child.type == "pipeline":
            yield _pipeline(reading, child)


COMMANDS: dict[str, ReadExpression] = {
    "command_substitution": value_of_statements,
    "process_substitution": value_of_statements,
    "pipeline": _pipeline,
    "command": command,
}
