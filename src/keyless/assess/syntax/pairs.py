"""Texts of the form `NAME=value`, as commands take them, taken apart without losing what is in the value."""

from __future__ import annotations

from keyless.assess.syntax.expressions import Expr, Joined, Literal
from keyless.assess.syntax.span import Span


def name_and_value(expression: Expr, sign: str = "=") -> tuple[str, Expr] | None:
    """The name before the first sign and the value behind it; none where the text has no plain name."""
    first = expression.parts[0] if isinstance(expression, Joined) else expression
    if not isinstance(first, Literal) or not isinstance(first.value, str):
        return None
    name, found, rest = first.value.partition(sign)
    if not found or not name.strip():
        return None
    value = Literal(_behind(first.span, rest), rest)
    if not isinstance(expression, Joined):
        return name.strip(), value
    parts = expression.parts[1:] if not rest else (value, *expression.parts[1:])
    if len(parts) == 1:
        return name.strip(), parts[0]
    span = Span(
        value.span.line,
        value.span.column,
        expression.span.end_line,
        expression.span.end_column,
        value.span.start,
        expression.span.end,
    )
    return name.strip(), Joined(span, parts)


def _behind(span: Span, rest: str) -> Span:
    """The end of a span, as long as what is left: the nearest that can be told where escapes stand in it."""
    length = len(rest.encode())
    if span.end - span.start < length or "\n" in rest or span.line != span.end_line:
        return span
    column = max(span.column, span.end_column - len(rest))
    return Span(span.end_line, column, span.end_line, span.end_column, span.end - length, span.end)
