"""Python's functions and classes.

Rules:
- `__init__` is the constructor;
- decorators are marks, and so are calls in the type of a parameter (`Annotated[Client, Depends(make)]`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.python_.statements import marks_of_type
from keyless.assess.syntax.expressions import (
    CONSTRUCTOR,
    Class,
    Define,
    Expr,
    Function,
    Lambda,
    Parameter,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from keyless.assess.sources.putting import Putting


def decorated(reading: Putting, node: Node) -> None:
    """A function or class with decorators."""
    decorators = [one for one in node.named_children if one.type == "decorator"]
    marks = tuple(mark for one in decorators for mark in reading.expressions(one.named_children))
    definition = node.child_by_field_name("definition")
    if definition is not None:
        _PUTS[definition.type](reading, definition, marks)


def function(reading: Putting, node: Node, marks: tuple[Expr, ...] = ()) -> None:
    """`def`."""
    name_node, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    name = "" if name_node is None else reading.text(name_node)
    result = node.child_by_field_name("return_type")
    made = Function(
        span=reading.span(node),
        name=CONSTRUCTOR if name == "__init__" else name,
        parameters=_parameters(reading, node.child_by_field_name("parameters")),
        marks=(*marks, *marks_of_type(reading, result)),
        result=None if result is None else reading.text(result),
        body=() if body is None else reading.block(body.named_children),
        words=("async",) if node.children[0].type == "async" else (),
    )
    reading.put(Define(reading.span(node), made))


def class_(reading: Putting, node: Node, marks: tuple[Expr, ...] = ()) -> None:
    """`class`."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    supers = node.child_by_field_name("superclasses")
    above = [] if supers is None else [one for one in supers.named_children if one.type != "comment"]
    bases = [one for one in above if one.type != "keyword_argument"]
    given = [one for one in above if "(" in reading.text(one)]
    made = Class(
        reading.span(node),
        "" if name is None else reading.text(name),
        tuple(reading.text(one) for one in bases),
        () if body is None else reading.block(body.named_children),
        (*marks, *reading.expressions(given)),
    )
    reading.put(made)


def lambda_(reading: Putting, node: Node) -> Expr:
    """`lambda a: b`."""
    body, span = node.child_by_field_name("body"), reading.span(node)
    parameters = _parameters(reading, node.child_by_field_name("parameters"))
    inner = () if body is None else reading.returned(body)
    return Lambda(span, Function(span=span, name="", parameters=parameters, body=inner))


def _parameters(reading: Putting, node: Node | None) -> tuple[Parameter, ...]:
    if node is None:
        return ()
    found = [_parameter(reading, one) for one in node.named_children]
    return tuple(one for one in found if one is not None)


def _parameter(reading: Putting, node: Node) -> Parameter | None:
    if node.type in ("comment", "keyword_separator", "positional_separator"):
        return None
    if node.type == "identifier":
        return Parameter(reading.span(node), reading.text(node))
    name = node.child_by_field_name("name") or node.named_children[0]
    declared = node.child_by_field_name("type")
    return Parameter(
        reading.span(node),
        reading.text(name).lstrip("*"),
        None if declared is None else reading.text(declared),
        reading.optional(node.child_by_field_name("value")),
        marks_of_type(reading, declared),
    )


_PUTS = {"function_definition": function, "class_definition": class_}
