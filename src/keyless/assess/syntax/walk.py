"""Going through code: every expression with what it stands in.

Rules:
- a function within a function (a lambda, a handler given to a router) is gone into; the innermost is last in
  ``functions``;
- ``in_loop`` is whether a loop of the same innermost function is around it; comprehensions are loops;
- order is that of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from keyless.assess.syntax.code import Unit
from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Call,
    Class,
    Define,
    Evaluate,
    Expr,
    Function,
    Lambda,
    Loop,
    Repeat,
    Return,
    Statement,
    parts_of,
)


@dataclass(frozen=True, slots=True)
class Within:
    """What an expression stands in: outermost first.

    ``given_to`` are the calls that the functions were handed to as arguments (`app.get("/", handler)`), or
    within one (`app.http("x", {handler})`), by the function's position in ``functions``; none for those with
    a name.
    """

    unit: Unit
    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()
    given_to: tuple[Expr | None, ...] = ()
    in_loop: bool = False
    statement: Statement | None = None

    @property
    def function(self) -> Function | None:
        """The innermost function; none at the top of a file or class."""
        return self.functions[-1] if self.functions else None


@dataclass(frozen=True, slots=True)
class Site:
    """An expression where it stands."""

    expression: Expr
    within: Within


def sites(unit: Unit) -> Iterator[Site]:
    """Every expression of a file, outermost first."""
    yield from _in_statements(unit.body, Within(unit))


def _in_statements(body: tuple[Statement, ...], within: Within) -> Iterator[Site]:
    for statement in body:
        yield from _in_statement(statement, replace(within, statement=statement))


def _in_statement(statement: Statement, within: Within) -> Iterator[Site]:  # noqa: C901 - one arm a form
    match statement:
        case Assign(target=target, value=value, marks=marks):
            for one in (*marks, target, *(() if value is None else (value,))):
                yield from _in_expression(one, within, None)
        case Return(value=value):
            if value is not None:
                yield from _in_expression(value, within, None)
        case Evaluate(value=value):
            yield from _in_expression(value, within, None)
        case Repeat(over=over, body=body):
            if over is not None:
                yield from _in_expression(over, within, None)
            yield from _in_statements(body, replace(within, in_loop=True))
        case Block(condition=condition, body=body):
            if condition is not None:
                yield from _in_expression(condition, within, None)
            yield from _in_statements(body, within)
        case Define(function=function):
            yield from _in_function(function, within, None)
        case Class(body=body, marks=marks):
            for mark in marks:
                yield from _in_expression(mark, within, None)
            yield from _in_statements(body, replace(within, classes=(*within.classes, statement)))


def _in_function(function: Function, within: Within, given_to: Expr | None) -> Iterator[Site]:
    for mark in function.marks:
        yield from _in_expression(mark, within, None)
    inner = replace(
        within,
        functions=(*within.functions, function),
        given_to=(*within.given_to, given_to),
        in_loop=False,
    )
    for parameter in function.parameters:
        for one in (*parameter.marks, *(() if parameter.default is None else (parameter.default,))):
            yield from _in_expression(one, inner, None)
    yield from _in_statements(function.body, inner)


def _in_expression(expression: Expr, within: Within, call: Expr | None) -> Iterator[Site]:
    waiting: list[tuple[Expr, Within, Expr | None]] = [(expression, within, call)]
    while waiting:
        one, around, given_to = waiting.pop()
        yield Site(one, around)
        if isinstance(one, Lambda):
            yield from _in_function(one.function, around, given_to)
            continue
        inner = replace(around, in_loop=True) if isinstance(one, Loop) else around
        nearest = one if isinstance(one, Call) else given_to
        waiting.extend(reversed([(part, inner, nearest) for part in parts_of(one)]))
