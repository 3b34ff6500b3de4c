"""What a reader made of a file, in a short notation for tests: forms without their spans.

`Name` and `Member` are shown as names, a text as Python shows it, a call as `f(a, k=b, *c)` or `new f(...)`,
an object as `{k: v}`, several as `[a, b]`, what is joined as `a ~ b`, a choice as `(a | b ? condition)`, a
comprehension as `(value for names in over)`, a function without a name as `(parameters) => {body}`, anything
else as `<kind parts>`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keyless.assess.sources.read import read
from keyless.assess.syntax.expressions import (
    Argument,
    Assign,
    Block,
    Call,
    Choice,
    Class,
    Command,
    Define,
    Entry,
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
    Parameter,
    Record,
    Repeat,
    Return,
    Statement,
)
from keyless.assess.syntax.source import Source


def source_of(path: str, text: str) -> Source:
    """What is read of a text under a path."""
    found = read(path, text.encode())
    assert found is not None
    return found


def shown(path: str, text: str) -> list[str]:
    """The statements of a file without problems, a text each."""
    found = source_of(path, text)
    assert not found.problems
    return [statement(one) for unit in found.units for one in unit.body]


def imports_shown(path: str, text: str) -> list[tuple[str, str | None, str]]:
    """Module, name and alias of each import."""
    return [(one.module, one.name, one.alias) for unit in source_of(path, text).units for one in unit.imports]


def statement(one: Statement) -> str:
    """A statement."""
    return _SHOWN[type(one)](one)


def expression(one: Expr | None) -> str:
    """An expression; `-` where there is none."""
    return "-" if one is None else _SHOWN[type(one)](one)


def _many(parts: Any, between: str = ", ") -> str:
    return between.join(expression(one) for one in parts)


def _body(statements: tuple[Statement, ...]) -> str:
    return "{" + "; ".join(statement(one) for one in statements) + "}"


def _call(one: Call) -> str:
    arguments = ", ".join(_argument(each) for each in one.arguments)
    then = _entries(one.then) if one.then else ""
    types = f"<{', '.join(one.types)}>" if one.types else ""
    return f"{'new ' if one.new else ''}{expression(one.callee)}{types}({arguments}){then}"


def _argument(one: Argument) -> str:
    return f"{one.name + '=' if one.name else ''}{'*' if one.spread else ''}{expression(one.value)}"


def _entries(entries: tuple[Entry, ...]) -> str:
    return "{" + ", ".join(f"{expression(one.key)}: {expression(one.value)}" for one in entries) + "}"


def _choice(one: Choice) -> str:
    condition = f" ? {expression(one.condition)}" if one.condition is not None else ""
    return f"({_many(one.alternatives, ' | ')}{condition})"


def _other(one: Other) -> str:
    return f"<{one.kind} {_many(one.parts)}>" if one.parts else f"<{one.kind}>"


def _marks(marks: tuple[Expr, ...]) -> str:
    return "".join(f"@{expression(one)} " for one in marks)


def _assign(one: Assign) -> str:
    words = "".join(f"{word} " for word in one.words)
    kind = f": {one.type}" if one.type else ""
    return f"{_marks(one.marks)}{words}{expression(one.target)}{kind} = {expression(one.value)}"


def _parameter(one: Parameter) -> str:
    kind = f": {one.type}" if one.type else ""
    default = f" = {expression(one.default)}" if one.default is not None else ""
    return f"{_marks(one.marks)}{one.name}{kind}{default}"


def _function(one: Function) -> str:
    words = "".join(f"{word} " for word in one.words)
    parameters = ", ".join(_parameter(each) for each in one.parameters)
    receiver = f"({_parameter(one.receiver)}) " if one.receiver else ""
    result = f" -> {one.result}" if one.result else ""
    return f"{_marks(one.marks)}{words}{receiver}{one.name}({parameters}){result} => {_body(one.body)}"


def _repeat(one: Repeat) -> str:
    return f"for {', '.join(one.names)} in {expression(one.over)} {_body(one.body)}"


def _block(one: Block) -> str:
    condition = f" {expression(one.condition)}" if one.condition is not None else ""
    return f"{one.kind}{condition} {_body(one.body)}"


def _class(one: Class) -> str:
    return f"{_marks(one.marks)}class {one.name}({', '.join(one.bases)}) {_body(one.body)}"


_SHOWN: dict[type, Callable[[Any], str]] = {
    Literal: lambda one: repr(one.value),
    Joined: lambda one: _many(one.parts, " ~ "),
    Name: lambda one: one.id,
    Member: lambda one: f"{expression(one.base)}.{one.name}",
    Index: lambda one: f"{expression(one.base)}[{expression(one.key)}]",
    Call: _call,
    Record: lambda one: (one.type or "") + _entries(one.entries),
    Items: lambda one: f"[{_many(one.items)}]",
    Choice: _choice,
    Loop: lambda one: f"({expression(one.value)} for {', '.join(one.names)} in {expression(one.over)})",
    Command: lambda one: f"$({_many(one.words, ' ')})",
    Lambda: lambda one: _function(one.function),
    Other: _other,
    Assign: _assign,
    Return: lambda one: f"return {expression(one.value)}",
    Evaluate: lambda one: expression(one.value),
    Repeat: _repeat,
    Block: _block,
    Define: lambda one: f"def {_function(one.function)}",
    Class: _class,
}
