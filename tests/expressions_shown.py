"""Expressions as one line of text, for tests that say what a reader makes of them."""

from __future__ import annotations

from collections.abc import Callable

from keyless.assess.syntax.expressions import (
    Argument,
    Call,
    Choice,
    Expr,
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
    Return,
)


def shown(expression: Expr | None) -> str:
    """A short form: `(c ? a | b)` for a choice, `J(…)` for what is joined, `<kind …>` for anything else."""
    return "-" if expression is None else _SHOWN[type(expression)](expression)


def _argument(one: Argument) -> str:
    return ("*" if one.spread else "") + (f"{one.name}=" if one.name else "") + shown(one.value)


def _all(expressions: tuple[Expr, ...], between: str = ", ") -> str:
    return between.join(map(shown, expressions))


def _lambda(one: Lambda) -> str:
    names = ", ".join(parameter.name for parameter in one.function.parameters)
    body = one.function.body[0]
    return f"({names}) => {shown(body.value if isinstance(body, Return) else None)}"


_SHOWN: dict[type, Callable[..., str]] = {
    Literal: lambda one: repr(one.value),
    Name: lambda one: one.id,
    Member: lambda one: f"{shown(one.base)}.{one.name}",
    Index: lambda one: f"{shown(one.base)}[{shown(one.key)}]",
    Call: lambda one: f"{shown(one.callee)}({', '.join(map(_argument, one.arguments))})",
    Record: lambda one: (
        "{" + ", ".join(f"{shown(entry.key)}: {shown(entry.value)}" for entry in one.entries) + "}"
    ),
    Items: lambda one: f"[{_all(one.items)}]",
    Joined: lambda one: f"J({_all(one.parts)})",
    Choice: lambda one: (
        f"({'' if one.condition is None else shown(one.condition) + ' ? '}{_all(one.alternatives, ' | ')})"
    ),
    Loop: lambda one: f"for({', '.join(one.names)} in {shown(one.over)}: {shown(one.value)})",
    Lambda: _lambda,
    Other: lambda one: f"<{one.kind}{''.join(' ' + shown(part) for part in one.parts)}>",
}
