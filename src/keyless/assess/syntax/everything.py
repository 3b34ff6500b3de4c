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
    Call,
    Choice,
    Class,
    Command,
    Define,
    Evaluate,
    Expr,
    Function,
    Index,
    Items,
    Joined,
    Lambda,
    Literal,
    Loop,
    Member,
    Name,
    Other,
    Record,
    Repeat,
    Return,
)

_STATEMENTS = frozenset({Assign, Block, Class, Define, Evaluate, Repeat, Return})


def expressions_of(unit: Unit) -> Iterator[Expr]:
    """Every expression of a file, in no order."""
    waiting: list[Any] = list(unit.body)
    parts, statements = _PARTS, _STATEMENTS
    while waiting:
        one = waiting.pop()
        kind = type(one)
        if kind not in statements:
            yield one
        below = parts[kind]
        if below is not None:
            waiting.extend(below(one))


def _of_function(one: Function) -> list[Any]:
    found: list[Any] = [*one.marks, *one.body]
    for parameter in one.parameters:
        found.extend(parameter.marks)
        if parameter.default is not None:
            found.append(parameter.default)
    return found


def _of_call(one: Call) -> list[Any]:
    found: list[Any] = [argument.value for argument in one.arguments]
    found.append(one.callee)
    for entry in one.then:
        found += (entry.key, entry.value)
    return found


def _of_record(one: Record) -> list[Any]:
    return [part for entry in one.entries for part in (entry.key, entry.value)]


def _of_assign(one: Assign) -> Iterable[Any]:
    if one.value is None:
        return (one.target, *one.marks)
    return (one.target, one.value, *one.marks)


def _of_choice(one: Choice) -> Iterable[Any]:
    return one.alternatives if one.condition is None else (one.condition, *one.alternatives)


_PARTS: dict[type, Callable[[Any], Iterable[Any]] | None] = {
    Literal: None,
    Name: None,
    Joined: lambda one: one.parts,
    Member: lambda one: (one.base,),
    Index: lambda one: (one.base, one.key),
    Call: _of_call,
    Record: _of_record,
    Items: lambda one: one.items,
    Choice: _of_choice,
    Loop: lambda one: (one.over, one.value),
    Command: lambda one: one.words,
    Lambda: lambda one: _of_function(one.function),
    Other: lambda one: one.parts,
    Assign: _of_assign,
    Return: lambda one: () if one.value is None else (one.value,),
    Evaluate: lambda one: (one.value,),
    Repeat: lambda one: one.body if one.over is None else (one.over, *one.body),
    Block: lambda one: one.body if one.condition is None else (one.condition, *one.body),
    Define: lambda one: _of_function(one.function),
    Class: lambda one: (*one.marks, *one.body),
}
