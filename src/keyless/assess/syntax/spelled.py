"""An expression as one line of text, so that two which say the same are known to.

Where spaces and quotes stand in the file does not matter. The text is for names and messages of templates,
and is cut where it becomes long.
"""

from __future__ import annotations

from keyless.assess.syntax.expressions import (
    Call,
    Choice,
    Expr,
    Index,
    Items,
    Joined,
    Literal,
    Loop,
    Member,
    Name,
    Record,
    parts_of,
)

_LONGEST = 200
_DEEPEST = 12


def spelled(expression: Expr | None) -> str:
    """The text; empty for nothing."""
    return "" if expression is None else _spelled(expression, 0)[:_LONGEST]


def _spelled(one: Expr, depth: int) -> str:  # noqa: PLR0911 - one arm for each form
    if depth > _DEEPEST:
        return "…"
    match one:
        case Literal(value=value):
            return f"'{value}'" if isinstance(value, str) else str(value).lower()
        case Name(id=name):
            return name
        case Member(base=base, name=name):
            return f"{_spelled(base, depth + 1)}.{name}"
        case Index(base=base, key=key):
            return f"{_spelled(base, depth + 1)}[{_spelled(key, depth + 1)}]"
        case Call(callee=callee, arguments=arguments):
            given = ", ".join(_spelled(argument.value, depth + 1) for argument in arguments)
            return f"{_spelled(callee, depth + 1)}({given})"
        case Joined(parts=parts):
            return "'" + "".join(_in_text(part, depth + 1) for part in parts) + "'"
        case _:
            return _put_together(one, depth)


def _in_text(part: Expr, depth: int) -> str:
    return str(part.value) if isinstance(part, Literal) else "${" + _spelled(part, depth) + "}"


def _put_together(one: Expr, depth: int) -> str:
    sign = {Record: "{}", Items: "[]", Choice: "??", Loop: "for"}.get(type(one), getattr(one, "kind", "…"))
    return f"{sign}({', '.join(_spelled(part, depth + 1) for part in parts_of(one))})"
