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
from typing import NamedTuple

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
    Literal,
    Loop,
    Name,
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


class Site(NamedTuple):
    """An expression where it stands."""

    expression: Expr
    within: Within


_Waiting = list[tuple[Expr | Statement, Within, Expr | None]]
"""What is still to be gone through, the next one last; with the call that an expression is handed to."""


def sites(unit: Unit) -> Iterator[Site]:
    """Every expression of a file, outermost first."""
    waiting: _Waiting = []
    _statements(waiting, unit.body, Within(unit))
    while waiting:
        one, around, call = waiting.pop()
        kind = type(one)
        if kind in _STATEMENTS:
            _in_statement(waiting, one, around)  # type: ignore[arg-type]  # its type was looked at
            continue
        yield Site(one, around)  # type: ignore[arg-type]
        if kind not in _LEAVES:
            _in_expression(waiting, one, around, call)  # type: ignore[arg-type]


_STATEMENTS = frozenset({Assign, Block, Class, Define, Evaluate, Repeat, Return})
_LEAVES = frozenset({Literal, Name})


def _statements(waiting: _Waiting, body: tuple[Statement, ...], within: Within) -> None:
    """Let statements wait, each within itself."""
    unit, functions, classes = within.unit, within.functions, within.classes
    given_to, in_loop = within.given_to, within.in_loop
    for one in reversed(body):
        waiting.append((one, Within(unit, functions, classes, given_to, in_loop, one), None))


def _in_statement(waiting: _Waiting, statement: Statement, within: Within) -> None:
    """Let what a statement holds wait: what comes last in the file first."""
    match statement:
        case Assign(target=target, value=value, marks=marks):
            _expressions(waiting, (*marks, target, value), within)
        case Return(value=value) | Evaluate(value=value):
            _expressions(waiting, (value,), within)
        case Repeat(over=over, body=body):
            _statements(waiting, body, replace(within, in_loop=True))
            _expressions(waiting, (over,), within)
        case Block(condition=condition, body=body):
            _statements(waiting, body, within)
            _expressions(waiting, (condition,), within)
        case Define(function=function):
            _in_function(waiting, function, within, None)
        case Class(body=body, marks=marks):
            _statements(waiting, body, replace(within, classes=(*within.classes, statement)))
            _expressions(waiting, marks, within)


def _expressions(waiting: _Waiting, those: tuple[Expr | None, ...], within: Within) -> None:
    for one in reversed(those):
        if one is not None:
            waiting.append((one, within, None))


def _in_function(waiting: _Waiting, function: Function, within: Within, given_to: Expr | None) -> None:
    inner = replace(
        within,
        functions=(*within.functions, function),
        given_to=(*within.given_to, given_to),
        in_loop=False,
    )
    _statements(waiting, function.body, inner)
    for parameter in reversed(function.parameters):
        _expressions(waiting, (*parameter.marks, parameter.default), inner)
    _expressions(waiting, function.marks, within)


def _in_expression(waiting: _Waiting, one: Expr, around: Within, call: Expr | None) -> None:
    if isinstance(one, Lambda):
        _in_function(waiting, one.function, around, call)
        return
    if isinstance(one, Loop):
        waiting.append((one.value, replace(around, in_loop=True), call))
        waiting.append((one.over, around, call))  # gone through once: it is not in the loop itself
        return
    nearest = one if isinstance(one, Call) else call
    waiting.extend([(part, around, nearest) for part in reversed(parts_of(one))])
