"""Every expression of a file without what it stands in: for what is told by the expression alone, and fast.

Order is none that means anything; lambdas and functions are gone into, marks and defaults as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from keyless.assess.syntax.code import Unit
from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Class,
    Define,
    Evaluate,
    Expr,
    Function,
    Lambda,
    Repeat,
    Return,
    parts_of,
)

_STATEMENTS = frozenset({Assign, Block, Class, Define, Evaluate, Repeat, Return})


def expressions_of(unit: Unit) -> Iterator[Expr]:
    """Every expression of a file, in no order."""
    waiting: list[Any] = list(unit.body)
    below = _BELOW
    while waiting:
        one = waiting.pop()
        kind = type(one)
        if kind not in _STATEMENTS:
            yield one
        waiting.extend(below[kind](one) if kind in below else parts_of(one))


def _of_function(one: Function) -> list[Any]:
    found: list[Any] = [*one.marks, *one.body]
    for parameter in one.parameters:
        found.extend(parameter.marks)
        if parameter.default is not None:
            found.append(parameter.default)
    return found


def _of_assign(one: Assign) -> Iterable[Any]:
    if one.value is None:
        return (one.target, *one.marks)
    return (one.target, one.value, *one.marks)


_BELOW: dict[type, Callable[[Any], Iterable[Any]]] = {
    Lambda: lambda one: _of_function(one.function),
    Assign: _of_assign,
    Return: lambda one: () if one.value is None else (one.value,),
    Evaluate: lambda one: (one.value,),
    Repeat: lambda one: one.body if one.over is None else (one.over, *one.body),
    Block: lambda one: one.body if one.condition is None else (one.condition, *one.body),
    Define: lambda one: _of_function(one.function),
    Class: lambda one: (*one.marks, *one.body),
}
