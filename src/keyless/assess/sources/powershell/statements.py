"""Statements of PowerShell: assignments, parameters, functions, and what runs or not.

Parameters of a script are ``Assign`` with their defaults, those of a function its parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keyless.assess.sources.reading import Reading, ReadStatement, expression_at
from keyless.assess.sources.script_forms import grouped, several
from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Define,
    Evaluate,
    Expr,
    Function,
    Name,
    Parameter,
    Repeat,
    Return,
    Statement,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def _pipeline_statement(reading: Reading, node: Node) -> Iterator[Statement]:
    first = node.child(0)
    if first is not None and first.type == "assignment_expression":
        yield from _assignment(reading, first)
    else:
        yield Evaluate(reading.file.of(node), reading.expression(node))


def _assignment(reading: Reading, node: Node) -> Iterator[Statement]:
    target = node.child(0)
    if target is not None:
        value = expression_at(reading, node, "value")
        yield Assign(reading.file.of(node), reading.expression(target), value)


def _parameters(reading: Reading, node: Node) -> Iterator[Statement]:
    for one in _parameters_in(reading, node):
        yield Assign(one.span, Name(one.span, one.name), one.default, type=one.type, words=("param",))


def _parameters_in(reading: Reading, node: Node) -> Iterator[Parameter]:
    for child in node.children:
        if child.type == "parameter_list":
            yield from (_parameter(reading, one) for one in child.children if one.type == "script_parameter")


def _parameter(reading: Reading, node: Node) -> Parameter:
    name = default = written = None
    for child in node.children:
        if child.type == "variable":
            name = reading.file.piece(child).lstrip("$")
        elif child.type == "script_parameter_default":
            default = next(iter(reading.expressions(child.named_children)), None)
        elif child.type == "attribute_list":
            marks = [reading.file.piece(one).strip("[]") for one in child.children if one.is_named]
            written = next((one for one in reversed(marks) if "(" not in one), None)
    return Parameter(reading.file.of(node), name or "", written, default)


def _function(reading: Reading, node: Node) -> Iterator[Statement]:
    span = reading.file.of(node)
    name = next((reading.file.piece(one) for one in node.children if one.type == "function_name"), "")
    parameters: list[Parameter] = []
    body: list[Statement] = []
    for child in node.children:
        if child.type == "function_parameter_declaration":
            parameters.extend(_parameters_in(reading, child))
        elif child.type == "script_block":
            for part in child.children:
                if part.type == "param_block":
                    parameters.extend(_parameters_in(reading, part))
                elif part.is_named:
                    body.extend(reading.statement(part))
    yield Define(span, Function(span=span, name=name, parameters=tuple(parameters), body=tuple(body)))


def _if(reading: Reading, node: Node) -> Iterator[Statement]:
    blocks = [one for one in node.children if one.type == "statement_block"]
    body = tuple(one for block in blocks for one in several(reading, block))
    test = expression_at(reading, node, "condition")
    yield Block(reading.file.of(node), "if", body, test)
    for child in node.children:
        if child.type == "elseif_clauses":
            for clause in child.children:
                yield from _if(reading, clause)
        elif child.type in {"elseif_clause", "else_clause"}:
            yield from _if(reading, child)


def _loop(reading: Reading, node: Node) -> Iterator[Statement]:
    names: list[str] = []
    over: Expr | None = None
    body: list[Statement] = []
    for child in node.children:
        if child.type == "statement_block":
            body.extend(several(reading, child))
        elif child.type == "variable":
            names.append(reading.file.piece(child).lstrip("$"))
        elif child.is_named and child.type != "comment":
            over = reading.expression(child)
    yield Repeat(reading.file.of(node), tuple(names), over, tuple(body))


def _return(reading: Reading, node: Node) -> Iterator[Statement]:
    word = node.child(0)
    values = reading.expressions(node.named_children)
    if word is not None and word.type in {"return", "exit", "throw"}:
        yield Return(reading.file.of(node), values[0] if values else None)


STATEMENTS: dict[str, ReadStatement] = {
    "statement_list": several,
    "script_block": several,
    "script_block_body": several,
    "statement_block": several,
    "ERROR": several,
    "pipeline": _pipeline_statement,
    "assignment_expression": _assignment,
    "param_block": _parameters,
    "function_statement": _function,
    "if_statement": _if,
    "foreach_statement": _loop,
    "for_statement": _loop,
    "while_statement": _loop,
    "do_statement": _loop,
    "try_statement": grouped,
    "catch_clauses": several,
    "catch_clause": several,
    "finally_clause": several,
    "switch_statement": grouped,
    "switch_body": several,
    "switch_clauses": several,
    "switch_clause": several,
    "named_block_list": several,
    "named_block": grouped,
    "flow_control_statement": _return,
}
