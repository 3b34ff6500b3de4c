"""Commands of PowerShell: a name and its arguments in order, parameters (`-Name`) being texts.

A pipe is ``Other`` of kind `pipeline` with its commands; redirections are words of kind `redirect`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keyless.assess.sources.powershell.texts import token
from keyless.assess.sources.reading import ReadExpression, Reading
from keyless.assess.syntax.expressions import Argument, Command, Expr, Items, Literal, Other

if TYPE_CHECKING:
    from tree_sitter import Node


def _pipeline(reading: Reading, node: Node) -> Expr:
    parts = reading.expressions(node.named_children)
    return parts[0] if len(parts) == 1 else Other(reading.file.of(node), "pipeline", parts)


def _command(reading: Reading, node: Node) -> Expr:
    return Command(reading.file.of(node), tuple(_words(reading, node)))


def _words(reading: Reading, node: Node) -> Iterator[Expr]:
    for child in node.children:
        if child.type in {"command_name", "command_name_expr"}:
            yield _name(reading, child)
        elif child.type == "command_elements":
            yield from _arguments(reading, child)


def _name(reading: Reading, node: Node) -> Expr:
    inner = node.child(0) if node.child_count == 1 else None
    if node.type == "command_name_expr" and inner is not None:
        return _name(reading, inner) if inner.type == "command_name" else reading.expression(inner)
    return token(reading, node)


def _arguments(reading: Reading, node: Node) -> Iterator[Expr]:
    for child in node.children:
        kind = child.type
        if kind == "command_argument_sep":
            continue
        if kind == "command_parameter":
            written = reading.file.piece(child)
            yield reading.file.leaf(written, child.start_byte, child.end_byte)
        elif kind in {"redirection", "redirections"}:
            span = reading.file.of(child)
            yield Other(span, "redirect", (Literal(span, ">"), *_targets(reading, child)))
        elif kind == "argument_list":
            yield Items(reading.file.of(child), tuple(one.value for one in given_in(reading, child)))
        elif child.is_named and kind != "comment":
            yield reading.expression(child)


def _targets(reading: Reading, node: Node) -> tuple[Expr, ...]:
    names = [one for one in node.children if one.type == "redirected_file_name"]
    if not names and node.named_child_count:
        return tuple(one for child in node.children for one in _targets(reading, child))
    return tuple(value for name in names for value in reading.expressions(name.named_children))


def given_in(reading: Reading, node: Node) -> Iterator[Argument]:
    """What an argument list gives."""
    for child in node.children:
        if child.type == "argument_expression_list":
            yield from (Argument(one) for one in reading.expressions(child.named_children))


COMMANDS: dict[str, ReadExpression] = {
    "pipeline": _pipeline,
    "pipeline_chain": _pipeline,
    "command": _command,
}
